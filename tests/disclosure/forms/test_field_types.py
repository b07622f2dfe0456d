"""What people and spreadsheets write becomes one canonical text, or is refused with a reason."""

from __future__ import annotations

import pytest

from disclosure.forms_standard.definition import Field, Type
from disclosure.forms_standard.field_types import Invalid, is_stub, parse

CHOICES = (("1", "Плоская"), ("2", "Скатная"))


def field(kind: Type, **more: object) -> Field:
    choices = CHOICES if kind is Type.CHOICE else ()
    return Field(code="x", name="X", type=kind, choices=choices, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "written", "canonical"),
    [
        (Type.TEXT, "  ООО\u00a0«Дом»\x00 ", "ООО «Дом»"),
        (Type.LONG, "пн\r\nвт", "пн\nвт"),
        (Type.INTEGER, "1 234", "1234"),
        (Type.INTEGER, "12.0", "12"),
        (Type.DECIMAL, "1\u00a0234,5600", "1234.56"),
        (Type.DECIMAL, "100", "100"),
        (Type.MONEY, "1 234,5 руб.", "1234.50"),
        (Type.MONEY, "−10", "-10.00"),
        (Type.PERCENT, "12,5 %", "12.5"),
        (Type.YEAR, "1974", "1974"),
        (Type.DATE, "31.12.2025", "2025-12-31"),
        (Type.DATE, "2025-12-31 00:00:00", "2025-12-31"),
        (Type.INN, "73 25 000006", "7325000006"),
        (Type.PHONE, "8 (8422) 00-00-01", "+78422000001"),
        (Type.EMAIL, "Office@Example.org", "office@example.org"),
        (Type.URL, "dom.example.org", "https://dom.example.org"),
        (Type.CHOICE, "плоская", "1"),
        (Type.CHOICE, "2", "2"),
        (Type.YES_NO, "Да", "yes"),
        (Type.YES_NO, "нет", "no"),
        (Type.MONEY, "", ""),
    ],
)
def test_every_usual_writing_gives_one_text(kind, written, canonical):
    assert parse(written, field(kind)) == canonical
    assert parse(canonical, field(kind)) == canonical


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (Type.INTEGER, "1,5"),
        (Type.INTEGER, "двадцать"),
        (Type.DECIMAL, "1e5"),
        (Type.DECIMAL, "٣"),
        (Type.DECIMAL, "9" * 31),
        (Type.MONEY, "1,234"),
        (Type.PERCENT, "101"),
        (Type.PERCENT, "-1"),
        (Type.YEAR, "74"),
        (Type.DATE, "31.02.2025"),
        (Type.DATE, "01.01.0001"),
        (Type.INN, "7325000007"),
        (Type.OGRN, "1027300000000"),
        (Type.PHONE, "звоните"),
        (Type.EMAIL, "a@"),
        (Type.URL, "javascript:alert(1)"),
        (Type.CHOICE, "Круглая"),
        (Type.YES_NO, "иногда"),
        (Type.FILE, "../../etc/passwd"),
        (Type.TEXT, "я" * 501),
    ],
)
def test_what_is_no_value_is_refused_with_words(kind, written):
    with pytest.raises(Invalid, match=r"\w"):
        parse(written, field(kind))


def test_bounds_hold():
    with pytest.raises(Invalid):
        parse("-1", field(Type.MONEY, low="0"))
    with pytest.raises(Invalid):
        parse("151", field(Type.INTEGER, high="150"))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Type.TEXT, "-"),
        (Type.TEXT, "Нет данных"),
        (Type.TEXT, "#####"),
        (Type.TEXT, "1111"),
        (Type.DATE, "1970-01-01"),
    ],
)
def test_a_stub_is_no_answer(kind, text):
    assert is_stub(text, field(kind))


@pytest.mark.parametrize(
    ("kind", "text"), [(Type.TEXT, "Иванов"), (Type.MONEY, "0.00"), (Type.INTEGER, "0")]
)
def test_zero_is_an_answer_where_a_number_is_asked(kind, text):
    assert not is_stub(text, field(kind))
