"""A paper as a PDF to print and as a DOCX to write on."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from accounts.typesetting import typeset
from outreach.meetings.kit import Kit
from outreach.meetings.papers import Block, Paper, kinds_of, paper

TEMPLATE = Path(__file__).with_name("paper.typ")
PDF_TYPE = "application/pdf"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LANGUAGE = "ru"
# Emoji, their modifiers and joiners, flags.
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0e\ufe0f\u200d\u20e3] ?")
_FOOTER = "Составлено на портале «{centre}». Это образец, а не юридическая консультация."


def _footer() -> str:
    return _FOOTER.format(centre=settings.CITY.center_name)


def pdf(item: Paper) -> bytes:
    """Return the paper, A4."""
    content = {
        "title": item.title,
        "centre": settings.CITY.center_name,
        "wide": item.is_wide,
        "footer": _footer(),
        "blocks": [asdict(block) for block in item.blocks],
    }
    return typeset(TEMPLATE, _printable(content))


def _printable(value: Any) -> Any:
    """Return `value` without pictures in its texts: the fonts of papers draw boxes for them."""
    if isinstance(value, str):
        return _PICTURES.sub("", value)
    if isinstance(value, list):
        return [_printable(one) for one in value]
    if isinstance(value, dict):
        return {key: _printable(one) for key, one in value.items()}
    return value


def docx(item: Paper) -> bytes:
    """Return the paper for a word processor: the same words, to be changed at will."""
    # A library of megabytes that most processes never need.
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    made = Document()
    section = made.sections[0]
    sides = (Mm(210), Mm(297))
    section.page_width, section.page_height = sides[::-1] if item.is_wide else sides
    section.orientation = WD_ORIENT.LANDSCAPE if item.is_wide else WD_ORIENT.PORTRAIT
    section.left_margin, section.right_margin = Mm(25), Mm(15)
    section.top_margin = section.bottom_margin = Mm(18)
    section.footer.paragraphs[0].text = _footer()
    style = made.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(12)
    made.core_properties.title = item.title
    made.core_properties.author = settings.CITY.center_name
    for block in item.blocks:
        _add(made, block, width_mm=257 if item.is_wide else 170)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _add(made: object, block: Block, *, width_mm: int) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    match block.kind:
        case "title" | "centre" | "heading":
            line = made.add_paragraph()  # type: ignore[attr-defined]
            run = line.add_run(block.text)
            run.bold = block.kind != "centre"
            if block.kind == "title":
                run.font.size = Pt(14)
            if block.kind == "heading":
                line.paragraph_format.keep_with_next = True
            else:
                line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        case "list":
            # Numbers of our own: the style's would run on from list to list.
            for number, (text,) in enumerate(block.rows, start=1):
                made.add_paragraph(f"{number}. {text}")  # type: ignore[attr-defined]
        case "table":
            table = made.add_table(rows=0, cols=len(block.head))  # type: ignore[attr-defined]
            table.style = "Table Grid"
            for place, words in enumerate([block.head, *block.rows]):
                cells = table.add_row().cells
                for cell, word, part in zip(cells, words, block.widths, strict=True):
                    cell.text = word
                    cell.width = Mm(width_mm * part / sum(block.widths))
                    if not place and cell.paragraphs[0].runs:
                        cell.paragraphs[0].runs[0].bold = True
            made.add_paragraph()  # type: ignore[attr-defined]
        case "sign":
            made.add_paragraph(  # type: ignore[attr-defined]
                f"{block.text} ____________________ / ____________________ / дата ____________"
            )
        case _:
            made.add_paragraph(block.text)  # type: ignore[attr-defined]


def archive(kit: Kit) -> bytes:
    """Return all papers of the kit, each as PDF and DOCX."""
    out = io.BytesIO()
    with translation.override(LANGUAGE), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for number, kind in enumerate(kinds_of(kit.purpose), start=1):
            item = paper(kind, kit)
            kept.writestr(f"{number}-{kind.value}.pdf", pdf(item))
            kept.writestr(f"{number}-{kind.value}.docx", docx(item))
    return out.getvalue()
