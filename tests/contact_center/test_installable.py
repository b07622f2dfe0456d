"""The portal as an app: what a phone needs to install it, and whose pages it may keep."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import URLResolver, get_resolver
from PIL import Image

from contact_center.installable import icons, manifest, worker

pytestmark = pytest.mark.django_db


def text_of(name: str) -> str:
    """Return the text of a static file."""
    return Path(finders.find(name)).read_text(encoding="utf-8")


def test_the_manifest_makes_the_portal_installable(client):
    answer = client.get("/manifest.webmanifest")
    said = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert said["display"] == "standalone"
    assert said["start_url"] == said["scope"] == "/"
    assert settings.CITY.center_name in said["name"]
    assert {one["sizes"] for one in said["icons"]} >= {"192x192", "512x512"}
    assert {one["purpose"] for one in said["icons"]} == {"any", "maskable"}


def test_everything_the_manifest_names_is_there_and_on_this_host(client):
    said = client.get("/manifest.webmanifest").json()
    for one in said["icons"]:
        answer = client.get(one["src"])
        size = Image.open(io.BytesIO(answer.content)).size
        assert f"{size[0]}x{size[1]}" == one["sizes"]
    for shortcut in said["shortcuts"]:
        assert client.get(shortcut["url"]).status_code == 200
    assert "://" not in json.dumps(said)


def test_no_page_but_the_portals_own_sizes_draws_an_icon(client):
    assert client.get("/app/icon-plain-193.png").status_code == 404
    assert client.get("/app/icon-other-192.png").status_code == 404
    assert client.get("/app/icon-plain-100000.png").status_code == 404


def test_a_maskable_icon_keeps_its_drawing_inside_the_safe_zone():
    picture = Image.open(io.BytesIO(icons.png(192, maskable=True))).convert("RGB")
    ground = picture.getpixel((0, 0))
    middle, safe = 96, 96 * 0.8
    for x in range(0, 192, 3):
        for y in range(0, 192, 3):
            if (x - middle) ** 2 + (y - middle) ** 2 > safe**2:
                assert picture.getpixel((x, y)) == ground


def test_the_manifest_has_the_colours_of_the_look():
    tokens = text_of("css/tokens.css")
    assert f"--frame: {manifest.THEME_COLOUR};" in tokens
    assert f"--paper: {manifest.PAPER};" in tokens


def test_the_worker_is_served_at_the_root_and_asked_for_anew(client):
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    shell = json.loads(re.match(r"const SHELL = (.*);\n", answer.content.decode())[1])
    assert shell["start"] == "/requests/offline/"


def test_every_part_that_the_offline_page_loads_is_kept(client):
    page = client.get("/requests/offline/").content.decode()
    asked = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page))
    kept = {f"{settings.STATIC_URL}{name}" for name in worker.parts()}
    assert asked <= kept
    # A module's own imports too, all the way down.
    for name in worker.parts():
        if name.startswith("js/"):
            for other in re.findall(r'from "\./([\w-]+\.js)"', text_of(name)):
                assert f"js/{other}" in worker.parts()


def test_a_new_text_of_the_script_makes_a_new_worker(client, monkeypatch):
    before = client.get("/sw.js").content
    worker._shell.cache_clear()
    real = worker._source
    monkeypatch.setattr(
        worker, "_source", lambda name: real(name) + ("// changed" if "worker" in name else "")
    )
    try:
        assert client.get("/sw.js").content.split(b"\n")[0] != before.split(b"\n")[0]
    finally:
        worker._shell.cache_clear()


def test_pages_name_their_reader_by_what_tells_nothing(client, resident, neighbour):
    assert client.get("/")["X-Reader"] == "-"
    client.force_login(resident)
    mine = client.get("/requests/mine/")["X-Reader"]
    assert re.fullmatch(r"[0-9a-f]{16}", mine)
    assert client.get("/accounts/profile/")["X-Reader"] == mine
    other = Client()
    other.force_login(neighbour)
    assert other.get("/requests/mine/")["X-Reader"] not in {mine, "-"}
    client.logout()
    assert client.get("/")["X-Reader"] == "-"


def test_the_same_person_is_named_alike_after_signing_in_again(client, resident):
    client.force_login(resident)
    first = client.get("/requests/mine/")["X-Reader"]
    client.logout()
    client.force_login(resident)
    assert client.get("/requests/mine/")["X-Reader"] == first


def test_what_a_shared_cache_keeps_names_nobody(client, resident):
    client.force_login(resident)
    answer = client.get("/manifest.webmanifest")
    assert "public" in answer["Cache-Control"]
    assert "X-Reader" not in answer


def test_the_reader_is_told_their_name_and_a_token(client, resident):
    client.force_login(resident)
    answer = client.get("/app/reader.json")
    said = answer.json()
    assert said["reader"] == client.get("/requests/mine/")["X-Reader"]
    assert len(said["csrf"]) == 64
    assert "no-store" in answer["Cache-Control"]


def test_no_page_opened_by_a_link_that_lets_in_is_kept_as_a_public_one():
    source = text_of("js/service-worker.js")
    kept = re.compile(re.search(r"const PUBLIC = /(.*)/;", source)[1].replace(r"\/", "/"))
    assert kept.match("/seminars/12/")
    assert kept.match("/guides/no-heat/")
    tokens = [route for route in routes(get_resolver(), "/") if "<str:token>" in route]
    assert len(tokens) > 10
    for route in tokens:
        path = re.sub(r"<\w+:\w+>", "1", route.replace("<str:token>", "abc-123:sig_n"))
        assert not kept.match(path), path


def routes(resolver: URLResolver, before: str) -> Iterator[str]:
    """Yield the route of every page below `resolver`."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route
