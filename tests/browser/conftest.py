"""Browser tests: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.test import find_browser

# Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser once; without one CI fails and a developer is told what is missing."""
    path = os.environ.get("CHROMIUM") or find_browser()
    if not path:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Return a maker of pages: phone-sized unless told, each with cookies of its own."""
    contexts = []

    def make(*, base_url: str = "", width: int = 360, height: int = 740, **options: object) -> Page:
        context = chromium.new_context(
            base_url=base_url or None,
            viewport={"width": width, "height": height},
            locale="ru-RU",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield make
    for context in contexts:
        context.close()
