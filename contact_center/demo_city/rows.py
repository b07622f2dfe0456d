"""Lives of requests as rows: request, contact, events, audit, acts, letters long since sent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps

from contact_center.demo_city.copying import Ids, Table
from contact_center.demo_city.lives import AUDITED, Life, Line
from contact_center.demo_city.plots import local_day
from notifications.models import ChannelCode, Fold, Message, Priority, State
from notifications.said import moment, words
from requests_app import tracking_code
from requests_app.intake import CONSENT_VERSION, RETENTION
from requests_app.models import (
    Act,
    Attachment,
    Author,
    EventKind,
    Mark,
    Norm,
    Request,
    RequestContact,
    RequestEvent,
)
from requests_app.statuses import Status
from requests_app.steps import Role

_TEMPLATES: dict[str, str] = {EventKind.FILED: "filed", EventKind.STATUS: "moved"}
# A letter leaves within seconds; in the demo's past it always did.
SENT_AFTER = timedelta(seconds=2)


@dataclass(slots=True)
class Telling:
    """What intake takes in beside the life: place, words, person."""

    number: str
    uid: uuid.UUID
    channel: str
    building: int
    address: str
    entrance: str
    flat: str
    description: str
    resident: int | None
    name: str
    email: str
    phone: str
    category_name: str
    norm: Norm
    is_emergency: bool
    uploads: tuple[uuid.UUID, ...] = ()


class Book:
    """All tables that a request's life leaves rows in."""

    def __init__(self, *, letters_since: datetime) -> None:
        audit = apps.get_model("requests_app", "RequestAudit")
        self.letters_since = letters_since
        self.requests = Table(Request, (
            "id", "number", "uid", "code_hash", "channel", "registered_at", "category_id",
            "building_id", "entrance", "flat", "description", "public", "resident_id", "status",
            "outcome", "version", "changed_at", "done_at", "closed_at", "reopened_count",
            "duplicate_of_id", "company_id", "supplier_id", "executor_inn", "executor_name",
            "executor_phone", "assigned_to_id", "incident_id", "norm_id", "norm_clause",
            "norm_text", "is_emergency", "react_by", "inspect_by", "fix_by", "answer_by",
            "due_at", "paused_at", "pause_reason", "legal_kind", "promised",
        ))  # fmt: skip
        self.contacts = Table(RequestContact, (
            "request_id", "name", "email", "phone", "consent_at", "consent_version",
            "retention_until",
        ))  # fmt: skip
        self.events = Table(RequestEvent, (
            "id", "request_id", "at", "kind", "step", "status", "text", "public", "author",
            "user_id", "data",
        ))  # fmt: skip
        self.audit = Table(audit, (
            "pgh_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pgh_context_id",
            *AUDITED,
        ))  # fmt: skip
        self.acts = Table(Act, ("request_id", "event_id", "signed_on", "signer", "upload_id"))
        self.marks = Table(Mark, ("request_id", "value", "at", "by", "origin"))
        self.files = Table(Attachment, ("request_id", "event_id", "upload_id"))
        self.letters = Table(Message, (
            "event", "channel", "template", "recipient", "user_id", "context", "sensitive",
            "topic", "why", "dedupe_key", "priority", "state", "created_at", "not_before",
            "attempts", "sent_at", "last_error", "fold", "point",
        ))  # fmt: skip
        self.tables = (
            self.requests, self.contacts, self.events, self.audit, self.acts, self.marks,
            self.files, self.letters,
        )  # fmt: skip
        self.models = (Request, RequestContact, RequestEvent, audit, Act, Mark, Attachment, Message)
        self.request_ids, self.event_ids = Ids(Request), Ids(RequestEvent)
        self.audit_ids = Ids(audit, "pgh_id")

    def write(self, request_id: int, life: Life, told: Telling) -> list[tuple[int, Line]]:
        """Add all rows of one life; return the ids of its events."""
        executor, norm = life.executor, told.norm
        code = tracking_code.generate(told.uid)
        self.requests.add((
            request_id, told.number, told.uid, tracking_code.digest(code), told.channel,
            life.registered_at, life.category, told.building, told.entrance, told.flat,
            told.description, life.public, told.resident, life.status, life.outcome, life.version,
            life.changed_at, life.done_at, life.closed_at, life.reopened_count, life.duplicate_of,
            executor.company, executor.supplier, executor.inn, executor.name, executor.phone,
            life.assigned_to, life.incident, norm.pk, norm.clause, norm.text, told.is_emergency,
            life.react_by, life.inspect_by, life.fix_by, life.answer_by, life.due_at,
            life.paused_at, life.pause_reason, life.legal_kind, life.promised,
        ))  # fmt: skip
        self.contacts.add((
            request_id, told.name, told.email, told.phone, life.registered_at, CONSENT_VERSION,
            local_day(life.registered_at) + RETENTION,
        ))  # fmt: skip
        written = []
        for order, line in enumerate(life.lines):
            event_id = self.event_ids.next()
            self.events.add((
                event_id, request_id, line.at, line.kind, line.step, line.status, line.text,
                line.public, line.author, line.user, line.data,
            ))  # fmt: skip
            self.audit.add((
                self.audit_ids.next(), line.at, "changed" if order else "filed", request_id, None,
                *line.audit,
            ))  # fmt: skip
            if line.act is not None:
                self.acts.add((request_id, event_id, *line.act))
                if line.act[2] is not None:
                    self.files.add((request_id, event_id, line.act[2]))
            if line.mark is not None:
                self.marks.add((request_id, line.mark, line.at, line.author, ""))
            if line.at >= self.letters_since:
                self._letters(request_id, event_id, line, told)
            written.append((event_id, line))
        for upload in told.uploads:
            self.files.add((request_id, written[0][0], upload))
        return written

    def keep_ids(self) -> None:
        """Move the sequences behind the ids given out here."""
        for ids in (self.request_ids, self.event_ids, self.audit_ids):
            ids.keep()

    def _letters(self, request_id: int, event_id: int, line: Line, told: Telling) -> None:
        to_resident, to_executor = _told(line, told)
        if not (to_resident or to_executor):
            return
        context = _context(request_id, line, told)
        event = line.step or line.kind
        template = _TEMPLATES.get(line.kind, "said")
        # After the end of its request news of it is stale; how it ended never is.
        point = "" if line.status == Status.CLOSED else f"request:{told.number}"
        if to_resident:
            self._letter(
                line, event=f"request.{event}", template=template, to=told.email,
                user=told.resident, context=context, topic=f"request:{told.number}",
                key=f"request:{event_id}:resident",
                why="You filed request %(number)s.",
                urgent=told.is_emergency, point=point,
            )  # fmt: skip
        if to_executor:
            self._letter(
                line, event=f"executor.{event}", template="executor", to=line.executor.email,
                user=None, topic=f"executor:{line.executor.inn}",
                context={
                    **context,
                    "status_words": words("public_status", [line.status, line.outcome]),
                    "link": {"link": "cabinet_request", "id": request_id},
                },
                key=f"request:{event_id}:executor",
                why="Your organisation answers for request %(number)s.",
                urgent=told.is_emergency, point=point,
            )  # fmt: skip

    def _letter(
        self, line: Line, *, event: str, template: str, to: str, user: int | None,
        context: dict[str, Any], topic: str, key: str, why: str, urgent: bool, point: str,
    ) -> None:  # fmt: skip
        self.letters.add((
            event, ChannelCode.EMAIL, f"requests_app/mail/{template}", to, user, context, False,
            topic, why, key, (Priority.EMERGENCY if urgent else Priority.NORMAL).value, State.SENT,
            line.at, line.at, 1, line.at + SENT_AFTER, "",
            (Fold.ALONE if urgent else Fold.MAY).value, point,
        ))  # fmt: skip


def _told(line: Line, told: Telling) -> tuple[bool, bool]:
    """Return whether the resident and whether the executor hears of the line; see letters.py."""
    organisation = bool(line.executor.email)
    if line.kind == EventKind.FILED:
        return bool(told.email), told.is_emergency and organisation
    if line.kind == EventKind.COMMENT:
        asks = line.author == Author.RESIDENT
        return bool(told.email) and not asks, asks and organisation
    if line.edge is None:
        return False, False
    tells = line.edge.tells
    return (
        Role.RESIDENT in tells and line.author != Author.RESIDENT and bool(told.email),
        Role.EXECUTOR in tells and line.author != Author.EXECUTOR and organisation,
    )


def _context(request_id: int, line: Line, told: Telling) -> dict[str, Any]:
    shows_due = not line.outcome and line.status != "done" and not line.paused
    context: dict[str, Any] = {
        "number": told.number,
        "category": told.category_name,
        "address": told.address,
        "status": line.status,
        "outcome": line.outcome,
        "status_words": words("plain_status", [line.status, line.outcome]),
        "step": line.step,
        "kind": line.kind,
        "author": line.author,
        # Nothing of an invented life moves a time by itself.
        "news": "",
        "text": line.text,
        "clause": line.data.get("clause", "") or told.norm.clause,
        "executor": line.executor.name,
        "executor_phone": line.executor.phone,
        "due": moment(line.due_at) if shows_due else "",
        "is_emergency": told.is_emergency,
        "duplicate_of": line.data.get("duplicate_of", ""),
        "link": {"link": "tracking", "id": request_id},
        "why": {"number": told.number},
    }
    return context
