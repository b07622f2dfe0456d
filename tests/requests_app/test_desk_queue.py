"""Today's queue: its order, who is given what, and that nobody is given what another has."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Operator, actor_of
from accounts.models import User
from requests_app import lifecycle
from requests_app.desk import queue
from requests_app.models import QueuePlace, Request
from requests_app.statuses import Status
from tests.city_fixtures import EMERGENCY, NOON, owner_of, rows_of
from tests.requests_app.desk_cast import as_user, at

pytestmark = pytest.mark.django_db


def numbers(code: str, by: User, when=NOON) -> list[str]:
    view = queue.BY_CODE[code]
    places = queue.places(view, by=actor_of(by), at=when).in_order()
    return [place.request.number for place in places]


def due(item: Request, moment) -> Request:
    Request.objects.filter(pk=item.pk).update(due_at=moment)
    return item


def test_emergencies_come_first_then_least_time_left(operator, make_request):
    late = due(make_request(), NOON + timedelta(hours=1))
    later = due(make_request(), NOON + timedelta(days=2))
    emergency = due(make_request(category=EMERGENCY), NOON + timedelta(days=3))
    assert numbers("nobodys", operator) == [emergency.number, late.number, later.number]


def test_within_an_hour_what_waits_for_the_centre_and_is_unread_comes_first(operator, make_request):
    moment = NOON + timedelta(hours=5)
    executors = due(make_request(status="in_progress"), moment)
    Request.objects.filter(pk=executors.pk).update(assigned_to=None)
    read = due(make_request(), moment + timedelta(minutes=10))
    queue.mark_read(read)
    unread = due(make_request(), moment + timedelta(minutes=20))
    assert numbers("nobodys", operator) == [unread.number, read.number, executors.number]


def test_what_waits_for_the_resident_or_is_over_is_given_to_nobody(operator, make_request):
    asked = make_request(status="needs_info")
    Request.objects.filter(pk=asked.pk).update(assigned_to=None)
    for status in ("done", "closed"):
        make_request(status=status)
    assert numbers("nobodys", operator) == []
    assert queue.take_next(by=actor_of(operator), at=NOON) is None
    assert numbers("everything", operator) == [asked.number]


def test_a_place_comes_and_goes_with_the_request(operator, make_request):
    item = make_request(status="done")
    assert not QueuePlace.objects.filter(request=item).exists()
    lifecycle.move(
        item,
        Status.REOPENED,
        by=actor_of(operator),
        at=NOON + timedelta(days=1),
        details=lifecycle.Details(text="Снова течёт"),
    )
    assert QueuePlace.objects.get(request=item).is_centres


def test_the_residents_word_is_unread_until_staff_look(operator, make_request):
    item = make_request(status="in_progress")
    place = QueuePlace.objects.get(request=item)
    assert not place.is_unread
    lifecycle.comment(item, by=owner_of(item), at=NOON, text="Когда придут?")
    place = QueuePlace.objects.get(request=item)
    assert (place.is_unread, place.is_unanswered, place.turn) == (True, True, 0)
    as_user(operator).post(at("presence", item.pk))
    place = QueuePlace.objects.get(request=item)
    assert (place.is_unread, place.is_unanswered, place.turn) == (False, True, 1)
    lifecycle.comment(item, by=actor_of(operator), at=NOON, text="Завтра")
    assert not QueuePlace.objects.get(request=item).is_unanswered


def test_get_of_the_page_reads_nothing_away(operator, make_request):
    item = make_request()
    as_user(operator).get(at("change", item.pk))
    assert QueuePlace.objects.get(request=item).is_unread


def test_the_next_is_given_opened_and_recorded(operator, make_request):
    item = make_request(at=timezone.now())
    answer = as_user(operator).post(at("take_next"))
    assert answer["Location"] == at("change", item.pk)
    item.refresh_from_db()
    assert item.assigned_to == operator
    assert item.events.filter(kind="assigned").count() == 1
    assert numbers("mine", operator) == [item.number]
    assert numbers("nobodys", operator) == []
    assert as_user(operator).post(at("take_next"))["Location"] == at("queue")


def test_given_back_it_is_nobodys_and_a_colleague_cannot_give_it_back(
    operator, chief, make_request
):
    item = make_request()
    queue.take(item, by=actor_of(operator), at=NOON)
    before = rows_of(item)
    as_user(chief).post(at("release", item.pk))
    assert rows_of(item) == before
    assert numbers("colleagues", chief) == [item.number]
    as_user(operator).post(at("release", item.pk))
    item.refresh_from_db()
    assert item.assigned_to is None
    assert numbers("nobodys", operator) == [item.number]


def test_set_aside_waits_until_its_moment_and_a_note_says_so(operator, make_request):
    item = make_request()
    queue.take(item, by=actor_of(operator), at=NOON)
    until = NOON + timedelta(hours=3)
    queue.set_aside(item, until=until, text="Жду УК", by=actor_of(operator), at=NOON)
    assert numbers("mine", operator) == []
    assert numbers("aside", operator) == [item.number]
    assert numbers("mine", operator, until) == [item.number]
    note = item.events.get(kind="note")
    assert "Жду УК" in note.text
    assert not note.public


def test_the_residents_word_brings_back_what_was_set_aside(operator, make_request):
    item = make_request()
    by = actor_of(operator)
    queue.take(item, by=by, at=NOON)
    queue.set_aside(item, until=NOON + timedelta(days=3), text="", by=by, at=NOON)
    lifecycle.comment(item, by=owner_of(item), at=NOON, text="Хлещет!")
    assert numbers("mine", operator) == [item.number]


def test_handed_over_it_is_not_set_aside_for_the_next_operator(operator, chief, make_request):
    item = make_request()
    by = actor_of(operator)
    queue.take(item, by=by, at=NOON)
    queue.set_aside(item, until=NOON + timedelta(days=3), text="", by=by, at=NOON)
    lifecycle.assign(item, to=chief.pk, by=by, at=NOON)
    assert numbers("mine", chief) == [item.number]


@pytest.mark.parametrize("until", ["", "yesterday", "2020-01-01T10:00", "2999-01-01T10:00"])
def test_a_moment_that_cannot_be_sets_nothing_aside(operator, make_request, until):
    item = make_request()
    queue.take(item, by=actor_of(operator), at=NOON)
    before = rows_of(item)
    as_user(operator).post(at("aside", item.pk), {"until": until})
    assert rows_of(item) == before
    assert QueuePlace.objects.get(request=item).set_aside_until is None


def test_the_page_costs_the_same_with_one_row_and_with_fifty_and_goes_by_key(
    operator, make_request
):
    first = make_request(at=timezone.now())
    browser = as_user(operator)
    browser.get(at("queue"))
    with CaptureQueriesContext(connection) as few:
        browser.get(at("queue"))
    copy_of(first, 60)
    with CaptureQueriesContext(connection) as many:
        page = browser.get(at("queue"))
    assert len(many) == len(few)
    assert len(page.context["rows"]) == 50
    deep = browser.get(page.context["older"])
    assert len(deep.context["rows"]) == 11
    seen = {row.item.pk for row in page.context["rows"]} & {
        row.item.pk for row in deep.context["rows"]
    }
    assert not seen
    assert browser.get(f"{at('queue')}?cursor=broken").status_code == 302


def copy_of(first: Request, count: int) -> None:
    fields = {
        f.attname: getattr(first, f.attname)
        for f in Request._meta.concrete_fields
        if f.name not in {"id", "number", "uid", "search"}
    }
    Request.objects.bulk_create(
        Request(**fields, number=f"26-8{place:05d}") for place in range(count)
    )


def test_who_only_reads_may_not_take(make_request, clerk):
    from django.contrib.auth.models import Permission

    clerk.user_permissions.set(Permission.objects.filter(codename="view_request"))
    item = make_request()
    assert as_user(clerk).post(at("take_next")).status_code == 403
    assert as_user(clerk).post(at("take", item.pk)).status_code == 403
    item.refresh_from_db()
    assert item.assigned_to is None


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_parallel_takes_none_gets_what_another_has(make_request, roles_loaded):
    """Twenty-five operators on connections of their own press four times each, all at once."""
    copy_of(make_request(), 119)
    people = [
        User.objects.create_user(f"o{n}@example.org", "a long password", is_staff=True)
        for n in range(25)
    ]
    start = Barrier(len(people), timeout=60)

    def press(person: User) -> list[int]:
        by = Operator(id=person.pk, sees_contacts=False, is_admin=False)
        try:
            start.wait()
            taken = [queue.take_next(by=by, at=NOON) for _turn in range(4)]
            return [item.pk for item in taken if item]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        given = [pk for found in pool.map(press, people) for pk in found]
    assert len(given) == 100
    assert len(set(given)) == 100
    assert Request.objects.filter(assigned_to__isnull=False).count() == 100
    assert QueuePlace.objects.nobodys().count() == 20
