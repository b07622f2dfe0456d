"""One's own requests, and adding one by its code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app import mine, tracking_code
from requests_app.models import Request, RequestEvent
from requests_app.statuses import Status
from tests.city_fixtures import NOON, rows_of
from tests.requests_app.filing_steps import said_on, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_home(resident) -> Client:
    """Return the resident's own browser."""
    client = Client()
    client.force_login(resident)
    return client


def test_without_an_account_the_page_explains_and_leads_back(client, categories):
    page = said_on(client.get(url("mine")))
    assert "/accounts/login/?next=/requests/mine/" in page


def test_only_ones_own_are_listed(at_home, make_request, neighbour):
    own = make_request()
    others = [make_request(resident=neighbour), make_request(resident=None)]
    page = said_on(at_home.get(url("mine")))
    assert own.number in page
    for item in others:
        assert item.number not in page


def test_staff_and_executors_see_their_private_ones_only(
    make_request, operator, company_user, settings
):
    settings.DEMO = True
    item = make_request()
    for user in (operator, company_user):
        client = Client()
        client.force_login(user)
        assert item.number not in said_on(client.get(url("mine")))


def test_open_and_closed_are_kept_apart(at_home, make_request):
    opened, closed = make_request(), make_request(status=Status.CLOSED)
    shown = said_on(at_home.get(url("mine"), {"show": "open"}))
    assert opened.number in shown
    assert closed.number not in shown
    shown = said_on(at_home.get(url("mine"), {"show": "closed"}))
    assert closed.number in shown
    assert opened.number not in shown
    assert at_home.get(url("mine"), {"show": "anything"}).status_code == 200


def test_what_waits_for_the_resident_is_open(at_home, make_request):
    item = make_request(status=Status.DONE)
    assert item.number in said_on(at_home.get(url("mine"), {"show": "open"}))


def test_pages_by_key(at_home, make_request, monkeypatch):
    monkeypatch.setattr(mine, "PAGE", 2)
    made = [make_request(at=NOON + timedelta(minutes=n)) for n in range(3)]
    first = at_home.get(url("mine"))
    assert [row["meta"][0] for row in first.context["rows"]] == [made[2].number, made[1].number]
    second = at_home.get(first.context["older"])
    assert [row["meta"][0] for row in second.context["rows"]] == [made[0].number]
    assert at_home.get(url("mine"), {"cursor": "x"})["Location"] == url("mine")


def test_queries_do_not_grow(at_home, make_request):
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            at_home.get(url("mine"))
        return len(caught)

    make_request()
    few = count()
    for _ in range(4):
        make_request()
    assert count() == few


def test_a_request_is_added_by_its_code(at_home, resident, make_request):
    item = make_request(resident=None)
    data = {"number": item.number, "code": tracking_code.of(item)}
    for _ in range(2):
        assert at_home.post(url("add"), data)["Location"] == url("request", item.number)
    item.refresh_from_db()
    assert item.resident == resident
    event = RequestEvent.objects.get(request=item, step="adopt")
    assert not event.public
    assert item.number in said_on(at_home.get(url("mine")))


def test_a_wrong_code_adds_nothing(at_home, make_request):
    item = make_request(resident=None)
    before = rows_of(item)
    answer = at_home.post(url("add"), {"number": item.number, "code": "AAAA"})
    assert answer.status_code == 422
    assert rows_of(item) == before


def test_a_request_of_another_account_stays_there(at_home, make_request, neighbour):
    item = make_request(resident=neighbour)
    before = rows_of(item)
    at_home.post(url("add"), {"number": item.number, "code": tracking_code.of(item)})
    assert rows_of(item) == before


def test_without_an_account_nothing_is_added(client, make_request):
    item = make_request(resident=None)
    before = rows_of(item)
    data = {"number": item.number, "code": tracking_code.of(item)}
    assert client.post(url("add"), data).status_code == 404
    client.get(url("request", item.number), {"code": data["code"]})
    assert client.post(url("adopt", item.number)).status_code == 404
    assert rows_of(item) == before


def test_what_was_opened_by_code_can_be_added_with_one_press(at_home, resident, make_request):
    item = make_request(resident=None)
    assert at_home.post(url("adopt", item.number)).status_code == 404
    at_home.get(url("request", item.number), {"code": tracking_code.of(item)})
    assert url("adopt", item.number) in said_on(at_home.get(url("request", item.number)))
    at_home.post(url("adopt", item.number))
    assert Request.objects.get(pk=item.pk).resident == resident


def test_the_guessing_limit_holds_here_too(at_home, make_request, settings):
    settings.CODE_LIMIT = 1
    item = make_request(resident=None)
    for _ in range(2):
        answer = at_home.post(url("add"), {"number": item.number, "code": "AAAA"})
    assert answer.status_code == 429
