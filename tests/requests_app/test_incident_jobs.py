"""News of an incident reach everybody once; its end ends its requests; a kill halves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import InternalError
from django.utils import timezone

from accounts.actors import actor_of
from notifications.models import Follow, Message, WorkState
from requests_app import lifecycle
from requests_app.incidents import ending, following, jobs, news, opening
from requests_app.lifecycle import Details, Refused
from requests_app.models import (
    Act,
    Incident,
    IncidentJob,
    IncidentUpdate,
    Request,
    RequestEvent,
)
from requests_app.statuses import Status
from tests.city_fixtures import NOON, owner_of
from tests.requests_app import followers

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=5)
MATTER = "ht_none"


def opened(categories, buildings, operator, **more):
    values = {
        "kind": "fault",
        "utility": "heating",
        "category": categories[MATTER].pk,
        "title": "Нет отопления: порыв",
        "buildings": [house.pk for house in buildings],
        "started_at": NOON,
        "by": actor_of(operator),
        "at": LATER,
        **more,
    }
    return opening.open_incident(**values)


def ended(incident, operator, *, at=LATER, **more):
    values = {"signed_on": timezone.localtime(at).date(), "signer": "Мастер Фёдоров", "text": ""}
    return ending.end(incident.pk, by=actor_of(operator), at=at, **{**values, **more})


def subscribe(email, building, incident=None):
    return followers.add(
        email=email, building=building, incident=incident, created_at=NOON, confirmed_at=NOON
    )


def told(event):
    return sorted(Message.objects.filter(event=event).values_list("recipient", flat=True))


def test_news_reach_attached_residents_and_subscribers_once_each(
    categories, make_building, make_request, operator
):
    house, other = make_building(), make_building()
    mine = make_request(category=MATTER, building=house.pk)
    incident = opened(categories, [house], operator, requests=[mine.pk])
    subscribe(mine.contact.email, house)
    subscribe("sub@example.org", house)
    subscribe("follower@example.org", house, incident)
    subscribe("follower@example.org", house)
    subscribe("elsewhere@example.org", other)
    followers.add(email="maybe@example.org", building=house, created_at=NOON)
    jobs.run(at=LATER)
    news.add_news(incident.pk, text="Меняют трубу", by=actor_of(operator), at=LATER)
    jobs.run(at=LATER)
    everybody = sorted([mine.contact.email, "sub@example.org", "follower@example.org"])
    assert told("incident.opened") == everybody
    assert told("incident.news") == everybody
    assert not IncidentJob.objects.exclude(state=WorkState.FINISHED).exists()


def test_end_asks_each_resident_who_may_still_object(
    categories, make_building, make_request, operator
):
    house = make_building()
    items = [
        make_request(category=MATTER, building=house.pk, status=status)
        for status in (Status.NEW, Status.IN_PROGRESS, Status.NEEDS_INFO)
    ]
    incident = opened(categories, [house], operator, requests=[item.pk for item in items])
    subscribe("sub@example.org", house)
    ended(incident, operator, text="Труба заменена")
    jobs.run(at=LATER)
    for item in items:
        item.refresh_from_db()
        assert item.status == Status.DONE
        assert item.paused_at is None
        assert Act.objects.get(request=item).signer == "Мастер Фёдоров"
        assert item.events.last().text == "Труба заменена"
    assert len(told("request.incident_over")) == 3
    assert told("incident.over") == ["sub@example.org"]
    lifecycle.move(
        items[0],
        Status.REOPENED,
        by=owner_of(items[0]),
        at=LATER + timedelta(hours=1),
        details=Details(text="У нас по-прежнему холодно"),
    )
    jobs.run(at=LATER + timedelta(hours=2))
    items[0].refresh_from_db()
    assert items[0].status == Status.REOPENED
    assert len(told("request.incident_over")) == 3


def test_request_filed_after_the_act_is_left_to_a_person(
    categories, make_building, make_request, operator
):
    house = make_building()
    late = make_request(category=MATTER, building=house.pk, at=NOON + timedelta(days=2))
    incident = opened(categories, [house], operator)
    opening.attach(incident, [late], by=actor_of(operator), at=NOON + timedelta(days=2))
    at = NOON + timedelta(days=2, hours=1)
    ended(incident, operator, at=at, signed_on=NOON.date())
    jobs.run(at=at)
    late.refresh_from_db()
    assert late.status == Status.NEW
    assert IncidentJob.objects.get(kind="end").left_out == 1


def test_open_requests_of_the_matter_are_attached_in_the_background(
    categories, make_building, make_request, operator
):
    house = make_building()
    same = make_request(category=MATTER, building=house.pk)
    other = make_request(category="en_door", building=house.pk)
    incident = opened(categories, [house], operator, attach_open=True)
    jobs.run(at=LATER)
    assert list(Request.objects.filter(incident=incident)) == [same]
    assert told("incident.opened") == [same.contact.email]
    other.refresh_from_db()
    assert other.incident is None


def test_merged_incident_hands_over_houses_requests_and_followers(
    categories, make_building, make_request, operator
):
    house, other = make_building(), make_building()
    item = make_request(category=MATTER, building=house.pk)
    small = opened(categories, [house], operator, requests=[item.pk])
    large = opened(categories, [other], operator, title="Нет отопления: район")
    subscribe("follower@example.org", house, small)
    ending.merge(small.pk, into=large.pk, reason="Одна труба", by=actor_of(operator), at=LATER)
    jobs.run(at=LATER)
    item.refresh_from_db()
    assert item.incident == large
    assert set(large.buildings.all()) == {house, other}
    assert Follow.objects.get().topic == f"incident:{large.pk}"
    small.refresh_from_db()
    assert (small.ending, small.ending_reason) == ("merged", "Одна труба")
    with pytest.raises(Refused):
        news.add_news(small.pk, text="Ещё", by=actor_of(operator), at=LATER)


def test_cancelled_plan_is_told_and_its_requests_go_on(
    categories, make_building, make_request, operator
):
    house = make_building()
    item = make_request(category=MATTER, building=house.pk)
    plan = opened(
        categories, [house], operator, kind="planned", started_at=LATER + timedelta(days=1)
    )
    opening.attach(plan, [item], by=actor_of(operator), at=LATER)
    with pytest.raises(Refused):
        ending.cancel(plan.pk, reason=" ", by=actor_of(operator), at=LATER)
    ending.cancel(plan.pk, reason="Перенесли", by=actor_of(operator), at=LATER)
    jobs.run(at=LATER)
    item.refresh_from_db()
    assert item.is_open
    assert told("incident.cancelled") == [item.contact.email]
    assert not Incident.objects.planned_at(LATER).exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"signer": " "}, "signer"),
        ({"signed_on": None}, "signed_on"),
        ({"signed_on": NOON.date() + timedelta(days=1)}, "signed_on"),
        ({"signed_on": NOON.date() - timedelta(days=1)}, "signed_on"),
    ],
)
def test_no_incident_ends_without_a_believable_act(
    categories, make_building, operator, more, field
):
    incident = opened(categories, [make_building()], operator)
    with pytest.raises(Refused) as refused:
        ended(incident, operator, **more)
    assert refused.value.field == field
    incident.refresh_from_db()
    assert incident.ended_at is None


def test_news_cannot_be_changed(categories, make_building, operator):
    incident = opened(categories, [make_building()], operator)
    line = IncidentUpdate.objects.get(incident=incident)
    line.text = "Другое"
    with pytest.raises(InternalError):
        line.save()


def test_address_is_told_only_after_it_confirmed_and_starts_again_after_a_stop(
    make_building, client
):
    house = make_building()
    page = f"/outages/subscribe/{house.pk}/"
    assert client.post(page, {"email": "not an address"}).status_code == 400
    assert client.post(page, {"email": "Me@Example.org"}).status_code == 200
    wanted = Follow.objects.get()
    assert (wanted.email, wanted.confirmed_at) == ("me@example.org", None)
    assert told("outages.confirm") == ["me@example.org"]
    link = f"/outages/confirm/{following.token_of(wanted.pk)}/"
    client.get(link)
    wanted.refresh_from_db()
    assert wanted.confirmed_at is None
    client.post(link)
    wanted.refresh_from_db()
    assert wanted.confirmed_at is not None
    assert client.get("/outages/confirm/forged/").status_code == 404


def test_asking_again_and_again_is_held_down(make_building, client):
    page = f"/outages/subscribe/{make_building().pk}/"
    answers = [client.post(page, {"email": f"a{n}@example.org"}).status_code for n in range(11)]
    assert answers == [200] * 10 + [400]


def test_address_that_nobody_confirmed_is_forgotten(make_building):
    house = make_building()
    followers.add(email="a@example.org", building=house, created_at=NOON)
    subscribe("b@example.org", house)
    assert following.sweep(at=NOON + timedelta(days=6)) == 0
    assert following.sweep(at=NOON + timedelta(days=8)) == 1
    assert Follow.objects.get().email == "b@example.org"


_WORKER = """
import os, signal, django
django.setup()
from django.utils.timezone import now
from requests_app.incidents import jobs
from requests_app import lifecycle
move, count = lifecycle.move, 0
def dying(*args, **more):
    global count
    count += 1
    if count > {after}:
        os.kill(os.getpid(), signal.SIGKILL)
    return move(*args, **more)
lifecycle.move = dying
jobs.run(at=now())
"""


@pytest.mark.django_db(transaction=True)
def test_worker_killed_half_way_loses_nothing_and_tells_nobody_twice(
    categories, make_building, make_request, operator
):
    """The worker dies in the middle of a batch by kill -9; the next one goes on behind it."""
    house = make_building()
    at = timezone.now()
    items = [make_request(category=MATTER, building=house.pk, at=at) for _ in range(130)]
    incident = opened(
        categories,
        [house],
        operator,
        started_at=at,
        at=at,
        requests=[item.pk for item in items],
    )
    for number in range(20):
        subscribe(f"sub{number}@example.org", house)
    jobs.run(at=at)
    ended(incident, operator, at=timezone.now())
    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
    died = subprocess.run(
        [sys.executable, "-c", _WORKER.format(after=75)],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "contact_center.settings",
        },
        check=False,
        capture_output=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr[-800:]
    job = IncidentJob.objects.get(kind="end")
    assert (job.state, job.done) == (WorkState.RUNNING, 50)
    assert Request.objects.filter(status=Status.DONE).count() == 50
    jobs.run(at=timezone.now())
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.left_out) == (WorkState.FINISHED, 150, 150, 0)
    assert Request.objects.filter(status=Status.DONE).count() == 130
    assert RequestEvent.objects.filter(step="incident_over").count() == 130
    assert Act.objects.count() == 130
    assert len(told("request.incident_over")) == 130
    assert len(told("incident.over")) == 20
