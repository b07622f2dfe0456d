"""
`make photos`: photograph the portal's pages for the README, on a phone and on a desk.

Runs a portal of its own on a fresh demo city, walks its pages in Chromium and writes small PNGs to
docs/photos/.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.local import free_port
from deploy.test import find_browser

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "photos"
SIZES = {"360": (360, 740), "1280": (1280, 860)}
START_SECONDS = 180


@dataclass(frozen=True)
class Photo:
    """One page: `who` is an account of the demo, `then` a link on the page that is followed."""

    name: str
    path: str
    who: str = ""
    then: str = ""
    sizes: tuple[str, ...] = ("360", "1280")


PHOTOS = (
    Photo("home", "/"),
    Photo("filing", "/requests/new/?category=heating"),
    # On a phone the first screen of the list is its filter alone.
    Photo("public", "/requests/", sizes=("1280",)),
    Photo("house", "/buildings/?q=Пристанская", then='main a[href^="/buildings/"]'),
    Photo("request", "/requests/mine/", "resident", 'main a[href^="/requests/2"]'),
    Photo("desk", "/admin/requests_app/request/", "operator", sizes=("1280",)),
    Photo(
        "card",
        "/admin/requests_app/request/?tab=new",
        "operator",
        'main a[href*="/change/"]',
        ("1280",),
    ),
    Photo("intake", "/admin/requests_app/request/add/", "operator", sizes=("1280",)),
)


@contextmanager
def running_portal() -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    """Run a portal on a city of its own; give its address and the demo's accounts."""
    with tempfile.TemporaryDirectory(prefix="photos-") as folder:
        port = free_port()
        home = Path(folder) / "data"
        surroundings = {k: v for k, v in os.environ.items() if k not in ("PUBLIC_URL", "DATA_DIR")}
        for name in ("DATABASE_URL", "REDIS_URL"):
            surroundings.pop(name, None)
        portal = subprocess.Popen(
            [sys.executable, "-m", "deploy.run"],
            cwd=ROOT,
            env={**surroundings, "PORT": str(port), "DATA_DIR": str(home), "DEMO": "1"},
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, portal)
            yield url, json.loads((home / "demo.json").read_text(encoding="utf-8"))["accounts"]
        finally:
            portal.send_signal(signal.SIGINT)
            portal.wait(timeout=60)


def wait_for(url: str, portal: subprocess.Popen[bytes]) -> None:
    """Return when the portal is ready; end the run when it is not in time."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and portal.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    sys.exit("the portal did not start")


def sign_in(page: Page, account: dict[str, str]) -> None:
    """Sign in by address and password."""
    page.goto("/accounts/login/")
    page.locator("main details > summary").click()
    page.fill("[name=login]", account["email"])
    page.fill("[name=password]", account["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def take(browser: Browser, url: str, photo: Photo, accounts: dict[str, dict[str, str]]) -> None:
    """Write the photo in each of its sizes."""
    for size in photo.sizes:
        width, height = SIZES[size]
        context = browser.new_context(
            base_url=url, viewport={"width": width, "height": height}, locale="ru-RU"
        )
        page = context.new_page()
        if photo.who:
            sign_in(page, accounts[photo.who])
        page.goto(photo.path)
        if photo.then:
            page.goto(str(page.locator(photo.then).first.get_attribute("href")))
        page.wait_for_load_state("networkidle")
        # The first screen is what a person sees; a whole page would be unreadable in a README.
        picture = Image.open(io.BytesIO(page.screenshot()))
        small = picture.convert("RGB").quantize(128, method=Image.Quantize.MEDIANCUT)
        small.save(TARGET / f"{photo.name}-{size}.png", optimize=True)
        print(f"  {photo.name}-{size}.png", flush=True)
        context.close()


def main() -> int:
    """Take every photo."""
    path = find_browser()
    if not path:
        print("no chromium on this machine: apt-get install chromium")
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    with running_portal() as (url, accounts), sync_playwright() as player:
        # The browser's own words, as of its file buttons, follow the machine's language.
        browser = player.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--lang=ru"],
            env={**os.environ, "LANGUAGE": "ru", "LANG": "ru_RU.UTF-8"},
        )
        for photo in PHOTOS:
            take(browser, url, photo, accounts)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
