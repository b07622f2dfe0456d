"""Files of a request: which uploads may be attached, and attaching them once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import Actor, CodeHolder, user_id_of
from accounts.models import Upload
from accounts.uploads import MAX_FILES
from requests_app.models import Attachment, Request, RequestEvent


def cannot_attach(upload_ids: Sequence[UUID], *, by: Actor) -> str:
    """Return why `by` cannot attach these uploads, "" when it can. Locks them for attaching."""
    if not upload_ids:
        return ""
    if len(upload_ids) > MAX_FILES:
        return _("Too many files: at most %(limit)d.") % {"limit": MAX_FILES}
    if len(set(upload_ids)) < len(upload_ids):
        return _("A file is named twice.")
    # Lock before reading: two requests sent at once would both see the file as free.
    free = Upload.objects.select_for_update().filter(
        _sent_by(by), id__in=upload_ids, claimed_at=None
    )
    if len(free) < len(upload_ids):
        return _("A file was not found. Add it again.")
    return ""


def _sent_by(by: Actor) -> Q:
    # A file sent without an account is whoever's knows its random id. So is any file for the holder
    # of a code, whose account, if there is one, the code does not tell.
    if isinstance(by, CodeHolder):
        return Q()
    return Q(uploaded_by=None) | Q(uploaded_by=user_id_of(by))


def attach(item: Request, event: RequestEvent, upload_ids: Sequence[UUID], *, at: datetime) -> None:
    """Hang the uploads on the event, in the order given; the caller has checked them."""
    if not upload_ids:
        return
    Upload.objects.filter(id__in=upload_ids).update(claimed_at=at)
    Attachment.objects.bulk_create(
        Attachment(request=item, event=event, upload_id=upload_id) for upload_id in upload_ids
    )
