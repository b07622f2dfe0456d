"""Pages of court cases: who opens them, what each look leaves behind, what each button does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from accounts.models import ContactLook
from claims.court import hearings
from claims.court.statuses import CaseStatus, HearingState, PartyRole
from claims.models import CaseDocument, CaseHearing, CourtCase
from notifications.models import Message
from requests_app import tracking_code
from tests.claims.court_cast import LATER
from tests.requests_app.filing_steps import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_desk(lawyer) -> Client:
    return signed_in(lawyer)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def looks() -> list[tuple[int | None, str]]:
    return list(ContactLook.objects.order_by("pk").values_list("looked_by", "subject"))


def address(case: CourtCase, rest: str = "") -> str:
    return f"/court/{case.pk}/{rest}"


def of_claim(case: CourtCase, rest: str = "") -> str:
    return f"/requests/{case.claim.request.number}/money/1/court/{rest}"


def tomorrow_at(hour: str, *, place: str = "Зал 3", zone: str = "Europe/Ulyanovsk"):
    day = timezone.localdate() + timedelta(days=30)
    return {
        "day": f"{day:%Y-%m-%d}", "time": hour, "zone": zone, "minutes": "60", "place": place,
        "note": "",
    }  # fmt: skip


def test_only_its_two_people_open_a_case_and_a_guessed_number_is_404(
    case, lawyer, second, head_user, resident, neighbour, operator, chief, admin_user, company_user
):
    may = {lawyer: 200, resident: 200}
    everybody = (
        lawyer, resident, second, head_user, neighbour, operator, chief, admin_user, company_user,
    )  # fmt: skip
    for user in everybody:
        client = signed_in(user)
        for rest in ("", "hearings.ics", "papers/statement.pdf", "papers/price.pdf"):
            got = client.get(address(case, rest)).status_code
            assert got == may.get(user, 404), (user, rest)
            assert client.get(f"/court/{case.pk + 1}/{rest}").status_code == 404
    assert Client().get(address(case)).status_code == 404


def test_staff_without_the_second_factor_are_no_lawyers(case, lawyer, settings):
    settings.DEMO = False
    assert signed_in(lawyer).get(address(case)).status_code == 404


def test_who_has_the_code_sees_their_case_and_every_look_is_noted(case, neighbour):
    code = tracking_code.of(case.claim.request)
    client = Client()
    assert client.get(of_claim(case)).status_code == 404
    opened = client.get(of_claim(case), {"code": code})
    assert (opened.status_code, opened["Location"]) == (302, of_claim(case))
    page = client.get(of_claim(case))
    assert page.status_code == 200
    assert "Перенести" not in page.content.decode()
    client.get(of_claim(case, "papers/statement.pdf"))
    assert looks() == [(None, f"court:{case.pk}"), (None, f"court:{case.pk}:statement")]
    assert signed_in(neighbour).get(of_claim(case)).status_code == 404
    assert client.get(address(case)).status_code == 404


def test_every_view_of_the_file_and_of_a_paper_is_noted(case, lawyer, resident, at_desk):
    at_desk.get(address(case))
    at_desk.get(address(case, "papers/price.pdf"))
    at_desk.post(
        address(case, "files/"),
        {"title": "Акт", "file": SimpleUploadedFile("а.jpg", picture().read(), "image/jpeg")},
    )
    paper = CaseDocument.objects.get()
    signed_in(resident).get(address(case, f"files/{paper.upload_id}/"))
    assert looks() == [
        (lawyer.pk, f"court:{case.pk}"),
        (lawyer.pk, f"court:{case.pk}:price"),
        (resident.pk, f"court:{case.pk}:{paper.upload_id}"),
    ]


def test_the_log_of_looks_is_read_by_the_head_of_the_lawyers(case, at_desk, head_user, lawyer):
    at_desk.get(address(case))
    page = signed_in(head_user).get("/admin/accounts/contactlook/", {"q": f"court:{case.pk}"})
    assert lawyer.name in page.content.decode()
    assert signed_in(lawyer).get("/admin/accounts/contactlook/").status_code == 403


def test_heads_and_administrators_read_no_person_in_admin(case, head_user, admin_user):
    name = case.parties.get(role=PartyRole.PLAINTIFF).name
    assert name
    for user in (head_user, admin_user):
        client = signed_in(user)
        for page in ("", f"{case.pk}/change/", f"{case.pk}/history/"):
            answer = client.get(f"/admin/claims/courtcase/{page}")
            assert answer.status_code == 200, page
            assert name not in answer.content.decode()
            assert case.subject not in answer.content.decode()


def test_a_step_is_made_by_its_button_and_a_double_click_makes_one(case, at_desk):
    day = timezone.localdate()
    CourtCase.objects.update(opened_at=timezone.now(), changed_at=timezone.now())
    sent = {"day": f"{day:%Y-%m-%d}", "version": case.version}
    for _press in range(2):
        answer = at_desk.post(address(case, "do/file/"), sent)
        assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.status, case.filed_on, case.version) == (CaseStatus.FILED, day, 2)
    assert case.events.filter(step="file").count() == 1


def test_a_step_without_its_day_says_so_beside_the_field(case, at_desk):
    answer = at_desk.post(address(case, "do/file/"), {"version": case.version})
    assert answer.status_code == 422
    assert 'id="id_file_day_error"' in answer.content.decode()
    case.refresh_from_db()
    assert case.status == CaseStatus.PREPARING


def test_two_who_edit_at_once_lose_nothing(case, at_desk):
    page = at_desk.get(address(case, "edit/"))
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {"facts": "Первый", "is_consumer": "on", "version": case.version}
    sent.pop("asks_works")
    assert at_desk.post(address(case, "edit/"), sent).status_code == 302
    late = at_desk.post(address(case, "edit/"), sent | {"facts": "Второй"})
    assert late.status_code == 422
    assert "Второй" in late.content.decode()
    case.refresh_from_db()
    assert case.facts == "Первый"


def test_the_plaintiff_changes_nothing_but_their_own_papers(case, resident):
    client = signed_in(resident)
    version = {"version": case.version}
    before = CourtCase.objects.values().get(pk=case.pk)
    assert client.get(address(case, "edit/")).status_code == 404
    assert client.post(address(case, "hearings/"), tomorrow_at("10:00")).status_code == 404
    assert client.post(address(case, "parties/"), {"role": "third"}).status_code == 404
    client.post(address(case, "do/file/"), {"day": "2026-01-01", **version})
    assert CourtCase.objects.values().get(pk=case.pk) == before
    photo = SimpleUploadedFile("я.jpg", picture().read(), "image/jpeg")
    assert client.post(address(case, "files/"), {"title": "Квитанция", "file": photo}).status_code
    paper = CaseDocument.objects.get()
    assert client.post(address(case, f"files/{paper.upload_id}/remove/")).status_code == 302
    assert not CaseDocument.objects.exists()


def test_the_plaintiff_takes_out_no_paper_of_the_lawyer(case, at_desk, resident):
    photo = SimpleUploadedFile("я.jpg", picture().read(), "image/jpeg")
    at_desk.post(address(case, "files/"), {"title": "Определение", "file": photo})
    paper = CaseDocument.objects.get()
    taken = signed_in(resident).post(address(case, f"files/{paper.upload_id}/remove/"))
    assert taken.status_code == 404
    assert CaseDocument.objects.exists()


def test_a_paper_sent_twice_is_one_paper(case, at_desk):
    for _press in range(2):
        photo = SimpleUploadedFile("я.jpg", picture().read(), "image/jpeg")
        sent = {"title": "Акт 🏠 «№ 5» Straße", "file": photo}
        assert at_desk.post(address(case, "files/"), sent).status_code == 302
    assert CaseDocument.objects.get().title == "Акт 🏠 «№ 5» Straße"


def test_a_file_that_is_no_paper_is_refused_by_its_field(case, at_desk):
    bad = SimpleUploadedFile("вирус.exe", b"MZ....", "application/pdf")
    answer = at_desk.post(address(case, "files/"), {"title": "Акт", "file": bad})
    assert answer.status_code == 422
    assert not CaseDocument.objects.exists()


def test_a_paper_of_another_case_is_404(case, at_desk, make_upload, lawyer, desk):
    stranger = make_upload()
    assert at_desk.get(address(case, f"files/{stranger.pk}/")).status_code == 404


def test_a_hearing_in_another_zone_is_told_by_the_courts_clock(case, at_desk, resident):
    sent = tomorrow_at("10:00", zone="Asia/Vladivostok", place="Владивосток, зал 1")
    for _press in range(2):
        assert at_desk.post(address(case, "hearings/"), sent).status_code == 302
    hearing = CaseHearing.objects.get()
    assert (hearing.local.hour, hearing.starts_at.utctimetuple().tm_hour) == (10, 0)
    page = at_desk.get(address(case)).content.decode()
    assert "10:00" in page
    assert "UTC+10" in page
    (event,) = Calendar.from_ical(at_desk.get(address(case, "hearings.ics")).content).events
    assert event.start == hearing.starts_at
    assert str(event["location"]) == "Владивосток, зал 1"
    assert str(hearing.uid) in event["uid"]
    letters = Message.objects.filter(event="court.reminder")
    # A week and a day before, to the lawyer and to the plaintiff.
    assert letters.count() == 4
    assert {one.not_before for one in letters} == {
        hearing.starts_at - timedelta(days=7), hearing.starts_at - timedelta(days=1),
    }  # fmt: skip


def test_a_moved_hearing_keeps_its_uid_and_its_reminders_follow(case, at_desk):
    at_desk.post(address(case, "hearings/"), tomorrow_at("10:00"))
    hearing = CaseHearing.objects.get()
    moved = at_desk.post(address(case, f"hearings/{hearing.pk}/"), tomorrow_at("15:30"))
    assert moved.status_code == 302
    after = CaseHearing.objects.get()
    assert (after.uid, after.sequence, after.local.hour) == (hearing.uid, 1, 15)
    due = set(Message.objects.filter(event="court.reminder").values_list("expires_at", flat=True))
    assert due == {after.starts_at}
    at_desk.post(address(case, f"hearings/{hearing.pk}/"), {"verb": "call_off"})
    again = at_desk.post(address(case, f"hearings/{hearing.pk}/"), {"verb": "call_off"})
    assert again.status_code == 302
    assert CaseHearing.objects.get().state == HearingState.CANCELLED
    assert not Message.objects.filter(event="court.reminder").exists()
    assert case.events.filter(step="hearing_cancelled").count() == 1
    cancelled = at_desk.get(address(case, "hearings.ics")).content
    assert b"STATUS:CANCELLED" in cancelled


def test_a_hearing_in_the_past_is_refused(case, at_desk):
    sent = tomorrow_at("10:00") | {"day": "2020-01-01"}
    answer = at_desk.post(address(case, "hearings/"), sent)
    assert answer.status_code == 422
    assert not CaseHearing.objects.exists()


def test_what_came_of_a_hearing_is_said_once(case, jurist, at_desk):
    sitting = hearings.Sitting(starts_at=LATER, minutes=60, zone="Europe/Ulyanovsk", place="Зал 3")
    hearing = hearings.appoint(case, sitting, by=jurist, at=LATER - timedelta(days=30))
    empty = at_desk.post(address(case, f"hearings/{hearing.pk}/"), {"verb": "hold", "result": " "})
    assert empty.status_code == 422
    for _press in range(2):
        held = at_desk.post(
            address(case, f"hearings/{hearing.pk}/"), {"verb": "hold", "result": "Отложили"}
        )
        assert held.status_code == 302
    assert case.events.filter(step="hearing_held").count() == 1


def test_parties_come_change_and_go_but_the_plaintiff_is_one(case, at_desk):
    sent = {"role": "third", "name": "Фонд «Тепло» & Co <b>", "inn": "", "address": "", "phone": "",
            "email": ""}  # fmt: skip
    assert at_desk.post(address(case, "parties/"), sent).status_code == 302
    third = case.parties.get(role=PartyRole.THIRD)
    assert "Фонд «Тепло» &amp; Co &lt;b&gt;" in at_desk.get(address(case)).content.decode()
    second = at_desk.post(address(case, "parties/"), sent | {"role": "plaintiff"})
    assert second.status_code == 422
    at_desk.post(address(case, f"parties/{third.pk}/"), {"verb": "drop"})
    assert not case.parties.filter(role=PartyRole.THIRD).exists()
    plaintiff = case.parties.get(role=PartyRole.PLAINTIFF)
    at_desk.post(address(case, f"parties/{plaintiff.pk}/"), {"verb": "drop"})
    assert case.parties.filter(role=PartyRole.PLAINTIFF).exists()


def test_a_lawyer_takes_a_claim_that_waits_by_one_press(handed, at_desk, lawyer):
    page = at_desk.get("/court/").content.decode()
    assert handed.number in page
    number, place = handed.number.split("/")
    for _press in range(2):
        answer = at_desk.post(f"/court/open/{number}/{place}/")
        assert answer.status_code == 302
    case = CourtCase.objects.get()
    assert (case.lawyer, case.claim) == (lawyer, handed)


def test_the_operator_opens_the_case_from_the_claim_and_does_not_see_it(
    handed, operator, second, resident
):
    client = signed_in(operator)
    number, place = handed.number.split("/")
    assert second.name in client.get(handed.get_absolute_url()).content.decode()
    opened = client.post(f"/court/open/{number}/{place}/", {"lawyer": second.pk})
    assert opened["Location"] == handed.get_absolute_url()
    case = CourtCase.objects.get()
    assert case.lawyer == second
    assert client.get(address(case)).status_code == 404
    assert of_claim(case) in signed_in(resident).get(handed.get_absolute_url()).content.decode()
    assert of_claim(case) not in client.get(handed.get_absolute_url()).content.decode()


def test_a_resident_opens_no_case(handed, resident):
    number, place = handed.number.split("/")
    assert signed_in(resident).post(f"/court/open/{number}/{place}/").status_code == 404
    assert signed_in(resident).get("/court/new/").status_code == 404
    assert not CourtCase.objects.exists()


def test_who_came_in_person_is_entered_once(operator, lawyer):
    client = signed_in(operator)
    key = client.get("/court/new/").context["form"]["key"].value()
    sent = {"name": "Зоя", "subject": "Залив", "kind": "suit", "lawyer": lawyer.pk, "key": key}
    for _press in range(2):
        assert client.post("/court/new/", sent).status_code == 302
    assert CourtCase.objects.get().lawyer == lawyer


def test_the_head_reassigns_and_others_cannot(case, head_user, at_desk, second, lawyer):
    sent = {"lawyer": second.pk, "version": case.version}
    assert at_desk.post(address(case, "assign/"), sent).status_code == 404
    head = signed_in(head_user)
    page = head.get("/court/").content.decode()
    assert f"№ {case.pk}" in page
    assert case.subject not in page
    assert head.post(address(case, "assign/"), sent).status_code == 302
    assert at_desk.get(address(case)).status_code == 404
    assert signed_in(second).get(address(case)).status_code == 200


def test_queries_do_not_grow_with_hearings_and_cases(
    case, jurist, at_desk, django_assert_max_num_queries
):
    for day in range(10):
        sitting = hearings.Sitting(
            starts_at=LATER + timedelta(days=day, hours=1),
            minutes=60,
            zone="Europe/Ulyanovsk",
            place="Зал",
        )
        hearings.appoint(case, sitting, by=jurist, at=LATER)
    CourtCase.objects.bulk_create(
        CourtCase(subject="с", lawyer_id=jurist.id, opened_at=LATER, changed_at=LATER)
        for _place in range(20)
    )
    with django_assert_max_num_queries(22):
        assert at_desk.get(address(case)).status_code == 200
    with django_assert_max_num_queries(14):
        assert at_desk.get("/court/").status_code == 200


def test_a_pure_resident_sees_their_cases_and_an_empty_list_says_what_to_do(case, resident):
    assert case.subject in signed_in(resident).get("/court/").content.decode()
    CourtCase.objects.filter(pk=case.pk).update(claim=None, plaintiff=None)
    assert "дело появится здесь" in signed_in(resident).get("/court/").content.decode()
