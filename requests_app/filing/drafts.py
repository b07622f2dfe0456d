"""
Drafts: the answers of somebody who has not sent them yet.

A draft is found by the key in a signed cookie, never by an address of a page. Once sent it keeps
only the request's number, so that a second press, a retry and the back button find the request.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.actors import Actor, user_id_of
from accounts.models import Upload
from accounts.uploads import MAX_FILES
from accounts.uploads.sweeping import UNCLAIMED_KEPT_FOR
from requests_app.models import Draft

COOKIE = "draft"
_SALT = "requests_app.draft"
_PATH = "/requests/new/"
# A draft's photos are swept after the same time.
KEPT_FOR: timedelta = UNCLAIMED_KEPT_FOR
_SENT = "sent"


class Full(Exception):
    """The draft has as many files as a request may have."""


class Gone(Exception):
    """The draft was thrown away or sent, in another tab or by a second press."""


def of(http: HttpRequest, *, at: datetime) -> Draft | None:
    """Return the sender's draft, sent ones too; None where there is none or it is too old."""
    try:
        key = uuid.UUID(
            http.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=KEPT_FOR) or ""
        )
    except ValueError:
        return None
    draft = Draft.objects.filter(pk=key, changed_at__gt=at - KEPT_FOR).first()
    if draft is not None and draft.user_id not in {None, http.user.pk}:
        # Two people share a browser: what one wrote while signed in is not the other's to read.
        return None
    return draft


def start(*, by: Actor, at: datetime) -> Draft:
    """Store and return an empty draft; `remember` puts its key into the answer's cookie."""
    return Draft.objects.create(user_id=user_id_of(by), changed_at=at)


def remember(answer: HttpResponse, draft: Draft, http: HttpRequest) -> None:
    """Let the browser keep the draft's key, also when it is closed."""
    answer.set_signed_cookie(
        COOKIE,
        str(draft.key),
        salt=_SALT,
        max_age=KEPT_FOR,
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(answer: HttpResponse) -> None:
    """Let the browser drop the draft's key."""
    answer.delete_cookie(COOKIE, path=_PATH, samesite="Lax")


def write(draft: Draft, said: Mapping[str, Any], *, at: datetime) -> Draft:
    """
    Add `said` to the draft's answers and return it re-read.

    A draft already sent stays as it is: a page left open in another tab must not fill it again.
    """
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(pk=draft.pk).first()
        if row is None:
            # Thrown away in another tab: what is typed here is worth a draft all the same.
            row = Draft(key=draft.key, user_id=draft.user_id)
        if number_of(row):
            return row
        row.answers = {**row.answers, **said}
        row.changed_at = at
        row.save()
    return row


def number_of(draft: Draft) -> str:
    """Return the number of the request that came of the draft, "" while it is not sent."""
    return str(draft.answers.get(_SENT, ""))


def spend(draft: Draft, number: str, *, at: datetime) -> None:
    """Keep nothing of a draft but the number of its request."""
    draft.answers = {_SENT: number}
    draft.changed_at = at
    draft.uploads.clear()
    draft.save(update_fields=["answers", "changed_at"])


def discard(draft: Draft) -> None:
    """Throw the draft away; its files follow with the next sweep."""
    Draft.objects.filter(pk=draft.pk).delete()


def add_upload(draft: Draft, upload: Upload, *, at: datetime) -> None:
    """Add a file to the draft; raise Full, Gone."""
    with transaction.atomic():
        # Lock before counting: photos sent at once would each see room for one more.
        row = Draft.objects.select_for_update().filter(pk=draft.pk).first()
        if row is None or number_of(row):
            raise Gone
        if row.uploads.count() >= MAX_FILES:
            raise Full
        row.uploads.add(upload)
        row.changed_at = at
        row.save(update_fields=["changed_at"])


def remove_upload(draft: Draft, upload_id: uuid.UUID) -> None:
    """Take a file off the draft, if it is there."""
    draft.uploads.remove(*draft.uploads.filter(pk=upload_id))


def holder_of(draft: Draft) -> str:
    """Return the holder of files that the draft's form takes in."""
    return f"draft:{draft.key}"


def uploads_of(draft: Draft) -> list[Upload]:
    """Return the draft's files in the order in which they came."""
    return list(draft.uploads.order_by("created_at", "pk"))
