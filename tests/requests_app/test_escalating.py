"""Broken deadlines climb by the rules: each rung once, in one letter, and only what is late."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import CompanyRepresentative
from notifications.models import Message
from requests_app import escalating, lifecycle
from requests_app.lifecycle import Refused
from requests_app.models import Escalation, EscalationRule, EventKind, RequestEvent, Rung
from requests_app.paper import inspectorate
from requests_app.statuses import Status
from tests.city_fixtures import COMPANY_INN, EMERGENCY, NOON, everything

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def rules(db):
    EscalationRule.objects.update(active_since=NOON - HOUR)


@pytest.fixture
def late(make_request, rules):
    return make_request(status=Status.IN_PROGRESS)


def after(rung: str, *, emergency: bool = False) -> timedelta:
    return HOUR * EscalationRule.objects.get(rung=rung, is_emergency=emergency).after_hours


def rungs_of(item) -> list[str]:
    return list(
        Escalation.objects.filter(request=item).order_by("id").values_list("rung", flat=True)
    )


def letters(rung: str) -> list[str]:
    found = Message.objects.filter(event=f"overdue.{rung}").order_by("id")
    return list(found.values_list("recipient", flat=True))


def test_rules_are_switched_off_until_a_city_wants_them(make_request):
    item = make_request()
    assert EscalationRule.objects.count() == 2 * len(Rung)
    assert escalating.escalate_overdue(at=item.due_at + timedelta(days=90)) == 0
    assert not Escalation.objects.exists()


def test_a_request_climbs_one_rung_after_another_and_each_once(late, chief, company):
    for rung, reader in (
        (Rung.EXECUTOR, company.email),
        (Rung.EXECUTOR_HEAD, company.email),
        (Rung.CENTRE_HEAD, chief.email),
        (Rung.INSPECTORATE, chief.email),
    ):
        due = late.due_at + after(rung)
        assert escalating.escalate_overdue(at=due) == 0
        assert escalating.escalate_overdue(at=due + HOUR / 60) == 1
        assert escalating.escalate_overdue(at=due + HOUR / 60) == 0
        assert rungs_of(late)[-1] == rung
        assert letters(rung) == [reader]
    assert rungs_of(late) == list(Rung)
    events = RequestEvent.objects.filter(request=late, kind=EventKind.ESCALATED)
    assert [event.data["rung"] for event in events.order_by("id")] == list(Rung)


def test_the_head_is_written_to_where_one_is_known(late, company_user, resident):
    CompanyRepresentative.objects.filter(user=company_user).update(is_head=True)
    escalating.escalate_overdue(at=late.due_at + after(Rung.EXECUTOR_HEAD) + HOUR)
    assert letters(Rung.EXECUTOR_HEAD) == [company_user.email]


def test_an_emergency_climbs_by_rules_of_its_own(make_request, rules):
    item = make_request(category=EMERGENCY)
    at = item.due_at + after(Rung.CENTRE_HEAD, emergency=True) + HOUR
    escalating.escalate_overdue(at=at)
    assert rungs_of(item) == [Rung.EXECUTOR, Rung.EXECUTOR_HEAD, Rung.CENTRE_HEAD]


def test_many_late_requests_of_one_executor_make_one_letter(make_request, rules, company):
    made = [make_request(flat=str(flat)) for flat in range(4)]
    escalating.escalate_overdue(at=made[0].due_at + HOUR)
    (letter,) = Message.objects.filter(event="overdue.executor")
    assert letter.recipient == company.email
    assert [row["number"] for row in letter.context["rows"]] == [item.number for item in made]
    # Nothing of a person in a letter to an organisation.
    assert not {"flat", "phone", "name"} & set(letter.context["rows"][0])


def test_what_is_done_paused_or_in_time_does_not_climb(make_request, rules):
    done = make_request(status=Status.DONE)
    asked = make_request(status=Status.NEEDS_INFO)
    closed = make_request(status=Status.CLOSED, outcome="refused")
    before = everything()
    assert escalating.escalate_overdue(at=done.due_at + timedelta(days=60)) == 0
    assert everything() == before
    for item in (done, asked, closed):
        with pytest.raises(Refused):
            lifecycle.escalate(item, Rung.EXECUTOR, at=item.due_at + timedelta(days=60))
    assert everything() == before


def test_a_backlog_from_before_the_rule_stays_where_it_is(make_request, rules):
    item = make_request(at=NOON - timedelta(days=3))
    assert escalating.escalate_overdue(at=item.due_at + timedelta(days=60)) == 0


def test_killed_between_the_line_and_the_letter_it_does_both_later(late, monkeypatch):
    at = late.due_at + HOUR / 2

    def die(*_args, **_named):
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(escalating.outbox, "enqueue_many", die)
        with pytest.raises(SystemExit), transaction.atomic():
            escalating.escalate_overdue(at=at)
    assert not Escalation.objects.exists()
    assert escalating.escalate_overdue(at=at) == 1
    assert len(letters(Rung.EXECUTOR)) == 1


def test_more_than_a_batch_climbs_in_several(make_request, rules, monkeypatch):
    monkeypatch.setattr(escalating, "BATCH", 2)
    made = [make_request(flat=str(flat)) for flat in range(5)]
    assert escalating.escalate_overdue(at=made[0].due_at + HOUR) == 5
    assert len(letters(Rung.EXECUTOR)) == 3


def test_the_letter_to_the_inspectorate_names_the_breach_and_no_resident(late):
    at = late.due_at + after(Rung.INSPECTORATE) + HOUR
    escalating.escalate_overdue(at=at)
    found = Escalation.objects.get(rung=Rung.INSPECTORATE)
    reader = PdfReader(BytesIO(inspectorate.pdf(found)))
    said = "\n".join(page.extract_text() for page in reader.pages)
    assert late.number in said
    assert COMPANY_INN in said
    assert "статьи 20" in said.replace("\n", " ")
    for secret in (late.contact.name, late.contact.phone, late.contact.email, late.description):
        assert secret
        assert secret not in said


def test_the_desk_shows_what_climbed_and_writes_down_the_sending(late, chief, operator, settings):
    settings.DEMO = True
    at = late.due_at + after(Rung.INSPECTORATE) + HOUR
    escalating.escalate_overdue(at=at)
    found = Escalation.objects.get(rung=Rung.INSPECTORATE)
    desk, work = Client(), Client()
    desk.force_login(chief)
    work.force_login(operator)
    listed = desk.get(reverse("admin:requests_app_escalation_changelist")).content.decode()
    assert late.number in listed
    letter = reverse("admin:requests_app_escalation_letter", args=[found.pk])
    assert letter in listed
    answer = work.get(letter)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    page = reverse("admin:requests_app_escalation_change", args=[found.pk])
    assert work.post(page, {"sent_on": "2026-04-01"}).status_code == 403
    sent = {"sent_on": "2026-04-01", "outgoing_number": "17-и"}
    assert desk.post(page, sent).status_code == 302
    found.refresh_from_db()
    assert (found.sent_on, found.outgoing_number) == (date(2026, 4, 1), "17-и")
    lower = Escalation.objects.get(rung=Rung.EXECUTOR)
    other = reverse("admin:requests_app_escalation_letter", args=[lower.pk])
    assert desk.get(other).status_code == 404
    assert Client().get(letter).status_code == 302


def test_the_resident_reads_who_was_told(late, resident):
    escalating.escalate_overdue(at=late.due_at + HOUR)
    browser = Client()
    browser.force_login(resident)
    said = browser.get(reverse("requests_app:request", args=[late.number])).content.decode()
    assert "Срок прошёл; сообщили: исполнитель" in said
