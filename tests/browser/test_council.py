"""A council is elected with the portal's papers: its protocol, made from the template."""

from __future__ import annotations

import io
from collections.abc import Callable
from io import StringIO

import pypdf
import pytest
from django.core.management import call_command
from docx import Document
from playwright.sync_api import Page, expect

from disclosure.models import Building
from tests.live import LivePortal

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_protocol_is_made_from_its_template_and_filled_with_the_votes(
    live_portal: LivePortal, building: Building, open_page: Callable[..., Page], scripts: bool
) -> None:
    call_command("load_majorities", stdout=StringIO())
    Building.objects.filter(pk=building.pk).update(area_m2="100.00")
    page = open_page(base_url=live_portal.url, java_script_enabled=scripts)
    page.goto("/tos/how-to/")
    page.get_by_role("link", name="Документы, чтобы избрать совет").click()
    page.get_by_role("searchbox").fill("садовая 1")
    page.get_by_role("button", name="Найти").click()
    page.get_by_role("link", name=building.address).click()

    # Without a place the papers are not made, and the field says so.
    page.get_by_role("button", name="Составить документы").click()
    expect(page.get_by_role("alert")).to_contain_text("место собрания")
    page.get_by_label("Место собрания").fill("двор дома")
    page.get_by_label("Куда сдавать решения").fill("кв. 1")
    page.get_by_role("button", name="Составить документы").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Документы готовы")
    blank = _protocol(page)
    assert building.address in blank
    assert "Избрать совет многоквартирного дома" in blank
    assert "решение принято" not in blank

    page.get_by_label("Площадь всех помещений собственников").fill("100")
    page.get_by_label("Площадь тех, кто участвует").fill("60")
    for field in page.get_by_label("За, м²").all():
        field.fill("40")
    page.get_by_role("button", name="Посчитать и заполнить протокол").click()
    expect(page.get_by_role("heading", name="Кворум есть")).to_be_visible()
    filled = _protocol(page)
    assert "решение принято" in filled
    assert "60 м² (60 %)" in filled
    link = page.locator('a[href*="/protocol.docx?"]')
    words = page.request.get(link.get_attribute("href"))
    paper = " ".join(part.text for part in Document(io.BytesIO(words.body())).paragraphs)
    assert "решение принято" in paper


def _protocol(page: Page) -> str:
    address = page.locator('a[href*="/protocol.pdf?"]').get_attribute("href")
    answer = page.request.get(address)
    assert answer.ok
    pages = pypdf.PdfReader(io.BytesIO(answer.body())).pages
    return " ".join(" ".join(one.extract_text().split()) for one in pages)
