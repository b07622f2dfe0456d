"""Opening a request by its number and tracking code, with guessing held down in Postgres."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import throttling
from accounts.actors import CodeHolder
from accounts.client_address import limit_key
from requests_app import tracking_code
from requests_app.models import Request
from requests_app.querysets import RequestQuerySet
from requests_app.typed_text import one_line

WINDOW = timedelta(hours=1)
# Longer is cut before it is looked at sign by sign.
_LONGEST = 1_000


class TooManyCodes(Exception):
    """Too many wrong codes from this address or for this number; try again after the seconds."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(_("Too many wrong codes. Try again in an hour or call us."))
        self.retry_after_seconds = retry_after_seconds


class TooManyRequests(Exception):
    """Too many filings from this address; try again after the seconds."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(
            _("Too many requests from your address. Try again later, or call us: we will write it.")
        )
        self.retry_after_seconds = retry_after_seconds


def with_code(number: str, code: str, *, address: str, at: datetime) -> CodeHolder | None:
    """Return the actor whom this code makes, or None; raise TooManyCodes. See `opened`."""
    found = opened(Request.objects.only("pk"), number, code, address=address, at=at)
    return found[1] if found else None


def opened(
    rows: RequestQuerySet, number: str, code: str, *, address: str, at: datetime
) -> tuple[Request, CodeHolder] | None:
    """
    Return the request among `rows` that this code opens and whom it makes of the sender.

    None for an unknown number as for a wrong code. Only wrong codes are counted. An address over
    the limit is refused whatever it brings; a number over the limit still opens to the right code,
    or a stranger could lock its owner out. Raise TooManyCodes.
    """
    number, code = one_line(number[:_LONGEST])[:16], one_line(code[:_LONGEST])[:64]
    address = limit_key(address)
    spent = throttling.look(bucket="code-address", key=address, limit=settings.CODE_LIMIT, at=at)
    if not spent.allowed:
        raise TooManyCodes(spent.retry_after_seconds)
    holder = CodeHolder(number=number, code_hash=tracking_code.digest(code))
    # Postgres compares hashes: how long that takes tells nothing that helps to guess a code.
    for item in rows.visible_to(holder)[:1]:
        return item, holder
    verdicts = [
        throttling.hit(bucket=bucket, key=key, limit=settings.CODE_LIMIT, window=WINDOW, at=at)
        for bucket, key in (("code-address", address), ("code-number", number))
    ]
    for verdict in verdicts:
        if not verdict.allowed:
            raise TooManyCodes(verdict.retry_after_seconds)
    return None


def count_filing(*, address: str, at: datetime) -> None:
    """Count one filing from the address; raise TooManyRequests over FILING_LIMIT an hour."""
    verdict = throttling.hit(
        bucket="filing", key=limit_key(address), limit=settings.FILING_LIMIT, window=WINDOW, at=at
    )
    if not verdict.allowed:
        raise TooManyRequests(verdict.retry_after_seconds)
