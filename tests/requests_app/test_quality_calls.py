"""Quality calls: drawn by lot once a day, written down once, and what an answer leads to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import actor_of
from requests_app import quality
from requests_app.lifecycle import Refused
from requests_app.models import CallState, Mark, QualityCall, Request, RequestEvent
from requests_app.quality import Answer
from requests_app.statuses import Status
from tests.city_fixtures import NOON, rows_of

pytestmark = pytest.mark.django_db
# make_request closes what it files at noon on the same day.
DAY = NOON.date()
LIST = reverse("admin:requests_app_qualitycall_changelist")


def page_of(call: QualityCall) -> str:
    return reverse("admin:requests_app_qualitycall_change", args=[call.pk])


@pytest.fixture
def call(make_request) -> QualityCall:
    make_request(status="closed", outcome="fixed")
    assert quality.draw(DAY) == 1
    return QualityCall.objects.get()


@pytest.fixture
def desk(operator, settings) -> Client:
    settings.DEMO = True
    browser = Client()
    browser.force_login(operator)
    return browser


def later(call: QualityCall):
    return Request.objects.get(pk=call.request_id).closed_at + timedelta(hours=20)


def test_the_lot_takes_a_share_but_a_few_at_least_and_only_once_a_day(make_request):
    for flat in range(8):
        make_request(status="closed", outcome="fixed", flat=str(flat))
    assert quality.draw(DAY) == quality.LEAST
    assert quality.draw(DAY) == 0
    assert QualityCall.objects.count() == quality.LEAST
    assert quality.draw(DAY + timedelta(days=1)) == 0


def test_the_lot_falls_only_on_repairs_whose_resident_has_a_phone(make_request):
    make_request(status="done")
    make_request(status="closed", outcome="refused")
    make_request(status="closed", outcome="withdrawn")
    silent = make_request(status="closed", outcome="fixed", flat="3")
    silent.contact.phone = ""
    silent.contact.email = "only@example.org"
    silent.contact.save()
    assert quality.draw(DAY) == 0


def test_who_says_it_is_fixed_gives_a_mark_and_no_step_is_made(call, operator):
    by = actor_of(operator)
    said = Answer(state=CallState.TALKED, is_fixed=True, mark=4, text="Хорошо")
    row = quality.record(call, said, by=by, at=later(call))
    assert (row.state, row.is_fixed, row.called_by_id) == (CallState.TALKED, True, operator.pk)
    assert Mark.objects.get().value == 4
    assert call.request.status == Status.CLOSED


def test_who_says_it_is_not_sends_the_request_back_to_work(call, operator):
    said = Answer(state=CallState.TALKED, is_fixed=False, text="Снова течёт")
    quality.record(call, said, by=actor_of(operator), at=later(call))
    item = Request.objects.get(pk=call.request_id)
    assert (item.status, item.reopened_count) == (Status.REOPENED, 1)
    assert RequestEvent.objects.filter(request=item).latest("id").text == "Снова течёт"


def test_not_fixed_without_words_writes_nothing(call, operator):
    before = rows_of(call.request)
    with pytest.raises(Refused):
        quality.record(
            call,
            Answer(state=CallState.TALKED, is_fixed=False),
            by=actor_of(operator),
            at=later(call),
        )
    call.refresh_from_db()
    assert call.state == CallState.WAITING
    assert rows_of(call.request) == before


def test_a_call_waits_again_until_the_last_try(call, operator):
    by, at = actor_of(operator), later(call)
    for number in range(1, quality.TRIES):
        row = quality.record(call, Answer(state=CallState.MISSED), by=by, at=at)
        assert (row.state, row.tries) == (CallState.WAITING, number)
    row = quality.record(call, Answer(state=CallState.MISSED), by=by, at=at)
    assert row.state == CallState.MISSED
    with pytest.raises(Refused):
        quality.record(call, Answer(state=CallState.DECLINED), by=by, at=at)


def test_figures_are_those_of_the_calls(make_request, operator):
    by = actor_of(operator)
    for flat in range(5):
        make_request(status="closed", outcome="fixed", flat=str(flat))
    quality.draw(DAY)
    calls = list(QualityCall.objects.order_by("id"))
    at = later(calls[0])
    for call, mark in zip(calls, (5, 2), strict=False):
        quality.record(call, Answer(state=CallState.TALKED, is_fixed=True, mark=mark), by=by, at=at)
    quality.record(
        calls[2], Answer(state=CallState.TALKED, is_fixed=False, text="Нет"), by=by, at=at
    )
    assert quality.figures(since=NOON) == {"talked": 3, "fixed": 2, "missed": 0, "mark": 3.5}
    assert quality.figures(since=at + timedelta(days=1))["talked"] == 0


def test_the_operator_writes_a_call_down_once(call, desk):
    assert call.request.number in desk.get(LIST).content.decode()
    page = desk.get(page_of(call))
    # The phone is shown by a press of its own, which is noted.
    assert call.request.contact.phone not in page.content.decode()
    key = page.context["form"]["key"].value()
    assert desk.post(page_of(call), {"key": key, "state": "talked"}).status_code == 422
    sent = {"key": key, "state": "talked", "is_fixed": "no", "text": "Снова течёт"}
    for _press in range(2):
        assert desk.post(page_of(call), sent).status_code == 302
    assert Request.objects.get(pk=call.request_id).reopened_count == 1
    assert call.request.number in desk.get(LIST, {"tab": "called"}).content.decode()
    assert desk.post(page_of(call), {**sent, "key": "another"}).status_code == 422


def test_nobody_adds_a_call_by_hand_and_companies_see_none(call, desk, company_user):
    assert desk.get(reverse("admin:requests_app_qualitycall_add")).status_code == 403
    browser = Client()
    browser.force_login(company_user)
    assert browser.get(LIST).status_code == 302


@pytest.mark.parametrize("few", [3, 9])
def test_the_list_costs_the_same_whatever_its_length(
    make_request, desk, few, django_assert_num_queries
):
    for flat in range(few):
        item = make_request(status="closed", outcome="fixed", flat=str(flat))
        QualityCall.objects.create(request=item, drawn_on=date(2026, 1, 2))
    desk.get(LIST)
    # Two of them ask whether letters are late, as on every page of the desk.
    with django_assert_num_queries(9):
        assert desk.get(LIST).content.decode().count("desk-panel") == few
