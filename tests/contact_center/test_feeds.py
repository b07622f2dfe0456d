"""Feeds and calendars: what they hold, whom they never name, and what asking again costs."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import feedparser
import jsonschema
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from accounts import feeds
from contact_center.feeds import VIEWS
from disclosure.models import Building
from requests_app.models import Incident, IncidentBuilding, IncidentUpdate
from tests.conftest import NOON
from tests.ratings.conftest import draft, published, year

__all__ = ["draft", "published", "year"]

pytestmark = pytest.mark.django_db
TEXT = {"type": "string", "minLength": 1}
# https://www.jsonfeed.org/version/1.1/, as far as the portal writes it.
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": TEXT,
        "home_page_url": {"type": "string", "format": "uri"},
        "feed_url": {"type": "string", "format": "uri"},
        "language": {"const": "ru"},
        "authors": {
            "type": "array",
            "items": {"type": "object", "required": ["name"], "properties": {"name": TEXT}},
        },
        "items": {
            "type": "array",
            "maxItems": feeds.MOST,
            "items": {
                "type": "object",
                "required": ["id", "content_text"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string", "pattern": "^tag:[^,]+@[^,]+,2026:"},
                    "url": {"type": "string", "format": "uri"},
                    "title": TEXT,
                    "content_text": TEXT,
                    "date_published": {"type": "string", "format": "date-time"},
                    "date_modified": {"type": "string", "format": "date-time"},
                    "tags": {"type": "array", "items": TEXT},
                },
            },
        },
    },
}


@pytest.fixture
def outage(categories, building):
    """Return a maker of incidents of the house."""

    def make(*, kind: str = "planned", houses=(building,), **fields) -> Incident:
        values = {"title": "Замена задвижки", "started_at": timezone.now() + timedelta(days=2)}
        values |= {"utility": "heating", "kind": kind, **fields}
        found = Incident.objects.create(category=categories["ht_riser"], **values)
        IncidentBuilding.objects.bulk_create(
            IncidentBuilding(incident=found, building=house) for house in houses
        )
        IncidentUpdate.objects.create(incident=found, at=NOON, kind="opened")
        return found

    return make


def atom(client: Client, address: str):
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("application/atom+xml")
    read = feedparser.parse(answer.content)
    assert not read.bozo, read.bozo_exception
    assert read.version == "atom10"
    return read


def items(client: Client, address: str) -> list[dict]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("application/feed+json")
    read = json.loads(answer.content)
    jsonschema.validate(read, JSON_FEED, format_checker=jsonschema.FormatChecker())
    return read["items"]


def test_public_requests_and_nothing_of_a_person(client, make_request, building) -> None:
    public = make_request(public=True, description="Секретные слова", flat="77")
    make_request(public=False, at=NOON + timedelta(hours=9))
    read = atom(client, "/feeds/requests.atom")
    [entry] = read.entries
    assert entry.id == feeds.tag_of(f"request/{public.pk}")
    assert building.address in entry.title
    assert entry.link.startswith("http")
    assert entry.published_parsed[:5] == public.registered_at.utctimetuple()[:5]
    [item] = items(client, "/feeds/requests.json")
    assert (item["id"], item["title"]) == (entry.id, entry.title)
    for kind in ("atom", "json"):
        said = client.get(f"/feeds/requests.{kind}").content.decode()
        secrets = ("Секретные слова", "77,", public.number, "resident@", "Петрова", "+7")
        assert [word for word in secrets if word in said] == []


def test_choices_narrow(client, make_request, make_building, company, rival_company) -> None:
    here = make_building(company=company, district="Заречный")
    there = make_building(company=rival_company, district="Нагорный")
    mine = make_request(public=True, building=here.pk, category="en_door")
    make_request(public=True, building=there.pk, category="ht_riser")
    mark = feeds.tag_of(f"request/{mine.pk}")
    for query in (
        "district=Заречный",
        "category=en_door",
        f"category={mine.category.parent.slug}",
        f"company={company.inn}",
        f"building={here.pk}",
        f"building={here.pk}&district=Заречный&category=en_door&company={company.inn}",
    ):
        assert [entry["id"] for entry in items(client, f"/feeds/requests.json?{query}")] == [mark]
    assert items(client, f"/feeds/requests.json?building={there.pk}&district=Заречный") == []


def test_small_house_is_told_by_its_street_and_has_no_feed(
    client, make_request, make_building, company
) -> None:
    small = make_building(company=company, flats=2, house="13")
    make_request(public=True, building=small.pk)
    [item] = items(client, "/feeds/requests.json")
    assert "13" not in item["title"]
    assert small.get_absolute_url() not in item["url"]
    assert client.get(f"/feeds/requests.atom?building={small.pk}").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        *("requests.atom?district=Луна", "requests.json?category=nothing", "requests.atom?x=1"),
        *("requests.atom?company=1", "requests.atom?company=" + "7" * 4000, "requests.atom?q="),
        *("requests.atom?building=0", "requests.atom?building=x", "requests.atom?building=-1"),
        "requests.atom?building=" + "9" * 30,
        "requests.atom?building=%00",
        "requests.atom?district=Заречный&district=Нагорный",
        "requests.atom?company=%D9%A1%D9%A2",
        *("outages.atom?utility=magic", "outages.ics?district=Луна", "outages.ics?kind=seminars"),
        *("outages.atom?building=999999", "publications.json?company=7", "ratings.atom?period=1"),
    ],
)
def test_what_a_feed_does_not_know_is_refused_by_name(client, address: str) -> None:
    answer = client.get(f"/feeds/{address}")
    assert answer.status_code == 400
    name = address.partition("?")[2].partition("=")[0]
    assert name in answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain")


def test_outages_by_place_and_utility(client, outage, make_building, building) -> None:
    Building.objects.filter(pk=building.pk).update(district="Заречный")
    other = make_building(district="Нагорный")
    mine = outage()
    outage(kind="fault", houses=(other,), utility="electricity", started_at=NOON)
    outage(ending="merged", started_at=NOON, ended_at=timezone.now())
    assert len(atom(client, "/feeds/outages.atom").entries) == 2
    mark = feeds.tag_of(f"outage/{mine.pk}")
    for query in ("district=Заречный", "utility=heating", f"building={building.pk}"):
        [item] = items(client, f"/feeds/outages.json?{query}")
        assert item["id"] == mark
        assert item["url"].endswith(f"/outages/{mine.pk}/")
        assert "ул. Садовая" in item["content_text"]


def test_calendar_of_planned_outages(client, outage, make_building, building) -> None:
    Building.objects.filter(pk=building.pk).update(district="Заречный")
    end = timezone.now() + timedelta(days=2, hours=6)
    mine = outage(expected_end_at=end)
    outage(houses=(make_building(district="Нагорный"),))
    outage(kind="fault")
    whole = client.get("/feeds/outages.ics")
    assert whole["Content-Type"].startswith("text/calendar")
    assert len(Calendar.from_ical(whole.content).walk("VEVENT")) == 2
    for query in ("district=Заречный", f"building={building.pk}"):
        answer = client.get(f"/feeds/outages.ics?{query}")
        [event] = Calendar.from_ical(answer.content).walk("VEVENT")
        assert f"outage-{mine.pk}@" in event["UID"]
        assert event.decoded("DTEND").replace(microsecond=0) == end.replace(microsecond=0)
        again = client.get(f"/feeds/outages.ics?{query}", HTTP_IF_NONE_MATCH=answer["ETag"])
        assert again.status_code == 304


def test_calendar_learns_of_a_change(client, outage) -> None:
    mine = outage()
    before = Calendar.from_ical(client.get("/feeds/outages.ics").content).walk("VEVENT")[0]
    IncidentUpdate.objects.create(incident=mine, at=timezone.now(), kind="news", text="Дольше")
    after = Calendar.from_ical(client.get("/feeds/outages.ics").content).walk("VEVENT")[0]
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.decoded("LAST-MODIFIED") > before.decoded("LAST-MODIFIED")


def test_ratings_and_their_corrections(client, published) -> None:
    [entry] = atom(client, "/feeds/ratings.atom").entries
    assert entry.id == feeds.tag_of("rating/2026-03/1")
    [item] = items(client, "/feeds/ratings.json")
    assert "март 2026" in item["title"]
    assert item["url"].endswith("/ratings/2026-03/")


def test_draft_rating_is_not_told(client, draft) -> None:
    assert atom(client, "/feeds/ratings.atom").entries == []


@pytest.mark.parametrize("name", VIEWS)
def test_empty_feeds_are_feeds(client, name: str) -> None:
    read = atom(client, f"/feeds/{name}.atom")
    assert read.entries == []
    assert items(client, f"/feeds/{name}.json") == []
    answer = client.get(f"/feeds/{name}.atom")
    # Nothing in it comes from a clock: asking again finds the same.
    assert client.get(f"/feeds/{name}.atom")["ETag"] == answer["ETag"]


@pytest.mark.parametrize("kind", ["atom", "json"])
def test_asking_again_costs_a_line(client, make_request, kind: str) -> None:
    make_request(public=True)
    address = f"/feeds/requests.{kind}"
    first = client.get(address)
    assert first["Access-Control-Allow-Origin"] == "*"
    assert first["Cache-Control"] == "public, max-age=300"
    for header, value in (
        ("HTTP_IF_NONE_MATCH", first["ETag"]),
        ("HTTP_IF_MODIFIED_SINCE", first["Last-Modified"]),
    ):
        again = client.get(address, **{header: value})
        assert (again.status_code, again.content) == (304, b"")
        assert again["Access-Control-Allow-Origin"] == "*"
    make_request(public=True, at=NOON + timedelta(days=1))
    assert client.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200
    assert client.get(address, HTTP_IF_MODIFIED_SINCE="nonsense").status_code == 200
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


def test_host_and_reader_change_nothing(client, make_request, operator, settings) -> None:
    make_request(public=True)
    plain = client.get("/feeds/requests.atom").content
    assert settings.PUBLIC_URL.encode() in plain
    assert client.get("/feeds/requests.atom", HTTP_HOST="evil.example").content == plain
    assert client.get("/feeds/requests.atom", HTTP_ACCEPT_LANGUAGE="en").content == plain
    client.force_login(operator)
    assert client.get("/feeds/requests.atom").content == plain


def test_feed_is_bounded_and_costs_the_same(client, make_request, outage) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    addresses = ["/feeds/requests.atom", "/feeds/outages.atom", "/feeds/outages.ics"]
    make_request(public=True)
    outage()
    few = [queries(address) for address in addresses]
    for place in range(5):
        make_request(public=True, at=NOON + timedelta(days=place))
        outage(title=f"Отключение {place}")
    assert [queries(address) for address in addresses] == few
    assert max(few) <= 2


def test_no_more_than_the_newest(client, make_request, monkeypatch) -> None:
    monkeypatch.setattr(feeds, "MOST", 2)
    made = [make_request(public=True, at=NOON + timedelta(days=n)) for n in range(3)]
    found = [item["id"] for item in items(client, "/feeds/requests.json")]
    assert found == [feeds.tag_of(f"request/{item.pk}") for item in (made[2], made[1])]


def test_hostile_words_break_no_writing(rf) -> None:
    entry = feeds.Entry(
        mark="x/1",
        title="<b>&]]>\x00\x0b\ud800 «Ж»",
        text="</content><script>",
        path="/",
        published_at=NOON,
        updated_at=NOON,
        tags=('"&<',),
    )
    feed = feeds.Feed(mark="x", title="x\x01", path="/", entries=[entry])
    read = feedparser.parse(feeds.atom(feed, own="http://x/").content)
    assert not read.bozo
    assert read.entries[0].id == feeds.tag_of("x/1")
    said = json.loads(feeds.json_feed(feed, own="http://x/").content)
    assert said["items"][0]["title"] == "<b>&]]> «Ж»"


def test_page_offers_every_feed_and_lists_name_theirs(client, building, company) -> None:
    page = client.get("/feeds/").content.decode()
    for name in VIEWS:
        for kind in feeds.Kind:
            assert f'href="/feeds/{name}.{kind}"' in page
    assert 'href="/feeds/outages.ics"' in page
    heads = {
        "/requests/": "/feeds/requests.atom",
        "/outages/": "/feeds/outages.atom",
        "/open-data/": "/feeds/publications.atom",
        building.get_absolute_url(): f"/feeds/outages.ics?building={building.pk}",
        company.get_absolute_url(): f"/feeds/requests.atom?company={company.inn}",
    }
    for address, feed in heads.items():
        html = client.get(address).content.decode()
        assert f'href="{feed}"' in html.partition("</head>")[0], address
    for address in ("/requests/", "/outages/", "/open-data/"):
        assert 'href="/feeds/"' in client.get(address).content.decode(), address


def test_parameters_are_read_once(rf) -> None:
    http = SimpleNamespace(GET=rf.get("/?a=1&a=2").GET)
    with pytest.raises(feeds.BadParameter) as wrong:
        feeds.asked(http, {"a": int})
    assert wrong.value.name == "a"
