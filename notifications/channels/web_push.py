"""
Web push: a notification of a browser, sealed for it alone.

What the service worker gets is JSON, described in docs/notifications.md:
`{"title", "body", "url", "tag", "badge", "receipt"}`.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import now

from notifications import outbound, reports
from notifications import web_push_sealing as sealing
from notifications.channels import (
    Limits,
    NeverDelivered,
    NoSuchAddress,
    Sent,
    TryLater,
    as_shown,
)
from notifications.models import Destination, InboxItem, Message, Priority, Spill, StopReason
from notifications.rendering import Rendered

LIMITS = outbound.Limits(connect=5, read=10, total=15, answer=16 * 1024)
# How long a push service keeps what a sleeping phone has not taken.
KEPT_FOR = timedelta(days=1)
URGENCY = {Priority.EMERGENCY: "high", Priority.NORMAL: "normal", Priority.BULK: "low"}
GONE = {404, 410}
# Our key is not the one the browser was given: it will never be.
FOREIGN_KEY = {401, 403}
LONGEST_TITLE, LONGEST_BODY = 120, 300


def is_push_service(endpoint: str) -> bool:
    """Whether a browser could have given this address: a host of PUSH_HOSTS, by https."""
    try:
        parts = outbound.checked(endpoint)
    except outbound.Refused:
        return False
    host = parts.hostname or ""
    if f"{host}:{parts.port}" in settings.OUTBOUND_ALLOWED:
        return True
    return any(
        host == allowed or (allowed.startswith("*.") and host.endswith(allowed[1:]))
        for allowed in settings.PUSH_HOSTS
    )


class WebPushChannel:
    """Sends to the push service that each browser named."""

    limits = Limits(at_once=8)
    is_set_up = True

    @cached_property
    def private_key(self) -> str:
        """The key that pushes are signed with: of VAPID_KEY, or one made once for this portal."""
        return settings.VAPID_KEY or sealing.kept_key(settings.DATA_DIR / "vapid.key")

    @property
    def public_key(self) -> str:
        """What a page gives the browser when it subscribes."""
        return sealing.public_key(self.private_key)

    def send(self, message: Message, letter: Rendered) -> Sent:
        """Send one push."""
        place = (
            Destination.objects.living()
            .filter(channel=message.channel, address=message.recipient)
            .first()
        )
        if place is None or not is_push_service(message.recipient):
            raise NoSuchAddress("no browser's address", reason=StopReason.REFUSED)
        is_asked = Spill.objects.filter(message=message).exists()
        body = payload(message, letter, place, is_asked=is_asked)
        at = now()
        try:
            sealed = sealing.seal(body, p256dh=place.keys["p256dh"], auth=place.keys["auth"])
        except (KeyError, TypeError, ValueError):
            raise NoSuchAddress("keys that no browser gave", reason=StopReason.REFUSED) from None
        try:
            answer = outbound.call(
                message.recipient,
                body=sealed,
                headers=self._headers(message, at=at),
                limits=LIMITS,
            )
        except outbound.BadAnswer as odd:
            raise TryLater(f"the push service: {odd}") from None
        except outbound.Refused as refused:
            raise NoSuchAddress(f"the push service: {refused}", reason=StopReason.REFUSED) from None
        except outbound.Unreachable as broken:
            # One browser maker's trouble is not another's: the channel itself is in order.
            raise TryLater(f"the push service: {broken}") from None
        if answer.status in GONE | FOREIGN_KEY:
            raise NoSuchAddress(f"the browser is gone: {answer.status}", reason=StopReason.GONE)
        if answer.status == 429 or answer.status >= 500:
            raise TryLater(f"the push service puts off: {answer.status}")
        if not answer.is_ok:
            raise NeverDelivered(f"the push service refuses: {answer.status}")
        shown = as_shown(message, title=letter.subject, text=body.decode())
        return Sent(raw=shown, is_awaited=is_asked)

    def _headers(self, message: Message, *, at: datetime) -> dict[str, str]:
        kept = min(KEPT_FOR, message.expires_at - at) if message.expires_at else KEPT_FOR
        return {
            "Authorization": sealing.authorization(
                message.recipient,
                private=self.private_key,
                contact=f"mailto:{settings.CITY.center_email}",
                at=at,
            ),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(0, int(kept.total_seconds()))),
            "Urgency": URGENCY[Priority(message.priority)],
            # News of one matter that still waits at the service gives way to newer (RFC 8030 §5.4).
            "Topic": tag_of(message),
        }

    def rest(self) -> None:
        """Nothing is kept open."""


def tag_of(message: Message) -> str:
    """Return the name under which a device shows only the newest of a matter's news."""
    mark = sha256(f"{message.topic} {message.event}".encode()).digest()[:18]
    return base64.urlsafe_b64encode(mark).decode()


def payload(message: Message, letter: Rendered, place: Destination, *, is_asked: bool) -> bytes:
    """Return what the service worker shows; with `is_asked` it says so by posting to `receipt`."""
    parts = urlsplit(letter.url)
    told = {
        "title": _cut(letter.subject, LONGEST_TITLE),
        "body": _cut(letter.short if letter.short != letter.subject else "", LONGEST_BODY),
        # Of this portal only, so by its path; a link that is too long is left out.
        "url": f"{parts.path}?{parts.query}".rstrip("?") if len(letter.url) < 1500 else "",
        "tag": tag_of(message),
        "badge": InboxItem.objects.filter(user_id=place.user_id, read_at=None).count(),
    }
    if is_asked:
        told["receipt"] = reverse("notifications:receipt", args=[reports.receipt(message)])
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
