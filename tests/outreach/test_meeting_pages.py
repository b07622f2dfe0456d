"""Pages of meetings: counting by address and by table, and the kit of papers."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from io import StringIO

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from docx import Document
from openpyxl import Workbook, load_workbook

from outreach.meetings import agenda_file, dates, kit
from outreach.meetings.dates import MeetingForm, Plan
from outreach.models import AgendaKind

pytestmark = pytest.mark.django_db

VOTES, TABLE, KIT = "/tos/votes/", "/tos/votes/table/", "/tos/meeting/"
PASTED = "Помещение\tПлощадь\tДоля\tВопрос 1\n1\t60\t1/2\tза\n1\t60\t1/2\tпротив\n2\t50\t\tза"


@pytest.fixture(autouse=True)
def majorities(db) -> None:
    call_command("load_majorities", stdout=StringIO())


def count(client, **fields):
    return client.get(VOTES, {"total": "5000", "present": "2501", **fields})


def asked(house, **changed):
    return {
        "house": house.pk, "purpose": "council", "form": "mixed", "notice_on": "2026-03-01",
        "starts_on": "2026-03-12", "starts_at": "19:00", "place": "у подъезда 1",
        "ends_on": "2026-03-26", "hand_in": "кв. 1", "agenda": ["council", "chair_powers"],
        **changed,
    }  # fmt: skip


def text_of(answer) -> str:
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


class TestReference:
    def test_loading_twice_changes_nothing(self):
        done = agenda_file.load(*agenda_file.read())
        assert (done.added, done.changed, done.kept) == (0, 0, ())

    def test_what_was_edited_by_hand_is_left_alone(self):
        AgendaKind.objects.filter(code="land").update(title="Земля")
        assert agenda_file.load(*agenda_file.read()).kept == ("land",)
        assert AgendaKind.objects.get(code="land").title == "Земля"

    def test_two_rules_of_one_question_are_never_in_force_together(self):
        row = AgendaKind.objects.get(code="land")
        row.pk, row.during = None, DateRange(date(2026, 1, 1), None)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)

    def test_a_past_meeting_keeps_its_rule(self):
        row = AgendaKind.objects.get(code="land")
        AgendaKind.objects.filter(pk=row.pk).update(
            during=DateRange(row.during.lower, date(2026, 1, 1))
        )
        row.pk, row.during, row.majority = None, DateRange(date(2026, 1, 1), None), "all_half"
        row.save(force_insert=True)
        of_day = {
            day: AgendaKind.objects.in_force(day).get(code="land").majority
            for day in (date(2025, 12, 31), date(2026, 1, 1))
        }
        assert list(of_day.values()) == ["all_two_thirds", "all_half"]

    def test_a_file_with_mistakes_loads_nothing(self, tmp_path):
        file = tmp_path / "bad.toml"
        file.write_text(
            'since = 2026-01-01\nsource = "x"\n[[question]]\ncode = "a"\ngroup = "nowhere"\n'
            'title = "t"\nwording = "w"\nmajority = "attending"\nclause = "c"\n'
            'confidence = "sure"\n'
        )
        with pytest.raises(agenda_file.Unreadable, match="a: "):
            agenda_file.read(file)


class TestTotals:
    def test_a_quorum_and_a_question_are_explained_with_the_clause(self, client):
        page = count(client, **{"q0-kind": "overhaul", "q0-in_favour": "2400"})
        assert page.status_code == 200
        text = page.content.decode()
        assert "Кворум есть" in text
        assert "не принято" in text
        assert "ст. 44 ч. 2 п. 1;" in text
        assert "3\xa0333,3334" in text

    def test_the_link_repeats_the_count(self, client):
        page = count(client, **{"q0-kind": "management", "q0-in_favour": "2500,5"})
        again = client.get(page.context["link"].replace("http://testserver", ""))
        assert again.context["found"] == page.context["found"]

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"present": "5001"}, "100 %"),
            ({"q0-in_favour": "2000", "q0-against": "502"}, "100 %"),
            ({"total": "0"}, "больше нуля"),
            ({"total": "-5"}, "отрицательной"),
            ({"present": "много"}, "не площадь"),
            ({"q0-kind": "nonsense", "q0-in_favour": "1"}, "Выберите из списка"),
        ],
    )
    def test_what_cannot_be_is_refused_beside_its_field(self, client, fields, words):
        page = count(client, **fields)
        assert page.status_code == 422
        assert page.context["found"] is None
        assert words in " ".join(error.text for error in page.context["errors"])

    def test_the_area_of_the_house_is_filled_in(self, client, building):
        type(building).objects.filter(pk=building.pk).update(area_m2="1234.50")
        page = client.get(VOTES, {"house": building.pk})
        assert 'value="1234,50"' in page.content.decode()

    def test_typed_words_are_shown_and_not_run(self, client):
        page = count(client, present="<script>alert(1)</script>")
        assert "<script>alert(1)" not in page.content.decode()

    def test_a_page_costs_two_queries_however_many_questions(
        self, client, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(2):
            count(client, **{f"q{place}-in_favour": "1" for place in range(20)})


class TestTable:
    def test_a_pasted_table_is_counted(self, client):
        page = client.post(TABLE, {"text": PASTED})
        assert page.status_code == 200
        assert page.context["tally"].premises == 2
        assert page.context["found"].questions[0].passed

    def test_what_a_question_decides_is_chosen_afterwards(self, client):
        page = client.post(TABLE, {"text": PASTED, "q0-kind": "shrinking"})
        assert not page.context["found"].questions[0].passed

    def test_a_workbook_is_counted_and_goes_on_as_text(self, client):
        book = Workbook()
        for line in PASTED.split("\n"):
            book.active.append(line.split("\t"))
        out = io.BytesIO()
        book.save(out)
        page = client.post(TABLE, {"file": SimpleUploadedFile("v.xlsx", out.getvalue())})
        assert page.context["found"].total.startswith("110")
        assert "1/2\tза" in page.context["form"]["text"].value()

    def test_a_formula_in_a_workbook_is_refused_by_its_cell(self, client):
        book = Workbook()
        book.active.append(["Помещение", "Площадь", "Вопрос 1"])
        book.active.append(["1", "=1+1", "за"])
        out = io.BytesIO()
        book.save(out)
        page = client.post(TABLE, {"file": SimpleUploadedFile("v.xlsx", out.getvalue())})
        assert page.status_code == 422
        assert "B2" in str(page.context["form"].errors)

    def test_bad_rows_are_named(self, client):
        page = client.post(TABLE, {"text": f"{PASTED}\n3\t-5\t1\tза\n4\t10\t1\tага"})
        assert page.status_code == 422
        assert [one.line for one in page.context["wrongs"]] == [5, 6]

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            {"text": "   "},
            {"file": SimpleUploadedFile("v.xlsx", b"PK\x03\x04broken")},
            {"text": PASTED, "total": "100"},
            {"text": PASTED, "total": "много"},
            {"text": "\x00\x00"},
        ],
    )
    def test_what_is_no_table_is_refused(self, client, sent):
        assert client.post(TABLE, sent).status_code == 422

    def test_more_rows_than_a_house_has_are_refused(self, client):
        rows = "\n".join(f"{row}\t50\t\tза" for row in range(20_002))
        page = client.post(TABLE, {"text": f"Помещение\tПлощадь\tДоля\tВопрос 1\n{rows}"})
        assert page.status_code == 422

    def test_twenty_thousand_rows_are_counted(self, client):
        rows = "\n".join(f"{row}\t50\t\tза" for row in range(20_000))
        page = client.post(TABLE, {"text": f"Помещение\tПлощадь\tДоля\tВопрос 1\n{rows}"})
        assert page.context["tally"].premises == 20_000

    def test_the_result_as_a_sheet_runs_no_formula(self, client):
        AgendaKind.objects.filter(code="other").update(title="=cmd|' /C calc'!A0")
        answer = client.post(TABLE, {"text": PASTED, "sheet": "1"})
        cells = [
            cell
            for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows()
            for cell in row
        ]
        assert not [cell for cell in cells if cell.data_type == "f"]
        assert any("decided" in str(cell.value) or "принято" in str(cell.value) for cell in cells)

    def test_the_template_is_counted_as_it_is(self, client):
        template = client.get(f"{TABLE}template.xlsx").content
        page = client.post(TABLE, {"file": SimpleUploadedFile("t.xlsx", template)})
        assert page.status_code == 200
        assert len(page.context["found"].questions) == 3


def plan(form=MeetingForm.MIXED, notice=1, starts=12, ends=26) -> Plan:
    march = date(2026, 3, 1) - timedelta(days=1)
    days = [march + timedelta(days=day) for day in (notice, starts, ends)]
    return Plan(form=form, notice_on=days[0], starts_on=days[1], ends_on=days[2])


class TestDates:
    def test_ten_days_of_notice_are_enough_and_nine_are_not(self):
        assert not dates.faults(plan(starts=11))
        assert [one.field for one in dates.faults(plan(starts=10))] == ["starts_on"]
        assert dates.remarks(plan(starts=11))
        assert not dates.remarks(plan(starts=12))

    @pytest.mark.parametrize("form", [MeetingForm.MIXED, MeetingForm.ABSENTEE])
    def test_ballots_end_after_they_begin(self, form):
        assert [one.field for one in dates.faults(plan(form, ends=12))] == ["ends_on"]

    def test_a_meeting_in_person_ends_on_its_day(self):
        assert dates.faults(plan(MeetingForm.IN_PERSON))
        assert not dates.faults(plan(MeetingForm.IN_PERSON, ends=12))

    @pytest.mark.parametrize(
        ("ends", "until"),
        [
            (date(2026, 3, 26), date(2026, 9, 26)),
            (date(2026, 8, 31), date(2027, 2, 28)),
            (date(2026, 7, 1), date(2027, 1, 1)),
        ],
    )
    def test_terms_after_the_meeting(self, ends, until):
        held = Plan(form=MeetingForm.MIXED, notice_on=ends, starts_on=ends, ends_on=ends)
        assert held.contest_until == until
        assert held.protocol_by == ends + timedelta(days=10)
        assert held.inspectorate_by == ends + timedelta(days=15)


class TestKit:
    def test_it_begins_with_the_house_then_dates_that_the_law_allows(self, client, building):
        assert client.get(KIT).status_code == 200
        found = client.get(KIT, {"q": "Садовая"}).context["found"]
        assert found[0].id == building.pk
        form = client.get(KIT, {"house": building.pk, "purpose": "council"}).context["form"]
        assert set(form["agenda"].value()) == set(kit.PRESETS[kit.Purpose.COUNCIL])

    def test_the_protocol_of_a_council_is_filled_with_the_house(self, client, building):
        page = client.get(KIT, asked(building))
        assert page.status_code == 200
        answer = client.get(f"{KIT}protocol.pdf", asked(building))
        text = text_of(answer)
        assert answer["Content-Type"] == "application/pdf"
        assert building.address in text
        assert "Избрать совет многоквартирного дома" in text
        assert "ст. 44 ч. 2 п. 4.3" in text
        assert "5 апреля 2026" in text  # ten days after the last ballot

    def test_the_votes_go_into_the_protocol(self, client, building):
        counted = asked(
            building,
            **{"total": "100", "present": "60", "q0-in_favour": "40", "q1-in_favour": "50"},
        )
        assert client.get(KIT, counted).context["counted"].has_quorum
        text = text_of(client.get(f"{KIT}protocol.pdf", counted))
        assert "решение принято" in text
        assert "решение не принято" in text

    def test_impossible_votes_are_told_beside_the_field(self, client, building):
        page = client.get(KIT, asked(building, total="100", present="101"))
        assert page.status_code == 422
        assert page.context["errors"]

    @pytest.mark.parametrize("name", ["notice", "ballot", "register", "protocol"])
    def test_each_paper_is_a_docx_with_the_same_words(self, client, building, name):
        answer = client.get(f"{KIT}{name}.docx", asked(building))
        made = Document(io.BytesIO(answer.content))
        words = " ".join(part.text for part in made.paragraphs)
        assert building.address in words

    def test_all_papers_come_at_once(self, client, building):
        answer = client.get(f"{KIT}kit.zip", asked(building))
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert len(names) == 8

    def test_residents_founding_a_tos_get_their_own_papers(self, client, building):
        page = client.get(KIT, asked(building, purpose="tos", agenda=[]))
        assert [one["kind"] for one in page.context["papers"]] == ["notice", "register", "protocol"]
        assert "131-ФЗ" in text_of(client.get(f"{KIT}protocol.pdf", asked(building, purpose="tos")))
        assert client.get(f"{KIT}ballot.pdf", asked(building, purpose="tos")).status_code == 404

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"starts_on": "2026-03-10"}, "starts_on"),
            ({"starts_on": "9999-99-99"}, "starts_on"),
            ({"starts_on": "0001-01-01"}, "starts_on"),
            ({"ends_on": "2026-03-12"}, "ends_on"),
            ({"ends_on": ""}, "ends_on"),
            ({"starts_at": ""}, "starts_at"),
            ({"place": ""}, "place"),
            ({"hand_in": ""}, "hand_in"),
            ({"agenda": []}, "agenda"),
            ({"agenda": ["nonsense"]}, "agenda"),
            ({"own": "\n".join(f"вопрос {one}" for one in range(30))}, "own"),
            ({"own": "д" * 700}, "own"),
            ({"form": "telepathy"}, "form"),
        ],
    )
    def test_what_the_law_or_sense_forbids_makes_no_paper(self, client, building, changed, field):
        page = client.get(KIT, asked(building, **changed))
        assert page.status_code == 422
        assert field in page.context["form"].errors
        assert client.get(f"{KIT}protocol.pdf", asked(building, **changed)).status_code == 404

    def test_markup_emoji_and_long_words_are_words(self, client, building):
        own = "#let x = 1 $ *жирно* <script> 🏠 " + "Ооооооочень" * 30
        answer = client.get(f"{KIT}protocol.pdf", asked(building, own=own))
        assert answer.status_code == 200
        assert "#let x = 1 $ *жирно* <script>" in text_of(answer)
        assert client.get(f"{KIT}protocol.docx", asked(building, own=own)).status_code == 200

    @pytest.mark.parametrize("name", ["nonsense.pdf", "protocol.exe", "notice.zip", "kit.pdf"])
    def test_there_are_no_other_papers(self, client, building, name):
        assert client.get(f"{KIT}{name}", asked(building)).status_code == 404

    def test_a_house_that_is_not_there_makes_no_paper(self, client, building):
        assert (
            client.get(f"{KIT}notice.pdf", {**asked(building), "house": 10**12}).status_code == 404
        )
