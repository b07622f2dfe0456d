"""E-mail over SMTP: text and HTML, a stable Message-ID, one click to unsubscribe (RFC 8058)."""

from __future__ import annotations

import contextlib
import re
import smtplib
import threading
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import BadHeaderError
from django.core.validators import validate_email

from notifications.channels import (
    Limits,
    NeverDelivered,
    NoSuchAddress,
    OutOfOrder,
    Sent,
    TryLater,
)
from notifications.models import Message, StopReason
from notifications.rendering import Rendered

# «No such mailbox», «disabled», «moved and gone» (RFC 3463): nothing will ever arrive there. Other
# refusals may be of this letter, or of us.
_GONE = re.compile(rb"\b5\.(1\.[1236]|2\.1)\b")


class EmailChannel:
    """Sends through the server of EMAIL_URL, letters that leave together over one connection."""

    # The server says itself when it has enough; workers are as many as it bears.
    limits = Limits()
    is_set_up = True

    def __init__(self) -> None:
        self._kept = threading.local()

    def send(self, message: Message, letter: Rendered) -> Sent:
        """Send the letter; a second sending of the same row has the same Message-ID."""
        try:
            validate_email(message.recipient)
        except ValidationError:
            raise NeverDelivered("the address is not an e-mail address") from None
        mail = EmailMultiAlternatives(
            subject=letter.subject,
            body=letter.text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[message.recipient],
            headers=_headers(message, letter),
        )
        mail.attach_alternative(letter.html, "text/html")
        try:
            raw = mail.message().as_bytes()
        except BadHeaderError:
            raise NeverDelivered("a header with a line break") from None
        mail.connection = self._connection()
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as refused:
            codes = {code for code, _reason in refused.recipients.values()}
            if any(_GONE.search(reason) for _code, reason in refused.recipients.values()):
                raise NoSuchAddress(
                    f"the recipient is refused: {sorted(codes)}", reason=StopReason.BOUNCED
                ) from None
            if all(500 <= code < 600 for code in codes):
                raise NeverDelivered(f"the recipient is refused: {sorted(codes)}") from None
            raise TryLater(f"the recipient is deferred: {sorted(codes)}") from None
        except smtplib.SMTPDataError as refused:
            if 500 <= refused.smtp_code < 600:
                raise NeverDelivered(f"the letter is refused: {refused.smtp_code}") from None
            raise TryLater(f"the letter is deferred: {refused.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as broken:
            self.rest()
            raise TryLater(f"the conversation broke off: {type(broken).__name__}") from broken
        return Sent(raw=raw)

    def rest(self) -> None:
        """Close this thread's connection."""
        kept = getattr(self._kept, "connection", None)
        if kept is not None:
            self._kept.connection = None
            with contextlib.suppress(smtplib.SMTPException, OSError):
                kept.close()

    def _connection(self) -> Any:
        """
        Return this thread's open connection; raise OutOfOrder when the server lets nobody in.

        It is asked whether it lives: a letter tried over a dead one could not be told from one
        that left and whose answer was lost.
        """
        kept = getattr(self._kept, "connection", None)
        smtp = getattr(kept, "connection", None)
        if smtp is not None and not _answers(smtp):
            self.rest()
            kept = None
        if kept is None:
            kept = get_connection()
            try:
                kept.open()
            except (smtplib.SMTPException, OSError) as closed:
                raise OutOfOrder(f"no connection: {type(closed).__name__}") from closed
            self._kept.connection = kept
        return kept


def _answers(smtp: smtplib.SMTP) -> bool:
    try:
        return smtp.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _headers(message: Message, letter: Rendered) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {
        "Message-ID": f"<message-{message.pk}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if letter.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
