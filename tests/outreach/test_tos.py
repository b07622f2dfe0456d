"""ТОС and councils: boundaries, houses inside, people shown by consent alone, pages and calls."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now

from contact_center.city import DEMO
from disclosure.models import Building
from outreach import tasks
from outreach.models import (
    HouseCouncil,
    OfficeHolder,
    OfficeRole,
    Tos,
    TosHouse,
    TosNews,
    TosProject,
)
from outreach.models.tos import two_years_from
from outreach.tos import boundaries, houses, retention

pytestmark = pytest.mark.django_db

LAT, LON = DEMO.latitude, DEMO.longitude
CENTRE = (LAT, LON)


def ring(west=-0.01, south=-0.01, east=0.01, north=0.01):
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return [[round(LON + lon, 6), round(LAT + lat, 6)] for lon, lat in corners]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings or [ring()])}


BOW = [ring()[0], ring()[2], ring()[1], ring()[3], ring()[0]]


@pytest.fixture
def tos(db) -> Tos:
    return Tos.objects.create(name="ТОС «Соседи»", district="Береговой")


@pytest.fixture
def placed(building) -> Building:
    Building.objects.filter(pk=building.pk).update(lat=LAT, lon=LON)
    building.refresh_from_db()
    return building


def chair(tos=None, council=None, **changed) -> OfficeHolder:
    values = {
        "name": "Звездочётова Анна", "phone": "+79005557733", "email": "zvezda@secret.example",
        "since": localdate() - timedelta(days=30), "consent_on": localdate() - timedelta(days=30),
        **changed,
    }  # fmt: skip
    return OfficeHolder.objects.create(tos=tos, council=council, **values)


class TestBoundary:
    @pytest.mark.parametrize(
        "value",
        [
            polygon(),
            polygon(ring(), ring(-0.005, -0.005, 0.005, 0.005)),
            {"type": "MultiPolygon", "coordinates": [[ring()], [ring(0.02, 0, 0.03, 0.01)]]},
            {"type": "Feature", "properties": {}, "geometry": polygon()},
            {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": polygon()}]},
            polygon([[*corner, 120.0] for corner in ring()]),
            polygon(ring()[:-1]),
        ],
        ids=["plain", "hole", "two parts", "feature", "collection", "heights", "not closed"],
    )
    def test_what_maps_give_is_taken(self, value):
        kept = boundaries.read(json.dumps(value), centre=CENTRE)
        assert kept["type"] in {"Polygon", "MultiPolygon"}
        assert boundaries.checked(kept, centre=CENTRE) == kept

    def test_two_features_become_one_boundary_of_two_parts(self):
        parts = [polygon(), polygon(ring(0.02, 0, 0.03, 0.01))]
        features = [{"type": "Feature", "geometry": one} for one in parts]
        value = {"type": "FeatureCollection", "features": features}
        assert boundaries.checked(value, centre=CENTRE)["type"] == "MultiPolygon"

    def test_one_that_crosses_itself_is_refused_with_the_place(self):
        with pytest.raises(boundaries.BadBoundary, match=f"{LAT:.5f} {LON:.5f}"):
            boundaries.checked(polygon(BOW), centre=CENTRE)

    @pytest.mark.parametrize(
        "value",
        [
            polygon(ring(), ring(0.02, 0.02, 0.03, 0.03)),
            {"type": "MultiPolygon", "coordinates": [[ring()], [ring(0, 0, 0.02, 0.02)]]},
            polygon([ring()[0], ring()[2], ring()[0], ring()[2]]),
            polygon([[LON, LAT], [LON + 0.01, LAT], [LON + 0.02, LAT], [LON, LAT]]),
            polygon([[lat, lon] for lon, lat in ring()]),
            polygon([[lon + 3, lat] for lon, lat in ring()]),
            {"type": "Polygon", "coordinates": []},
            {"type": "Polygon", "coordinates": [[]]},
            {"type": "Polygon", "coordinates": "много"},
            {"type": "Polygon"},
            {"type": "Point", "coordinates": [LON, LAT]},
            {"type": "FeatureCollection", "features": []},
            polygon([[LON, True], [LON, LAT], [LON + 0.1, LAT], [LON, LAT]]),
            polygon([[None, None]] * 5),
            [],
            None,
            "Polygon",
        ],
    )
    def test_what_is_no_boundary_is_refused(self, value):
        with pytest.raises(boundaries.BadBoundary):
            boundaries.checked(value, centre=CENTRE)

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[" * 100_000, '{"type":"Polygon","coordinates":[[[NaN,1]]]}', "x" * 1_000_001],
    )
    def test_a_text_that_is_no_geojson_is_refused(self, text):
        with pytest.raises(boundaries.BadBoundary):
            boundaries.read(text, centre=CENTRE)

    def test_turned_coordinates_are_named_as_such(self):
        with pytest.raises(boundaries.BadBoundary, match="долгота"):
            boundaries.checked(polygon([[lat, lon] for lon, lat in ring()]), centre=CENTRE)

    def test_a_house_in_the_hole_is_outside(self):
        hole = polygon(ring(), ring(-0.005, -0.005, 0.005, 0.005))
        points = [(1, LAT, LON), (2, LAT + 0.008, LON), (3, LAT + 0.02, LON)]
        assert boundaries.inside(hole, points) == {2}


class TestHouses:
    def test_houses_inside_are_found_and_go_with_the_boundary(self, tos, placed):
        houses.draw(tos, polygon(), at=now())
        assert [row.building for row in tos.houses.all()] == [placed]
        houses.draw(tos, polygon(ring(0.02, 0.02, 0.03, 0.03)), at=now())
        assert not tos.houses.exists()

    def test_a_house_named_by_the_editor_stays(self, tos, placed):
        houses.name(tos, [placed.pk])
        houses.draw(tos, polygon(ring(0.02, 0.02, 0.03, 0.03)), at=now())
        assert tos.houses.get().is_listed

    def test_a_house_registered_later_is_found_at_night(self, tos, building):
        houses.draw(tos, polygon(), at=now())
        assert not tos.houses.exists()
        Building.objects.filter(pk=building.pk).update(lat=LAT, lon=LON)
        assert tasks.settle_tos_houses() == 1
        assert tos.houses.count() == 1

    def test_a_house_belongs_once(self, tos, placed):
        houses.name(tos, [placed.pk])
        with pytest.raises(IntegrityError), transaction.atomic():
            TosHouse.objects.create(tos=tos, building=placed)


class TestPeople:
    def test_the_chair_is_shown_by_consent(self, client, tos):
        chair(tos)
        page = client.get(tos.get_absolute_url()).content.decode()
        assert "Звездочётова" in page
        assert "zvezda@secret.example" in page

    @pytest.mark.parametrize(
        "changed",
        [
            {"consent_on": None},
            {"withdrawn_on": date(2026, 1, 1)},
            {"withdrawn_on": localdate()},
            {"consent_on": localdate() + timedelta(days=1)},
            {"until": localdate() - timedelta(days=1)},
            {"since": localdate() + timedelta(days=1)},
        ],
    )
    def test_without_consent_or_office_nothing_is_shown_anywhere(
        self, client, tos, placed, changed
    ):
        council = HouseCouncil.objects.create(building=placed, elected_on=date(2026, 1, 1))
        houses.name(tos, [placed.pk])
        chair(tos, **changed)
        chair(council=council, **changed)
        for address in (
            tos.get_absolute_url(),
            f"/tos/mine/?house={placed.pk}",
            placed.get_absolute_url(),
            f"/api/v1/tos/{tos.pk}/",
            f"/api/v1/tos/mine/?building={placed.pk}",
        ):
            page = client.get(address)
            assert page.status_code == 200
            for secret in ("Звездочёт", "555-77", "5557733", "zvezda"):
                assert secret not in page.content.decode(), address

    def test_a_withdrawn_consent_hides_at_once_even_from_who_has_the_page(self, client, tos):
        person = chair(tos)
        seen = client.get(tos.get_absolute_url())
        OfficeHolder.objects.filter(pk=person.pk).update(withdrawn_on=localdate())
        again = client.get(tos.get_absolute_url(), headers={"If-None-Match": seen["ETag"]})
        assert again.status_code == 200
        assert "Звездочёт" not in again.content.decode()

    def test_who_withdrew_or_left_is_erased_and_the_office_stays(self, tos):
        at = now()
        long_ago = localdate() - timedelta(days=800)
        gone = chair(tos, withdrawn_on=localdate() - timedelta(days=30))
        left = chair(tos, role=OfficeRole.MEMBER, since=long_ago, until=long_ago)
        never = chair(tos, role=OfficeRole.MEMBER, since=long_ago, consent_on=None)
        fresh = chair(tos, role=OfficeRole.MEMBER, withdrawn_on=localdate() - timedelta(days=29))
        assert retention.forget(at=at) == 3
        for person in (gone, left, never):
            person.refresh_from_db()
            assert (person.name, person.phone, person.email) == ("", "", "")
            assert person.erased_at == at
        fresh.refresh_from_db()
        assert fresh.name
        assert retention.forget(at=at) == 0

    def test_the_audit_never_holds_a_name(self, tos):
        person = chair(tos)
        person.name = "Другое Имя"
        person.withdrawn_on = localdate()
        person.save()
        from django.apps import apps

        rows = apps.get_model("outreach", "OfficeHolderAudit").objects.values()
        assert rows
        assert "Звездочёт" not in str(list(rows))
        assert "5557733" not in str(list(rows))

    def test_a_body_has_one_chair_at_a_time(self, tos):
        chair(tos)
        with pytest.raises(IntegrityError), transaction.atomic():
            chair(tos)

    def test_a_person_belongs_to_one_body(self, tos, placed):
        council = HouseCouncil.objects.create(building=placed, elected_on=date(2026, 1, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            chair(tos, council)


class TestCouncil:
    def test_its_term_is_two_years_unless_the_meeting_said_otherwise(self, placed):
        council = HouseCouncil.objects.create(building=placed, elected_on=date(2024, 2, 29))
        assert council.term_until == date(2026, 3, 1)
        assert two_years_from(date(2026, 5, 5)) == date(2028, 5, 5)

    def test_a_house_has_one_council(self, placed):
        HouseCouncil.objects.create(building=placed, elected_on=date(2026, 1, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            HouseCouncil.objects.create(building=placed, elected_on=date(2026, 2, 1))

    def test_a_council_past_its_term_is_shown_as_such(self, client, placed):
        HouseCouncil.objects.create(building=placed, elected_on=date(2020, 1, 1))
        page = client.get(f"/tos/mine/?house={placed.pk}")
        assert page.context["mine"].council.is_over
        assert "purpose=council" in page.content.decode()


class TestPages:
    def test_the_directory_lists_and_narrows(self, client, tos):
        Tos.objects.create(name="ТОС «Берег»", district="Заречный")
        assert len(client.get("/tos/").context["rows"]) == 2
        narrowed = client.get("/tos/", {"district": "Заречный"})
        assert [row.name for row in narrowed.context["rows"]] == ["ТОС «Берег»"]
        assert client.get("/tos/", {"district": "нет"}).status_code == 200
        assert client.get("/tos/", {"cursor": "zzz"}).status_code == 302

    def test_an_empty_directory_says_how_to_begin(self, client):
        assert "/tos/how-to/" in client.get("/tos/").content.decode()

    @pytest.mark.parametrize("address", ["/tos/", "/api/v1/tos/", "/tos/boundaries.geojson"])
    def test_lists_cost_the_same_however_long(
        self, client, tos, address, django_assert_max_num_queries
    ):
        houses.draw(tos, polygon(), at=now())
        with django_assert_max_num_queries(4) as few:
            client.get(address)
        for number in range(15):
            other = Tos.objects.create(name=f"ТОС {number}", district="Береговой")
            houses.draw(other, polygon(), at=now())
        with django_assert_max_num_queries(len(few)):
            client.get(address)

    def test_a_page_costs_the_same_however_much_it_shows(
        self, client, tos, make_building, django_assert_max_num_queries
    ):
        chair(tos)
        with django_assert_max_num_queries(10) as few:
            client.get(tos.get_absolute_url())
        for number in range(10):
            houses.name(tos, [make_building(house=str(number + 10)).pk])
            TosNews.objects.create(tos=tos, title="Новость", text="т", published_on=localdate())
            TosProject.objects.create(tos=tos, title=f"П {number}", year=2026)
        with django_assert_max_num_queries(len(few)):
            page = client.get(tos.get_absolute_url())
        assert page.context["house_count"] == 10

    def test_what_is_not_published_is_not_there(self, client, tos, operator):
        Tos.objects.filter(pk=tos.pk).update(is_published=False)
        houses.draw(tos, polygon(), at=now())
        assert client.get(tos.get_absolute_url()).status_code == 404
        assert client.get("/tos/boundaries.geojson").json()["features"] == []
        assert client.get(f"/api/v1/tos/{tos.pk}/").status_code == 404
        client.force_login(operator)
        assert client.get(tos.get_absolute_url()).status_code == 200

    def test_scripts_in_news_are_words(self, client, tos):
        text = "<script>alert(1)</script> [жми](javascript:alert(1)) <img src=x onerror=alert(1)>"
        TosNews.objects.create(tos=tos, title="<b>Н</b>", text=text, published_on=localdate())
        Tos.objects.filter(pk=tos.pk).update(about=text)
        page = client.get(tos.get_absolute_url()).content.decode()
        for danger in ("<script>alert", 'href="javascript', "<img src=x", "<b>Н</b>"):
            assert danger not in page

    def test_news_of_tomorrow_waits(self, client, tos):
        TosNews.objects.create(
            tos=tos, title="Завтра", text="т", published_on=localdate() + timedelta(days=1)
        )
        assert client.get(tos.get_absolute_url()).context["news"] == []

    def test_what_is_mine_joins_tos_council_company_and_suppliers(
        self, client, tos, placed, company
    ):
        houses.name(tos, [placed.pk])
        HouseCouncil.objects.create(building=placed, elected_on=localdate())
        found = client.get("/tos/mine/", {"q": "Садовая 1"}).context["found"]
        assert placed.pk in {one.id for one in found}
        mine = client.get("/tos/mine/", {"house": placed.pk}).context["mine"]
        assert mine.tos == [tos]
        assert mine.council is not None
        assert mine.company == company
        answer = client.get("/api/v1/tos/mine/", {"building": placed.pk}).json()
        assert answer["tos"][0]["id"] == tos.pk
        assert answer["council"]["is_over"] is False
        assert answer["company"]["inn"] == company.inn

    @pytest.mark.parametrize("house", ["0", "-1", "abc", "9" * 30, "²"])
    def test_a_house_that_is_not_there_is_not_found(self, client, house):
        assert client.get("/tos/mine/", {"house": house}).status_code == 404
        assert client.get("/api/v1/tos/mine/", {"building": house}).status_code in {400, 404}

    def test_the_api_tells_boundary_and_houses(self, client, tos, placed):
        houses.draw(tos, polygon(), at=now())
        answer = client.get(f"/api/v1/tos/{tos.pk}/").json()
        assert answer["boundary"]["type"] == "Polygon"
        assert answer["houses"] == [{"id": placed.pk, "address": placed.address}]
        assert client.get("/api/v1/tos/").json()["results"][0]["houses"] == 1
