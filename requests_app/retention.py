"""
Personal data is destroyed when its time is over; the request stays as a tombstone for statistics.

Gone are contact, account, flat, entrance, every free text, files, signatures and letters; house,
matter, executor, moments, statuses and outcome stay. `Destruction` says that it was done.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pgtrigger
import structlog
from django.db import transaction

from accounts.models import Upload
from accounts.uploads import sweeping
from notifications import outbox
from requests_app import letters
from requests_app.models import (
    Act,
    Attachment,
    Author,
    Batch,
    ChatFollow,
    Destruction,
    Draft,
    Presence,
    RefusedSave,
    RepairLink,
    Request,
    RequestContact,
    RequestEvent,
)

log = structlog.get_logger(__name__)

# A draft holds a name and a phone; its files are swept after the same time.
DRAFT_KEPT_FOR = sweeping.UNCLAIMED_KEPT_FOR
PRESENCE_KEPT_FOR = timedelta(hours=1)
BATCH_KEPT_FOR = timedelta(days=1)
APPEND_ONLY = "requests_app.RequestEvent:append_only"


def destroy_expired(*, today: date, at: datetime, batch: int = 100) -> int:
    """Destroy the personal data of up to `batch` closed requests whose time is over."""
    due = list(Request.objects.past_retention(today).values_list("pk", flat=True)[:batch])
    return sum(destroy(request_id, today=today, at=at) for request_id in due)


@transaction.atomic
def destroy(request_id: int, *, today: date, at: datetime) -> bool:
    """Destroy what names a person in this request; False if it is not due or another does it."""
    item = (
        Request.objects.past_retention(today)
        .select_for_update(of=("self",), skip_locked=True)
        .filter(pk=request_id)
        .first()
    )
    if item is None:
        return False
    contact = RequestContact.objects.get(request=item)
    files = _files_of(item)
    Attachment.objects.filter(request=item).delete()
    Act.objects.filter(request=item).update(upload=None, signer="")
    sweeping.destroy(files)
    # Append-only holds for everybody else: this is the one hand that may empty a line.
    with pgtrigger.ignore(APPEND_ONLY):
        written_lines = RequestEvent.objects.filter(request=item)
        lines = written_lines.exclude(text="").update(text="")
        written_lines.filter(author=Author.RESIDENT).update(user=None)
    RefusedSave.objects.filter(request=item).delete()
    RepairLink.objects.filter(request=item).delete()
    ChatFollow.objects.filter(request=item).delete()
    written = outbox.forget([letters.topic(item)])
    # Letters to the executor stand under the executor's topic, with the same words.
    told = [key for pk in written_lines.values_list("pk", flat=True) for key in letters.keys_of(pk)]
    written += outbox.forget_written(told)
    Destruction.objects.create(
        request=item,
        at=at,
        kept_until=contact.retention_until,
        lines=lines,
        files=len(files),
        letters=written,
    )
    contact.delete()
    Request.objects.filter(pk=item.pk).update(
        description="", flat="", entrance="", resident=None, assigned_to=None
    )
    log.info("personal_data_destroyed", request=item.pk, lines=lines, files=len(files))
    return True


def sweep_drafts(*, at: datetime, batch: int = 500) -> int:
    """Delete up to `batch` forgotten drafts and return how many went."""
    return _delete(Draft, "changed_at", before=at - DRAFT_KEPT_FOR, batch=batch)


def sweep_presence(*, at: datetime, batch: int = 1000) -> int:
    """Delete up to `batch` marks of operators who left long ago and return how many went."""
    return _delete(Presence, "seen_at", before=at - PRESENCE_KEPT_FOR, batch=batch)


def sweep_batches(*, at: datetime, batch: int = 100) -> int:
    """Delete up to `batch` batches that nobody can undo any more and return how many went."""
    return _delete(Batch, "made_at", before=at - BATCH_KEPT_FOR, batch=batch)


def _files_of(item: Request) -> list[Upload]:
    named = Attachment.objects.filter(request=item).values_list("upload_id", flat=True)
    signed = Act.objects.filter(request=item, upload__isnull=False).values_list(
        "upload_id", flat=True
    )
    return list(Upload.objects.filter(pk__in={*named, *signed}))


def _delete(
    model: type[Batch | Draft | Presence], field: str, *, before: datetime, batch: int
) -> int:
    with transaction.atomic():
        old: list[Any] = list(
            model._default_manager.filter(**{f"{field}__lt": before})
            .select_for_update(skip_locked=True)
            .order_by(field)
            .values_list("pk", flat=True)[:batch]
        )
        model._default_manager.filter(pk__in=old).delete()
    return len(old)
