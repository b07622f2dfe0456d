"""An incident's own background work is held and cancelled: nobody else is told, order is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actors import actor_of
from claims.incidents import offering
from notifications import background
from notifications.models import Deed, Message, State, WorkDeed, WorkState
from requests_app.incidents import ending, jobs, news, opening
from requests_app.models import IncidentJob, JobKind, Request
from requests_app.statuses import Status
from tests.city_fixtures import NOON
from tests.requests_app import followers

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=5)
MATTER = "ht_none"


@pytest.fixture
def opened(categories, operator):
    def make(house, *, subscribers=0, at=LATER, **more):
        for number in range(subscribers):
            followers.add(
                email=f"sub{number}@example.org",
                building=house,
                created_at=NOON,
                confirmed_at=NOON,
            )
        return opening.open_incident(
            kind="fault",
            utility="heating",
            category=categories[MATTER].pk,
            title="Нет отопления: порыв",
            buildings=[house.pk],
            started_at=NOON,
            by=actor_of(operator),
            at=at,
            **more,
        )

    return make


def moved(job, deed, by=None):
    return background.move(job, deed, reason="Не тот дом", by=by, at=LATER)


def told(event="incident.opened", state=None):
    rows = Message.objects.filter(event=event)
    return (rows.filter(state=state) if state else rows).count()


def test_cancelled_news_reach_nobody_else_and_waiting_letters_stay(
    monkeypatch, opened, make_building
):
    monkeypatch.setattr(jobs, "LETTERS", 10)
    incident = opened(make_building(), subscribers=25)
    job = incident.jobs.get(kind=JobKind.TELL)
    # Requests, followers, the first ten of the houses' subscribers.
    assert jobs.run(at=LATER, batches=3) == 3
    assert told() == 10
    moved(job, Deed.CANCEL)
    assert jobs.run(at=LATER) == 0
    assert (told(state=State.CANCELLED), told()) == (10, 10)
    # The next line of news is work of its own, and nothing stands in its way.
    news.add_news(incident.pk, text="Меняют трубу", by=jobs.System(), at=LATER)
    jobs.run(at=LATER)
    assert told("incident.news", State.QUEUED) == 25


def test_paused_work_holds_up_what_comes_after_it_and_keeps_the_order(
    monkeypatch, opened, make_building
):
    monkeypatch.setattr(jobs, "LETTERS", 10)
    incident = opened(make_building(), subscribers=25)
    job = incident.jobs.get(kind=JobKind.TELL)
    jobs.run(at=LATER, batches=3)
    moved(job, Deed.PAUSE)
    news.add_news(incident.pk, text="Меняют трубу", by=jobs.System(), at=LATER)
    assert jobs.run(at=LATER) == 0
    assert (told(), told("incident.news")) == (10, 0)
    moved(job, Deed.GO_ON)
    jobs.run(at=LATER)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (WorkState.FINISHED, 25, 25)
    assert (told(), told("incident.news")) == (25, 25)


def test_cancelled_attaching_keeps_letters_that_are_not_its_own(
    opened, make_building, make_request
):
    house = make_building()
    make_request(category=MATTER, building=house.pk)
    incident = opened(house, subscribers=3, attach_open=True)
    moved(incident.jobs.get(kind=JobKind.ATTACH), Deed.CANCEL)
    jobs.run(at=LATER)
    assert not Request.objects.filter(incident=incident).exists()
    assert told(state=State.QUEUED) == 3


def test_cancelled_end_leaves_the_other_requests_open_and_lets_the_money_be_offered(
    monkeypatch, opened, make_building, make_request, operator
):
    monkeypatch.setattr(jobs, "STEPS", 2)
    house = make_building()
    items = [make_request(category=MATTER, building=house.pk) for _ in range(5)]
    incident = opened(house, requests=[item.pk for item in items])
    jobs.run(at=LATER)
    ending.end(
        incident.pk,
        signed_on=timezone.localtime(LATER).date(),
        signer="Мастер Фёдоров",
        text="",
        by=actor_of(operator),
        at=LATER,
    )
    jobs.run(at=LATER, batches=1)
    job = incident.jobs.get(kind=JobKind.END)
    assert offering.begin_due(at=LATER) == 0
    moved(job, Deed.CANCEL)
    jobs.run(at=LATER)
    assert Request.objects.filter(status=Status.DONE).count() == 2
    # What was done stays: these two are asked whether it is warm again.
    assert told("request.incident_over", State.QUEUED) == 2
    assert offering.begin_due(at=LATER) == 1


def test_a_merge_may_be_held_but_not_left_half_done(opened, make_building, operator):
    house = make_building()
    mine, other = opened(house, subscribers=2), opened(house)
    jobs.run(at=LATER)
    ending.merge(mine.pk, into=other.pk, reason="Один ввод", by=actor_of(operator), at=LATER)
    job = IncidentJob.objects.get(kind=JobKind.MERGE)
    with pytest.raises(background.CannotMove):
        moved(job, Deed.CANCEL)
    moved(job, Deed.PAUSE)
    assert jobs.run(at=LATER) == 0
    with pytest.raises(background.CannotMove):
        moved(job, Deed.CANCEL)
    moved(job, Deed.GO_ON)
    jobs.run(at=LATER)
    job.refresh_from_db()
    assert job.state == WorkState.FINISHED


def test_attaching_asked_for_anew_begins_from_the_first_request(
    opened, make_building, make_request, operator
):
    house = make_building()
    incident = opened(house, attach_open=True)
    moved(incident.jobs.get(kind=JobKind.ATTACH), Deed.CANCEL)
    make_request(category=MATTER, building=house.pk)
    opening.attach_open(incident.pk, by=actor_of(operator), at=LATER)
    jobs.run(at=LATER)
    job = incident.jobs.get(kind=JobKind.ATTACH)
    assert (job.state, job.done, job.total) == (WorkState.FINISHED, 1, 1)


def test_chiefs_hold_it_on_the_incidents_page_and_a_second_press_changes_nothing(
    client, opened, make_building, chief, operator
):
    incident = opened(make_building(), subscribers=3)
    job = incident.jobs.get(kind=JobKind.TELL)
    page = reverse("admin:requests_app_incident_next", args=[incident.pk])
    cancel = reverse("admin:requests_app_incident_job", args=[incident.pk, job.pk, "cancel"])
    client.force_login(chief)
    assert cancel in client.get(page).content.decode()
    assert client.get(cancel).status_code == 200
    assert client.post(cancel, {"reason": ""}).status_code == 422
    for _press in range(2):
        assert client.post(cancel, {"reason": "Не тот дом"})["Location"] == page
    assert WorkDeed.objects.get().by == chief
    shown = client.get(page).content.decode()
    assert "Не тот дом" in shown
    assert cancel not in shown
    other = opened(make_building())
    strange = reverse("admin:requests_app_incident_job", args=[other.pk, job.pk, "pause"])
    assert client.get(strange).status_code == 404
    client.force_login(operator)
    assert client.post(cancel, {"reason": "x"}).status_code == 403
