"""Times on a request: named, agreed, reached and put off; a refusal writes nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.actors import Nobody, Operator, Resident, System, actor_of
from notifications import said
from notifications.models import Message
from requests_app import intake, lifecycle, promises
from requests_app.clocks import LegalKind, Stage
from requests_app.lifecycle import Details, Inspection, NewExecutor, Refused
from requests_app.lifecycle.clock import pauses_of
from requests_app.models import Norm, Request, RequestEvent
from requests_app.statuses import Status
from tests.city_fixtures import EMERGENCY, NOON, ORDINARY, rows_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def staff(operator) -> Operator:
    return actor_of(operator)


@pytest.fixture
def firm(company_user):
    return actor_of(company_user)


def local(text: str) -> datetime:
    zone = ZoneInfo("Europe/Ulyanovsk")
    return datetime.strptime(text, "%d.%m.%Y %H:%M").replace(tzinfo=zone)


def letters_of(item: Request) -> list[str]:
    return list(
        Message.objects.filter(topic=f"request:{item.number}")
        .order_by("id")
        .values_list("event", flat=True)
    )


@pytest.fixture
def letter(make_request, categories):
    """Return a request whose only clock is the answer in ten working days."""
    slug = (
        Norm.objects.filter(answer_amount=10, answer_unit="working_days", fix_amount=None)
        .order_by("category__slug")
        .values_list("category__slug", flat=True)
        .first()
    )
    return make_request(category=slug)


# ------------------------------------------------------------------ planned time


def test_a_planned_time_is_told_and_moves_no_limit(make_request, firm):
    item = make_request(status=Status.ACCEPTED)
    when = item.due_at - HOUR
    planned = lifecycle.plan(item, planned_at=when, by=firm, at=NOON + 2 * HOUR)
    assert (planned.planned_at, planned.due_at) == (when, item.due_at)
    assert letters_of(item)[-1] == "request.planned"


def test_a_plan_after_the_limit_needs_words_and_says_that_the_limit_stays(make_request, firm):
    item = make_request(status=Status.ACCEPTED)
    late, before = item.due_at + HOUR, rows_of(item)
    with pytest.raises(Refused) as refused:
        lifecycle.plan(item, planned_at=late, by=firm, at=NOON + 2 * HOUR)
    assert (refused.value.field, rows_of(item)) == ("text", before)
    lifecycle.plan(item, planned_at=late, by=firm, at=NOON + 2 * HOUR, text="Ждём деталь")
    message = Message.objects.filter(event="request.planned").get()
    assert "Срок нормы остаётся прежним" in said.in_words(message.context)["news"]


@pytest.mark.parametrize("when", [NOON, NOON + timedelta(days=400)])
def test_a_plan_in_the_past_or_a_year_away_is_refused(when, make_request, firm):
    item = make_request(status=Status.ACCEPTED)
    before = rows_of(item)
    with pytest.raises(Refused):
        lifecycle.plan(item, planned_at=when, by=firm, at=NOON + 2 * HOUR, text="Так вышло")
    assert rows_of(item) == before


def test_a_stranger_names_no_times(make_request):
    item = make_request(status=Status.ACCEPTED)
    with pytest.raises(lifecycle.NotFound):
        lifecycle.plan(item, planned_at=NOON + 9 * HOUR, by=Nobody(), at=NOON + 2 * HOUR)


def test_a_resident_names_no_times_of_the_executor(make_request, resident):
    item = make_request(status=Status.ACCEPTED)
    before = rows_of(item)
    by = Resident(id=resident.pk)
    for act in (
        lambda: lifecycle.plan(item, planned_at=NOON + 9 * HOUR, by=by, at=NOON + 2 * HOUR),
        lambda: lifecycle.agree_visit(
            item, visit_at=NOON + 9 * HOUR, by=by, at=NOON + 2 * HOUR, text="Да"
        ),
        lambda: lifecycle.stop_harm(item, happened_at=NOON + HOUR, by=by, at=NOON + 2 * HOUR),
        lambda: lifecycle.answer_in_writing(item, by=by, at=NOON + 2 * HOUR, text="Да"),
        lambda: lifecycle.extend(
            item, until=date(2026, 4, 1), by=by, at=NOON + 2 * HOUR, text="Да"
        ),
    ):
        with pytest.raises(Refused):
            act()
    assert rows_of(item) == before


# ------------------------------------------------------------------ agreed access


def test_an_agreed_visit_moves_the_check_to_it_and_the_repair_by_the_wait(make_request, staff):
    item = make_request(category="ht_temp")
    asked, visit = item.registered_at + HOUR, item.registered_at + timedelta(hours=20)
    agreed = lifecycle.agree_visit(item, visit_at=visit, by=staff, at=asked, text="Дома вечером")
    assert item.inspect_by == item.registered_at + 2 * HOUR
    assert (agreed.visit_at, agreed.inspect_by) == (visit, visit)
    assert agreed.answer_by == item.answer_by
    door = make_request(category=ORDINARY)
    agreed_too = lifecycle.agree_visit(door, visit_at=visit, by=staff, at=asked, text="Вечером")
    assert agreed_too.fix_by - door.fix_by == agreed_too.due_at - door.due_at == visit - asked
    assert agreed.registered_at == item.registered_at
    assert agreed.react_by == item.react_by


def test_a_leak_waits_for_no_agreed_visit(make_request, staff):
    item = make_request(category=EMERGENCY)
    agreed = lifecycle.agree_visit(
        item, visit_at=NOON + 20 * HOUR, by=staff, at=NOON + HOUR, text="Дома вечером"
    )
    assert (agreed.fix_by, agreed.react_by, agreed.due_at) == (
        item.fix_by,
        item.react_by,
        item.due_at,
    )


def test_time_that_stood_for_a_visit_and_a_question_counts_once(make_request, staff, categories):
    item = make_request(category=ORDINARY, status=Status.ACCEPTED)
    visit = NOON + 10 * HOUR
    lifecycle.agree_visit(item, visit_at=visit, by=staff, at=NOON + 2 * HOUR, text="Вечером")
    asked = NOON + 4 * HOUR
    lifecycle.move(
        item, Status.NEEDS_INFO, by=staff, at=asked, details=Details(text="Какой подъезд?")
    )
    going = lifecycle.move(
        item, Status.ACCEPTED, by=staff, at=NOON + 12 * HOUR, details=Details(text="Второй")
    )
    assert going.fix_by - item.fix_by == timedelta(hours=10)
    # The same by the timeline, as another matter would count it.
    again = promises.of(
        going.norm,
        LegalKind(going.legal_kind),
        registered_at=going.registered_at,
        pauses=pauses_of(going),
    )
    assert again.fix_by == going.fix_by


def test_a_letters_clock_does_not_stand_while_the_resident_is_asked(letter, staff):
    asked = lifecycle.move(
        letter, Status.NEEDS_INFO, by=staff, at=NOON + HOUR, details=Details(text="Какой год?")
    )
    assert asked.paused_at is None
    assert Request.objects.overdue(letter.due_at + HOUR).filter(pk=letter.pk).exists()
    answered = lifecycle.move(
        letter, Status.ACCEPTED, by=staff, at=NOON + 90 * HOUR, details=Details(text="Этот")
    )
    assert (answered.answer_by, answered.due_at) == (letter.answer_by, letter.due_at)


# ------------------------------------------------------------------ extension


def test_an_answer_is_put_off_once_with_a_reason_and_a_letter(letter, staff):
    until = letter.answer_by.astimezone(ZoneInfo("Europe/Ulyanovsk")).date() + timedelta(days=30)
    put_off = lifecycle.extend(
        letter, until=until, by=staff, at=NOON + HOUR, text="Запросили документы"
    )
    assert put_off.answer_by == put_off.due_at
    assert put_off.answer_by.astimezone(ZoneInfo("Europe/Ulyanovsk")).date() == until
    assert put_off.registered_at == letter.registered_at
    assert promises.kept(put_off)[Stage.ANSWER].by == letter.answer_by
    assert letters_of(letter)[-1] == "request.extended"
    before = rows_of(letter)
    with pytest.raises(Refused) as refused:
        lifecycle.extend(letter, until=until, by=staff, at=NOON + 2 * HOUR, text="Ещё")
    assert (refused.value.code, rows_of(letter)) == ("extended", before)


@pytest.mark.parametrize(
    ("days", "hours", "text", "field"),
    [(31, 1, "Документы", "until"), (0, 1, "Документы", "until"), (5, 1, "", "text")],
)
def test_a_wrong_extension_writes_nothing(days, hours, text, field, letter, staff):
    until = letter.answer_by.astimezone(ZoneInfo("Europe/Ulyanovsk")).date() + timedelta(days=days)
    before = rows_of(letter)
    with pytest.raises(Refused) as refused:
        lifecycle.extend(letter, until=until, by=staff, at=NOON + hours * HOUR, text=text)
    assert (refused.value.field, rows_of(letter)) == (field, before)


def test_a_late_answer_and_a_repair_are_not_put_off(letter, make_request, staff):
    leak = make_request(category=EMERGENCY)
    for item, at in ((letter, letter.answer_by + HOUR), (leak, NOON + HOUR)):
        before = rows_of(item)
        assert lifecycle.may_be_extended(item, at=at) is None
        with pytest.raises(Refused):
            lifecycle.extend(item, until=date(2026, 4, 20), by=staff, at=at, text="Документы")
        assert rows_of(item) == before


def test_an_executor_asks_and_does_not_decide(letter, staff, firm, company):
    if letter.company_id != company.pk:
        to = Details(text="Ваше", executor=NewExecutor(company=company.pk))
        lifecycle.move(letter, Status.REDIRECTED, by=staff, at=NOON + HOUR, details=to)
    until = letter.answer_by.date() + timedelta(days=5)
    asked = lifecycle.ask_extension(
        letter, until=until, by=firm, at=NOON + 2 * HOUR, text="Ждём справку"
    )
    assert (asked.answer_by, asked.extended_at) == (letter.answer_by, None)
    lifecycle.ask_redirect(letter, by=firm, at=NOON + 3 * HOUR, text="Это сети")
    kinds = list(RequestEvent.objects.filter(request=letter).values_list("kind", flat=True))
    assert kinds[-2:] == ["asked_time", "asked_pass"]
    with pytest.raises(Refused):
        lifecycle.extend(letter, until=until, by=firm, at=NOON + 4 * HOUR, text="Сами")


# ------------------------------------------------------------------ what was reached


def test_harm_check_and_answer_are_written_down_with_their_times(make_request, firm):
    item = make_request(status=Status.ACCEPTED)
    at = NOON + 3 * HOUR
    item = lifecycle.stop_harm(item, happened_at=NOON + HOUR, by=firm, at=at)
    act = Inspection(happened_at=NOON + 2 * HOUR, found_fault=True, signer="Иванов И. И.")
    item = lifecycle.record_inspection(item, act, by=firm, at=at + HOUR)
    item = lifecycle.answer_in_writing(item, by=firm, at=at + 2 * HOUR, text="Заменим стояк")
    assert item.reacted_at == NOON + HOUR
    assert item.inspected_at == NOON + 2 * HOUR
    assert item.answered_at == at + 2 * HOUR
    assert letters_of(item)[-3:] == ["request.reacted", "request.inspected", "request.answered"]
    signed = RequestEvent.objects.get(request=item, kind="inspected")
    assert "Иванов" in signed.text
    assert "Иванов" not in str(signed.data)


@pytest.mark.parametrize("when", [None, NOON - HOUR, NOON + 9 * HOUR])
def test_what_is_dated_in_the_future_or_before_the_request_is_refused(when, make_request, firm):
    item = make_request(status=Status.ACCEPTED)
    before = rows_of(item)
    act = Inspection(happened_at=when, found_fault=True, signer="Иванов И. И.")
    with pytest.raises(Refused):
        lifecycle.record_inspection(item, act, by=firm, at=NOON + 2 * HOUR)
    with pytest.raises(Refused):
        lifecycle.stop_harm(item, happened_at=when, by=firm, at=NOON + 2 * HOUR)
    assert rows_of(item) == before


# ------------------------------------------------------------------ legal kinds at filing


def test_an_appeal_is_taken_only_from_a_recognised_person(new_request, resident):
    new = new_request(is_appeal=True)
    for stranger in (Nobody(), System()):
        assert "is_appeal" in intake.check(new, by=stranger, at=NOON)
    filed = intake.file(new, by=Resident(id=resident.pk), at=NOON).request
    assert filed.legal_kind == LegalKind.APPEAL
    assert filed.promised["register"]["clause"] == "59-ФЗ, ст. 8 ч. 2"
    assert filed.answer_by == local("01.04.2026 23:59")


def test_an_appeal_names_its_author(new_request, resident):
    new = new_request(is_appeal=True, contact=intake.Contact(email="a@example.org"))
    assert set(intake.check(new, by=Resident(id=resident.pk), at=NOON)) == {"contact.name"}


def test_only_staff_write_down_what_was_said(new_request, resident, staff):
    new = new_request(is_oral=True)
    assert set(intake.check(new, by=Resident(id=resident.pk), at=NOON)) == {"is_oral"}
    assert intake.file(new, by=staff, at=NOON).request.legal_kind == LegalKind.ORAL


def test_a_norm_changed_while_requests_run_changes_no_promise(make_request, staff):
    item = make_request(category=EMERGENCY)
    kept = (item.react_by, item.fix_by, item.due_at, item.promised, item.norm_clause)
    Norm.objects.filter(pk=item.norm_id).update(fix_amount=1, fix_unit="hours", clause="Иной")
    moved = lifecycle.move(item, Status.ACCEPTED, by=staff, at=NOON + HOUR)
    assert (
        moved.react_by,
        moved.fix_by,
        moved.due_at,
        moved.promised,
        moved.norm_clause,
    ) == kept
    later = make_request(category=EMERGENCY, at=NOON + HOUR)
    assert later.fix_by == NOON + 2 * HOUR
