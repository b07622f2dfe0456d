"""The houses of an incident: chosen by street, zone or map, and counted before anybody is told."""

from __future__ import annotations

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actors import actor_of
from disclosure.models import Building
from disclosure.utilities import Utility
from notifications.models import ChannelCode, Message, Subscription
from requests_app.desk import many_houses
from requests_app.incidents import house_area, house_zones, jobs, news, opening, reach, recording
from requests_app.incidents.house_zones import Zone
from requests_app.lifecycle import Refused
from requests_app.models import Incident, Request
from tests.city_fixtures import NOON, SINCE
from tests.requests_app import followers
from tests.requests_app.desk_cast import as_user

pytestmark = pytest.mark.django_db
INCIDENTS = "/admin/requests_app/incident/"
MATTER = "ht_none"


@pytest.fixture
def street(make_building):
    """Return the houses 1 to 12 of one street by number; 7 has a block."""
    return {n: make_building(street="ул. Речная", house=str(n)) for n in range(1, 13)}


def numbers(text):
    found = many_houses.read(text)
    rows = Building.objects.filter(pk__in=found.ids)
    return sorted(int(house) for house in rows.values_list("house", flat=True)), found.unknown


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("Речная", list(range(1, 13))),
        ("ул. Речная 3–7", [3, 4, 5, 6, 7]),
        ("Речная 2-9 (нечёт.)", [3, 5, 7, 9]),
        ("Речная 2-9 чётные", [2, 4, 6, 8]),
        ("Речная 1–5, кроме 3", [1, 2, 4, 5]),
        ("Речная 1, 4, 9", [1, 4, 9]),
        ("Речная (вся нечёт.)", [1, 3, 5, 7, 9, 11]),
        ("Речная 4", [4]),
    ],
)
def test_a_line_means_a_part_of_a_street(street, make_building, line, meant):
    make_building(street="ул. Морская", house="4")
    assert numbers(line) == (meant, [])


@pytest.mark.parametrize(
    "line", ["Речная 40–60", "Речная 3, 99", "Зона 1/nothing", "На карте: 1 2"]
)
def test_a_line_that_means_no_house_is_named_and_means_nothing(street, line):
    assert numbers(line) == ([], [line])


def test_lines_above_the_limit_are_told_and_not_lost(street):
    found = many_houses.read("Речная 1\n" * many_houses.LINES + "Речная 2")
    assert found.unknown == ["Речная 2"]


@pytest.mark.parametrize(
    ("first", "last", "side"),
    [(None, None, ""), (3, None, "odd"), (None, 8, "even"), (2, 6, ""), (None, None, "odd")],
)
def test_the_form_writes_lines_that_are_read_back(street, first, last, side):
    line = many_houses.part_of_street("ул. Речная", first, last, side)
    wanted = [
        n
        for n in range(1, 13)
        if (first or 1) <= n <= (last or 99) and (not side or (n % 2 == 1) == (side == "odd"))
    ]
    assert numbers(line) == (wanted, [])


def test_a_zone_is_what_a_supplier_brings_to_a_district_on_the_day(make_building, supplier):
    near = make_building(supplier=supplier, district="Заречный")
    far = make_building(supplier=supplier, district="Нагорный")
    make_building(district="Заречный")
    make_building(supplier=supplier, district="Заречный", is_open=False)
    here = Zone(supplier.pk, Utility.HEATING, "Заречный")
    assert many_houses.read(many_houses.zone_line(here)).ids == [near.pk]
    everywhere = many_houses.read(many_houses.zone_line(Zone(supplier.pk, Utility.HEATING)))
    assert set(everywhere.ids) == {near.pk, far.pk}
    before = SINCE.replace(year=SINCE.year - 1)
    assert many_houses.read(many_houses.zone_line(here), on=before).ids == []
    heating = next(
        one for one in house_zones.choices(timezone.localdate()) if "/heating" in one.code
    )
    assert heating.houses == 2
    assert house_zones.read(heating.code) == Zone(supplier.pk, Utility.HEATING)


def test_a_drawing_takes_what_lies_inside_and_not_only_in_its_box(make_building):
    inside = make_building(lat=54.31, lon=48.41)
    make_building(lat=54.39, lon=48.49)  # in the box, beyond the slanting side
    make_building(lat=54.5, lon=48.41)
    make_building(lat=None, lon=None)
    triangle = house_area.read("54.30 48.40, 54.40 48.40, 54.30 48.50")
    assert many_houses.read(many_houses.area_line(triangle)).ids == [inside.pk]
    box = house_area.read("54.30 48.40, 54.32 48.42")
    assert many_houses.read(many_houses.area_line(box)).ids == [inside.pk]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "54 48",
        "54 48, 55 x",
        "95 48, 55 49, 54 50",
        "54 48 1, 55 49",
        "54 48," * 61,
        "nan 1, 2 3",
    ],
)
def test_what_is_no_drawing_is_refused(text):
    assert house_area.read(text.rstrip(",")) is None


DEGREES = st.floats(-80, 80)


@settings(deadline=None)
@given(st.lists(st.tuples(DEGREES, DEGREES), min_size=3, max_size=12), DEGREES, DEGREES)
def test_whatever_is_drawn_holds_nothing_outside_its_box(corners, lat, lon):
    area = house_area.Area(tuple(corners))
    west, south, east, north = area.box
    if not (west <= lon <= east and south <= lat <= north):
        assert not area.holds(lat, lon)


@settings(deadline=None)
@given(DEGREES, DEGREES, st.floats(0.001, 5), st.floats(0.001, 5), st.floats(0.01, 0.99))
def test_a_rectangle_holds_every_point_between_its_corners(lat, lon, height, width, part):
    area = house_area.read(f"{lat:.9f} {lon:.9f}, {lat + height:.9f} {lon + width:.9f}")
    assert area is not None
    assert area.holds(lat + height * part, lon + width * part)


def subscribe(email, building, incident=None, *, stopped=False):
    followers.add(
        email=email, building=building, incident=incident, created_at=NOON, confirmed_at=NOON
    )
    if stopped:
        Subscription.objects.create(
            channel=ChannelCode.EMAIL,
            address=email,
            topic=f"house:{building.pk}",
            stopped_at=NOON,
        )


@pytest.fixture
def waiting(categories, make_building, make_request):
    """Return two houses with requests and followers, whom a fault of the heating would reach."""
    house, other = make_building(flats=80), make_building(flats=None)
    for _twice in range(2):
        make_request(category=MATTER, building=house.pk)
    make_request(category="en_door", building=house.pk)
    make_request(category=MATTER, building=other.pk, status="done")
    subscribe("sub@example.org", house)
    subscribe("sub@example.org", other)
    subscribe("tired@example.org", house, stopped=True)
    subscribe("resident@example.org", house)
    followers.add(email="maybe@example.org", building=house, created_at=NOON)
    return [house, other]


def test_the_preview_counts_what_then_happens(categories, waiting, operator):
    houses = [house.pk for house in waiting]
    seen = reach.of(houses, category=categories[MATTER], at=NOON)
    assert (seen.houses, seen.flats, seen.houses_without_flats) == (2, 80, 1)
    assert (seen.requests, seen.followers) == (2, 3)
    # The two requests are of one resident, who also follows the house; one follower had enough.
    assert seen.letters == 2
    incident = opening.open_incident(
        kind="fault",
        utility="heating",
        category=categories[MATTER].pk,
        title="Нет отопления",
        started_at=NOON,
        buildings=houses,
        attach_open=True,
        by=actor_of(operator),
        at=NOON,
    )
    jobs.run(at=NOON)
    assert incident.requests.count() == seen.requests
    told = Message.objects.filter(event="incident.opened")
    stopped = {"tired@example.org"}
    assert len({*told.values_list("recipient", flat=True)} - stopped) == seen.letters


def test_the_preview_asks_the_database_the_same_however_many_houses(
    categories, waiting, make_building, django_assert_num_queries
):
    category = categories[MATTER]
    more = [make_building().pk for _ in range(30)]
    for houses in ([waiting[0].pk], [*more, waiting[0].pk]):
        with django_assert_num_queries(4):
            reach.of(houses, category=category, at=NOON)


@pytest.fixture
def form(categories):
    began = timezone.localtime()
    return {
        "kind": "fault", "title": "Нет отопления", "category": categories[MATTER].pk,
        "utility": "heating", "text": "", "started_at_0": f"{began:%d.%m.%Y}",
        "started_at_1": "00:00:00", "expected_end_at_0": "", "expected_end_at_1": "",
        "more_houses": "", "seen": "",
    }  # fmt: skip


def test_each_way_adds_a_line_and_saves_nothing(chief, form, street, supplier, make_building):
    make_building(supplier=supplier, district="Заречный", lat=55.0, lon=49.0)
    browser, page = as_user(chief), f"{INCIDENTS}add/"
    assert browser.get(page).status_code == 200
    parts = (
        {"_add_street": "", "street-street": "Речная", "street-first": "1", "street-last": "5",
         "street-side": "odd"},
        {"_add_zone": "", "zone-zone": f"{supplier.pk}/heating", "zone-district": "Заречный"},
        {"_add_area": "", "area-area": "54.9 48.9, 55.1 49.1"},
    )  # fmt: skip
    said = ""
    for part in parts:
        answer = browser.post(page, {**form, "title": "", "more_houses": said, **part})
        assert answer.status_code == 200
        shown = answer.context["adminform"].form
        assert not shown.errors
        assert not answer.context["chosen"].is_stale
        said = shown["more_houses"].value()
    assert [line.split(" ")[0] for line in said.splitlines()] == ["Речная", "Зона", "На"]
    assert answer.context["chosen"].reach.houses == 4
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("part", "way"),
    [
        ({"_add_street": "", "street-street": ""}, "street"),
        ({"_add_street": "", "street-street": "Я", "street-first": 9, "street-last": 2}, "street"),
        ({"_add_zone": "", "zone-zone": "0/heating"}, "zone"),
        ({"_add_area": "", "area-area": ""}, "area"),
        ({"_add_area": "", "area-area": "1 1"}, "area"),
    ],
)
def test_a_choice_that_means_nothing_is_told_beside_it(chief, form, part, way):
    answer = as_user(chief).post(f"{INCIDENTS}add/", {**form, **part})
    assert answer.context["chosen"].ways[way].errors
    assert answer.context["adminform"].form["more_houses"].value() == ""


def test_nothing_is_saved_before_the_operator_saw_whom_it_touches(chief, form, street):
    browser, page = as_user(chief), f"{INCIDENTS}add/"
    sent = {**form, "more_houses": "Речная 1–3"}
    blind = browser.post(page, {**sent, "_save": ""})
    assert blind.context["chosen"].is_stale
    assert not Incident.objects.exists()
    looked = browser.post(page, {**sent, "_look": ""}).context["chosen"]
    assert looked.reach.houses == 3
    changed = browser.post(
        page, {**sent, "more_houses": "Речная", "seen": looked.seen, "_save": ""}
    )
    assert changed.context["chosen"].reach.houses == 12
    assert not Incident.objects.exists()
    assert browser.post(page, {**sent, "seen": looked.seen, "_save": ""}).status_code == 302
    assert Incident.objects.get().buildings.count() == 3


def test_houses_added_later_bring_their_requests_and_are_shown_first(
    chief, form, street, make_request
):
    browser = as_user(chief)
    at = timezone.now()
    item = make_request(category=MATTER, building=street[9].pk, at=at)
    browser.post(f"{INCIDENTS}add/", {**{k: v for k, v in form.items() if k != "seen"},
                                      "more_houses": "Речная 1"})  # fmt: skip
    incident = Incident.objects.get()
    page = f"{INCIDENTS}{incident.pk}/change/"
    sent = {**form, "more_houses": "Речная 7–9"}
    looked = browser.post(page, {**sent, "_look": ""}).context["chosen"]
    assert (looked.reach.houses, looked.reach.requests) == (4, 1)
    assert browser.post(page, {**sent, "seen": looked.seen, "_save": ""}).status_code == 302
    jobs.run(at=timezone.now())
    item.refresh_from_db()
    assert item.incident == incident


def test_more_houses_than_the_limit_are_refused(
    categories, street, operator, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(recording, "HOUSES_MAX", 5)
    ids = [house.pk for house in street.values()]
    values = {
        "kind": "fault", "utility": "heating", "category": categories[MATTER].pk,
        "title": "Нет отопления", "started_at": NOON, "by": actor_of(operator), "at": NOON,
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        opening.open_incident(**values, buildings=ids[:6])
    assert refused.value.code == "too_many_houses"
    assert not Incident.objects.exists()
    incident = opening.open_incident(**values, buildings=ids[:5])
    with pytest.raises(Refused):
        news.change_houses(incident.pk, add=ids[4:6], drop=[], by=actor_of(operator), at=NOON)
    assert incident.buildings.count() == 5
    assert Request.objects.count() == 0


def test_a_large_incident_takes_houses_off_by_lines(chief, form, street, monkeypatch):
    monkeypatch.setattr("requests_app.admin.incidents.TICKED", 3)
    browser = as_user(chief)
    plain = {name: value for name, value in form.items() if name != "seen"}
    browser.post(f"{INCIDENTS}add/", {**plain, "more_houses": "Речная"})
    incident = Incident.objects.get()
    page = f"{INCIDENTS}{incident.pk}/change/"
    shown = browser.get(page).content.decode()
    assert 'name="fewer_houses"' not in shown
    assert 'name="fewer_lines"' in shown
    answer = browser.post(page, {**plain, "fewer_lines": "Речная 1–10"})
    assert answer.status_code == 302
    assert sorted(incident.buildings.values_list("house", flat=True)) == ["11", "12"]


def test_points_of_the_map_are_for_those_who_open_incidents(chief, operator, make_building):
    make_building(lat=54.3, lon=48.4)
    make_building(lat=10.0, lon=10.0)
    page = f"{INCIDENTS}houses.geojson?bbox=48,54,49,55"
    answer = as_user(chief).get(page)
    assert len(answer.json()["features"]) == 1
    assert as_user(operator).get(page).status_code == 403
