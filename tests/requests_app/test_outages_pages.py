"""The public pages of outages: what is shown, to whom, in how many queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import actor_of
from requests_app.incidents import ending, news, opening
from tests.city_fixtures import NOON

pytestmark = pytest.mark.django_db
MATTER = "ht_none"


@pytest.fixture
def open_one(categories, operator):
    def make(buildings, **more):
        at = timezone.now()
        values = {
            "kind": "fault",
            "utility": "heating",
            "category": categories[MATTER].pk,
            "title": "Нет отопления: порыв",
            "buildings": [house.pk for house in buildings],
            "started_at": at - timedelta(hours=2),
            "by": actor_of(operator),
            "at": at,
            **more,
        }
        return opening.open_incident(**values)

    return make


def test_list_tells_now_from_planned_and_past(client, make_building, open_one, operator):
    house, at = make_building(), timezone.now()
    now, planned = (
        open_one([house]),
        open_one([house], kind="planned", title="Опрессовка", started_at=at + timedelta(days=1)),
    )
    past = open_one([house], title="Порыв устранён", started_at=at - timedelta(days=1))
    ending.end(
        past.pk,
        signed_on=timezone.localdate(),
        signer="Мастер",
        text="",
        by=actor_of(operator),
        at=at,
    )
    for when, title in (("now", now.title), ("planned", planned.title), ("past", past.title)):
        page = client.get(f"/outages/?when={when}").content.decode()
        assert title in page
        assert sum(one.title in page for one in (now, planned, past)) == 1


def test_search_by_address_finds_the_house_and_no_other(client, make_building, open_one):
    touched, quiet = make_building(house="7"), make_building(house="9")
    incident = open_one([touched])
    assert incident.title in client.get("/outages/?q=Садовая 7").content.decode()
    other = client.get("/outages/?q=Садовая 9").content.decode()
    assert incident.title not in other
    assert quiet.address in other
    assert "Такого дома нет" in client.get("/outages/?q=Неведомая 700").content.decode()
    assert incident.title not in client.get("/outages/?utility=gas").content.decode()


@pytest.mark.parametrize("path", ["/outages/", "/outages/?when=past", "/outages/points.geojson"])
def test_queries_do_not_grow_with_incidents(
    client, make_building, open_one, path, django_assert_max_num_queries
):
    houses = [make_building() for _ in range(4)]
    for _ in range(6):
        open_one(houses)
    with django_assert_max_num_queries(4):
        assert client.get(path).status_code == 200


def test_page_of_an_incident_names_its_news_and_houses_and_no_person(
    client, make_building, make_request, open_one, operator, django_assert_max_num_queries
):
    houses = [make_building(house=str(number)) for number in (9, 10, 11)]
    item = make_request(category=MATTER, building=houses[0].pk)
    incident = open_one(
        houses,
        cause="Порыв на магистрали",
        executor=opening.Mender(name="«Горсети»", phone="+78422000006"),
        requests=[item.pk],
    )
    news.add_news(incident.pk, text="Меняют трубу", by=actor_of(operator), at=timezone.now())
    with django_assert_max_num_queries(10):
        page = client.get(f"/outages/{incident.pk}/").content.decode()
    for words in ("Порыв на магистрали", "Горсети", "Меняют трубу", "Так сказал 1 человек"):
        assert words in page
    for secret in (item.contact.name, item.contact.email, item.number):
        assert secret not in page
    assert client.get("/outages/999999/").status_code == 404
    assert client.get("/outages/99999999999999999999/").status_code == 404


def test_bad_cursor_and_bad_filter_lead_to_the_list(client, make_building, open_one):
    open_one([make_building()], at=NOON)
    assert client.get("/outages/?cursor=xx").status_code == 302
    assert client.get("/outages/?when=zz&utility=zz").status_code == 200
