"""Two incidents that turned out to be one: people told once, no chain or loop, both say so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actors import actor_of
from notifications import standing
from notifications.models import ChannelCode, Follow, Message, State, Subscription
from requests_app.incidents import ending, jobs, news, opening, recording
from requests_app.incidents.words import words_of
from requests_app.lifecycle import Refused
from requests_app.models import Incident, IncidentJob, IncidentUpdate, Request
from tests.city_fixtures import NOON
from tests.requests_app import followers
from tests.requests_app.desk_cast import as_user

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=5)
MATTER = "ht_none"
INCIDENTS = "/admin/requests_app/incident/"


@pytest.fixture
def opened(categories, operator):
    def make(buildings, **more):
        values = {
            "kind": "fault", "utility": "heating", "category": categories[MATTER].pk,
            "title": "Нет отопления", "buildings": [house.pk for house in buildings],
            "started_at": NOON, "by": actor_of(operator), "at": LATER, **more,
        }  # fmt: skip
        return opening.open_incident(**values)

    return make


@pytest.fixture
def merge(operator):
    def make(incident, into, *, reason="Одна труба", at=LATER):
        return ending.merge(incident.pk, into=into.pk, reason=reason, by=actor_of(operator), at=at)

    return make


def subscribe(email, building, incident=None):
    return followers.add(
        email=email, building=building, incident=incident, created_at=NOON, confirmed_at=NOON
    )


def told(event="incident.merged"):
    return sorted(Message.objects.filter(event=event).values_list("recipient", flat=True))


@pytest.fixture
def pair(make_building, make_request, opened):
    """Return a small incident with people of every kind, and the large one it belongs to."""
    near, far = make_building(), make_building()
    mine = make_request(category=MATTER, building=near.pk)
    theirs = make_request(category=MATTER, building=far.pk, resident=None)
    theirs.contact.email = "theirs@example.org"
    theirs.contact.save()
    small = opened([near], requests=[mine.pk], title="Нет отопления: дом")
    large = opened([far], requests=[theirs.pk], title="Нет отопления: район")
    subscribe("both@example.org", near, small)
    subscribe("both@example.org", far, large)
    subscribe("follower@example.org", near, small)
    subscribe("sub@example.org", near)
    subscribe("far@example.org", far)
    jobs.run(at=LATER)
    return small, large, mine


def test_its_people_are_told_once_and_hear_of_the_other_from_then_on(pair, merge, operator):
    small, large, mine = pair
    merge(small, large)
    jobs.run(at=LATER)
    jobs.run(at=LATER)
    assert told() == sorted(
        [mine.contact.email, "both@example.org", "follower@example.org", "sub@example.org"]
    )
    mine.refresh_from_db()
    assert mine.incident == large
    followers = (
        Follow.objects.filter(topic=f"incident:{large.pk}")
        .order_by("email")
        .values_list("email", flat=True)
    )
    assert list(followers) == ["both@example.org", "follower@example.org"]
    letter = Message.objects.filter(event="incident.merged")[0]
    assert (letter.context["title"], letter.context["text"]) == (large.title, "Одна труба")
    assert letter.context["link"] == {"link": "outage", "id": large.pk}
    news.add_news(large.pk, text="Меняют трубу", by=actor_of(operator), at=LATER)
    jobs.run(at=LATER)
    assert told("incident.news") == sorted(
        [
            *(mine.contact.email, "theirs@example.org", "both@example.org", "far@example.org"),
            *("follower@example.org", "sub@example.org"),
        ]
    )


def test_both_keep_a_line_of_who_merged_and_why(pair, merge, operator, client):
    small, large, _mine = pair
    merge(small, large)
    gone = small.updates.get(kind="merged")
    took = large.updates.get(kind="took_in")
    words = words_of(took.kind, took.told, took.text)
    assert (gone.into, gone.text, gone.user) == (large, "Одна труба", operator)
    assert (took.user, small.title in words, "Одна труба" in words) == (
        operator,
        True,
        True,
    )
    assert large.title in client.get(f"/outages/{small.pk}/").content.decode()
    assert f'href="/outages/{small.pk}/"' in client.get(f"/outages/{large.pk}/").content.decode()


def test_who_stopped_its_letters_hears_nothing_of_the_other(pair, merge):
    small, large, _mine = pair
    Subscription.objects.create(
        channel=ChannelCode.EMAIL,
        address="follower@example.org",
        topic=f"incident:{small.pk}",
        stopped_at=LATER,
    )
    merge(small, large)
    jobs.run(at=LATER)
    assert not Follow.objects.filter(
        topic=f"incident:{large.pk}", email="follower@example.org"
    ).exists()


@pytest.mark.parametrize("case", ["itself", "loop", "chain behind", "chain ahead", "utility"])
def test_loops_chains_and_strangers_are_refused(make_building, opened, merge, case):
    one, two, three = (opened([make_building()], title=str(number)) for number in range(3))
    water = opened([make_building()], utility="cold_water")
    if case not in {"itself", "utility"}:
        merge(one, two)
    pairs = {
        "itself": (one, one),
        "loop": (two, one),
        "chain behind": (three, one),
        "chain ahead": (two, three),
        "utility": (one, water),
    }
    lines = IncidentUpdate.objects.count()
    with pytest.raises(Refused) as refused:
        merge(*pairs[case])
    assert refused.value.field == "into"
    if case == "chain behind":
        assert two.title in refused.value.message
    assert IncidentUpdate.objects.count() == lines
    assert Incident.objects.filter(ending="merged").count() == (case not in {"itself", "utility"})


def test_together_they_keep_to_the_limit_of_houses(make_building, opened, merge, monkeypatch):
    one, two = opened([make_building()]), opened([make_building(), make_building()])
    monkeypatch.setattr(recording, "HOUSES_MAX", 2)
    with pytest.raises(Refused):
        merge(one, two)
    one.refresh_from_db()
    assert (one.ending, two.buildings.count()) == ("", 2)


def test_a_plan_not_begun_hands_its_requests_over_as_well(
    make_building, make_request, opened, merge, operator
):
    house = make_building()
    item = make_request(category=MATTER, building=house.pk)
    tomorrow = LATER + timedelta(days=1)
    plan = opened([house], kind="planned", started_at=tomorrow)
    opening.attach(plan, [item], by=actor_of(operator), at=LATER)
    other = opened([make_building()], kind="planned", started_at=tomorrow)
    merge(plan, other)
    jobs.run(at=LATER)
    item.refresh_from_db()
    assert item.incident == other


def test_what_it_had_still_to_gather_the_other_gathers(make_building, make_request, opened, merge):
    house = make_building()
    item = make_request(category=MATTER, building=house.pk)
    small, large = opened([house], attach_open=True), opened([make_building()])
    merge(small, large)
    jobs.run(at=LATER)
    item.refresh_from_db()
    assert item.incident == large
    assert not IncidentJob.objects.exclude(state="finished").exists()


def test_the_work_goes_on_behind_the_last_batch(pair, merge, monkeypatch):
    """A worker dies between two batches and in the middle of one: nobody is told twice."""
    small, large, _mine = pair
    monkeypatch.setattr(jobs, "STEPS", 1)
    monkeypatch.setattr(jobs, "LETTERS", 1)
    merge(small, large)
    jobs.run(at=LATER, batches=2)
    attach, broken = opening.attach, iter([True])

    def dies(*args, **more):
        if next(broken, False):
            raise RuntimeError
        return attach(*args, **more)

    monkeypatch.setattr(opening, "attach", dies)
    jobs.run(at=LATER)
    assert len(told()) == len(set(told())) == 4


def test_at_the_desk_one_press_merges_once_and_offers_the_likeliest_first(
    chief, operator, make_building, make_request, opened
):
    at = timezone.now()
    house = make_building()
    stranger = opened([make_building()], title="Чужая", started_at=at - timedelta(hours=1), at=at)
    like = opened([house, make_building()], title="Район", started_at=at - timedelta(days=1), at=at)
    opened([house], utility="gas", at=at)
    mine = opened([house], title="Дом", started_at=at - timedelta(hours=2), at=at)
    browser, page = as_user(chief), f"{INCIDENTS}{mine.pk}/next/"
    form = next(form for form in browser.get(page).context["forms"] if form.do == "merge")
    assert [value for value, _words in form.fields["into"].choices] == [
        "",
        str(like.pk),
        str(stranger.pk),
    ]
    sent = {"do": "merge", "key": "once", "into": str(like.pk), "reason": "Один ввод"}
    for wrong in ({"into": ""}, {"into": str(mine.pk)}, {"reason": " "}, {"into": "x"}):
        assert browser.post(page, {**sent, **wrong}).status_code == 422
    assert not Incident.objects.filter(ending="merged").exists()
    assert as_user(operator).post(page, sent).status_code == 403
    for _twice in range(2):
        assert browser.post(page, sent)["Location"] == page
    assert mine.updates.filter(kind="merged").count() == 1
    assert like.updates.filter(kind="took_in").count() == 1
    shown = browser.get(page)
    assert shown.context["forms"] == []
    assert "Один ввод" in shown.content.decode()


def test_merging_is_not_offered_where_nothing_else_goes_on(chief, make_building, opened):
    at = timezone.now()
    mine = opened([make_building()], started_at=at, at=at)
    page = as_user(chief).get(f"{INCIDENTS}{mine.pk}/next/")
    assert "merge" not in [form.do for form in page.context["forms"]]


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_crosswise_at_once_make_no_loop(make_building, opened, operator):
    one, two = opened([make_building()]), opened([make_building()])
    start = Barrier(2, timeout=30)

    def press(pair):
        try:
            start.wait()
            ending.merge(
                pair[0], into=pair[1], reason="Одно", by=actor_of(operator), at=timezone.now()
            )
        except Refused:
            return 0
        else:
            return 1
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(press, [(one.pk, two.pk), (two.pk, one.pk)])) == 1
    assert Incident.objects.filter(ending="merged").count() == 1
    assert not Request.objects.exists()


def test_earlier_news_of_what_went_into_another_leaves_no_more(
    opened, make_building, merge, monkeypatch
):
    """Neither what waits in the outbox nor what its job had still to write; the merge is told."""
    monkeypatch.setattr(jobs, "LETTERS", 2)
    house = make_building()
    for number in range(5):
        subscribe(f"p{number}@example.org", house)
    mine, other = opened([house], title="Дом"), opened([make_building()], title="Район")
    jobs.run(at=LATER, batches=3)
    line = mine.updates.get(kind="opened").pk
    waiting = Message.objects.filter(dedupe_key__startswith=f"incident:{line}:")
    assert 0 < waiting.count() < 5
    merge(mine, other)
    jobs.run(at=LATER)
    assert waiting.count() < 5
    at = LATER + timedelta(minutes=1)
    assert {standing.of(one, at=at).state for one in waiting} == {State.EXPIRED}
    merged = Message.objects.filter(event="incident.merged")
    assert merged.count() == 5
    assert {standing.of(one, at=at).state for one in merged} == {""}
