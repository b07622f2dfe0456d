"""«У меня тоже»: a number for all, a name for nobody; streets and districts hear of outages."""

from __future__ import annotations

import pytest
from django.conf import settings

from accounts.actors import actor_of
from notifications import fan_out, following
from notifications.models import FanOut, Follow, Message
from requests_app import followed, lifecycle, places
from requests_app.incidents import jobs, opening
from requests_app.statuses import Status
from tests.city_fixtures import NOON

pytestmark = pytest.mark.django_db


def public(make_request, **fields):
    return make_request(public=True, **fields)


def follow(email: str, topic: str) -> None:
    Follow.objects.create(email=email, topic=topic, label="x", created_at=NOON, confirmed_at=NOON)


def test_public_list_shows_how_many_and_its_queries_stay_the_same(
    client, make_request, django_assert_max_num_queries
):
    item = public(make_request)
    client.get("/requests/")
    with django_assert_max_num_queries(5):
        client.get("/requests/")
    for number in range(3):
        follow(f"p{number}@example.org", f"same:{item.pk}")
    other = public(make_request)
    with django_assert_max_num_queries(5):
        page = client.get("/requests/").content.decode()
    assert "У меня то же самое: 3" in page
    assert f"/requests/follow/{other.pk}/" in page
    assert "p0@example.org" not in page


def test_a_request_that_its_author_hides_cannot_be_followed(client, make_request):
    item = make_request()
    assert client.get(f"/requests/follow/{item.pk}/").status_code == 404
    assert (
        client.post(f"/requests/follow/{item.pk}/", {"email": "a@example.org"}).status_code == 404
    )
    assert client.get(f"/requests/follow/{2**70}/").status_code == 404
    assert not Follow.objects.exists()


def test_page_names_matter_and_place_and_nothing_of_the_author(client, make_request):
    item = public(make_request)
    page = client.get(f"/requests/follow/{item.pk}/").content.decode()
    assert item.category.name in page
    assert places.public_place(item.building) in page
    for secret in (item.number, item.description, item.contact.name, item.contact.email):
        assert secret not in page


def test_visitor_asks_by_mail_and_account_follows_by_one_press(client, make_request, neighbour):
    item = public(make_request)
    url = f"/requests/follow/{item.pk}/"
    wrong = client.post(url, {"email": "x"})
    assert (wrong.status_code, Follow.objects.count()) == (400, 0)
    assert "почту" in client.post(url, {"email": "me@example.org"}).content.decode()
    assert Follow.objects.get().confirmed_at is None
    client.force_login(neighbour)
    client.post(url)
    assert following.counts([f"same:{item.pk}"]) == {f"same:{item.pk}": 1}
    client.post(url, {"stop": "1"})
    assert following.counts([f"same:{item.pk}"]) == {}


def test_followers_hear_of_steps_without_a_word_of_the_author(make_request, operator):
    item = public(make_request)
    follow("too@example.org", f"same:{item.pk}")
    lifecycle.move(item, Status.ACCEPTED, by=actor_of(operator), at=NOON)
    fan_out.run(at=NOON)
    letter = Message.objects.get(event="followed.accept")
    assert (letter.recipient, letter.topic) == ("too@example.org", f"same:{item.pk}")
    known = {"category", "place", "status_words", "is_closed", "link", "why"}
    assert letter.context.keys() == known
    assert item.number not in str(letter.context)


def test_a_hidden_request_tells_no_follower(make_request, operator):
    item = make_request()
    follow("too@example.org", f"same:{item.pk}")
    lifecycle.move(item, Status.ACCEPTED, by=actor_of(operator), at=NOON)
    assert not FanOut.objects.exists()


@pytest.mark.parametrize("name", ["", "Нет такого", "x" * 300])
def test_a_district_that_the_city_lacks_cannot_be_followed(client, name):
    assert client.get(f"/outages/follow/district/{name}/").status_code == 404


def test_every_district_of_the_city_can(client):
    for name in settings.CITY.districts:
        assert followed.district(name).topic == f"district:{name}"
        assert client.get(f"/outages/follow/district/{name}/").status_code == 200


def test_street_and_district_hear_of_an_outage_once(categories, make_building, operator):
    house = make_building()
    type(house).objects.filter(pk=house.pk).update(district="Заречный")
    follow("street@example.org", f"street:{house.street_id}")
    follow("both@example.org", f"street:{house.street_id}")
    follow("both@example.org", "district:Заречный")
    follow("elsewhere@example.org", f"street:{house.street_id + 1000}")
    follow("nowhere@example.org", "district:")
    opening.open_incident(
        kind="fault",
        utility="heating",
        category=categories["ht_none"].pk,
        title="Нет отопления: порыв",
        buildings=[house.pk],
        started_at=NOON,
        by=actor_of(operator),
        at=NOON,
    )
    jobs.run(at=NOON)
    told = Message.objects.filter(event="incident.opened").order_by("recipient")
    assert list(told.values_list("recipient", flat=True)) == [
        "both@example.org",
        "street@example.org",
    ]
