"""
One row of every kind that an address names: what the tests of who may and who sees walk over.

Rows are made by the rooms' own rules where these are quick, and owned by the cast: the resident
asked, the company works, the operator and the chief sit at the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts import roles
from accounts.actors import Executor, Operator, Resident, System
from accounts.models import Upload, User
from accounts.uploads import accept
from claims import lifecycle as claim_steps
from claims.court import opening
from claims.models import AidGround, CaseHearing, Claim, CourtCase
from claims.statuses import ClaimStatus
from disclosure.forms_standard.checking import Content
from disclosure.models import (
    Building,
    CorrectionRequest,
    DisclosureForm,
    ManagementCompany,
    OpenDataArchive,
    OpenDataFile,
    Publication,
)
from disclosure.publications import drafts, publishing, reports
from notifications.models import (
    Follow,
    Message,
    State,
    WebhookAttempt,
    WebhookSecret,
    WebhookSubscription,
)
from notifications.webhooks import spreading
from outreach.hotline import call_backs, cards
from outreach.models import (
    CallBack,
    Certificate,
    Feedback,
    Guide,
    Host,
    HouseCouncil,
    Meeting,
    OfficeHolder,
    Seminar,
    SeminarState,
    Slot,
    Tos,
    TosHouse,
    Waiting,
)
from outreach.questions import asking
from outreach.reception import booking as bookings
from outreach.reception import letters as reception_letters
from outreach.seminars import letters as seminar_letters
from outreach.seminars import signing_up
from ratings import publishing as rating_publishing
from ratings import snapshots
from requests_app import lifecycle, repair_links, tracking_code
from requests_app.desk import bulk
from requests_app.exchange import sending
from requests_app.incidents import opening as incident_opening
from requests_app.models import (
    Batch,
    Category,
    ExchangeKind,
    HeardRequest,
    Incident,
    IncidentJob,
    IncidentProposal,
    Norm,
    OutsideLetter,
    QualityCall,
    Request,
    RequestLink,
    SavedFilter,
)
from requests_app.outside import reading
from requests_app.statuses import Status
from tests.city_fixtures import COMPANY_INN, NOON, ORDINARY
from tests.requests_app.filing_steps import picture

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS = "203.0.113.9"
OUTAGE = "cw_none"
BILL = {
    "utility": "heating",
    "month": "2026-03",
    "charge": "3000",
    "metered": True,
    "intervals": [
        {
            "kind": "interruption",
            "start": "2026-03-02T08:00:00+04:00",
            "end": "2026-03-03T14:00:00+04:00",
            "room_celsius": "15",
        }
    ],
}


@dataclass
class PlantedCity:
    """The rows, and what addresses call them."""

    at: datetime
    going: Request
    done: Request
    fixed: Request
    fresh: Request
    # Only an answer in words is owed.
    letter: Request
    # Bound to `fresh`.
    tied: Request
    incident: Incident
    other_incident: Incident
    case: CourtCase
    sued: Claim
    # By the name of a parameter, or by the whole address before it.
    names: dict[str, Any] = field(default_factory=dict)

    def names_for(self, route: str, others: dict[str, Any]) -> dict[str, Any]:
        """Return what the parameters of a route are called; `others` come first."""
        own = {
            name: value
            for name, value in self.names.items()
            if not (name.startswith("/") and name.rsplit("/", 1)[1] in others)
        }
        if "/court/" in route:
            own["number"] = self.sued.request.number
        return {**own, **others}


@pytest.fixture
def lawyer(roles_loaded: None) -> User:
    """Return who leads the case."""
    user = User.objects.create_user("lawyer@example.org", name="Киселёв Артём", is_staff=True)
    user.groups.add(Group.objects.get(name=roles.LAWYERS))
    return user


@pytest.fixture
def planted_city(
    make_request: Callable[..., Request],
    categories: dict[str, Category],
    building: Building,
    company: ManagementCompany,
    resident: User,
    operator: User,
    company_user: User,
    lawyer: User,
) -> PlantedCity:
    """Plant everything."""
    now = timezone.now()
    at = now - 20 * HOUR
    owner = Resident(id=resident.pk)
    desk = Operator(id=operator.pk, sees_contacts=True, is_admin=False)
    firm = Executor(id=company_user.pk, inns=(COMPANY_INN,))
    Building.objects.filter(pk=building.pk, district="").update(district="Заречный")
    photo = _photo(owner, now)
    going = make_request(status=Status.IN_PROGRESS, public=True, at=at, uploads=(photo.pk,))
    done = make_request(status=Status.DONE, public=True, at=at)
    fresh = make_request(status=Status.NEW, public=True, at=at)
    fixed = make_request(status=Status.CLOSED, at=at)
    tied = make_request(status=Status.NEW, at=at)
    letter = make_request(category=_answered_in_words(), status=Status.REDIRECTED, at=at)
    RequestLink.objects.create(first=fresh, second=tied)
    link = repair_links.give(going, for_whom="слесарь Фёдоров", lasts=DAY, by=firm, at=now)
    lifecycle.internal_note(going, by=desk, at=now, text="Звонила соседка")
    call = QualityCall.objects.create(request=fixed, drawn_on=at.date())
    saved = SavedFilter.objects.create(owner=operator, name="Двери", query="tab=new")
    incident, other = (
        incident_opening.open_incident(
            kind="fault", utility="cold_water", category=categories[OUTAGE].pk, title=title,
            started_at=at, buildings=[building.pk], by=desk, at=at,
        )
        for title in ("Порыв на Садовой", "Порыв на Садовой, второй")
    )  # fmt: skip
    proposed, accepted = _bursts(building, fresh, incident, operator, now)
    names = {
        "number": going.number,
        "code": tracking_code.of(going),
        "inn": company.inn,
        "company": company.inn,
        "reference": company.inn,
        "form": "json",
        "district": "Заречный",
        "q": "Садовая",
        "category": ORDINARY,
        "service_code": ORDINARY,
        "service_request_id": going.number,
        "building": building.pk,
        "upload": str(photo.pk),
        "upload_id": str(photo.pk),
        "place": 1,
        "source": "pos",
        "operator": operator.pk,
        "/open311/v2/tokens/token": going.number,
        "/api/v1/buildings/pk": building.pk,
        "/api/v1/desk/buildings/pk": building.pk,
        "/buildings/pk": building.pk,
        "/api/v1/requests/pk": going.pk,
        "/requests/follow/pk": going.pk,
        "/api/v1/incidents/pk": incident.pk,
        "/api/v1/desk/incidents/pk": incident.pk,
        "/outages/pk": incident.pk,
        "/api/v1/desk/quality-calls/pk": call.pk,
        "/api/v1/desk/filters/pk": saved.pk,
        "/api/v1/desk/proposals/pk": proposed.pk,
        "accepted_proposal": accepted.pk,
        "/repair/token": link.token,
        f"/api/v1/desk/incidents/{incident.pk}/jobs/job": (
            IncidentJob.objects.filter(incident=incident).earliest("pk").pk
        ),
        f"/api/v1/cabinet/requests/{going.number}/links/pk": link.link.pk,
    }
    case = _claim(make_request, owner, desk, lawyer, names)
    bulk.accept([fresh.pk], by=desk, at=now, key="")
    # It may be undone for two minutes, and a busy machine may take longer to ask.
    Batch.objects.update(made_at=now + HOUR)
    _batches(firm, desk, going, building, names, now)
    _hotline(desk, names, now)
    _meetings(resident, building, names, now)
    _questions(resident, desk, names, now)
    _webhook(resident, names, now)
    _published(company, building, firm, names)
    Follow.objects.create(
        email="follower@example.org", topic=f"incident:{incident.pk}", created_at=at
    )
    CorrectionRequest.objects.create(
        building=building, matter="address", text="Дом снесли", email="who@example.org", sent_at=at
    )
    return PlantedCity(
        at=at, going=going, done=done, fixed=fixed, fresh=fresh, letter=letter, tied=tied,
        incident=incident, other_incident=other, case=case, sued=case.claim, names=names,
    )  # fmt: skip


def _answered_in_words() -> str:
    norms = Norm.objects.filter(answer_amount=10, answer_unit="working_days", fix_amount=None)
    return str(norms.order_by("category__slug")[0].category.slug)


def _photo(owner: Resident, at: datetime) -> Upload:
    return accept(picture(), by=owner, address=ADDRESS, at=at)


def _bursts(
    building: Building, item: Request, incident: Incident, operator: User, now: datetime
) -> list[IncidentProposal]:
    """Plant a proposed incident, and one that became the incident."""
    seen = {
        "utility": "cold_water", "scope": "house", "building": building,
        "street": building.street, "zone": "x", "first_at": now - HOUR, "last_at": now,
        "raised_at": now, "counted": "callers", "window_minutes": 30, "seen": 3, "expected": 0.1,
        "chance": 0.001,
    }  # fmt: skip
    decided = {"state": "accepted", "incident": incident, "decided_by": operator, "decided_at": now}
    made = [IncidentProposal.objects.create(**seen, **more) for more in ({}, decided)]
    HeardRequest.objects.update_or_create(
        request=item,
        defaults={
            "at": now, "utility": "cold_water", "building": building, "street": building.street,
            "zone": "x", "caller": "0" * 16, "flats": 80, "proposal": made[0],
        },
    )  # fmt: skip
    return made


def _claim(
    make_request: Callable[..., Request], owner: Resident, desk: Operator, lawyer: User,
    names: dict[str, Any],
) -> CourtCase:  # fmt: skip
    """Plant a claim that its executor may answer, and one that went to court."""
    waiting = claim_steps.file(make_request(status=Status.IN_PROGRESS), BILL, by=owner, at=NOON)
    for room in ("cabinet", "desk"):
        names[f"/api/v1/{room}/claims/number"] = waiting.number.split("/")[0]
    sued = claim_steps.file(
        make_request(status=Status.IN_PROGRESS, flat="14"), BILL, by=owner, at=NOON,
        account="ЛС-77310",
    )  # fmt: skip
    said = claim_steps.Details(text="Юристу")
    for step in (ClaimStatus.REFUSED, ClaimStatus.LAWYER):
        sued = claim_steps.move(sued, step, by=desk, at=NOON, details=said)
    case = opening.open_for(sued, lawyer, by=desk, at=NOON)
    CaseHearing.objects.create(
        case=case, starts_at=timezone.now() + 9 * DAY, place="Зал 4", zone="Europe/Ulyanovsk",
        changed_at=NOON,
    )  # fmt: skip
    names["/court/pk"] = case.pk
    AidGround.objects.create(
        code="utilities", part="matter", words="Коммунальные услуги", clause="324-ФЗ, ст. 20",
        source="324-ФЗ", since=date(2012, 1, 15),
    )  # fmt: skip
    AidGround.objects.create(
        code="disabled", part="person", words="Инвалид", clause="324-ФЗ, ст. 20",
        source="324-ФЗ", since=date(2012, 1, 15),
    )  # fmt: skip
    return case


def _batches(
    firm: Executor, desk: Operator, going: Request, building: Building, names: dict[str, Any],
    now: datetime,
) -> None:  # fmt: skip
    row = sending.Sent(key="a", number=going.number, body={"to": "done", "text": "Готово"})
    states = sending.store(ExchangeKind.STATES, [row], by=firm, at=now)
    letter = {
        "number": "77-1", "received_at": now.isoformat(), "address": building.address,
        "text": "Нет воды", "name": "Пётр Ким", "phone": "+79000000055",
    }  # fmt: skip
    letters = sending.store(
        ExchangeKind.LETTERS, [reading.sent(letter, at=now)], by=desk, at=now, source="pos"
    )
    waiting = OutsideLetter.objects.create(
        source="pos", number="77-0", received_at=now, taken_at=now, state="to_sort", changed_at=now,
        address="Неведомая 1", unclear="address", payload=letter, fingerprint="0" * 64,
    )  # fmt: skip
    names["/api/v1/cabinet/batch/batch_id"] = states.pk
    names["/api/v1/outside/pos/batches/batch_id"] = letters.pk
    names["/api/v1/desk/outside-letters/pk"] = waiting.pk


def _hotline(desk: Operator, names: dict[str, Any], now: datetime) -> None:
    call = cards.start("+79000000009", by=desk, started_at=now, at=now, idempotency_key="planted")
    names["/api/v1/desk/calls/pk"] = call.pk
    back = CallBack.objects.create(
        starts_at=now - 5 * timedelta(minutes=1), line=1, phone="+79000000007", name="Анна",
        topic="utilities", question="Когда включат?", made_at=now - HOUR,
    )  # fmt: skip
    names["/api/v1/desk/call-backs/pk"] = back.pk
    names["/consultations/call-back/token"] = call_backs.token_of(back)


def _meetings(resident: User, building: Building, names: dict[str, Any], now: datetime) -> None:
    host = Host.objects.create(name="Киселёв А. П.", post="Юрист")
    begins = now.replace(minute=0, second=0, microsecond=0) + 3 * DAY
    free, taken = (
        Slot.objects.create(
            host=host, kind="office", place="кабинет 7",
            during=DateTimeTZRange(begins + n * HOUR, begins + (n + 1) * HOUR),
        )
        for n in range(2)
    )  # fmt: skip
    visitor = bookings.Visitor(
        name="Анна", email="anna@example.org", question="Перерасчёт", consent=True
    )
    booked = bookings.book(taken.pk, visitor, user_id=resident.pk, at=now)
    Waiting.objects.create(host=host, email="waits@example.org", asked_at=now)
    names["slot"] = free.pk
    names["/api/v1/desk/reception/bookings/pk"] = booked.pk
    names["/reception/bookings/token"] = reception_letters.token_of(booked)
    seminar = Seminar.objects.create(
        title="Как читать квитанцию", topic="bills", about="Построчно.", speaker="Юрист",
        place="кабинет 7", capacity=20, closes_at=begins - HOUR, state=SeminarState.OPEN,
        changed_at=now, online_link="https://meet.example.org/room",
    )  # fmt: skip
    Meeting.objects.create(seminar=seminar, starts_at=begins, ends_at=begins + 2 * HOUR)
    person = signing_up.Person(name="Анна Ивановна Ким", email="anna@example.org", consent=True)
    joined = signing_up.sign_up(seminar.pk, person, user_id=resident.pk, at=now)
    Feedback.objects.create(sign_up=joined, mark=5, text="Понятно", at=now)
    Certificate.objects.create(number="К-2026-0001", sign_up=joined, issued_at=now, meetings=1)
    names["/api/v1/seminars/pk"] = names["/seminars/pk"] = seminar.pk
    names["/seminars/mine/token"] = seminar_letters.token_of(joined)
    tos = Tos.objects.create(name="ТОС «Соседи»", district="Заречный", is_published=True)
    TosHouse.objects.create(tos=tos, building=building)
    council = HouseCouncil.objects.create(building=building, elected_on=now.date() - 30 * DAY)
    for where in ({"tos": tos}, {"council": council}):
        OfficeHolder.objects.create(
            name="Звездочётова Анна", phone="+79000000057", email="chair@example.org",
            since=now.date() - 30 * DAY, **where,
        )  # fmt: skip
    names["/api/v1/tos/pk"] = names["/tos/pk"] = tos.pk


def _questions(resident: User, desk: Operator, names: dict[str, Any], now: datetime) -> None:
    Guide.objects.create(
        slug="guide-to-read", title="Памятка", question="Что делать?", topic="house",
        summary="Позвоните.", body="Текст", clauses="п. 1", sources="Акт", reviewed_on=now.date(),
    )  # fmt: skip
    new = asking.NewQuestion(
        topic="bills", text="Что делать с начислением за февраль?", name="Анна Петрова",
        email="anna@example.org", may_publish=True, consent=True,
    )  # fmt: skip
    question = asking.ask(new, user_id=resident.pk, at=now - DAY)
    question.answer = "Подайте заявление."
    question.save(update_fields=["answer"])
    asking.answer(question, by=desk, at=now - HOUR)
    question.refresh_from_db()
    question.public_question, question.public_answer = "Как вернуть деньги?", "Подайте заявление."
    question.save(update_fields=["public_question", "public_answer"])
    asking.publish(question, at=now)
    names["/api/v1/questions/pk"] = names["/questions/pk"] = question.pk
    names["question"] = asking.ask(new, user_id=None, at=now).pk
    names["/api/v1/desk/questions/pk"] = names["question"]


def _webhook(resident: User, names: dict[str, Any], now: datetime) -> None:
    # Not by the rule: that looks the receiver's name up.
    held = WebhookSubscription.objects.create(
        owner=resident, name="Карта", url="https://hooks.example.org/in",
        events=["request.filed"], created_at=now,
    )  # fmt: skip
    WebhookSecret.objects.create(subscription=held, made_at=now)
    sent = Message.objects.create(
        event="webhook", channel="webhook", template="webhook", recipient=held.url, user=resident,
        context={"id": "1", "type": "request.filed"}, topic=spreading.topic(held.pk), why="",
        dedupe_key="webhook:planted", state=State.DEAD, created_at=now, not_before=now,
    )  # fmt: skip
    WebhookAttempt.objects.create(message=sent, at=now, took_ms=7, status=500, answer="Oops")
    names["/api/v1/webhooks/pk"] = held.pk
    names[f"/api/v1/webhooks/{held.pk}/deliveries/number"] = sent.pk


def _published(
    company: ManagementCompany, building: Building, firm: Executor, names: dict[str, Any]
) -> None:
    """Publish a form of disclosure, a rating, and the day's files of open data."""
    call_command("load_forms", stdout=StringIO())
    DisclosureForm.objects.update(loaded_at=NOON - 60 * DAY)
    report = reports.find(company, str(building.pk), "2.6", on=NOON.date())
    said = Content({"fund": "3", "payment_amount_for_1sm": "12,50"}, {})
    saved = drafts.save(report, said, revision=0, tab="t", by=firm, at=NOON)
    publishing.publish(report, revision=saved.draft.revision, by=firm, at=NOON)
    names["/api/v1/publications/pk"] = Publication.objects.latest("pk").pk
    names["/api/v1/disclosure/forms/code"] = "2.6"
    drawn = snapshots.draft(date(2026, 3, 1), at=NOON + 34 * DAY)
    rating_publishing.publish(drawn.pk, by=System(), at=NOON + 44 * DAY, waiver="Для проверки")
    key = default_storage.save("planted.csv", ContentFile(b"address\n"))
    of_day = {"day": NOON.date(), "sha256": "0" * 64, "storage_key": key, "size": 8, "rows": 1}
    OpenDataFile.objects.create(
        table="houses", ext="csv", made_at=NOON, content_sha256="0" * 64, **of_day
    )
    OpenDataArchive.objects.create(
        state="ready", started_at=NOON, moved_at=NOON, made_at=NOON, finished_at=NOON, **of_day
    )
    names["day"], names["name"], names["ext"] = NOON.date().isoformat(), "houses", "csv"
    names["period"] = "2026-03"
    names["version"] = drawn.methodology.version
