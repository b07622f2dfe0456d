"""Opening a case: of a claim that was handed to a lawyer, or for somebody who came in person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.actors import Actor, Lawyer, Operator, user_id_of
from accounts.models import User
from claims.calculator.wording import service_label
from claims.court import letters, story
from claims.court.people import check_lawyer
from claims.court.refusals import NotFound, Refused
from claims.court.statuses import CaseKind, PartyRole, Side
from claims.court.typed import email_of, phone_of
from claims.models import CaseParty, Claim, CourtCase
from claims.statuses import ClaimStatus
from requests_app.models import RequestContact
from requests_app.typed_text import one_line


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody who came in person, without a claim on the portal."""

    name: str
    subject: str
    email: str = ""
    phone: str = ""
    address: str = ""
    kind: str = CaseKind.SUIT


def open_for(claim: Claim, lawyer: User, *, by: Actor, at: datetime) -> CourtCase:
    """
    Open the case of a claim that was handed to a lawyer, its parties and sums filled in.

    A second press returns the first one's case. Raise NotFound (also for a claim that stands
    elsewhere) and Refused for somebody who is no lawyer.
    """
    with transaction.atomic():
        # Lock before reading: a double click must find the first case.
        row = (
            Claim.objects.select_for_update(of=("self",))
            .select_related("request__building", "company", "supplier")
            .filter(pk=claim.pk)
            .first()
        )
        if row is None or not isinstance(by, Operator | Lawyer):
            raise NotFound
        first = CourtCase.objects.filter(claim=row).first()
        if first is not None:
            return first
        if row.status != ClaimStatus.LAWYER:
            raise Refused("", _("The claim is not handed to a lawyer."), "not_handed")
        check_lawyer(lawyer)
        said = {"service": service_label(row.service).lower(), "month": f"{row.month:%m.%Y}"}
        case = CourtCase.objects.create(
            claim=row,
            lawyer=lawyer,
            plaintiff_id=row.request.resident_id,
            subject=_("Recalculation of the charge for %(service)s, %(month)s") % said,
            principal_rub=row.amount_rub,
            penalty_price_rub=row.charge_rub,
            penalty_from=_penalty_from(row),
            opened_at=at,
            changed_at=at,
        )
        CaseParty.objects.bulk_create(_parties(case, row))
        story.keep_request(case, at)
        event = story.event(case, "open", Side.STAFF, by, at)
        letters.told(case, event, at=at)
    return case


def _penalty_from(claim: Claim) -> date | None:
    """Return the day after the ten the consumer law gives (ЗоЗПП, ст. 31 п. 1)."""
    pressed = claim.pressed_at or claim.filed_at
    return timezone.localtime(pressed).date() + timedelta(days=10)


def _parties(case: CourtCase, claim: Claim) -> list[CaseParty]:
    request = claim.request
    contact = RequestContact.objects.filter(request=request).first()
    flat = _(", flat %(flat)s") % {"flat": request.flat} if request.flat else ""
    organisation = claim.company or claim.supplier
    return [
        CaseParty(
            case=case,
            role=PartyRole.PLAINTIFF,
            name=contact.name if contact else "",
            address=f"{request.building.address}{flat}"[:300],
            phone=contact.phone if contact else "",
            email=contact.email if contact else "",
        ),
        CaseParty(
            case=case,
            role=PartyRole.DEFENDANT,
            name=claim.executor_name,
            inn=claim.executor_inn,
            address=(getattr(organisation, "address", "") or "")[:300],
            email=getattr(organisation, "email", "") or "",
        ),
    ]


def open_anew(
    who: Newcomer, lawyer: User, *, by: Actor, at: datetime, idempotency_key: str
) -> CourtCase:
    """
    Open a case for somebody who came in person; raise Refused naming the field.

    An e-mail that is an account's lets its holder see the case. A second press with the same key
    returns the first one's case.
    """
    if not isinstance(by, Operator | Lawyer):
        raise NotFound
    name, subject = one_line(who.name)[:300], one_line(who.subject)[:500]
    if not name:
        raise Refused("name", _("Say who sues."), "name")
    if not subject:
        raise Refused("subject", _("Say what the suit is about."), "subject")
    email, phone = email_of(who.email), phone_of(who.phone)
    with transaction.atomic():
        claimed = idempotency.claim(
            scope=f"court:{user_id_of(by)}",
            key=idempotency_key,
            fingerprint=idempotency.fingerprint_of({**vars(who), "lawyer": lawyer.pk}),
            at=at,
        )
        if isinstance(claimed, idempotency.Replay):
            return CourtCase.objects.get(pk=claimed.result["case"])
        check_lawyer(lawyer)
        holder = User.objects.filter(email=email, is_active=True).first() if email else None
        case = CourtCase.objects.create(
            lawyer=lawyer,
            plaintiff=holder,
            kind=CaseKind(who.kind),
            subject=subject,
            opened_at=at,
            changed_at=at,
        )
        CaseParty.objects.create(
            case=case,
            role=PartyRole.PLAINTIFF,
            name=name,
            address=one_line(who.address)[:300],
            phone=phone,
            email=email,
        )
        event = story.event(case, "open", Side.STAFF, by, at)
        letters.told(case, event, at=at)
        claimed.remember({"case": case.pk})
    return case
