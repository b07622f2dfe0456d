"""
Intake: the one way a request comes into being, whichever door it came through.

Request, first event, contact, audit row and letters are one transaction; no network is touched.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import emails, idempotency, phones
from accounts.actors import Actor, Executor, Operator, Resident, System
from disclosure.answerable import Answerable, answerable
from disclosure.models import Building
from notifications.webhooks.emitting import emit
from requests_app import files, letters, promises, tracking_code
from requests_app.models import (
    Author,
    Category,
    Ending,
    EventKind,
    Incident,
    Norm,
    Request,
    RequestContact,
    RequestEvent,
)
from requests_app.statuses import Channel, Status
from requests_app.typed_text import one_line, paragraphs

DESCRIPTION_MAX = 5_000
NAME_MAX = 200
FLAT_MAX = 12
CONSENT_VERSION = "2026-11"
# The matter filed for the money alone, when the outage is over.
RECALCULATION = "bl_recalc_quality"
# A payment may be disputed for so long (ГК РФ, ст. 196).
MONEY_WITHIN = timedelta(days=3 * 365)
# Росархив's list keeps appeals for five years (domain.md §7).
RETENTION = timedelta(days=5 * 366)


class Invalid(Exception):
    """What came in cannot become a request; `errors` names each field and what is wrong."""

    def __init__(self, errors: dict[str, str], *, code: str = "invalid") -> None:
        super().__init__(", ".join(errors))
        self.errors = errors
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Contact:
    """How to reach the person: e-mail or phone, as typed."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class NewRequest:
    """
    What every door hands over: form, API, phone intake, Open311.

    `holder` is the form that took the uploads in, if one did; see `files.cannot_attach`.
    """

    category: str
    building: int
    description: str
    contact: Contact
    consent: bool
    entrance: str = ""
    flat: str = ""
    public: bool = False
    uploads: tuple[UUID, ...] = ()
    holder: str = ""
    channel: Channel = Channel.WEB
    incident: int | None = None
    resident_id: int | None = None
    # An appeal under 59-ФЗ, or words spoken at the reception (ст. 13).
    is_appeal: bool = False
    is_oral: bool = False
    # By what law an outside portal hands the contact over: the person agreed there, is answered
    # there, and was recognised there. "" where they came to us themselves.
    basis: str = ""


@dataclass(frozen=True)
class Filed:
    """A request as it was taken in, with the code that is shown once."""

    request: Request
    tracking_code: str
    is_repeat: bool = False


@dataclass
class _Checked:
    """The same values, cleaned and looked up; `errors` is empty when all is well."""

    errors: dict[str, str] = field(default_factory=dict)
    description: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    entrance: str = ""
    flat: str = ""
    category: Category | None = None
    norm: Norm | None = None
    building: Building | None = None
    incident: Incident | None = None


def check(new: NewRequest, *, by: Actor, at: datetime) -> dict[str, str]:
    """Return what is wrong with `new`, field by field; nothing is written."""
    with transaction.atomic():
        return _checked(new, by=by, at=at).errors


def file(new: NewRequest, *, by: Actor, at: datetime, idempotency_key: str = "") -> Filed:
    """
    Take `new` in and return it with its tracking code.

    A repeated `idempotency_key` with the same content returns the first request again; with other
    content it raises accounts.idempotency.KeyReused. Raise Invalid naming each wrong field.
    """
    with transaction.atomic():
        fresh: idempotency.Fresh | None = None
        if idempotency_key:
            claimed = idempotency.claim(
                scope=f"file:{_scope(by)}",
                key=idempotency_key,
                fingerprint=_fingerprint(new),
                at=at,
            )
            if isinstance(claimed, idempotency.Replay):
                earlier = Request.objects.select_related("category").get(
                    pk=claimed.result["request"]
                )
                return Filed(earlier, tracking_code.of(earlier) or "", is_repeat=True)
            fresh = claimed
        checked = _checked(new, by=by, at=at)
        if checked.errors:
            raise Invalid(checked.errors)
        item, code = _store(new, checked, by=by, at=at)
        if fresh:
            fresh.remember({"request": item.pk})
    return Filed(item, code)


def _scope(by: Actor) -> str:
    match by:
        case Operator(id=person) | Executor(id=person) | Resident(id=person):
            return str(person)
    return "anybody"


def _fingerprint(new: NewRequest) -> str:
    return idempotency.fingerprint_of(asdict(new))


def _checked(new: NewRequest, *, by: Actor, at: datetime) -> _Checked:
    found = _Checked(
        description=paragraphs(new.description),
        name=one_line(new.contact.name),
        email=one_line(new.contact.email),
        entrance=one_line(new.entrance),
        flat=one_line(new.flat),
    )
    errors = found.errors
    _check_matter(new, found, at)
    _check_place(new, found, at)
    if not found.description:
        errors["description"] = _("Describe what happened.")
    elif len(found.description) > DESCRIPTION_MAX:
        errors["description"] = _(
            "The description is too long: %(length)d characters, at most %(limit)d."
        ) % {"length": len(found.description), "limit": DESCRIPTION_MAX}
    _check_contact(new, found)
    _check_kind(new, found, by)
    # An operator splits in two what came so.
    if new.basis and not isinstance(by, System | Operator):
        errors["basis"] = _("Only letters from outside portals come without consent.")
    if not new.consent and not new.basis:
        errors["consent"] = _("Without consent to process the contact we cannot take the request.")
    wrong_files = files.cannot_attach(new.uploads, by=by, holder=new.holder)
    if wrong_files:
        errors["uploads"] = wrong_files
    return found


def _check_matter(new: NewRequest, found: _Checked, at: datetime) -> None:
    errors = found.errors
    found.category, found.norm = _category(new.category, at)
    if found.category is None:
        errors["category"] = _("There is no such matter. Choose one from the list.")
    elif not _takes_requests(found.category):
        errors["category"] = _("Requests about this matter are no longer taken. Choose another.")
    elif found.norm is None:
        errors["category"] = _("Choose a more exact matter.")


def _takes_requests(category: Category) -> bool:
    """Return whether the matter is open; a closed top closes all below it."""
    return category.is_open and (category.parent is None or category.parent.is_open)


def _check_place(new: NewRequest, found: _Checked, at: datetime) -> None:
    errors = found.errors
    found.building = Building.objects.filter(pk=new.building).first()
    if found.building is None:
        errors["building"] = _("There is no such house in the register. Choose it from the list.")
    elif not found.building.is_open:
        errors["building"] = _("This house is closed in the register: requests are not taken.")
    if len(found.flat) > FLAT_MAX:
        errors["flat"] = _("The flat number is too long.")
    if len(found.entrance) > 8:
        errors["entrance"] = _("The entrance number is too long.")
    if new.incident is not None and found.building is not None:
        incidents = Incident.objects.open_at(at)
        if found.category is not None and found.category.slug == RECALCULATION:
            # Money is asked for when it is over: the request hangs on what it is asked for.
            incidents = Incident.objects.filter(ending=Ending.OVER, ended_at__gt=at - MONEY_WITHIN)
        found.incident = incidents.at_building(found.building.pk).filter(pk=new.incident).first()
        if found.incident is None:
            errors["incident"] = _("This incident is over or does not touch the house.")


def _check_contact(new: NewRequest, found: _Checked) -> None:
    if len(found.name) > NAME_MAX:
        found.errors["contact.name"] = _("The name is too long.")
    if found.email:
        try:
            found.email = emails.normalise(found.email)
        except ValueError:
            found.errors["contact.email"] = _("This is not an e-mail address: name@example.org.")
    phone = one_line(new.contact.phone)
    if phone:
        try:
            found.phone = phones.normalise(phone)
        except ValueError:
            found.errors["contact.phone"] = _("This is not a phone number: +7 900 000-00-00.")
    if not found.email and not phone and not new.basis:
        found.errors["contact.email"] = _("Leave an e-mail or a phone: we must be able to answer.")


def may_appeal(by: Actor) -> bool:
    """
    Return whether an appeal under 59-ФЗ may be taken from this person.

    Since 30.03.2025 (547-ФЗ) one sent over the net counts only from somebody the site has
    authenticated; on paper and at the reception staff register it.
    """
    return isinstance(by, Resident | Operator)


def _check_kind(new: NewRequest, found: _Checked, by: Actor) -> None:
    if new.is_appeal and not (may_appeal(by) or new.basis):
        found.errors["is_appeal"] = _(
            "Sign in to file an appeal under 59-ФЗ: since 30 March 2025 the law takes it only from "
            "a person whom the site has recognised. Without signing in we take a service request."
        )
    elif new.is_appeal and not found.name:
        # 59-ФЗ, ст. 7 и 11: without a surname an appeal gets no answer.
        found.errors["contact.name"] = _(
            "Write your surname and name: the law answers nobody else."
        )
    if new.is_oral and not isinstance(by, Operator):
        found.errors["is_oral"] = _("Only staff write down what was said at the reception.")


def _category(slug: str, at: datetime) -> tuple[Category | None, Norm | None]:
    """Return the category and the norm in force on the city's day of `at`, in one query."""
    slug = one_line(slug)
    day = timezone.localtime(at).date()
    norms = Norm.objects.select_related("category__parent").order_by()
    # At most one, by the table's own constraint: `first` would only sort.
    for norm in norms.filter(category__slug=slug, in_force__contains=day)[:1]:
        return norm.category, norm
    return Category.objects.filter(slug=slug).first(), None


def _store(new: NewRequest, found: _Checked, *, by: Actor, at: datetime) -> tuple[Request, str]:
    category, norm, building = found.category, found.norm, found.building
    assert category is not None
    assert norm is not None
    assert building is not None
    local = timezone.localtime(at)
    kind = promises.kind_for(norm, is_appeal=new.is_appeal, is_oral=new.is_oral)
    promise = promises.of(norm, kind, registered_at=at)
    who = _answering(found, building, norm, at)
    uid = uuid.uuid4()
    code = tracking_code.generate(uid)
    item = Request.objects.create(
        number=_next_number(local.year),
        uid=uid,
        code_hash=tracking_code.digest(code),
        channel=new.channel,
        registered_at=at,
        changed_at=at,
        category=category,
        building=building,
        entrance=found.entrance,
        flat=found.flat,
        description=found.description,
        public=new.public,
        resident_id=new.resident_id,
        status=Status.NEW,
        company=who.company,
        supplier=who.supplier,
        executor_inn=who.inn,
        executor_name=who.name,
        executor_phone=who.phone,
        incident=found.incident,
        norm=norm,
        norm_clause=norm.clause,
        norm_text=norm.text,
        is_emergency=category.emergency,
        react_by=promise.react_by,
        inspect_by=promise.inspect_by,
        fix_by=promise.fix_by,
        answer_by=promise.answer_by,
        due_at=promise.due_at,
        legal_kind=kind,
        promised=promises.first(norm, kind, registered_at=at),
    )
    contact = RequestContact.objects.create(
        request=item,
        name=found.name,
        email=found.email,
        phone=found.phone,
        consent_at=at,
        consent_version=new.basis or CONSENT_VERSION,
        retention_until=local.date() + RETENTION,
    )
    event = RequestEvent.objects.create(
        request=item,
        at=at,
        kind=EventKind.FILED,
        step="file",
        status=Status.NEW,
        author=Author.OPERATOR if isinstance(by, Operator) else Author.RESIDENT,
        user_id=by.id if isinstance(by, Operator | Resident) else None,
        data={"executor": who.name, "due_at": promise.due_at.isoformat()},
    )
    files.attach(item, event, new.uploads, at=at)
    letters.filed(item, contact, event, at=at)
    emit("request.filed", item.pk, at=at, status=item.status)
    return item, code


def _answering(found: _Checked, building: Building, norm: Norm, at: datetime) -> Answerable:
    day = timezone.localtime(at).date()
    if found.category is not None and found.category.slug == RECALCULATION and found.incident:
        # Whoever answered for the outage owes its money, on the day it began.
        day = timezone.localtime(found.incident.started_at).date()
        of_incident = _category(found.incident.category.slug, found.incident.started_at)[1]
        norm = of_incident or norm
    return answerable(building.pk, norm.answers, norm.utility, day)


def _next_number(year: int) -> str:
    """Return the next number of the year, «26-000123»; a rolled back intake leaves a gap."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT requests_app_next_number(%s)", [year])
        row = cursor.fetchone()
    return f"{year % 100:02d}-{row[0]:06d}"
