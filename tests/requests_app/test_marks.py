"""The resident's mark: who gives it, when, once, and what is kept of where it came from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.actors import CodeHolder, Executor, Resident, actor_of
from requests_app import lifecycle, tracking_code
from requests_app.lifecycle import MARK_WITHIN, Refused
from requests_app.models import EventKind, Mark, RequestEvent
from tests.city_fixtures import COMPANY_INN, rows_of
from tests.requests_app.filing_steps import url

pytestmark = pytest.mark.django_db
ADDRESS = "203.0.113.7"


@pytest.fixture
def fixed(make_request):
    return make_request(status="closed", outcome="fixed")


def soon(item):
    return item.closed_at + timedelta(hours=1)


def holder_of(item):
    return CodeHolder(number=item.number, code_hash=item.code_hash)


def test_a_mark_stands_on_the_timeline_with_its_words(fixed, resident):
    lifecycle.mark(
        fixed, value=4, text="Сделали за день", by=Resident(id=resident.pk), at=soon(fixed)
    )
    event = RequestEvent.objects.filter(request=fixed).latest("id")
    assert (event.kind, event.data, event.text) == (
        EventKind.MARKED, {"mark": 4}, "Сделали за день",
    )  # fmt: skip
    assert (fixed.mark.value, fixed.mark.by) == (4, "resident")


def test_a_second_mark_replaces_the_first_and_both_stay_on_the_timeline(fixed):
    for hours, value in enumerate((2, 5)):
        at = soon(fixed) + timedelta(hours=hours)
        lifecycle.mark(fixed, value=value, by=holder_of(fixed), at=at)
    assert Mark.objects.get().value == 5
    marks = RequestEvent.objects.filter(kind=EventKind.MARKED).order_by("id")
    assert [event.data["mark"] for event in marks] == [2, 5]


def test_one_press_sent_twice_is_one_mark(fixed):
    for _press in range(2):
        lifecycle.mark(fixed, value=3, by=holder_of(fixed), at=soon(fixed), idempotency_key="press")
    assert RequestEvent.objects.filter(kind=EventKind.MARKED).count() == 1


@pytest.mark.parametrize("value", [0, 6, -1])
def test_only_one_to_five_is_a_mark_also_for_the_database(fixed, value):
    before = rows_of(fixed)
    with pytest.raises(Refused):
        lifecycle.mark(fixed, value=value, by=holder_of(fixed), at=soon(fixed))
    assert rows_of(fixed) == before
    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.create(request=fixed, value=abs(value) * 9, at=soon(fixed), by="resident")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("new", ""), ("in_progress", ""), ("done", ""), ("reopened", ""), ("closed", "refused"),
     ("closed", "withdrawn"), ("closed", "duplicate"), ("closed", "not_confirmed")],
)  # fmt: skip
def test_only_what_was_fixed_is_marked(make_request, status, outcome):
    item = make_request(status=status, outcome=outcome)
    before = rows_of(item)
    with pytest.raises(Refused):
        lifecycle.mark(item, value=5, by=holder_of(item), at=item.changed_at)
    assert rows_of(item) == before
    assert not Mark.objects.exists()


def test_after_a_month_it_is_too_late(fixed):
    last = fixed.closed_at + MARK_WITHIN
    with pytest.raises(Refused):
        lifecycle.mark(fixed, value=1, by=holder_of(fixed), at=last + timedelta(seconds=1))
    lifecycle.mark(fixed, value=1, by=holder_of(fixed), at=last)


def test_nobody_marks_their_own_work_or_what_is_not_theirs(fixed, neighbour, company_user):
    executor = Executor(id=company_user.pk, inns=(COMPANY_INN,))
    for actor in (executor, Resident(id=neighbour.pk)):
        with pytest.raises(Refused):
            lifecycle.mark(fixed, value=5, by=actor, at=soon(fixed))
    assert not Mark.objects.exists()


def test_an_operator_writes_down_what_was_said_on_the_phone(fixed, operator):
    lifecycle.mark(
        fixed, value=2, by=actor_of(operator), at=soon(fixed), address=ADDRESS, text="Грязно"
    )
    # Where the operator sits says nothing of the resident.
    assert (fixed.mark.by, fixed.mark.origin) == ("operator", "")


def test_only_a_keyed_digest_of_the_address_is_kept(make_request, fixed, settings):
    other = make_request(status="closed", outcome="fixed", flat="77")
    for item in (fixed, other):
        lifecycle.mark(item, value=5, by=holder_of(item), at=soon(item), address=ADDRESS)
    first, second = Mark.objects.values_list("origin", flat=True)
    assert first == second != ""
    assert ADDRESS not in first
    settings.SECRET_KEY = "another"
    lifecycle.mark(fixed, value=5, by=holder_of(fixed), at=soon(fixed), address=ADDRESS)
    fixed.mark.refresh_from_db()
    assert fixed.mark.origin != first


def test_the_page_offers_the_mark_and_takes_it_once(fixed):
    browser = Client()
    browser.get(url("request", fixed.number), {"code": tracking_code.of(fixed)})
    said = browser.get(url("request", fixed.number)).content.decode()
    # Closed at the fixtures' noon, long ago: offered no more.
    assert "Отправить оценку" not in said
    assert browser.get(url("mark", fixed.number)).status_code == 302


def test_the_page_of_a_fresh_repair(make_request):
    from django.utils.timezone import now

    item = make_request(status="closed", outcome="fixed", at=now() - timedelta(days=2))
    browser = Client()
    browser.get(url("request", item.number), {"code": tracking_code.of(item)})
    assert "Отправить оценку" in browser.get(url("request", item.number)).content.decode()
    page = browser.get(url("mark", item.number))
    key = page.context["asked"]["form"]["key"].value()
    assert browser.post(url("mark", item.number), {"key": key}).status_code == 422
    assert not Mark.objects.exists()
    sent = {"key": key, "mark": "4", "text": "Хорошо"}
    for _press in range(2):
        assert browser.post(url("mark", item.number), sent, REMOTE_ADDR=ADDRESS).status_code == 302
    assert item.mark.value == 4
    said = browser.get(url("request", item.number)).content.decode()
    assert "Вы поставили 4 из 5" in said
    assert "Ваша оценка: 4 из 5" in said
    assert Client().post(url("mark", item.number), sent).status_code == 404


def test_the_api_takes_a_mark_from_the_resident_alone(make_request, resident, client):
    from django.utils.timezone import now

    item = make_request(status="closed", outcome="fixed", at=now() - timedelta(days=2))
    path = f"/api/v1/requests/{item.number}/mark/"

    def send(**values):
        return client.post(path, values, content_type="application/json")

    assert send(mark=5).status_code in {401, 404}
    code = tracking_code.of(item)
    assert send(mark=6, code=code).status_code == 400
    assert not Mark.objects.exists()
    answer = send(mark=5, code=code, text="Спасибо")
    assert answer.status_code == 200
    assert answer.json()["events"][-1]["text"] == "Спасибо"
    assert Mark.objects.get().value == 5
    late = make_request(status="done")
    answer = client.post(
        f"/api/v1/requests/{late.number}/mark/",
        {"mark": 5, "code": tracking_code.of(late)},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "not_to_mark")
