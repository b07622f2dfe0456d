"""Many requests at once: each by itself through the lifecycle, with an honest tally."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import actor_of
from notifications.models import Message, Priority, State
from requests_app import lifecycle, taking_back
from requests_app.desk import bulk
from requests_app.models import Batch, QueuePlace, Request
from requests_app.statuses import Status
from tests.city_fixtures import EMERGENCY, NOON, RIVAL_INN, rows_of
from tests.requests_app.desk_cast import LIST, as_user

pytestmark = pytest.mark.django_db


def said_on(answer) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def press(user, what, items, **more):
    values = {
        "bulk": what,
        "chosen": [item.pk for item in items],
        "key": "press",
        "sure": "1",
        **more,
    }
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
    press(operator, "assign", items, operator=chief.pk, key="second")
    press(operator, "assign", items, operator=chief.pk, key="third")
    assert Request.objects.filter(assigned_to=chief).count() == 2
    assert items[0].events.filter(kind="assigned").count() == 2
    assert items[0].number in said_on(press(operator, "assign", items, operator=10**9))


def test_passing_on_asks_first(operator, make_request):
    items = [make_request(), make_request(status="done")]
    page = press(operator, "redirect", items, sure="")
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


def columns(item: Request) -> dict[str, object]:
    row = Request.objects.get(pk=item.pk)
    return {name: getattr(row, name) for name in taking_back.COLUMNS}


@pytest.mark.parametrize("what", ["accept", "mine", "assign", "redirect"])
def test_each_step_asks_first_and_says_how_many(operator, chief, make_request, what):
    items = [make_request(), make_request()]
    before = [rows_of(item) for item in items]
    page = press(operator, what, items, sure="", operator=chief.pk)
    assert len(page.context["chosen"]) == 2
    assert [rows_of(item) for item in items] == before


@pytest.mark.parametrize(
    ("what", "more"),
    [("accept", {}), ("mine", {}), ("redirect", {"executor_q": RIVAL_INN, "text": "Их"})],
)
def test_a_batch_is_undone_while_its_letters_wait(operator, make_request, what, more):
    items = [make_request(at=timezone.now()), make_request(at=timezone.now())]
    Message.objects.all().delete()
    before = [columns(item) for item in items]
    page = press(operator, what, items, **more)
    assert [columns(item) for item in items] != before
    assert all(
        message.not_before >= message.created_at + taking_back.HOLD
        for message in Message.objects.all()
    )
    batch = page.context["undo"]
    told = said_on(as_user(operator).post(LIST, {"bulk": "undo", "batch": batch.pk}, follow=True))
    assert "2" in told
    assert [columns(item) for item in items] == before
    assert not Message.objects.exists()
    places = QueuePlace.objects.filter(request__in=items)
    assert {place.holder_id for place in places} == {None}
    # The timeline keeps both lines.
    assert items[0].events.count() == 3


def test_undo_leaves_what_somebody_went_on_from_and_what_has_left(operator, make_request):
    untouched, gone_on, left = (make_request(at=timezone.now()) for _place in range(3))
    by = actor_of(operator)
    press(operator, "accept", [untouched, gone_on, left])
    lifecycle.comment(gone_on, by=by, at=timezone.now(), text="Уже едут")
    Message.objects.filter(topic=f"request:{left.number}", event="request.accept").update(
        state=State.SENT
    )
    tally = bulk.undo(Batch.objects.get(), by=by, at=timezone.now())
    assert tally.done == 1
    assert {number for number, _why in tally.refused} == {gone_on.number, left.number}
    statuses = [Request.objects.get(pk=item.pk).status for item in (untouched, gone_on, left)]
    assert statuses == [Status.NEW, Status.ACCEPTED, Status.ACCEPTED]


def test_letters_about_an_emergency_do_not_wait(operator, make_request):
    press(operator, "accept", [make_request(category=EMERGENCY, at=timezone.now())])
    urgent = Message.objects.filter(priority=Priority.EMERGENCY, event="request.accept")
    assert urgent.get().not_before <= timezone.now()


def test_undo_is_for_the_one_who_pressed_and_for_two_minutes(operator, chief, make_request):
    item = make_request(at=timezone.now())
    press(operator, "accept", [item])
    batch = Batch.objects.get()
    as_user(chief).post(LIST, {"bulk": "undo", "batch": batch.pk})
    assert Request.objects.get(pk=item.pk).status == Status.ACCEPTED
    Batch.objects.update(made_at=timezone.now() - taking_back.HOLD - timedelta(seconds=1))
    told = as_user(operator).post(LIST, {"bulk": "undo", "batch": batch.pk}, follow=True)
    assert "поздно" in said_on(told)
    assert Request.objects.get(pk=item.pk).status == Status.ACCEPTED


def test_undone_twice_is_undone_once(operator, make_request):
    item = make_request(at=timezone.now())
    press(operator, "accept", [item])
    by = actor_of(operator)
    batch = Batch.objects.get()
    assert bulk.undo(batch, by=by, at=timezone.now()).done == 1
    assert bulk.undo(batch, by=by, at=timezone.now()).done == 0
    assert item.events.filter(step="undo").count() == 1
