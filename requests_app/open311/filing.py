"""Filing: a form of Open311 becomes the `NewRequest` that every door hands to intake."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.actors import Resident
from requests_app import intake
from requests_app.models import Request
from requests_app.open311 import attributes, keys, location, photos, remote_photos, services
from requests_app.open311.errors import Wrong, bad
from requests_app.open311.formats import Answer
from requests_app.statuses import Channel
from requests_app.typed_text import one_line

# What intake calls its fields, and what the standard does.
_FIELDS = {
    "category": "service_code",
    "building": "address_id",
    "flat": "attribute[flat]",
    "entrance": "attribute[entrance]",
    "contact.name": "first_name",
    "contact.email": "email",
    "contact.phone": "phone",
    "consent": "attribute[consent]",
    "uploads": "media",
}
_KEY_MAX = 200


class _Repeat(TypedDict):
    """By what a second sending is known; `fingerprint` tells another body under the same key."""

    scope: str
    key: str
    fingerprint: str


def file(http: HttpRequest) -> Answer:
    """Take a request in and answer its number at once; raise Wrong naming each wrong field."""
    at = timezone.now()
    photos.refuse_too_large(http)
    holder = keys.who_files(http, at=at)
    answers = attributes.given(http.POST)
    repeat = _repeat(http, answers, holder)
    try:
        # Before anything is judged: meanwhile the matter may have been closed.
        earlier = idempotency.earlier(**repeat) if repeat else None
        item = _made(earlier) if earlier else _new(http, holder, answers, repeat, at=at)
    except intake.Invalid as invalid:
        raise Wrong(
            400,
            *(f"{_FIELDS.get(field, field)}: {what}" for field, what in invalid.errors.items()),
        ) from None
    except idempotency.KeyReused:
        raise Wrong(409, _("This Idempotency-Key was used with another body.")) from None
    return Answer(
        "service_requests",
        [
            {
                "service_request_id": item.number,
                "service_notice": _notice(item),
                "account_id": None,
            }
        ],
    )


def _made(earlier: idempotency.Replay) -> Request:
    return Request.objects.get(pk=earlier.result["request"])


def _new(
    http: HttpRequest,
    holder: keys.Holder,
    answers: dict[str, str],
    repeat: _Repeat | None,
    *,
    at: datetime,
) -> Request:
    """Take it in with all that belongs to it; a twin sent at once gets what the first made."""
    links = remote_photos.links(http.POST)
    new = _read(http, holder, answers)
    # Photos cost seconds: what is refused anyway is refused before.
    if wrong := intake.check(new, by=holder.actor, at=at):
        raise intake.Invalid(wrong)
    uploads = photos.taken(http, by=holder.actor, at=at)
    with transaction.atomic():
        claimed = idempotency.claim(**repeat, at=at) if repeat else None
        if isinstance(claimed, idempotency.Replay):
            return _made(claimed)
        item = intake.file(replace(new, uploads=tuple(uploads)), by=holder.actor, at=at).request
        if links:
            remote_photos.note(item, links, at=at)
        if claimed:
            claimed.remember({"request": item.pk})
    return item


def _read(http: HttpRequest, holder: keys.Holder, answers: dict[str, str]) -> intake.NewRequest:
    form = http.POST
    code = form.get("service_code", "").strip()
    if not code:
        raise bad("service_code", _("Say what it is about: a code of services."))
    return intake.NewRequest(
        category=services.find(code).slug,
        building=location.building_of(form),
        description=form.get("description", ""),
        contact=_contact(http, holder),
        consent=holder.vouches or _said(answers, attributes.CONSENT) is True,
        entrance=answers.get(attributes.ENTRANCE, ""),
        flat=answers.get(attributes.FLAT, ""),
        public=_is_public(answers, holder),
        channel=Channel.OPEN311,
        # A front's account owns what it filed: it hears of it and may speak for its people.
        resident_id=holder.actor.id if isinstance(holder.actor, Resident) else None,
    )


def _contact(http: HttpRequest, holder: keys.Holder) -> intake.Contact:
    form = http.POST
    name = " ".join(filter(None, (one_line(form.get(n, "")) for n in ("first_name", "last_name"))))
    email, phone = form.get("email", "").strip(), form.get("phone", "").strip()
    if not email and not phone:
        # Somebody must get the answer: whoever sent it passes it on.
        email = holder.user.email
    return intake.Contact(name=name, email=email, phone=phone)


def _said(answers: dict[str, str], code: str) -> bool | None:
    """Return what a yes-or-no attribute says, None where it is left out; raise Wrong."""
    if code not in answers:
        return None
    said = attributes.is_yes(answers[code])
    if said is None:
        raise bad(f"attribute[{code}]", _("Write yes or no."))
    return said


def _is_public(answers: dict[str, str], holder: keys.Holder) -> bool:
    said = _said(answers, attributes.PUBLIC)
    return holder.vouches if said is None else said


def _repeat(http: HttpRequest, answers: dict[str, str], holder: keys.Holder) -> _Repeat | None:
    """Return by what a repeat is known: the header, else the client's own number of the report."""
    scope = f"open311:{holder.user.pk}"
    key = http.headers.get("Idempotency-Key", "").strip()
    if len(key) > _KEY_MAX:
        raise bad("Idempotency-Key", _("The Idempotency-Key is too long."))
    if key:
        sent = {name: http.POST.getlist(name) for name in http.POST if name != "api_key"}
        body = {"form": sent, "files": [_hash(file) for _name, file in photos.sent(http)]}
        return _Repeat(scope=scope, key=f"key:{key}", fingerprint=idempotency.fingerprint_of(body))
    for code in attributes.REFERENCES:
        if code in answers:
            # The number names the report: whatever else was changed meanwhile, it is the same one.
            return _Repeat(scope=scope, key=f"reference:{code}:{answers[code]}", fingerprint="")
    return None


def _hash(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _notice(item: Request) -> str:
    """Return where it was taken down, until when it is promised, and who answers."""
    due = formats.date_format(timezone.localtime(item.due_at), "j E Y, H:i")
    told = _("%(address)s. To be done by %(due)s.") % {
        "address": item.building.address,
        "due": due,
    }
    who = " ".join(filter(None, (item.executor_name, item.executor_phone)))
    return f"{told} {who}".strip()
