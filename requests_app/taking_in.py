"""Taking in the files of a form about a request; what a refused form keeps of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts import uploads
from accounts.actors import Actor
from requests_app import files
from requests_app.models import Request


def take(
    sent: Sequence[UploadedFile],
    *,
    kept: Sequence[UUID] = (),
    most: int = uploads.MAX_FILES,
    item: Request | None = None,
    holder: str = "",
    by: Actor,
    address: str,
    at: datetime,
) -> tuple[tuple[UUID, ...], list[str]]:
    """
    Return the ids of all files, `kept` first, and words for each that was not taken.

    `item` is the request whose page takes them in; `holder` names another form. What is wrong with
    one keeps no other from being taken. Call it outside any transaction.
    """
    taken, wrong = list(kept), []
    holder = files.holder_of(item) if item is not None else holder
    for file in sent:
        name = str(file.name or "")[:80]
        if len(taken) >= most:
            wrong.append(
                _("%(name)s: not added, there are %(limit)d files already.")
                % {"name": name, "limit": most}
            )
            continue
        try:
            upload = uploads.accept(file, by=by, address=address, at=at, holder=holder)
            taken.append(upload.pk)
        except uploads.Rejected as rejected:
            wrong.append(_("%(name)s: %(why)s") % {"name": name, "why": rejected.message})
    return tuple(taken), wrong


def ids_of(text: str) -> tuple[UUID, ...]:
    """Return the ids that a hidden field carries; what is not an id is dropped."""
    found = []
    for part in text.split(","):
        try:
            found.append(UUID(part))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))
