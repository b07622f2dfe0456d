"""What has been reached on the way: harm stopped, act of inspection, written answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Executor, Operator
from requests_app import files, letters
from requests_app.lifecycle.operation import WORKERS, Made, attach, event_of, operate, said
from requests_app.lifecycle.refusals import Refused
from requests_app.models import EventKind, Request, RequestEvent
from requests_app.steps import Role
from requests_app.typed_text import one_line

_TELLS = frozenset({Role.RESIDENT})


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """The act of a check on the spot (ПП РФ № 354, п. 109)."""

    happened_at: datetime | None
    found_fault: bool
    signer: str
    text: str = ""
    upload: UUID | None = None


def stop_harm(
    item: Request,
    *,
    happened_at: datetime | None,
    by: Operator | Executor,
    at: datetime,
    text: str = "",
    idempotency_key: str = "",
) -> Request:
    """Write down when the leak was shut off or the danger fenced (ПП РФ № 416, п. 13)."""

    def make(made: Made) -> RequestEvent:
        row = made.item
        moment = _happened(row, happened_at, made.at)
        if row.reacted_at is not None:
            raise Refused("happened_at", _("It is written down already."), "repeated")
        row.reacted_at = moment
        event = event_of(
            made,
            EventKind.REACTED,
            text=said(text, needed=False),
            data={"on": moment.isoformat()},
        )
        letters.said(row, event, tells=_TELLS, at=made.at)
        return event

    return operate(
        item,
        "stop_harm",
        make,
        by=by,
        roles=WORKERS,
        at=at,
        meant={"happened_at": str(happened_at), "text": text},
        idempotency_key=idempotency_key,
    )


def record_inspection(
    item: Request,
    inspection: Inspection,
    *,
    by: Operator | Executor,
    at: datetime,
    idempotency_key: str = "",
) -> Request:
    """Keep the act of a check; a later one may be added, the first one meets the limit."""

    def make(made: Made) -> RequestEvent:
        row = made.item
        moment = _happened(row, inspection.happened_at, made.at)
        signer = one_line(inspection.signer)[:200]
        if not signer:
            raise Refused("signer", _("Say who signed the act."), "act_needed")
        row.inspected_at = row.inspected_at or moment
        event = event_of(
            made,
            EventKind.INSPECTED,
            # A name is a person's: it stands in the text, which is erased when its time is over.
            text="\n".join(
                part
                for part in (
                    said(inspection.text, needed=False),
                    _("Signed by: %(signer)s") % {"signer": signer},
                )
                if part
            ),
            data={"on": moment.isoformat(), "found_fault": inspection.found_fault},
        )
        if inspection.upload is not None:
            attach(made, event, (inspection.upload,))
        letters.said(row, event, tells=_TELLS, at=made.at)
        return event

    scan = (inspection.upload,) if inspection.upload else ()
    return operate(
        item,
        "inspection",
        make,
        by=by,
        roles=WORKERS,
        at=at,
        meant={
            "happened_at": str(inspection.happened_at),
            "found_fault": inspection.found_fault,
            "signer": inspection.signer,
            "text": inspection.text,
            "uploads": files.contents(scan),
        },
        idempotency_key=idempotency_key,
    )


def answer_in_writing(
    item: Request,
    *,
    by: Operator | Executor,
    at: datetime,
    text: str,
    uploads: tuple[UUID, ...] = (),
    idempotency_key: str = "",
) -> Request:
    """Give the written answer: the resident gets it as a letter, and its clock is met."""

    def make(made: Made) -> RequestEvent:
        row = made.item
        row.answered_at = row.answered_at or made.at
        event = event_of(made, EventKind.ANSWERED, text=said(text, uploads=uploads))
        attach(made, event, uploads)
        letters.said(row, event, tells=_TELLS, at=made.at)
        return event

    return operate(
        item,
        "answer_in_writing",
        make,
        by=by,
        roles=WORKERS,
        at=at,
        meant={"text": text, "uploads": files.contents(uploads)},
        idempotency_key=idempotency_key,
    )


def _happened(row: Request, moment: datetime | None, at: datetime) -> datetime:
    if moment is None:
        raise Refused("happened_at", _("Say when it happened."), "moment_needed")
    # Clocks of two machines differ a little; a minute is no future.
    if moment > at + timedelta(minutes=1):
        raise Refused("happened_at", _("This cannot have happened in the future."), "in_future")
    if moment < row.registered_at:
        raise Refused(
            "happened_at", _("This is before the request was registered."), "before_request"
        )
    return min(moment, at)
