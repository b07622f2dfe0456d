"""What is frozen, that nothing moves it, and that anybody gets the same numbers."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.actors import CodeHolder, System
from disclosure.models import ManagementPeriod
from ratings import computing, inputs, methodology, publishing, snapshots, tasks
from ratings.models import RatingResult, RatingSnapshot
from requests_app import lifecycle
from requests_app.models import Request
from tests.city_fixtures import COMPANY_INN, EMERGENCY, NOON, RIVAL_INN
from tests.ratings.conftest import AFTER, MONTH

pytestmark = pytest.mark.django_db


def line_of(snapshot, company):
    [line] = [line for line in inputs.read(snapshot.inputs) if line.company == company]
    return line


def refused_by_database(action):
    with pytest.raises(DatabaseError), transaction.atomic():
        action()


def test_counts_are_what_happened(draft):
    line = line_of(draft, COMPANY_INN)
    assert line.counts == {
        "requests": 4,
        "faults": 4,
        "due": 4,
        "in_time": 3,
        "presented": 3,
        "reopened": 0,
        "repeated": 3,
        "emergencies": 0,
        "reacted": 0,
        "scanned": 0,
        "answered": 3,
        "confirmed": 3,
        "marked": 0,
        "marked_good": 0,
        **dict.fromkeys(methodology.OF_COMPANY, 0),
    }
    assert (line.days, line.flat_days) == (365, 365 * 80)
    assert line_of(draft, RIVAL_INN).counts["requests"] == 0


def test_a_returned_request_counts_against_and_neighbours_of_one_day_once(
    year, make_request, make_upload
):
    at = NOON + timedelta(days=12)
    make_request(status="reopened", at=at)
    make_request(flat="13", at=at + timedelta(minutes=5))
    make_request(flat="14", at=at + timedelta(minutes=9))
    counts = line_of(snapshots.draft(MONTH, at=AFTER), COMPANY_INN).counts
    assert (counts["requests"], counts["faults"]) == (7, 5)
    assert (counts["presented"], counts["reopened"]) == (4, 1)
    assert (counts["answered"], counts["confirmed"]) == (4, 3)


def test_the_last_mark_of_a_resident_counts_once(year, resident):
    first, second, third = Request.objects.filter(outcome="fixed").order_by("pk")
    at = max(item.closed_at for item in (first, second, third))
    for item, values in ((first, [5]), (second, [2, 4]), (third, [3])):
        holder = CodeHolder(number=item.number, code_hash=item.code_hash)
        for later, value in enumerate(values):
            lifecycle.mark(item, value=value, by=holder, at=at + timedelta(hours=later))
    counts = line_of(snapshots.draft(MONTH, at=AFTER), COMPANY_INN).counts
    assert (counts["marked"], counts["marked_good"]) == (3, 2)


def test_an_emergency_is_judged_by_its_first_reaction(year, make_request):
    make_request(category=EMERGENCY, at=NOON)
    make_request(category=EMERGENCY, status="accepted", at=NOON + timedelta(days=1))
    quick = make_request(category=EMERGENCY, status="accepted", at=NOON + timedelta(days=2))
    Request.objects.filter(pk=quick.pk).update(react_by=NOON + timedelta(days=2, hours=2))
    counts = line_of(snapshots.draft(MONTH, at=AFTER), COMPANY_INN).counts
    assert (counts["emergencies"], counts["reacted"]) == (3, 1)


def test_a_house_taken_over_counts_for_each_by_its_days(make_building, company, rival_company):
    house = make_building(flats=100)
    middle = date(2025, 9, 1)
    for who, since, until in (
        (company, date(2020, 1, 1), middle),
        (rival_company, middle, None),
    ):
        ManagementPeriod.objects.create(building=house, company=who, during=DateRange(since, until))
    draft = snapshots.draft(MONTH, at=AFTER)
    first, second = line_of(draft, COMPANY_INN), line_of(draft, RIVAL_INN)
    assert (first.days, second.days) == (153, 212)
    assert first.flat_days + second.flat_days == 100 * 365


def test_a_company_with_three_requests_has_no_place(draft):
    result = draft.results.get(reference=COMPANY_INN)
    assert not result.is_rated
    assert (result.band, result.best, result.certainty) == ("", None, None)


def test_a_city_without_requests_or_companies_gets_an_empty_rating(db):
    draft = snapshots.draft(MONTH, at=AFTER)
    assert draft.results.count() == 0
    assert snapshots.faults(draft) == []


def test_a_month_that_is_not_over_is_refused(year):
    with pytest.raises(publishing.Refused):
        snapshots.draft(MONTH, at=NOON)
    assert not RatingSnapshot.objects.exists()


def test_a_draft_is_replaced_by_the_next_one(draft, make_request):
    again = snapshots.draft(MONTH, at=AFTER + timedelta(hours=1))
    assert RatingSnapshot.objects.get() == again
    assert again.inputs == draft.inputs


def test_the_database_lets_nobody_edit_what_is_published(published):
    result = published.results.first()
    refused_by_database(lambda: RatingSnapshot.objects.update(inputs=""))
    refused_by_database(lambda: RatingSnapshot.objects.all().delete())
    refused_by_database(lambda: RatingResult.objects.update(score=100))
    refused_by_database(lambda: RatingResult.objects.all().delete())
    refused_by_database(published.methodology.delete)
    result.pk, result.position = None, 99
    refused_by_database(result.save)
    assert snapshots.faults(RatingSnapshot.objects.get()) == []


def test_publishing_twice_publishes_once(published):
    again = publishing.publish(
        published.pk, by=System(), at=AFTER + timedelta(days=20), waiver="Ещё раз"
    )
    assert again.published_at == published.published_at


def test_a_correction_is_a_new_edition_that_says_why(published):
    with pytest.raises(publishing.Refused):
        snapshots.draft(MONTH, at=AFTER)
    better = snapshots.draft(MONTH, at=AFTER, erratum="Дом 3 был записан не той организации")
    assert better.edition == 2
    assert RatingSnapshot.objects.get(edition=1).is_published


def test_later_requests_change_nothing_of_what_is_kept(published, make_request):
    make_request(at=NOON + timedelta(days=3))
    Request.objects.update(due_at=NOON - timedelta(days=100))
    kept = RatingSnapshot.objects.get()
    assert kept.inputs == published.inputs
    assert snapshots.faults(kept) == []


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda s: {"inputs": s.inputs.replace(",4,4,4,3,", ",4,4,4,4,")}, "inputs.csv"),
        (lambda s: {"inputs": s.inputs + "\n"}, "inputs.csv"),
        (lambda s: {"inputs": "x"}, "other columns"),
        (
            lambda s: {"manifest": {**s.manifest, "from": "2026-03-01"}},
            "results.csv",
        ),
    ],
)
def test_one_changed_byte_is_found(draft, spoil, word):
    RatingSnapshot.objects.update(**spoil(draft))
    assert word in " ".join(snapshots.faults(RatingSnapshot.objects.get()))


def test_a_changed_result_is_found(draft):
    RatingResult.objects.filter(reference=COMPANY_INN).update(score="0.01")
    found = snapshots.faults(RatingSnapshot.objects.get())
    assert any("SHA-256" in fault for fault in found)
    assert any("worked out" in fault for fault in found)


def test_a_methodology_changed_under_its_number_is_refused(published, monkeypatch):
    changed = methodology.newest()
    changed["title"] = "Другая"
    monkeypatch.setattr(methodology, "newest", lambda: changed)
    with pytest.raises(publishing.Refused):
        snapshots.draft(date(2026, 2, 1), at=AFTER)


def test_the_commands_publish_and_verify(year):
    said = StringIO()
    call_command("publish_rating", "2026-03", stdout=said)
    assert RatingSnapshot.objects.get().is_published
    call_command("verify_rating", "2026-03", stdout=said)
    assert "2 companies agree" in said.getvalue()
    with pytest.raises(CommandError):
        call_command("publish_rating", "2026-03", stdout=said)
    with pytest.raises(CommandError):
        call_command("publish_rating", "2026-13", stdout=said)
    with pytest.raises(CommandError):
        call_command("verify_rating", "2020-01", stdout=said)


def test_a_failure_half_way_leaves_nothing(year, monkeypatch):
    def dies(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr(RatingResult.objects, "bulk_create", dies)
    with pytest.raises(MemoryError), transaction.atomic():
        snapshots.draft(MONTH, at=AFTER)
    assert not RatingSnapshot.objects.exists()


def test_the_order_of_lines_does_not_matter():
    counts = dict.fromkeys(methodology.COUNTS, 5)
    lines = [inputs.Line(f"{n}", "old", 365, 1000 * n, counts) for n in range(1, 30)]
    text = inputs.text_of(lines)
    assert text == inputs.text_of(reversed(lines))
    method = methodology.read(methodology.newest())
    made = computing.compute(text, method, window_days=365)
    assert made == computing.compute(text, method, window_days=365)
    assert len(made) == 29
    assert not any(one.is_rated for one in made)


def test_beat_drafts_shows_and_publishes_the_month_that_ended_once(year, monkeypatch):
    monkeypatch.setattr(tasks, "localdate", AFTER.date)
    monkeypatch.setattr(tasks, "now", lambda: AFTER)
    tasks.carry_on_ratings()
    kept = RatingSnapshot.objects.get()
    assert (kept.period, kept.is_published) == (MONTH, False)
    assert kept.comments_from == AFTER
    tasks.carry_on_ratings(newer="argument")
    assert RatingSnapshot.objects.get().pk == kept.pk
    monkeypatch.setattr(tasks, "now", lambda: kept.comments_until)
    tasks.carry_on_ratings()
    tasks.carry_on_ratings()
    kept = RatingSnapshot.objects.get()
    assert kept.published_at == kept.comments_until
    assert kept.waiver == ""


def test_the_simulation_prints_its_table():
    said = StringIO()
    call_command("simulate_rating", rounds=1, stdout=said)
    named = [indicator["code"] for indicator in methodology.newest()["indicators"]]
    assert all(f"`{code}`" in said.getvalue() for code in named)
    # The head of the table, a line each, the score, and two lines of bands.
    assert said.getvalue().count("\n") == 2 + len(named) + 3


def test_a_text_of_an_earlier_methodology_is_still_read():
    old = "company,age,days,flat_days,requests,due,in_time\n7300000001,old,365,1000,5,4,3\n"
    [line] = inputs.read(old)
    assert (line.counts["due"], line.counts["violations"]) == (4, 0)
    for wrong in (old.replace("due,in_time", "in_time,due"), old.replace("due", "luck")):
        with pytest.raises(inputs.Damaged):
            inputs.read(wrong)
