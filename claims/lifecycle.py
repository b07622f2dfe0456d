"""
Operations on claims: filing one, and every later step.

Each locks the row, re-reads it, asks the table of steps, and writes claim, event and letters in
one transaction. Nothing else writes `Claim.status`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.actors import Actor, user_id_of
from claims import letters, papers, parting, steps
from claims.calculator.wording import rubles
from claims.incidents.due import SERVICES as OF_INCIDENTS
from claims.models import (
    Claim,
    ClaimEvent,
    ClaimSpan,
    ClaimVersion,
    FigureRow,
    IncidentClaim,
    Recount,
    RecountState,
)
from claims.parting import Part
from claims.recalculation import evidence, parse, spans
from claims.recalculation.compute import calculate
from claims.recalculation.figures import Figures
from claims.recalculation.money import kopecks
from claims.recalculation.shapes import shown
from claims.recalculation.spans import Span
from claims.recalculation.values import Bill, Calculation, Interval, Kind, Service
from claims.statuses import OVER, ClaimStatus
from claims.steps import Need, Step
from requests_app import deadlines, special_days
from requests_app.deadlines import Limit, Unit
from requests_app.intake import RECALCULATION
from requests_app.lifecycle import role_of
from requests_app.models import Request
from requests_app.steps import Role
from requests_app.typed_text import one_line, paragraphs

TEXT_MAX = 5_000
MOST_CLAIMS = 50
# Which claims a request's matter allows: the top of the tree of matters.
SERVICES = {
    "heating": Service.HEATING,
    "hot_water": Service.HOT_WATER,
    "cold_water": Service.COLD_WATER,
    "sewerage": Service.SEWAGE,
    "electricity": Service.ELECTRICITY,
    "gas_vent": Service.GAS,
}


class Refused(Exception):
    """The operation is not made; `field` says what is wrong, `message` is for people."""

    def __init__(self, field: str, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.field, self.message, self.code = field, message, code


class NotFound(Refused):
    """The actor may not know of it: looks the same as if it did not exist."""

    def __init__(self) -> None:
        super().__init__("", _("There is no such claim."), "not_found")


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a step brings with it; which of these it must bring, the table says."""

    text: str = ""
    amount_rub: Decimal | None = None
    credited_in: date | None = None


def service_of(item: Request) -> Service | None:
    """Return the utility a request is about; None where no bill is reduced by the hour."""
    top = item.category.parent or item.category
    found = SERVICES.get(top.slug)
    if found is None and item.category.slug == RECALCULATION and item.incident is not None:
        # Filed after an incident, for the money alone: the incident knows the utility.
        return OF_INCIDENTS.get(item.incident.utility)
    return found


def file(
    item: Request,
    body: dict[str, Any],
    *,
    by: Actor,
    at: datetime,
    account: str = "",
    bills: Sequence[UUID] = (),
) -> Claim:
    """File as `file_parts` does and return the first claim: mostly there is one."""
    return file_parts(item, body, by=by, at=at, account=account, bills=bills)[0]


def file_parts(
    item: Request,
    body: dict[str, Any],
    *,
    by: Actor,
    at: datetime,
    account: str = "",
    bills: Sequence[UUID] = (),
    holder: str = "",
) -> list[Claim]:
    """
    File a claim on a request with the letter to its executor; return it.

    Where the house changed hands in mid-outage there is one claim to each organisation, and their
    sums add up to the whole. `bills` are uploads that `holder` (the request's own forms, if none is
    named) took in. Raise Refused (also NotFound) and parse.Invalid,
    writing nothing. Hours that a living claim of the same household already has are refused, that
    claim named.
    """
    zone = timezone.get_default_timezone()
    bill, intervals = parse.read(body, zone=zone)
    figures = FigureRow.objects.figures_on(bill.month)
    taken = _taken(bill, intervals, figures)

    def calculated(stretches: Sequence[Interval]) -> Calculation:
        return calculate(bill, stretches, figures=figures, zone=zone)

    with transaction.atomic():
        # Lock before reading: a double click must find the first claim.
        row = (
            Request.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=item.pk)
        ).first()
        role = role_of(by)
        if row is None or role not in {Role.RESIDENT, Role.OPERATOR}:
            raise NotFound
        if service_of(row) != bill.service:
            raise Refused("utility", _("The request is about another utility."), "other_utility")
        if not row.executor_name:
            raise Refused("", _("Nobody answers for this request yet."), "no_executor")
        if wrong := papers.cannot_attach(row, bills, by=by, holder=holder):
            raise Refused("bills", wrong, "bills")
        parts = parting.parts_of(row, bill.service, taken, zone=zone)
        # The words are kept with the sum, whatever language the sender reads.
        with translation.override(letters.LANGUAGE):
            shares = parting.shares(parts, intervals, calculated)
        if not any(share.reduction_rub for share in shares):
            raise Refused("intervals", _("By the law nothing is due for these hours."), "nothing")
        claims = []
        for part, share, hours in _worth(parts, shares, taken):
            claim = _new(row, bill, figures, part, at=at, account=one_line(account)[:40])
            claim.body = body if len(parts) == 1 else _within(body, hours)
            claim.found, claim.amount_rub = shown(share), share.reduction_rub
            if len(parts) > 1:
                # Nobody counts one part anew by itself: its permitted hours lie with the other.
                claim.found["parts"] = len(parts)
            claim.save(force_insert=True)
            _take_hours(claim, row, hours)
            _tie(claim, row, bill, hours)
            papers.attach(claim, bills, at=at)
            event = _event(claim, "file", role, by, at, amount=claim.amount_rub)
            letters.told(claim, event, tells={Role.EXECUTOR, Role.RESIDENT}, at=at)
            claims.append(claim)
    return claims


def _worth(
    parts: Sequence[Part], shares: Sequence[Calculation], taken: Sequence[Span]
) -> list[tuple[Part, Calculation, list[Span]]]:
    """
    Return the parts in which something is due, each with its hours.

    Hours within what the law permits are worth nothing by themselves: they go with the next part,
    whose hours they made count, so that nobody claims them anew.
    """
    found: list[tuple[Part, Calculation, list[Span]]] = []
    hours: list[Span] = []
    since = taken[0][0] if taken else 0
    for part, share in zip(parts, shares, strict=True):
        until = taken[-1][1] if part.until is None else part.until
        hours += spans.clip(taken, (since, until))
        since = until
        if share.reduction_rub:
            found.append((part, share, hours))
            hours = []
    found[-1][2].extend(hours)
    return found


def _new(
    row: Request, bill: Bill, figures: Figures, part: Part, *, at: datetime, account: str
) -> Claim:
    place = row.claims.count() + 1
    if place > MOST_CLAIMS:
        raise Refused("", _("A request can carry no more claims."), "too_many")
    is_own = (part.who.company, part.who.supplier) == (row.company, row.supplier)
    return Claim(
        request=row,
        place=place,
        number=f"{row.number}/{place}",
        service=str(bill.service),
        month=bill.month,
        account=account,
        figures={code: figure.value for code, figure in sorted(figures.by_code.items())},
        charge_rub=kopecks(bill.charge_rub),
        filed_at=at,
        changed_at=at,
        due_at=answer_due(figures, at, pretrial=False),
        company=part.who.company,
        supplier=part.who.supplier,
        executor_inn=row.executor_inn if is_own else part.who.inn,
        executor_name=row.executor_name if is_own else part.who.name,
    )


def _within(body: dict[str, Any], hours: Sequence[Span]) -> dict[str, Any]:
    """Return the body as one organisation's claim keeps it: only the stretches it answers for."""
    zone = timezone.get_default_timezone()
    since, until = (datetime.fromtimestamp(second, zone) for second in (hours[0][0], hours[-1][1]))
    kept = []
    for row in body["intervals"]:
        start, end = parse.moment_of(zone)(row["start"]), row.get("end")
        stops = until if not end else min(until, parse.moment_of(zone)(end))
        if start < until and stops > since:
            starts = max(start, since)
            kept.append({**row, "start": starts.isoformat(), "end": stops.isoformat()})
    return {**body, "intervals": kept}


def _tie(claim: Claim, row: Request, bill: Bill, hours: Sequence[Span]) -> None:
    """Say that the claim is about the incident its request hangs on, where its hours are."""
    incident = row.incident
    if incident is None or OF_INCIDENTS.get(incident.utility) != bill.service:
        return
    since = incident.started_at.timestamp()
    until = incident.ended_at.timestamp() if incident.ended_at else claim.filed_at.timestamp()
    if any(start < until and end > since for start, end in hours):
        IncidentClaim.objects.create(claim=claim, incident=incident)


def answer_due(figures: Figures, at: datetime, *, pretrial: bool) -> datetime:
    """Return by when the organisation must answer an application or a pre-trial claim."""
    code, unit = (
        ("claim.pretrial_days", Unit.CALENDAR_DAYS)
        if pretrial
        else ("claim.answer_working_days", Unit.WORKING_DAYS)
    )
    return deadlines.due(
        Limit(int(figures.number(code)), unit),
        registered_at=at,
        calendar=special_days.calendar_of(timezone.localtime(at).year),
        zone=timezone.get_default_timezone(),
        on_working_day=False,
    )


def _taken(bill: Bill, intervals: Iterable[Interval], figures: Figures) -> list[Span]:
    """Return the seconds of the month that a claim is about."""
    month = evidence.month_of(
        bill.month,
        zone=timezone.get_default_timezone(),
        night_ends=int(figures.number("night.ends")),
    )
    taken = spans.union(
        (
            int(one.start.timestamp()),
            month.span[1] if one.end is None else int(one.end.timestamp()),
        )
        for one in intervals
        if one.kind != Kind.NO_ACCESS
    )
    return list(spans.clip(taken, month.span))


def _take_hours(claim: Claim, row: Request, taken: Iterable[Span]) -> None:
    household = row.flat or row.number
    rows = [
        ClaimSpan(
            claim=claim,
            building_id=row.building_id,
            household=household,
            service=claim.service,
            during=DateTimeTZRange(
                datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
            ),
        )
        for start, end in taken
    ]
    try:
        with transaction.atomic():
            ClaimSpan.objects.bulk_create(rows)
    except IntegrityError:
        raise _doubled(rows, claim) from None


def _doubled(rows: list[ClaimSpan], claim: Claim) -> Refused:
    for span in rows:
        first = (
            Claim.objects.filter(
                spans__building_id=span.building_id,
                spans__household=span.household,
                spans__service=span.service,
                spans__is_living=True,
                spans__during__overlap=span.during,
            )
            .exclude(pk=claim.pk)
            .order_by("filed_at")
            .first()
        )
        if first is not None:
            text = _("These hours are already in claim %(number)s of %(sum)s.")
            said = text % {"number": first.number, "sum": rubles(first.amount_rub)}
            return Refused("intervals", said, "doubled")
    return Refused("intervals", _("These hours are already claimed."), "doubled")


def steps_open_to(claim: Claim, actor: Actor) -> list[Step]:
    """Return the steps the actor may make now, for buttons."""
    role = role_of(actor)
    return [] if role is None else steps.open_to(claim.status, role)


def move(
    claim: Claim,
    target: str,
    *,
    by: Actor,
    at: datetime,
    details: Details = Details(),
    seen_version: int | None = None,
) -> Claim:
    """
    Bring the claim to `target` and return it re-read; raise Refused and write nothing.

    With `seen_version` one that changed since is refused as "stale".
    """
    with transaction.atomic():
        row = (
            Claim.objects.visible_to(by)
            .select_for_update(of=("self",))
            .select_related("request")
            .filter(pk=claim.pk)
            .first()
        )
        role = role_of(by)
        if row is None or role is None:
            raise NotFound
        if seen_version is not None and seen_version != row.version:
            raise Refused("", _("This claim was changed meanwhile. Look at it again."), "stale")
        step = steps.find(row.status, target, role)
        if step is None:
            raise Refused("to", _("The claim does not stand where this can be done."), "forbidden")
        at = max(at, row.changed_at)
        text = _text(step, details)
        amount = _apply(row, step, details, at)
        row.status, row.changed_at, row.version = step.target, at, row.version + 1
        row.save(update_fields=_CHANGING)
        if step.target == ClaimStatus.WITHDRAWN:
            row.spans.update(is_living=False)
        event = _event(row, step.name, role, by, at, text=text, amount=amount)
        letters.told(row, event, tells=step.tells, at=at)
    return row


def take_recount(offer: Recount, *, by: Actor, at: datetime) -> Claim:
    """
    Let the claim demand what it was counted anew as, and return it; its old version is kept.

    Who had granted all of the old sum has granted a part of the new one. Raise Refused (also
    NotFound) and write nothing.
    """
    with transaction.atomic():
        row, recount, role = _offered(offer, by)
        if not recount.amount_rub:
            raise Refused("", _("By the law nothing is due for these hours."), "nothing")
        at = max(at, row.changed_at)
        ClaimVersion.objects.create(
            claim=row,
            version=row.version,
            figures=row.figures,
            body=row.body,
            found=row.found,
            charge_rub=row.charge_rub,
            amount_rub=row.amount_rub,
            replaced_at=at,
        )
        row.figures, row.body, row.found = recount.figures, recount.body, recount.found
        row.amount_rub = recount.amount_rub
        if row.status == ClaimStatus.GRANTED:
            row.status = ClaimStatus.PARTLY
        row.changed_at, row.version = at, row.version + 1
        row.save(update_fields=["figures", "body", "found", "amount_rub", *_CHANGING])
        _decide(recount, RecountState.TAKEN, at)
        event = _event(row, "recount", role, by, at, amount=row.amount_rub)
        letters.told(row, event, tells={Role.EXECUTOR}, at=at)
    return row


def leave_recount(offer: Recount, *, by: Actor, at: datetime) -> Claim:
    """Leave the claim as it was and return it; the same correction is not offered again."""
    with transaction.atomic():
        row, recount, role = _offered(offer, by)
        at = max(at, row.changed_at)
        _decide(recount, RecountState.LEFT, at)
        _event(row, "recount_left", role, by, at)
    return row


def _offered(offer: Recount, by: Actor) -> tuple[Claim, Recount, Role]:
    """Lock the claim, then its offer; raise Refused unless the actor may decide on it now."""
    row = (
        Claim.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("request")
        .filter(pk=offer.claim_id)
        .first()
    )
    role = role_of(by)
    if row is None or role not in {Role.RESIDENT, Role.OPERATOR}:
        raise NotFound
    recount = Recount.objects.select_for_update().get(pk=offer.pk)
    is_over = row.status in OVER or recount.was_rub != row.amount_rub
    if is_over or recount.state != RecountState.OFFERED:
        raise Refused("", _("This is decided already."), "decided")
    return row, recount, role


def _decide(recount: Recount, state: RecountState, at: datetime) -> None:
    recount.state, recount.decided_at = state, at
    recount.save(update_fields=["state", "decided_at"])


_CHANGING = [
    "status",
    "changed_at",
    "version",
    "due_at",
    "pressed_at",
    "granted_rub",
    "paid_rub",
    "credited_in",
]


def _text(step: Step, details: Details) -> str:
    text = paragraphs(details.text)
    if Need.TEXT in step.needs and not text:
        raise Refused("text", _("Write the reason."), "text_required")
    if len(text) > TEXT_MAX:
        raise Refused(
            "text", _("At most %(most)s characters.") % {"most": TEXT_MAX}, "text_too_long"
        )
    return text


def _apply(row: Claim, step: Step, details: Details, at: datetime) -> Decimal | None:
    """Set what the step brings and return the rubles it is about."""
    row.due_at = None
    if Need.MONTH in step.needs:
        if details.credited_in is None or details.credited_in < row.month:
            raise Refused("month", _("Name the month of the bill with the money."), "month")
        row.credited_in = details.credited_in.replace(day=1)
    match step.target:
        case ClaimStatus.GRANTED:
            row.granted_rub = row.amount_rub
            return row.granted_rub
        case ClaimStatus.PARTLY:
            row.granted_rub = _part(row, details.amount_rub)
            return row.granted_rub
        case ClaimStatus.PRETRIAL:
            figures = FigureRow.objects.figures_on(timezone.localtime(at).date())
            row.pressed_at, row.due_at = at, answer_due(figures, at, pretrial=True)
            return row.amount_rub
        case ClaimStatus.PAID if Need.AMOUNT in step.needs:
            # A court gives more than the reduction: penalties and damages are the case's own money.
            received = kopecks(details.amount_rub or Decimal(0))
            if received <= 0:
                raise Refused("amount", _("Name the money."), "amount")
            row.granted_rub = row.paid_rub = min(received, row.amount_rub)
            return row.paid_rub
        case ClaimStatus.PAID:
            row.paid_rub = row.granted_rub
            return row.paid_rub
    return None


def _part(row: Claim, amount: Decimal | None) -> Decimal:
    if amount is None or not 0 < kopecks(amount) < row.amount_rub:
        said = _("A part is more than nothing and less than %(sum)s.")
        raise Refused("amount", said % {"sum": rubles(row.amount_rub)}, "amount")
    return kopecks(amount)


def _event(
    claim: Claim,
    step: str,
    role: Role,
    by: Actor,
    at: datetime,
    *,
    text: str = "",
    amount: Decimal | None = None,
) -> ClaimEvent:
    return ClaimEvent.objects.create(
        claim=claim,
        at=at,
        step=step,
        status=claim.status,
        author=role,
        user_id=user_id_of(by),
        text=text,
        amount_rub=amount,
    )
