"""The picture of the clock: every limit, what was reached, where it stood; and in words."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import actor_of
from requests_app import clock_picture, lifecycle
from requests_app.lifecycle import Details
from requests_app.models import Request, RequestEvent
from requests_app.statuses import Outcome, Status
from tests.city_fixtures import EMERGENCY, NOON

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Ulyanovsk")
HOUR = timedelta(hours=1)


def picture(item: Request, *, at) -> clock_picture.Picture:
    found = clock_picture.of(item, list(item.events.order_by("at", "id")), at=at, zone=ZONE)
    assert found is not None
    return found


def states(item: Request, *, at) -> dict[str, str]:
    return {bar.stage: bar.state for bar in picture(item, at=at).bars}


def test_every_limit_is_a_bar_with_its_clause(make_request):
    item = make_request(category=EMERGENCY)
    drawn = picture(item, at=NOON + HOUR)
    assert [bar.stage for bar in drawn.bars][:2] == ["register", "react"]
    assert set(item.promised) == {bar.stage for bar in drawn.bars}
    assert all(bar.clause and bar.until for bar in drawn.bars)
    assert all(0 <= float(bar.width) <= clock_picture.WIDTH for bar in drawn.bars)


def test_a_bar_is_left_then_late_and_kept_once_reached(make_request, company_user):
    item = make_request(category=EMERGENCY)
    assert states(item, at=NOON + HOUR / 4)["react"] == "left"
    assert states(item, at=NOON + HOUR)["react"] == "late"
    by = actor_of(company_user)
    Request.objects.filter(pk=item.pk).update(executor_inn=by.inns[0])
    reached = lifecycle.stop_harm(item, happened_at=NOON + HOUR / 3, by=by, at=NOON + HOUR)
    assert states(reached, at=NOON + 9 * HOUR)["react"] == "kept"


def test_the_stretch_in_which_the_clock_stood_is_drawn_on_the_repair_alone(make_request, operator):
    item = make_request(status=Status.IN_PROGRESS)
    by = actor_of(operator)
    asked = lifecycle.move(
        item, Status.NEEDS_INFO, by=by, at=NOON + 3 * HOUR, details=Details(text="Где?")
    )
    bars = {bar.stage: bar for bar in picture(asked, at=NOON + 5 * HOUR).bars}
    assert (bars["fix"].state, len(bars["fix"].stood)) == ("paused", 1)
    assert bars["register"].stood == []


def test_what_ended_without_repair_is_neither_in_time_nor_late(make_request):
    item = make_request(status=Status.CLOSED, outcome=Outcome.REFUSED)
    assert states(item, at=NOON + 90 * HOUR)["fix"] == "ended"


def test_an_act_answers_what_asked_for_no_repair(make_request):
    item = make_request(status=Status.DONE)
    done = item.done_at
    Request.objects.filter(pk=item.pk).update(
        fix_by=None, answer_by=done + HOUR, closed_at=done + 9 * HOUR
    )
    item.refresh_from_db()
    assert states(item, at=done + 90 * HOUR)["answer"] == "kept"
    # A complaint about a utility wants both, and its letter comes on its own.
    Request.objects.filter(pk=item.pk).update(fix_by=done)
    item.refresh_from_db()
    assert states(item, at=done + 90 * HOUR)["answer"] == "late"


def test_a_moved_limit_says_what_was_first_promised(make_request, operator):
    item = make_request(status=Status.ACCEPTED)
    agreed = lifecycle.agree_visit(
        item, visit_at=NOON + 9 * HOUR, by=actor_of(operator), at=NOON + 2 * HOUR, text="Вечером"
    )
    (bar,) = [bar for bar in picture(agreed, at=NOON + 3 * HOUR).bars if bar.stage == "fix"]
    assert bar.first_x
    assert bar.note


def test_the_page_of_the_resident_and_the_desk_show_it_with_words(
    make_request, resident, operator, client
):
    item = make_request(category=EMERGENCY)
    client.force_login(resident)
    page = client.get(reverse("requests_app:request", args=[item.number])).content.decode()
    client.force_login(operator)
    desk = client.get(reverse("admin:requests_app_request_change", args=[item.pk])).content.decode()
    for shown in (page, desk):
        assert "clock-picture__bar" in shown
        assert "ПП РФ № 416, п. 13" in shown
        assert "style=" not in shown.split("clock-picture__svg")[1].split("</svg>")[0]


# ------------------------------------------------------------------ the desk's forms


def post(client: Client, item: Request, verb: str, **values):
    address = reverse("admin:requests_app_request_clock", args=[item.pk, verb])
    return client.post(address, {"key": verb, "text": "", **values})


def test_the_desk_writes_times_down_and_shows_a_refusal_beside_its_field(
    make_request, operator, client
):
    item = make_request(status=Status.ACCEPTED)
    client.force_login(operator)
    answer = post(client, item, "plan", planned_at="2020-01-01T10:00")
    assert answer.status_code == 422
    assert "Это время прошло" in answer.content.decode()
    assert not RequestEvent.objects.filter(request=item, kind="planned").exists()
    assert post(client, item, "harm", happened_at="2026-03-02T16:30").status_code == 302
    act = {"happened_at": "2026-03-02T17:00", "found_fault": "yes", "signer": "Иванов И. И."}
    assert post(client, item, "inspection", **act).status_code == 302
    item.refresh_from_db()
    assert item.reacted_at == NOON + HOUR / 2
    assert item.inspected_at == NOON + HOUR


def test_an_unknown_verb_is_no_page(make_request, operator, client):
    client.force_login(operator)
    assert post(client, make_request(), "nonsense").status_code == 404
