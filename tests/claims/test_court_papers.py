"""Papers of a case: the state duty at its borders, the price, and the PDFs of any text."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from accounts.contact_looks import record_by_code
from accounts.models import ContactLook
from claims.court import duty, filing_cabinet, papers, price, where
from claims.court.figures import scale_on, sums_of
from claims.court.papers import Paper
from claims.legal_aid import loading
from claims.models import AidGround, CourtCase, DutyStep
from tests.claims.court_cast import AT

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 1)


@pytest.fixture
def scale() -> list[duty.Step]:
    loading.load()
    return scale_on(DAY)


@pytest.mark.parametrize(
    ("price_rub", "due"),
    [
        ("0.01", "4000.00"),
        ("50000", "4000.00"),
        ("100000", "4000.00"),
        ("100000.01", "4000.00"),
        ("250000", "8500.00"),
        ("300000", "10000.00"),
        ("500000", "15000.00"),
        ("800000", "21000.00"),
        ("1000000", "25000.00"),
        ("1500000", "30000.00"),
        ("3000000", "45000.00"),
        ("8000000", "80000.00"),
    ],
)
def test_the_duty_of_domain_md(price_rub, due, scale):
    found = duty.of(Decimal(price_rub), scale, day=DAY, is_consumer=False)
    assert found.amount_rub == Decimal(due)
    assert found.clause == "НК РФ, ст. 333.19"


@pytest.mark.parametrize(
    ("price_rub", "due"),
    [("1000000", "0.00"), ("1000000.01", "0.00"), ("1000100", "1.00"), ("1500000", "5000.00")],
)
def test_a_consumer_pays_what_is_over_a_million(price_rub, due, scale):
    found = duty.of(Decimal(price_rub), scale, day=DAY, is_consumer=True)
    assert (found.amount_rub, found.is_waived) == (Decimal(due), True)


def test_an_order_costs_half(scale):
    found = duty.of(Decimal(60_000), scale, day=DAY, is_consumer=False, is_order=True)
    assert found.amount_rub == Decimal("2000.00")


def test_a_price_or_a_day_beyond_the_scale_is_said_and_not_guessed(scale, case):
    with pytest.raises(duty.NotInForce):
        duty.of(Decimal("8000000.01"), scale, day=DAY, is_consumer=False)
    with pytest.raises(duty.NotInForce):
        duty.of(Decimal(100), scale_on(date(2024, 9, 8)), day=DAY, is_consumer=False)
    CourtCase.objects.filter(pk=case.pk).update(damage_rub=9_000_000)
    case.refresh_from_db()
    assert sums_of(case, today=DAY).duty is None
    told = papers.content(case, Paper.PRICE, today=DAY)
    assert "не посчитана" in " ".join(told["closing"])


def test_a_new_scale_changes_no_suit_filed_before_it(case, scale):
    DutyStep.objects.update(until=date(2026, 6, 30))
    DutyStep.objects.create(
        up_to_rub=10_000_000, fixed_rub=9_999, clause="новая", source="новый", since="2026-07-01"
    )
    CourtCase.objects.filter(pk=case.pk).update(is_consumer=False, filed_on=date(2026, 6, 30))
    case.refresh_from_db()
    assert sums_of(case, today=date(2026, 8, 1)).duty.amount_rub == Decimal("4000.00")
    CourtCase.objects.filter(pk=case.pk).update(filed_on=date(2026, 7, 1))
    case.refresh_from_db()
    assert sums_of(case, today=date(2026, 8, 1)).duty.amount_rub == Decimal("9999.00")


@pytest.mark.parametrize(("days", "penalty"), [(0, "0"), (10, "900"), (34, "3000"), (100, "3000")])
def test_the_penalty_as_of_a_day_is_never_above_the_price(days, penalty):
    asked = price.Asked(penalty_price_rub=Decimal(3000), penalty_from=DAY)
    found = price.of(asked, day=DAY + timedelta(days=days))
    assert found.penalty_rub == Decimal(penalty)


def test_fine_and_moral_damage_are_not_in_the_price():
    asked = price.Asked(
        principal_rub=Decimal(1200),
        penalty_price_rub=Decimal(900),
        penalty_from=DAY,
        moral_rub=Decimal(2000),
    )
    found = price.of(asked, day=DAY + timedelta(days=40))
    assert found.price_rub == Decimal(2100)
    # Half of 1,200 + 900 + 2,000: the vector of domain.md, 5.1.
    assert found.fine_rub == Decimal(2050)


def test_who_is_no_consumer_has_neither_penalty_nor_fine():
    asked = price.Asked(
        principal_rub=Decimal(100),
        penalty_price_rub=Decimal(100),
        penalty_from=DAY,
        is_consumer=False,
    )
    found = price.of(asked, day=DAY + timedelta(days=9))
    assert (found.penalty_rub, found.fine_rub) == (0, 0)


def test_which_court_and_whether_an_order():
    justice, district = where.Court.JUSTICE, where.Court.DISTRICT
    assert where.court_of(Decimal(100_000), asks_works=False) == justice
    assert where.court_of(Decimal("100000.01"), asks_works=False) == district
    assert where.court_of(Decimal(1), asks_works=True) == district
    order = {"asks_works": False, "moral_rub": Decimal(0)}
    assert where.may_be_order(Decimal(500_000), **order)
    assert not where.may_be_order(Decimal("500000.01"), **order)
    assert not where.may_be_order(Decimal(0), **order)
    assert not where.may_be_order(Decimal(1), **(order | {"moral_rub": Decimal(1)}))


def text_of(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def test_the_statement_says_who_whom_what_and_why(case, scale):
    said = text_of(papers.pdf(case, Paper.STATEMENT, today=DAY + timedelta(days=60)))
    for word in ("Исковое заявление", "Истец", "Ответчик", "Цена иска", "Прошу суд", "13 п. 6"):
        assert word in said, word
    plaintiff, _defendant = case.parties.order_by("pk")
    assert plaintiff.name in said
    assert "не уплачивается" in said
    assert "333.36" in said


def test_a_motion_for_an_order_names_debtor_and_no_fine(case, scale):
    CourtCase.objects.filter(pk=case.pk).update(kind="order")
    case.refresh_from_db()
    said = text_of(papers.pdf(case, Paper.STATEMENT, today=DAY + timedelta(days=60)))
    assert "Заявление о выдаче судебного приказа" in said
    assert "Взыскатель" in said
    assert "Должник" in said
    assert "штраф" not in said


@pytest.mark.parametrize(
    "name",
    [
        "Ёлкина-O'Neil Straße ąęß № 5 «кв. 7»",
        "Zoë 👩‍⚖️🏠 Ivanova",
        '#set page(paper: "a1") $x^2$ *жирно* \\ <b>',
        "Д" * 300,
    ],
)  # fmt: skip
def test_names_are_printed_as_they_are_and_never_read_as_markup(name, case, jurist, scale):
    party = case.parties.get(role="plaintiff")
    values = {"role": "plaintiff", "name": name, "phone": "", "email": ""}
    filing_cabinet.put_party(case, values, by=jurist, party_id=party.pk)
    made = papers.pdf(case, Paper.STATEMENT, today=DAY)
    said = text_of(made).replace("\n", "").replace("-", "").replace("\u00ad", "").replace(" ", "")
    wanted = "".join(sign for sign in name if papers.is_in_font(sign))
    assert wanted.replace(" ", "").replace("-", "")[:60] in said
    assert PdfReader(BytesIO(made)).pages[0].mediabox.width < 600


def test_a_statement_of_two_hundred_pages_is_made(case, jurist, scale):
    facts = "\n".join(f"{number}-й день: в комнате +14." for number in range(6_600))
    assert len(facts) <= 200_000
    edited = filing_cabinet.edit(
        case, {"facts": facts}, by=jurist, at=AT, seen_version=case.version
    )
    pages = PdfReader(BytesIO(papers.pdf(edited, Paper.STATEMENT, today=DAY))).pages
    assert len(pages) >= 200
    assert "Прошу суд" in pages[-1].extract_text() + pages[-2].extract_text()


def test_loading_twice_adds_nothing_and_leaves_alone_what_was_edited():
    loading.load()
    count = AidGround.objects.count()
    AidGround.objects.filter(code="poor").update(words="Свои слова")
    again = loading.load()
    assert AidGround.objects.count() == count
    assert again.counts["aidground unchanged"] == count
    assert AidGround.objects.get(code="poor").words == "Свои слова"


def test_an_edited_row_gives_no_way_to_a_changed_file(tmp_path):
    loading.load()
    AidGround.objects.filter(code="poor").update(words="Свои слова")
    changed = tmp_path / "grounds.toml"
    text = loading.GROUNDS.read_text(encoding="utf-8")
    changed.write_text(text.replace("ниже прожиточного", "меньше прожиточного"), encoding="utf-8")
    done = loading.load(grounds=changed)
    assert AidGround.objects.get(code="poor").words == "Свои слова"
    assert len(done.kept) == 1


def test_a_file_with_a_mistake_loads_nothing(tmp_path):
    bad = tmp_path / "duty.toml"
    bad.write_text("[[scale]]\nsince = 2026-01-01\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("load_court", duty=bad)
    assert not AidGround.objects.exists()
    assert not DutyStep.objects.exists()


def test_a_look_by_the_code_has_no_account():
    record_by_code("court:1", at=AT)
    assert ContactLook.objects.get().looked_by is None
