"""The calculator in a real browser: with a script and without, on a phone and on a desk."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fill(page) -> None:
    page.locator("[name=month]").select_option(index=1)
    month = page.locator("[name=month]").input_value()
    page.locator("[name=charge]").fill("800")
    page.locator("[name=metered]").select_option("yes")
    page.locator("[name='i0-start']").fill(f"{month}-10T08:00")
    page.locator("[name='i0-end']").fill(f"{month}-11T14:00")


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_service_to_the_sum(open_page, live_server, script, width):
    page = open_page(base_url=live_server.url, width=width, java_script_enabled=script)
    page.goto("/recalculation/")
    page.locator(".tile", has_text="Холодная вода").click()
    fill(page)
    page.locator("button[name=more]").click()
    page.locator("[name='i1-start']").wait_for()
    assert page.locator("[name=charge]").input_value() == "800"
    page.locator("form.reckon .button--large").click()
    page.locator(".found__sum").wait_for()
    assert page.locator(".found__sum").inner_text().replace("\N{NO-BREAK SPACE}", " ") == (
        "31 ₽ 20 к."
    )
    assert "charge=800" in page.url
    page.reload()
    assert page.locator(".found__sum").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width if script else True


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "?utility=heating",
        "?utility=heating&month=2026-01&charge=abc&i0-start=2026-01-10T08:00",
        "?utility=heating&month=2026-01&charge=900&i0-start=2026-01-10T08:00&i0-reading=9",
    ],
)
def test_it_is_accessible(open_page, live_server, scheme, query):
    page = open_page(base_url=live_server.url, height=12_000, color_scheme=scheme)
    page.goto(f"/recalculation/{query}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
