"""Files of a request: which uploads may be attached, and attaching them once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor, CodeHolder, user_id_of
from accounts.models import Upload
from accounts.uploads import MAX_FILES
from requests_app.models import Attachment, Request, RequestEvent


def holder_of(item: Request) -> str:
    """Return the holder of files that the forms of a request's page take in."""
    return f"request:{item.pk}"


def cannot_attach(upload_ids: Sequence[UUID], *, by: Actor, holder: str = "") -> str:
    """
    Return why `by` cannot attach these uploads, "" when it can. Locks them for attaching.

    `holder` is the form they came by, if one took them in; knowing the id of a file that another
    form took in is not enough.
    """
    if not upload_ids:
        return ""
    if len(upload_ids) > MAX_FILES:
        return _("Too many files: at most %(limit)d.") % {"limit": MAX_FILES}
    if len(set(upload_ids)) < len(upload_ids):
        return _("A file is named twice.")
    # Lock before reading: two requests sent at once would both see the file as free.
    found = free(by=by, holder=holder).select_for_update().filter(id__in=upload_ids)
    if len(found) < len(upload_ids):
        return _("A file was not found. Add it again.")
    return ""


def free(*, by: Actor, holder: str = "") -> QuerySet[Upload]:
    """Return the uploads that `by` may still attach; `holder` as in `cannot_attach`."""
    return Upload.objects.filter(_sent_by(by, holder), claimed_at=None)


def _sent_by(by: Actor, holder: str) -> Q:
    # Through the API without an account: the id, told once to the sender, is the sender's secret.
    theirs = Q(uploaded_by=None, holder="")
    account = by.account if isinstance(by, CodeHolder) else user_id_of(by)
    if account is not None:
        theirs |= Q(uploaded_by=account)
    if holder:
        # Whoever holds the form; in between they may have signed in or out.
        theirs |= Q(holder=holder)
    return theirs


def contents(upload_ids: Sequence[UUID]) -> list[str]:
    """Return what the files hold, as hashes in order: sent twice, a file has two ids."""
    if not upload_ids:
        return []
    known = dict(Upload.objects.filter(pk__in=upload_ids).values_list("pk", "sha256"))
    return [known.get(upload_id, str(upload_id)) for upload_id in upload_ids]


def attach(
    item: Request,
    event: RequestEvent,
    upload_ids: Sequence[UUID],
    *,
    at: datetime,
    shows: str = "",
) -> None:
    """Hang the uploads on the event, in the order given; the caller has checked them."""
    if not upload_ids:
        return
    Upload.objects.filter(id__in=upload_ids).update(claimed_at=at)
    Attachment.objects.bulk_create(
        Attachment(request=item, event=event, upload_id=upload_id, shows=shows)
        for upload_id in upload_ids
    )
