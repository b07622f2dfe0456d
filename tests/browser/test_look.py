"""The look in a real browser: readable for everybody, quiet console, nothing from other hosts."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
# So tall that the phone's tab bar, which sticks to the lower edge, covers nothing.
TALL = 24_000


@pytest.fixture(autouse=True)
def demo(settings, monkeypatch):
    # Playwright keeps an event loop in this thread; the database is used from the server's.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.DEMO = True


class Visitor:
    """A page that remembers what went wrong on it and whom it asked."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self.troubles: list[str] = []
        self.foreign: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", self._asked)

    def _heard(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(message.text)

    def _asked(self, request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self, path: str) -> Page:
        self.page.goto(self.home + path)
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.fixture
def visit(chromium, live_server):
    contexts = []

    def visit(*, width: int = 360, height: int = 740, scheme: str = "light", script: bool = True):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=script,
            locale="ru-RU",
        )
        contexts.append(context)
        return Visitor(context.new_page(), live_server.url)

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", ["/", "/styleguide/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_page_is_accessible_quiet_and_keeps_to_its_host(visit, path, scheme, width):
    visitor = visit(width=width, height=TALL, scheme=scheme)
    page = visitor.open(path)
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert visitor.troubles == []
    assert visitor.foreign == []


@pytest.mark.parametrize("path", ["/", "/styleguide/"])
def test_page_never_scrolls_sideways_on_a_phone(visit, path):
    page = visit(width=360).open(path)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_targets_of_the_frame_fit_a_thumb(visit):
    page = visit(width=360, height=TALL).open("/")
    small = page.evaluate(
        """[...document.querySelectorAll(
            '.tab-bar a, .strip a, .menu summary, .tile, .footer__nav a, .theme button, .button'
        )].filter(e => e.offsetParent && e.getBoundingClientRect().height < 44)
          .map(e => e.textContent.trim())"""
    )
    assert small == []


def test_colours_change_with_script_and_without(visit):
    for script in (True, False):
        visitor = visit(width=1280, script=script)
        page = visitor.open("/styleguide/")
        page.locator(".theme button[value=dark]").click()
        page.wait_for_load_state("networkidle")
        page.goto(visitor.home + "/")
        assert page.locator("html").get_attribute("data-theme") == "dark"
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor") if script else ""
        assert ground in {"", "rgb(12, 23, 27)"}


def test_map_draws_the_city_without_tiles(visit):
    visitor = visit(width=1280)
    page = visitor.open("/styleguide/")
    page.wait_for_selector("[data-map][data-ready]")
    assert page.locator(".map path").count() > 100
    assert page.locator(".map .leaflet-tile").count() == 0
    assert visitor.foreign == []


def test_question_is_asked_before_a_dangerous_form_is_sent(visit):
    page = visit(width=1280).open("/styleguide/")
    asked = []
    page.on("request", lambda request: asked.append(request.method))
    page.locator("form[data-confirm] button").first.click()
    assert page.locator("dialog[open]").is_visible()
    page.locator("dialog .button--quiet").click()
    # The browser tells of the closing a moment after it.
    expect(page.locator("dialog")).to_have_count(0)
    assert "POST" not in asked


def test_keys_walk_the_rows(visit):
    page = visit(width=1280).open("/styleguide/")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    # The same key with a Russian layout.
    page.evaluate(
        """document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {key: "о", bubbles: true}))"""
    )
    assert page.locator(".rows .row").nth(1).get_attribute("class").endswith("is-chosen")


def test_chosen_photo_is_shown_before_it_is_sent(visit):
    page = visit(width=360).open("/styleguide/")
    picture = Path(__file__).resolve().parents[2] / "static" / "img" / "favicon-48.png"
    page.locator("#sample-files").set_input_files(str(picture))
    assert page.locator("[data-picker-chosen] img").count() == 1
    assert "favicon-48.png" in page.locator("[data-picker-chosen]").inner_text()


def test_error_page_is_calm_and_accessible(visit):
    visitor = visit(width=360, height=TALL)
    page = visitor.open("/no-such-page/")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.locator("a[href^='tel:']").count() >= 2
