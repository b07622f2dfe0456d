"""Where allauth meets the portal: its letters go through the outbox, its limits see the client."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.client_address import client_address
from accounts.models import User
from notifications import outbox
from notifications.models import Priority

# Named for allauth's letters; the words are rendered here, where allauth's values still live.
LETTER = "account/mail/letter"
CODE_WORKS_FOR = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
NOTICE_WAITS_FOR = timedelta(days=1)


class AccountAdapter(DefaultAccountAdapter):
    """
    Letters leave by the relay, so a dead mail server never holds a sign-in page.

    All are `sensitive`: a code opens an account and a notice names an address, so nothing of them
    stays after they are sent, and nobody can unsubscribe from their own safety. A code that has
    died is not sent at all.
    """

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the letter into the outbox in the account holder's language."""
        request = allauth_context.request
        user = context.get("user")
        language = user.language if isinstance(user, User) else translation.get_language()
        values = {"request": request, "email": email, "city": settings.CITY, **context}
        with translation.override(language or settings.LANGUAGE_CODE):
            subject = " ".join(
                render_to_string(f"{template_prefix}_subject.txt", values, request).split()
            )
            text = render_to_string(f"{template_prefix}_message.txt", values, request).strip()
            why = _("This address was entered on the portal's sign-in page.")
        code = str(context.get("code", ""))
        at = now()
        outbox.enqueue(
            event=template_prefix.replace("/", "."),
            template=LETTER,
            to=email,
            context={
                "subject": subject,
                "paragraphs": [part.strip() for part in text.split("\n\n") if part.strip()],
                "code": code,
            },
            topic="account",
            dedupe_key=f"account:{uuid.uuid4()}",
            at=at,
            user_id=user.pk if isinstance(user, User) else None,
            # Somebody sits and waits for a code: it goes before a letter to the whole district.
            priority=Priority.EMERGENCY if code else Priority.NORMAL,
            expires_at=at + (CODE_WORKS_FOR if code else NOTICE_WAITS_FOR),
            why=why,
            sensitive=True,
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that our own proxies vouch for."""
        return client_address(request)
