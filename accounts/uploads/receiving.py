"""Taking a file in: counted, sanitised, kept."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from accounts import throttling
from accounts.actors import Actor, Executor, Lawyer, Operator, user_id_of
from accounts.client_address import limit_key
from accounts.models import Upload
from accounts.sanitising import parent
from accounts.sanitising.kinds import Clean, Reason, Unfit

MAX_FILES = 10
MAX_BYTES = 10 * 1024 * 1024
# For the `accept` attribute of a file field; what a file is we see from its bytes.
MEDIA_TYPES = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/heic",
    "image/heif",
    "application/pdf",
)
BUSY = "busy"
TOO_MANY = "too_many_files"
# A whole house behind one address still sends ten photos with each of twenty requests.
AN_HOUR = 200

_MESSAGES = {
    Reason.EMPTY: _("The file is empty."),
    Reason.TOO_LARGE: _("The file is larger than 10 MB."),
    Reason.UNKNOWN_TYPE: _("Only photos (JPEG, PNG, WebP, HEIC) and PDF documents can be sent."),
    Reason.DAMAGED: _("The file is damaged and cannot be opened."),
    Reason.TOO_MANY_PIXELS: _("The picture has too many pixels. Make it smaller and try again."),
    Reason.TOO_MANY_PAGES: _("The document has more than 50 pages."),
    Reason.ENCRYPTED: _("The document is protected by a password. Save it without protection."),
    Reason.ACTIVE: _(
        "The document contains scripts, forms or attached files. Print it to PDF and try again."
    ),
    Reason.TOO_COMPLEX: _("The file is too complex. Take a new photo or print it to PDF."),
    BUSY: _("Too many files are being checked right now. Try again in a minute."),
    TOO_MANY: _("Too many files from your address. Try again in an hour."),
}
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}


class Rejected(Exception):
    """A file is not taken; `code` is for programs, `message` for people."""

    def __init__(self, code: str, *, retry_after_seconds: int = 0) -> None:
        super().__init__(code)
        self.code = str(code)
        self.message = str(_MESSAGES[code])
        self.retry_after_seconds = retry_after_seconds


def accept(file: File, *, by: Actor, address: str, at: datetime, holder: str = "") -> Upload:
    """
    Count one file from the address, sanitise and keep it; raise Rejected.

    `holder` names the form that may attach it. Takes up to seconds of another process' time, so
    call it outside any transaction. The work of staff and executors is not counted.
    """
    if not isinstance(by, Operator | Executor | Lawyer):
        _count(address, at=at)
    if (file.size or 0) > MAX_BYTES:
        raise Rejected(Reason.TOO_LARGE)
    # Not trusting `size`: some wrappers of streams do not know theirs.
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Rejected(Reason.TOO_LARGE)
    try:
        made = parent.sanitise(data)
    except Unfit as unfit:
        raise Rejected(unfit.reason) from None
    except parent.Busy:
        raise Rejected(BUSY) from None
    return keep(made, by=by, at=at, holder=holder)


def _count(address: str, *, at: datetime) -> None:
    verdict = throttling.hit(
        bucket="uploads", key=limit_key(address), limit=AN_HOUR, window=timedelta(hours=1), at=at
    )
    if not verdict.allowed:
        raise Rejected(TOO_MANY, retry_after_seconds=verdict.retry_after_seconds)


def keep(made: Clean, *, by: Actor, at: datetime, holder: str = "") -> Upload:
    """Store an already harmless file: what `accept` made, or what the portal drew itself."""
    upload = put(made, by=by, at=at, holder=holder)
    upload.save(force_insert=True)
    return upload


def put(made: Clean, *, by: Actor, at: datetime, holder: str = "") -> Upload:
    """Put the bytes on storage and return the row that names them, not yet saved."""
    upload_id = uuid.uuid4()
    # The name on storage is another random number: knowing an id must not tell where bytes lie.
    stem = f"uploads/{at:%Y/%m/%d}/{uuid.uuid4().hex}"
    key = default_storage.save(stem + _SUFFIXES[made.media_type], ContentFile(made.data))
    thumbnail_key = ""
    if made.thumbnail:
        thumbnail_key = default_storage.save(f"{stem}_480.webp", ContentFile(made.thumbnail))
    return Upload(
        id=upload_id,
        media_type=made.media_type,
        size=len(made.data),
        sha256=hashlib.sha256(made.data).hexdigest(),
        storage_key=key,
        thumbnail_key=thumbnail_key,
        width=made.width,
        height=made.height,
        pages=made.pages,
        uploaded_by_id=user_id_of(by),
        holder=holder,
        created_at=at,
    )
