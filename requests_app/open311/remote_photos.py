"""
Photos that a client named by address (`media_url`).

The portal calls no address because somebody wrote it down: the links are text for staff. Where the
operator of the portal lists hosts (OPEN311_MEDIA_HOSTS), their photos are fetched afterwards by a
worker, never inside the request, through `notifications.outbound`: not into our own network, no
redirect, bounded in time and size; then sanitised as any other file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.actors import System
from accounts.sanitising import parent
from accounts.sanitising.kinds import Unfit
from accounts.uploads import MAX_BYTES, MAX_FILES
from accounts.uploads.receiving import keep
from notifications import outbound
from requests_app import files, lifecycle
from requests_app.models import EventKind, RemotePhoto, Request, RequestEvent
from requests_app.open311.errors import bad

log = structlog.get_logger(__name__)

_LONGEST = 2_000
_TRIES = 6
_LIMITS = outbound.Limits(read=20.0, total=40.0, answer=MAX_BYTES)
# Longer than a fetch may take; doubled with each try.
_LEASE = timedelta(minutes=2)


def links(form: QueryDict) -> list[str]:
    """Return the addresses of `media_url`, which may be repeated; raise Wrong for what is none."""
    found = list(dict.fromkeys(url.strip() for url in form.getlist("media_url") if url.strip()))
    if len(found) > MAX_FILES:
        raise bad("media_url", _("Too many files: at most %(limit)d.") % {"limit": MAX_FILES})
    if not all(_is_address(url) for url in found):
        raise bad("media_url", _("This is not an address of the web."))
    return found


def _is_address(url: str) -> bool:
    if len(url) > _LONGEST or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def note(item: Request, urls: Sequence[str], *, at: datetime) -> None:
    """Write the addresses down for staff, and those that may be fetched for a worker."""
    # Not for the resident's eyes nor the executor's: who knows what lies there.
    words = "\n".join([_("Photos that the sender named by address:"), *urls])
    lifecycle.internal_note(item, by=System(), at=at, text=words[: lifecycle.TEXT_MAX])
    RemotePhoto.objects.bulk_create(
        RemotePhoto(request=item, url=url, due_at=at) for url in urls if _is_allowed(url)
    )


def _is_allowed(url: str) -> bool:
    return (urlsplit(url).hostname or "") in settings.OPEN311_MEDIA_HOSTS


def fetch_due(*, at: datetime, batch: int = 20) -> int:
    """Fetch up to `batch` photos whose time has come and return how many were kept."""
    with transaction.atomic():
        due = list(
            RemotePhoto.objects.select_for_update(skip_locked=True)
            .filter(due_at__lte=at)
            .order_by("due_at")[:batch]
        )
        for photo in due:
            photo.tries += 1
            photo.due_at = at + _LEASE * 2**photo.tries
        RemotePhoto.objects.bulk_update(due, ["tries", "due_at"])
    return sum(_fetch(photo, at=at) for photo in due)


def _fetch(photo: RemotePhoto, *, at: datetime) -> bool:
    data, is_final = _called(photo.url)
    if data is None:
        if is_final or photo.tries >= _TRIES:
            log.info("remote_photo_given_up", request=photo.request_id, tries=photo.tries)
            photo.delete()
        return False
    try:
        made = parent.sanitise(data)
    except Unfit as unfit:
        log.info("remote_photo_unfit", request=photo.request_id, reason=str(unfit.reason))
        photo.delete()
        return False
    except parent.Busy:
        return False
    upload = keep(made, by=System(), at=at)
    with transaction.atomic():
        # Lock before looking: after a lease that ran out another worker may have hung it already.
        if not RemotePhoto.objects.select_for_update().filter(pk=photo.pk).exists():
            return False
        filed = RequestEvent.objects.filter(request=photo.request_id, kind=EventKind.FILED)
        for event in filed.select_related("request").order_by("id")[:1]:
            files.attach(event.request, event, [upload.pk], at=at)
        RemotePhoto.objects.filter(pk=photo.pk).delete()
    return True


def _called(url: str) -> tuple[bytes | None, bool]:
    """Return what lies at the address, or None and whether asking again is of no use."""
    if not _is_allowed(url):
        # The list was changed meanwhile.
        return None, True
    try:
        answer = outbound.call(url, method="GET", limits=_LIMITS)
    except outbound.Refused:
        return None, True
    except outbound.Unreachable:
        return None, False
    return (answer.body, False) if answer.is_ok else (None, 400 <= answer.status < 500)
