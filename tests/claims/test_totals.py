"""What was won, in public: sums that agree, groups too small to show, a proof that can fail."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from itertools import combinations, product

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import Resident
from claims import lifecycle
from claims.court.statuses import Outcome
from claims.lifecycle import Details
from claims.models import Claim, Won, WonGroup, WonMark, WorkWon
from claims.statuses import ClaimStatus
from claims.totals import cases, counting, open_data, publishing, reconciling
from claims.totals.counting import By
from claims.totals.folding import ASPECTS, REST, SMALLEST, Row, fold
from tests.claims.test_claims import AT, LATER, body
from tests.claims.test_court_steps import filed_cases

URL = "/recalculation/won/"
ROWS = "/recalculation/won/rows/"
CSV = "/recalculation/won/rows.csv"


@pytest.fixture
def win(make_request, resident, operator):
    from accounts.actors import actor_of

    staff = actor_of(operator)

    def make(flat: str, month: str = "2026-04-01", **other: str) -> Claim:
        item = make_request(status="in_progress", flat=flat)
        owner = Resident(id=resident.pk)
        claim = lifecycle.file(item, body(), by=owner, at=AT)
        details = Details(credited_in=date.fromisoformat(month))
        lifecycle.move(claim, ClaimStatus.GRANTED, by=staff, at=LATER, details=details)
        claim = lifecycle.move(claim, ClaimStatus.PAID, by=owner, at=LATER)
        Claim.objects.filter(pk=claim.pk).update(**other)
        return claim

    return make


@pytest.fixture
def work(building):
    def make(count: int, *, name: str = "УК «Причал»", on: date = date(2026, 5, 1)) -> None:
        WorkWon.objects.bulk_create(
            WorkWon(
                building=building,
                executor_name=name,
                what="Замена стояка",
                done_on=on,
                price_rub=Decimal("1000.50"),
                act=f"№ {number}",
            )
            for number in range(count)
        )

    return make


def proved() -> str:
    out = StringIO()
    call_command("reconcile_money", stdout=out, stderr=StringIO())
    return out.getvalue()


def page(address: str, **query: str) -> str:
    answer = Client().get(address, query)
    assert answer.status_code == 200
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def table(**query: str) -> list[dict[str, str]]:
    text = Client().get(CSV, query).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@pytest.mark.django_db
def test_nothing_is_shown_of_fewer_than_five(win):
    for flat in "1234":
        win(flat)
    assert publishing.refresh(at=LATER)
    assert "меньше пяти" in page(URL)
    assert "252" not in page(URL)
    assert "Таких строк нет" in page(ROWS)
    assert table() == []
    assert "4 claims, 252.00 rub" in proved()


@pytest.mark.django_db
@pytest.mark.parametrize("by", list(By))
def test_five_are_shown_and_name_nobody(client: Client, win, work, by, django_assert_num_queries):
    for flat in "12345":
        win(flat)
    work(5)
    publishing.refresh(at=LATER)
    with django_assert_num_queries(3 if by == By.YEAR else 2):
        answer = client.get(URL, {"by": by})
    shown = answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "315 ₽ 00 к." in shown
    for person in ("Петрова", "resident@example.org", "Садовая", "26-0000"):
        assert person not in shown
        assert person not in page(ROWS)
        assert person not in str(table())
    assert "5 claims, 315.00 rub; 5 works, 5002.50 rub" in proved()


@pytest.mark.django_db
def test_a_figure_opens_to_the_rows_that_it_sums(win, work):
    for flat in "12345":
        win(flat)
    for flat in "6789":
        win(flat, month="2027-02-01", executor_name="УК «Малая»")
    win("10", month="2027-02-01", executor_name="УК «Малая»")
    work(6)
    publishing.refresh(at=LATER)
    for by in By:
        for what, groups in counting.won(by).items():
            for group in groups:
                rows = table(what=what, **{by: group.key})
                assert len(rows) == group.count
                summed = sum(Decimal(row["Рубли"].replace(",", ".")) for row in rows)
                assert summed == group.sum_rub
    assert "УК «Малая»" in page(ROWS, what="bill", year="2027")
    assert "УК «Малая»" not in page(ROWS, what="bill", year="2026").split("<table", 1)[1]


@pytest.mark.django_db
def test_rows_have_pages_and_the_same_number_of_queries(
    client: Client, work, django_assert_num_queries
):
    work(5)
    publishing.refresh(at=LATER)
    with django_assert_num_queries(3):
        assert "Страница" not in client.get(ROWS).content.decode()
    work(120, name="УК «Гавань»")
    publishing.refresh(at=LATER)
    with django_assert_num_queries(3):
        assert "Страница 1 из 3" in client.get(ROWS).content.decode()
    assert page(ROWS, page="3").count('<th scope="row">') == 25
    for wrong in ("0", "-1", "99", "x", "1e9", "٣"):
        assert client.get(ROWS, {"page": wrong}).status_code == 200


@pytest.mark.django_db
def test_more_rows_than_one_answer_carries_are_a_file_of_open_data(
    client: Client, work, monkeypatch
):
    monkeypatch.setattr("claims.totals.views.MOST_IN_CSV", 5)
    work(6)
    publishing.refresh(at=LATER)
    answer = client.get(CSV)
    assert (answer.status_code, answer["Location"]) == (302, "/open-data/latest/won.csv")


@pytest.mark.django_db
def test_an_unknown_grouping_is_by_year(client: Client):
    assert client.get(URL, {"by": "flat"}).status_code == 200


@pytest.mark.django_db
def test_the_totals_are_made_again_only_when_rows_changed(win, work):
    work(5)
    assert publishing.refresh(at=LATER)
    assert not publishing.refresh(at=LATER + timedelta(hours=1))
    assert WonMark.objects.get().made_at == LATER
    work(1)
    assert publishing.refresh(at=LATER + timedelta(hours=2))
    assert WonGroup.objects.get().count == 6
    WorkWon.objects.update(executor_name="УК «Верное имя»")
    assert not publishing.refresh(at=LATER)
    assert publishing.refresh(at=LATER, again=True)
    assert WonGroup.objects.get().company == "УК «Верное имя»"


# ── Each relation broken once


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lie",
    [
        {"amount_rub": Decimal("64.00"), "granted_rub": Decimal("63.00")},
        {"paid_rub": Decimal("62.00")},
        {"granted_rub": Decimal("70.00")},
        {"status": ClaimStatus.REFUSED, "paid_rub": None},
        {"credited_in": None},
    ],
)
def test_a_lie_in_the_rows_is_found(win, lie):
    claim = win("1")
    assert "1 claims" in proved()
    Claim.objects.filter(pk=claim.pk).update(**lie)
    with pytest.raises(CommandError):
        proved()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lie",
    [
        {"sum_rub": Decimal("9999.00")},
        {"amounts": [Decimal(200)] * 5, "sum_rub": Decimal(1000)},
        {"company": "УК «Чужая»"},
        {"year": "2019"},
        {"count": 6, "amounts": [Decimal("1000.50")] * 6, "sum_rub": Decimal("6003.00")},
    ],
)
def test_a_lie_in_the_public_groups_is_found(work, lie):
    work(5)
    assert "5 works" in proved()
    WonGroup.objects.update(**lie)
    with pytest.raises(CommandError):
        proved()


@pytest.mark.django_db
def test_a_group_that_vanished_is_found(work):
    work(5)
    assert "5 works" in proved()
    WonGroup.objects.all().delete()
    with pytest.raises(CommandError):
        proved()


@pytest.mark.django_db
def test_a_page_that_sums_otherwise_is_found(work, monkeypatch):
    work(5)
    assert "5 works" in proved()
    true = counting.won
    monkeypatch.setattr(
        counting,
        "won",
        lambda by: {what: groups[1:] for what, groups in true(by).items()},
    )
    assert list(reconciling.differences())


@pytest.mark.django_db
def test_open_data_that_lack_a_row_are_found(work, monkeypatch):
    work(5)
    assert "5 works" in proved()
    rows = list(open_data.rows())
    assert [row[1:7] for row in rows] == [("work", "2026", "2026-05", "", "", "УК «Причал»")] * 5
    monkeypatch.setattr(open_data, "rows", lambda: iter(rows[1:]))
    with pytest.raises(CommandError):
        proved()


@pytest.mark.django_db
def test_the_database_itself_keeps_no_group_of_four(work):
    work(5)
    publishing.refresh(at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        WonGroup.objects.update(count=4, amounts=[Decimal(1)] * 4)


# ── The attack: somebody subtracts figures to find a household

ROW = st.builds(
    Row,
    year=st.sampled_from(["2025", "2026"]),
    company=st.sampled_from(["А", "Б", "В", ""]),
    utility=st.sampled_from(["heating", "gas"]),
    district=st.sampled_from(["Заречный", "Центр"]),
    month=st.sampled_from(["01", "02", "03"]),
    amount_rub=st.integers(1, 10**6).map(Decimal),
)


@given(st.lists(ROW, max_size=60))
def test_folding_loses_no_row_and_tells_no_lie(rows):
    found = list(fold(rows))
    if len(rows) < SMALLEST:
        assert found == []
        return
    assert Counter(row for alike in found for row in alike.rows) == Counter(rows)
    for alike in found:
        assert len(alike.rows) >= SMALLEST
        for row, aspect in product(alike.rows, ASPECTS):
            assert getattr(alike.shown, aspect) in {REST, getattr(row, aspect)}
    assert len({alike.shown for alike in found}) == len(found)


@given(st.lists(ROW, max_size=60))
def test_no_difference_of_two_figures_is_a_household(rows):
    """Every figure that pages can show, of up to three chosen values, and all differences."""
    found = list(fold(rows))
    figures: dict[frozenset[tuple[str, str]], int] = {frozenset(): len(rows) if found else 0}
    for size in (1, 2, 3):
        for aspects in combinations(ASPECTS, size):
            seen = {tuple(getattr(alike.shown, one) for one in aspects) for alike in found}
            for values in seen:
                chosen = frozenset(zip(aspects, values, strict=True))
                figures[chosen] = sum(
                    len(alike.rows)
                    for alike in found
                    if all(getattr(alike.shown, name) == value for name, value in chosen)
                )
    for one, other in combinations(figures, 2):
        narrow, wide = (one, other) if one > other else (other, one)
        if narrow > wide:
            assert figures[wide] - figures[narrow] not in {1, 2, 3, 4}


@pytest.mark.django_db
def test_a_reader_who_subtracts_everything_finds_nobody(win, work):
    """
    A neighbour knows that one flat in April had its money from the small company.

    Every figure of every page and file is read, and each is subtracted from each wider one.
    """
    for flat in "12345":
        win(flat)
    win("6", executor_name="УК «Малая»")
    win("7", month="2026-05-01")
    win("8", month="2027-02-01", executor_name="УК «Другая»")
    publishing.refresh(at=LATER)
    assert "УК «Малая»" not in page(ROWS) + page(URL, by="company")
    counts = {(): len(table())}
    assert counts[()] == 8
    for by in By:
        for group in counting.won(by)[Won.BILL]:
            counts[by, group.key] = group.count
            for month in ("2026-04", "2026-05", "2027-02", REST):
                counts[by, group.key, month] = len(table(**{by: group.key, "month": month}))
    for one, other in combinations(counts, 2):
        assert abs(counts[one] - counts[other]) not in {1, 2, 3, 4} or not (
            one[: len(other)] == other or other[: len(one)] == one
        )


@pytest.mark.django_db
def test_the_public_board_tells_no_more_of_a_month_than_its_rows(win):
    for flat in "12345":
        win(flat)
    win("6", month="2026-05-01")
    publishing.refresh(at=LATER)
    # Six in the year; were April told as five, May's one would be their difference.
    assert counting.of_month(date(2026, 4, 1)) == {}
    assert counting.whole_month(date(2026, 4, 1))[Won.BILL].count == 5
    assert counting.won(By.YEAR)[Won.BILL][0].count == 6


@pytest.mark.django_db(transaction=True)
def test_two_that_make_the_totals_at_once_make_them_once(work):
    from concurrent.futures import ThreadPoolExecutor

    work(5)

    def make(_number: int) -> bool:
        try:
            return publishing.refresh(at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(make, range(4))) == [False, False, False, True]
    assert WonGroup.objects.get().count == 5


# ── Court cases beside the money


@pytest.mark.django_db
def test_court_cases_stand_beside_the_money_by_year(client: Client):
    filed_cases(2024, 6, outcome=Outcome.WON)
    filed_cases(2024, 2, outcome=Outcome.LOST)
    filed_cases(2025, 5)
    filed_cases(2026, 3)
    shown = page(URL)
    assert "Судебные дела" in shown
    assert "75 %" in shown
    assert ">2025<" not in shown.split('id="cases-title"', 1)[1]
    assert "Судебные дела" not in page(URL, by="company")
    assert "0 claims" in proved()


@pytest.mark.django_db
@pytest.mark.parametrize("lie", [{"filed": 9}, {"won": 1}, {"received_rub": Decimal(5)}])
def test_a_lie_in_the_years_of_cases_is_found(monkeypatch, lie):
    filed_cases(2024, 6, outcome=Outcome.WON)
    assert "0 claims" in proved()
    true = cases.by_year
    monkeypatch.setattr(cases, "by_year", lambda: [replace(true()[0], **lie)])
    with pytest.raises(CommandError):
        proved()
