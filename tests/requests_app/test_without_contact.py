"""A request whose person left neither e-mail nor phone: no page, letter or table stumbles."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.actors import System, actor_of
from notifications.models import Message
from requests_app import intake, lifecycle, quality, tracking_code
from requests_app.desk import ties
from requests_app.incidents import ending, jobs, opening
from requests_app.models import QualityCall, Request, RequestContact
from requests_app.statuses import Channel, Outcome, Status
from tests.requests_app.desk_cast import as_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WORK = "/admin/requests_app/request/"
WORDS = "человеку отвечает портал, на котором он написал"


@pytest.fixture
def bare(new_request) -> Request:
    """Return one that came from an outside portal with a name alone."""
    wanted = new_request(
        contact=intake.Contact(name="Пётр Иванов", email="", phone=""),
        consent=False,
        basis="59-FZ",
        channel=Channel.POS,
        is_appeal=True,
    )
    item = intake.file(wanted, by=System(), at=timezone.now() - 5 * HOUR).request
    assert not Message.objects.filter(event="request.filed").exists()
    return item


def letters() -> set[str]:
    """Return whom letters go to; an empty address would be nobody's."""
    found = set(Message.objects.filter(channel="email").values_list("recipient", flat=True))
    assert "" not in found
    return found


def api(user) -> Client:
    scopes = ("desk:read", "desk:write", "contacts:read", "cabinet:read", "cabinet:write")
    return Client(headers={"authorization": f"Token {tokens.issue(user, name='t', scopes=scopes)}"})


def test_every_page_of_the_desk_opens_and_says_who_answers(bare, operator, chief):
    for user in (operator, chief):
        desk = as_user(user)
        for page in (
            *(WORK, f"{WORK}?tab=new", f"{WORK}?q=иванов", f"{WORK}?q={bare.number}"),
            *(f"{WORK}board/", f"{WORK}queue/", f"{WORK}queue/?view=everything"),
            *("/admin/accounts/contactlook/", f"{WORK}{bare.pk}/history/"),
        ):
            assert desk.get(page).status_code in {200, 302, 403}, page
        assert WORDS in desk.get(f"{WORK}{bare.pk}/change/").content.decode()
        shown = desk.post(f"{WORK}{bare.pk}/contact/")
        assert shown.status_code == 200
        assert "Пётр Иванов" in shown.content.decode()
        assert WORDS in shown.content.decode()
    program = api(operator)
    card = program.get(f"/api/v1/desk/requests/{bare.number}/")
    assert card.json()["reach"] == {"email": False, "phone": False}
    assert program.get("/api/v1/desk/requests/").status_code == 200


def test_erased_contact_is_told_from_one_that_never_came(bare, operator):
    RequestContact.objects.all().delete()
    page = as_user(operator).get(f"{WORK}{bare.pk}/change/").content.decode()
    assert WORDS not in page
    assert "контакт удалён" in page


def test_the_executor_works_on_it_and_is_told_who_answers(bare, company_user):
    lifecycle.move(bare, Status.ACCEPTED, by=actor_of(company_user), at=timezone.now() - HOUR)
    browser, program = as_user(company_user), api(company_user)
    for page in (
        "/cabinet/requests/",
        f"/cabinet/requests/{bare.number}/",
        f"/cabinet/requests/{bare.number}/link/",
        "/cabinet/requests/table/",
    ):
        assert browser.get(page).status_code == 200, page
    assert WORDS in browser.post(f"/cabinet/requests/{bare.number}/contact/").content.decode()
    told = program.post(f"/api/v1/cabinet/requests/{bare.number}/contact/")
    assert told.json() == {"name": "Пётр Иванов", "phone": ""}


def test_every_step_to_its_end_writes_no_letter_to_nobody(bare, company_user, operator):
    by, at = actor_of(company_user), timezone.now()
    staff = actor_of(operator)
    for source in (Status.ACCEPTED, Status.IN_PROGRESS):
        bare = lifecycle.move(bare, source, by=by, at=at)
    lifecycle.comment(bare, by=by, at=at, text="Едем")
    lifecycle.comment(bare, by=staff, at=at, text="Мастер едет")
    details = lifecycle.Details(text="Протечки нет", outcome=Outcome.NOT_CONFIRMED)
    bare = lifecycle.move(bare, Status.CLOSED, by=staff, at=at, details=details)
    assert bare.outcome == Outcome.NOT_CONFIRMED
    # Nobody can be called about it.
    quality.draw(at.date())
    assert not QualityCall.objects.exists()
    letters()


def test_an_incident_takes_it_in_and_ends_it_without_a_letter(bare, chief, building):
    by, at = actor_of(chief), timezone.now()
    incident = opening.open_incident(
        kind="fault", utility="heating", category=bare.category_id, title="Порыв",
        started_at=at - HOUR, buildings=[building.pk], by=by, at=at,
    )  # fmt: skip
    opening.attach(incident, [bare], by=by, at=at)
    jobs.run(at=at)
    ending.cancel(incident.pk, reason="Ошибка", by=by, at=at)
    jobs.run(at=at)
    assert not Message.objects.filter(event__startswith="incident.", recipient="").exists()
    letters()


def test_a_second_matter_in_it_keeps_the_law_it_came_by(bare, operator):
    """Nobody agreed to anything here: the second request must not say that they did."""
    second = ties.split(
        bare,
        category="cw_leak",
        description="И ещё течёт кран",
        by=actor_of(operator),
        at=timezone.now(),
    )
    held = second.contact
    assert (held.name, held.email, held.phone, held.consent_version) == (
        "Пётр Иванов", "", "", "59-FZ",
    )  # fmt: skip
    letters()


def test_two_of_one_fault_are_joined_and_ended_without_a_letter(bare, new_request, operator):
    other = intake.file(new_request(), by=System(), at=timezone.now() - HOUR).request
    by = actor_of(operator)
    ties.merge(bare, into=other.number, text="Одно и то же", by=by, at=timezone.now())
    bare.refresh_from_db()
    assert bare.outcome == "duplicate"
    assert all(one.recipient for one in Message.objects.filter(topic=f"request:{bare.number}"))


def test_whoever_has_the_code_reads_it_and_no_public_page_stumbles(bare, admin_user, client):
    code = tracking_code.of(bare)
    for page in (
        f"/requests/{bare.number}/?code={code}",
        f"/api/v1/requests/{bare.number}/?code={code}",
        *("/requests/", f"/buildings/{bare.building_id}/", "/api/v1/requests/"),
    ):
        answer = client.get(page, follow=True)
        assert answer.status_code == 200, page
        assert "Иванов" not in answer.content.decode()
    staff = as_user(admin_user)
    for page in ("/admin/requests_app/outsideletter/", f"{WORK}?tab=all"):
        assert staff.get(page).status_code == 200, page
