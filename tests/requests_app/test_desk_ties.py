"""Merging, splitting and linking: chains and loops, two at once, and who is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actors import actor_of
from notifications import rendering
from notifications.models import Message
from requests_app import lifecycle
from requests_app.desk import ties
from requests_app.models import Request, RequestContact, RequestLink
from requests_app.statuses import Outcome, Status
from tests.city_fixtures import NOON, an_act, everything, rows_of
from tests.requests_app.desk_cast import as_user, at

pytestmark = pytest.mark.django_db


def join(item: Request, into: Request, by) -> Request:
    return ties.merge(item, into=into.number, text="", by=actor_of(by), at=NOON)


def test_the_people_of_both_are_told_and_the_letter_names_the_original(operator, make_request):
    first, second = make_request(), make_request()
    Message.objects.all().delete()
    assert join(second, first, operator) == first
    second.refresh_from_db()
    assert (second.status, second.outcome) == (Status.CLOSED, Outcome.DUPLICATE)
    letter = Message.objects.get(topic=f"request:{second.number}")
    assert letter.context["duplicate_of"] == first.number
    assert Message.objects.filter(topic=f"request:{first.number}").count() == 1


def test_whoever_was_joined_hears_that_the_work_is_over(operator, make_request):
    first, second = make_request(), make_request()
    join(second, first, operator)
    Message.objects.all().delete()
    for target, details in (
        (Status.ACCEPTED, {}),
        (Status.IN_PROGRESS, {}),
        (Status.DONE, {"act": an_act()}),
        (Status.CLOSED, {"text": "Сказала по телефону"}),
    ):
        lifecycle.move(
            first,
            target,
            by=actor_of(operator),
            at=timezone.now(),
            details=lifecycle.Details(**details),
        )
    (told,) = Message.objects.filter(topic=f"request:{second.number}")
    assert told.template == "requests_app/mail/joined"
    assert told.context["original"] == first.number
    # What was said to one resident is not told to another.
    assert told.context["text"] == ""
    letter = rendering.render(told)
    assert first.number in letter.text
    assert first.number in letter.html
    assert second.number in letter.subject


def test_a_chain_is_flattened_whichever_end_is_joined_first(operator, make_request):
    first, second, third = make_request(), make_request(), make_request()
    join(third, second, operator)
    assert join(second, first, operator) == first
    assert {
        row.duplicate_of_id for row in Request.objects.filter(pk__in=[second.pk, third.pk])
    } == {first.pk}
    fourth = make_request()
    assert join(fourth, third, operator) == first


def test_a_loop_and_joining_to_itself_are_refused_and_nothing_is_written(operator, make_request):
    first, second = make_request(), make_request()
    join(second, first, operator)
    before = rows_of(first)
    for into in (second, first):
        with pytest.raises(lifecycle.Refused):
            join(first, into, operator)
    assert rows_of(first) == before


@pytest.mark.django_db(transaction=True)
def test_a_to_b_and_b_to_a_at_once_make_one_link_and_no_deadlock(operator, make_request):
    for _turn in range(5):
        one, other = make_request(), make_request()
        start = Barrier(2, timeout=30)

        def press(item: Request, into: Request, start: Barrier = start) -> str:
            try:
                start.wait()
                join(item, into, operator)
            except lifecycle.Refused:
                return "refused"
            finally:
                connection.close()
            return "joined"

        with ThreadPoolExecutor(2) as pool:
            made = [pool.submit(press, one, other), pool.submit(press, other, one)]
            assert sorted(each.result(timeout=30) for each in made) == ["joined", "refused"]
        links = Request.objects.filter(pk__in=[one.pk, other.pk], duplicate_of__isnull=False)
        assert links.count() == 1


@pytest.mark.django_db(transaction=True)
def test_three_in_a_ring_at_once_end_in_one_original(operator, make_request):
    ring = [make_request() for _place in range(3)]
    start = Barrier(3, timeout=30)

    def press(place: int) -> None:
        try:
            start.wait()
            join(ring[place], ring[(place + 1) % 3], operator)
        except lifecycle.Refused:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(press, range(3)))
    rows = Request.objects.filter(pk__in=[item.pk for item in ring])
    (original,) = rows.filter(duplicate_of=None)
    assert {row.duplicate_of_id for row in rows.exclude(pk=original.pk)} == {original.pk}


def test_the_second_matter_gets_a_number_and_the_first_clock(operator, make_request, categories):
    item = make_request()
    filed = ties.split(
        item,
        category="lf_stop",
        description="И лифт стоит",
        by=actor_of(operator),
        at=timezone.now(),
    )
    filed.refresh_from_db()
    assert filed.registered_at == item.registered_at
    assert (filed.building_id, filed.flat, filed.category.slug) == (
        item.building_id,
        item.flat,
        "lf_stop",
    )
    assert RequestContact.objects.get(request=filed).email == item.contact.email
    assert RequestLink.objects.get().kind == "split"
    assert item.events.filter(kind="comment", text__contains=filed.number).exists()
    (tied,) = ties.tied_to(item, by=actor_of(operator))
    assert (tied.item, tied.kind) == (filed, "split")


@pytest.mark.parametrize(
    "values", [{"category": "no-such", "description": "x"}, {"category": "ht_riser"}]
)
def test_a_split_with_mistakes_files_nothing(operator, make_request, values):
    item = make_request()
    before = everything()
    as_user(operator).post(at("split", item.pk), values)
    assert everything() == before


def test_two_requests_are_linked_once_and_the_link_is_taken_away(operator, make_request):
    one, other = make_request(), make_request()
    browser = as_user(operator)
    for _turn in range(2):
        browser.post(at("link", one.pk), {"number": other.number})
    browser.post(at("link", other.pk), {"number": one.number})
    assert RequestLink.objects.count() == 1
    assert one.events.filter(kind="note").count() == other.events.filter(kind="note").count() == 1
    browser.post(at("link", one.pk), {"unlink": other.pk})
    assert not RequestLink.objects.exists()
    assert browser.post(at("link", one.pk), {"unlink": other.pk}).status_code == 404
    browser.post(at("link", one.pk), {"number": one.number})
    assert not RequestLink.objects.exists()
