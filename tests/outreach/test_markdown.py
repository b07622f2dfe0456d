"""Markdown of editors becomes words and links, never a script."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

import pytest

from outreach.guides import linked_data, markdown
from outreach.models import Guide

BAD = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[нажмите](javascript:alert(1))",
    "[нажмите](JaVaScRiPt:alert(1))",
    "[нажмите](data:text/html;base64,PHNjcmlwdD4=)",
    "[нажмите](vbscript:x)",
    "![фото](https://evil.example/x.png)",
    '<a href="/" onclick="alert(1)">x</a>',
    "<svg/onload=alert(1)>",
    "<style>body{display:none}</style>",
    '[x](/ "\\" onmouseover=alert(1) x=\\"")',
    "<iframe src=https://evil.example></iframe>",
    "`<script>`\n\n    <script>alert(1)</script>",
]


class Seen(HTMLParser):
    """Remembers every tag and address as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


@pytest.mark.parametrize("text", BAD)
def test_nothing_typed_into_a_guide_runs(text):
    seen = Seen(markdown.to_html(text))
    assert seen.tags <= {"p", "a", "code", "pre"}
    for name, value in seen.attributes:
        assert name in {"href", "rel", "title"}
        if name == "href":
            assert value == "/"


def test_what_editors_need_is_there():
    html = markdown.to_html(
        "## Шаги\n\n1. Позвоните **112**\n2. [Дом](/buildings/) и [почта](mailto:a@example.org)\n\n"
        "| а | б |\n|---|---|\n| 1 | 2 |\n"
    )
    for part in ("<h2>Шаги</h2>", "<ol>", "<strong>112</strong>", 'href="/buildings/"', "<td>2"):
        assert part in html


def test_a_number_and_its_unit_stay_on_one_line():
    assert "20&nbsp;°C за 3&nbsp;часа" in markdown.to_html("20 °C за 3 часа")


def test_linked_data_cannot_end_its_script():
    guide = Guide(
        slug="x",
        title="</script><script>alert(1)</script>",
        question="<!-- & ?",
        summary="x",
        reviewed_on=date(2026, 1, 1),
    )
    told = linked_data.article(guide, url="/guides/x/")
    assert "<" not in told
    assert ">" not in told
