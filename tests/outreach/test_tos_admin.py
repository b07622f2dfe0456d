"""The editors' desk of ТОС: boundaries, people and their consent, the charter, the import."""

from __future__ import annotations

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate
from openpyxl import Workbook

from accounts.models import ContactLook
from outreach.meetings import printing
from outreach.meetings.papers import Block, Paper, PaperKind
from outreach.models import HouseCouncil, OfficeHolder, Tos, TosHouse
from outreach.tos import importing
from tests.outreach.test_tos import BOW, LAT, LON, chair, placed, polygon, ring

__all__ = ["placed"]

pytestmark = pytest.mark.django_db

IMPORT = "/admin/outreach/tos/import/"
HEAD = "Название;Район;ИНН;Граница;Дома"


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def tos(db) -> Tos:
    return Tos.objects.create(name="ТОС «Соседи»", district="Береговой")


def inlines(**rows) -> dict[str, str]:
    """Return the management data of the inlines, and the rows given by prefix."""
    values = {}
    for prefix in ("holders", "houses", "projects", "news"):
        given = rows.get(prefix, [])
        values |= {f"{prefix}-TOTAL_FORMS": str(len(given)), f"{prefix}-INITIAL_FORMS": "0"}
        for place, row in enumerate(given):
            values |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
    return values


def form(**changed) -> dict[str, str]:
    values = {"name": "ТОС «Берег»", "kind": "group", "is_published": "on"}
    rows = {name: changed.pop(name) for name in ("holders", "houses") if name in changed}
    return {**values, **inlines(**rows), **changed}


ADD = "/admin/outreach/tos/add/"


class TestBoundary:
    def test_a_pasted_boundary_brings_its_houses(self, desk, placed):
        answer = desk.post(ADD, form(boundary_text=json.dumps(polygon())))
        assert answer.status_code == 302
        tos = Tos.objects.get()
        assert tos.boundary_at is not None
        assert tos.houses.get().building == placed

    def test_what_is_drawn_takes_the_place_of_what_is_written(self, desk):
        drawn = ", ".join(f"{lat} {lon}" for lon, lat in ring(0.02, 0, 0.03, 0.01)[:-1])
        desk.post(ADD, form(boundary_text=json.dumps(polygon()), drawn=drawn))
        assert Tos.objects.get().boundary["coordinates"][0][0] == ring(0.02, 0, 0.03, 0.01)[0]

    @pytest.mark.parametrize(
        "fields",
        [
            {"boundary_text": json.dumps(polygon(BOW))},
            {"boundary_text": "{"},
            {"drawn": f"{LAT} {LON}"},
            {"drawn": ", ".join(f"{lat} {lon}" for lon, lat in BOW[:-1])},
        ],
    )
    def test_a_bad_boundary_is_told_beside_the_field_and_nothing_is_saved(self, desk, fields):
        page = desk.post(ADD, form(**fields))
        assert page.status_code == 200
        assert page.context["adminform"].form.errors["boundary_text"]
        assert not Tos.objects.exists()

    def test_the_map_of_the_form_has_the_boundary_before_it_is_published(self, desk, client, tos):
        Tos.objects.filter(pk=tos.pk).update(boundary=polygon(), is_published=False)
        address = f"/admin/outreach/tos/{tos.pk}/boundary/"
        assert address in desk.get(f"/admin/outreach/tos/{tos.pk}/change/").content.decode()
        assert desk.get(address).json()["features"][0]["geometry"] == polygon()
        client.logout()
        assert client.get(address).status_code == 302

    def test_an_emptied_boundary_goes(self, desk, tos, placed):
        Tos.objects.filter(pk=tos.pk).update(boundary=polygon())
        desk.post(f"/admin/outreach/tos/{tos.pk}/change/", form(name=tos.name))
        tos.refresh_from_db()
        assert tos.boundary is None

    def test_a_house_beyond_the_boundary_is_named(self, desk, building):
        desk.post(ADD, form(houses=[{"building": building.pk}]))
        assert TosHouse.objects.get().is_listed


class TestPeople:
    def test_a_person_is_recorded_with_who_did_it(self, desk, editor):
        today = localdate().strftime("%d.%m.%Y")
        desk.post(
            ADD,
            form(holders=[{"role": "chair", "name": "Анна", "since": today, "consent_on": today}]),
        )
        person = OfficeHolder.objects.get()
        assert person.recorded_by == editor
        assert person.consent_on == localdate()

    def test_each_look_at_people_is_noted(self, desk, tos, placed, editor):
        chair(tos)
        council = HouseCouncil.objects.create(building=placed, elected_on=localdate())
        chair(council=council)
        assert desk.get(f"/admin/outreach/tos/{tos.pk}/change/").status_code == 200
        desk.get(f"/admin/outreach/housecouncil/{council.pk}/change/")
        looks = set(ContactLook.objects.values_list("subject", "looked_by_id"))
        assert looks == {
            (f"tos:{tos.pk}", editor.pk), (f"housecouncil:{council.pk}", editor.pk),
        }  # fmt: skip

    def test_an_operator_sees_no_contact(self, client, operator, tos):
        chair(tos)
        client.force_login(operator)
        page = client.get(f"/admin/outreach/tos/{tos.pk}/change/")
        assert page.status_code == 200
        assert "Звездочёт" not in page.content.decode()
        assert not ContactLook.objects.exists()

    def test_the_history_names_no_person(self, desk, tos):
        person = chair(tos)
        person.withdrawn_on = localdate()
        person.save()
        page = desk.get(f"/admin/outreach/tos/{tos.pk}/history/")
        assert page.status_code == 200
        assert "Звездочёт" not in page.content.decode()


class TestCharter:
    def pdf(self) -> bytes:
        return printing.pdf(Paper(PaperKind.PROTOCOL, "Устав", [Block("title", "Устав")]))

    def send(self, desk, tos, data):
        address = reverse("admin:outreach_tos_charter", args=[tos.pk])
        assert desk.get(address).status_code == 200
        return desk.post(address, {"file": SimpleUploadedFile("u.pdf", data)} if data else {})

    def test_a_checked_pdf_is_published(self, desk, client, tos):
        assert self.send(desk, tos, self.pdf()).status_code == 302
        tos.refresh_from_db()
        assert tos.charter.claimed_at is not None
        answer = client.get(f"/tos/{tos.pk}/charter.pdf")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "attachment" in answer["Content-Disposition"]

    @pytest.mark.parametrize("data", [b"", b"<script>", b"%PDF-1.7 torn"])
    def test_what_is_no_pdf_is_refused(self, desk, tos, data):
        assert self.send(desk, tos, data).status_code == 422
        tos.refresh_from_db()
        assert tos.charter is None

    def test_the_charter_of_an_unpublished_one_is_not_there(self, desk, client, tos):
        self.send(desk, tos, self.pdf())
        Tos.objects.update(is_published=False)
        client.logout()
        assert client.get(f"/tos/{tos.pk}/charter.pdf").status_code == 404


def look(desk, text: str):
    return desk.post(IMPORT, {"file": SimpleUploadedFile("t.csv", text.encode())})


def applied(desk, page):
    return desk.post(IMPORT, {"text": page.context["text"], "apply": "1"})


class TestImport:
    def test_a_file_is_looked_at_first_and_applied_afterwards(self, desk, placed, tos):
        boundary = json.dumps(polygon()).replace('"', '""')
        page = look(
            desk,
            f'{HEAD}\nТОС «Берег»;Заречный;;"{boundary}";Садовая 1\n{tos.name};Нагорный;;;\n',
        )
        plan = page.context["plan"]
        assert [row.name for row in plan.added] == ["ТОС «Берег»"]
        assert [row.changes for row in plan.changed] == [["район"]]
        assert Tos.objects.count() == 1
        assert applied(desk, page).status_code == 302
        made = Tos.objects.get(name="ТОС «Берег»")
        assert made.boundary["type"] == "Polygon"
        assert made.houses.get().is_listed
        again = look(
            desk,
            f'{HEAD}\nТОС «Берег»;Заречный;;"{boundary}";Садовая 1\n{tos.name};Нагорный;;;\n',
        )
        assert len(again.context["plan"].unchanged) == 2

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            (";Заречный;;;", "Нет названия"),
            ("ТОС;Заречный;123;;", "ИНН"),
            ("ТОС;Заречный;;{;", "GeoJSON"),
            ("ТОС;;;;Небывалая 99", "нет в реестре"),
            ("ТОС;;;;Садовая 177", "нет в реестре"),
            ("ТОС;" + "д" * 200 + ";;;", "длиннее"),
            ("ТОС;;;;\nтос;;;;", "дважды"),
        ],
    )
    def test_a_bad_row_is_named_with_its_reason_and_the_others_go_on(
        self, desk, building, row, words
    ):
        page = look(desk, f"{HEAD}\n{row}\nТОС хороший;Заречный;;;\n")
        plan = page.context["plan"]
        assert len(plan.rejected) == 1
        assert words in plan.rejected[0].reason
        applied(desk, page)
        assert Tos.objects.filter(name="ТОС хороший").exists()

    def test_a_crossed_boundary_of_a_geojson_is_rejected(self, desk):
        features = [
            {"type": "Feature", "properties": {"Название": "А"}, "geometry": polygon(BOW)},
            {"type": "Feature", "properties": {"name": "Б"}, "geometry": polygon()},
        ]
        page = look(desk, json.dumps({"type": "FeatureCollection", "features": features}))
        plan = page.context["plan"]
        assert ["пересекает" in row.reason for row in plan.rejected] == [True]
        applied(desk, page)
        assert Tos.objects.get().name == "Б"

    def test_a_workbook_is_read_too(self, desk):
        book = Workbook()
        book.active.append(["Название", "Тип", "Основан"])
        book.active.append(["ТОС «Дом»", "жилой дом", "25.03.2020"])
        out = io.BytesIO()
        book.save(out)
        page = desk.post(IMPORT, {"file": SimpleUploadedFile("t.xlsx", out.getvalue())})
        applied(desk, page)
        tos = Tos.objects.get()
        assert tos.kind == "house"
        assert tos.founded_on.isoformat() == "2020-03-25"

    @pytest.mark.parametrize(
        "text", ["", "Район\nЗаречный", "{", '{"type":"Point"}', "[1]", "Название\n"]
    )
    def test_what_is_no_directory_is_refused(self, desk, text):
        assert look(desk, text).status_code == 422
        assert not Tos.objects.exists()

    def test_too_many_rows_are_refused(self, desk):
        rows = "\n".join(f"ТОС {row};;;;" for row in range(importing.MOST_ROWS + 1))
        assert look(desk, f"{HEAD}\n{rows}").status_code == 422

    def test_an_operator_imports_nothing(self, client, operator):
        client.force_login(operator)
        assert client.get(IMPORT).status_code == 403
        assert client.post(IMPORT, {"text": f"{HEAD}\nТОС;;;;", "apply": "1"}).status_code == 403
        assert not Tos.objects.exists()


@pytest.mark.parametrize("model", ["tos", "housecouncil", "agendakind"])
def test_lists_and_forms_open_for_an_editor(desk, model, tos):
    assert desk.get(f"/admin/outreach/{model}/").status_code == 200
    assert desk.get(f"/admin/outreach/{model}/add/").status_code == 200
