"""Many requests at once: each by itself through the lifecycle, with an honest tally."""

from __future__ import annotations

import pytest

from accounts.actors import actor_of
from requests_app.desk import bulk
from requests_app.models import Request
from requests_app.statuses import Status
from tests.city_fixtures import NOON, RIVAL_INN, rows_of
from tests.requests_app.desk_cast import LIST, as_user

pytestmark = pytest.mark.django_db


def said_on(answer) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def press(user, what, items, **more):
    values = {"bulk": what, "chosen": [item.pk for item in items], "key": "press", **more}
    return as_user(user).post(LIST, values, follow=True)


def test_mix_is_done_where_it_may_be_and_told_where_not(operator, make_request):
    fresh, passed, closed = (
        make_request(),
        make_request(status="redirected"),
        make_request(status="closed"),
    )
    before = rows_of(closed)["events"]
    told = said_on(press(operator, "accept", [fresh, passed, closed]))
    assert "2" in told
    assert closed.number in told
    assert Request.objects.filter(status=Status.ACCEPTED).count() == 2
    assert rows_of(closed)["events"] == before


def test_same_press_twice_changes_once(operator, make_request):
    item = make_request()
    for _turn in range(2):
        told = said_on(press(operator, "accept", [item]))
        assert item.number not in told
    assert item.events.filter(step="accept").count() == 1


def test_take_myself_and_give_to_another(operator, chief, make_request):
    items = [make_request(), make_request()]
    press(operator, "mine", items)
    assert Request.objects.filter(assigned_to=operator).count() == 2
    press(operator, "assign", items, operator=chief.pk)
    press(operator, "assign", items, operator=chief.pk)
    assert Request.objects.filter(assigned_to=chief).count() == 2
    assert items[0].events.filter(kind="assigned").count() == 2
    assert items[0].number in said_on(press(operator, "assign", items, operator=10**9))


def test_passing_on_asks_first(operator, make_request):
    items = [make_request(), make_request(status="done")]
    page = press(operator, "redirect", items)
    assert page.status_code == 200
    assert not Request.objects.filter(status=Status.REDIRECTED).exists()
    missing = press(operator, "redirect", items, sure="1")
    assert missing.status_code == 422
    assert not Request.objects.filter(status=Status.REDIRECTED).exists()
    done = press(operator, "redirect", items, sure="1", executor_q=RIVAL_INN, text="Их дом")
    assert items[1].number in said_on(done)
    items[0].refresh_from_db()
    assert (items[0].status, items[0].executor_inn) == (Status.REDIRECTED, RIVAL_INN)


@pytest.mark.parametrize("what", ["accept", "", "no-such", "assign"])
def test_nothing_chosen_or_no_action_is_told(operator, make_request, what):
    item = make_request()
    before = rows_of(item)
    assert said_on(press(operator, what, []))
    if what != "accept":
        assert said_on(press(operator, what, [item]))
    assert rows_of(item) == before


def test_reader_may_not_press(make_request, clerk):
    from django.contrib.auth.models import Permission

    clerk.user_permissions.set(Permission.objects.filter(codename="view_request"))
    item = make_request()
    assert press(clerk, "accept", [item]).status_code == 403
    item.refresh_from_db()
    assert item.status == Status.NEW


def test_unknown_ids_count_as_nothing(operator, make_request):
    tally = bulk.accept([10**9], by=actor_of(operator), at=NOON, key="")
    assert (tally.done, tally.refused) == (0, [])


def test_no_more_than_a_page_at_once(operator, make_request):
    item = make_request()
    ids = [*range(10**9, 10**9 + bulk.LIMIT), item.pk]
    assert bulk.accept(ids, by=actor_of(operator), at=NOON, key="").done == 0
