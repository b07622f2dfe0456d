"""
Letters exactly as they left, for the demo's staff: nothing of this exists outside DEMO=1.

A letter's HTML is somebody else's page as far as the browser is concerned: it has an address and a
policy of its own, and runs in a sandbox.
"""

from __future__ import annotations

import email
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from notifications.admin import frame
from notifications.models import SentLetter

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@dataclass(frozen=True)
class Letter:
    """A letter as a mail program shows it."""

    pk: int
    message_id: int
    at: datetime
    subject: str
    to: str
    sender: str
    text: str
    html: str
    headers: list[tuple[str, str]]


@admin.register(SentLetter)
class SentLetterAdmin(frame.ShownOnly):
    """The demo's mailbox of everybody. Its letters hold sign-in codes: that is what a demo is."""

    def get_urls(self) -> list[URLPattern]:
        """Add the address of a letter's HTML."""
        html = self.admin_site.admin_view(self.html)
        return [
            path("<int:pk>/html/", html, name="notifications_sentletter_html"),
            *super().get_urls(),
        ]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Any staff, in the demo."""
        return settings.DEMO and request.user.is_active and request.user.is_staff

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As for a view."""
        return self.has_view_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the mailbox, the newest letter first."""
        self._needs_demo(request)
        found, older = frame.page(SentLetter.objects.all(), request.GET)
        return TemplateResponse(
            request,
            "admin/notifications/letters.html",
            frame.values(
                request,
                SentLetter,
                title=_("Letters as sent"),
                letters=[_read(letter) for letter in found],
                older=older,
            ),
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one letter: as a mail program does, as text, and its headers."""
        letter = self._letter(request, object_id)
        return TemplateResponse(
            request,
            "admin/notifications/letter.html",
            frame.values(request, SentLetter, title=letter.subject, letter=letter),
        )

    def html(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the letter's HTML alone, to the frame that shows it."""
        return _alone(self._letter(request, str(pk)).html)

    def _letter(self, request: HttpRequest, object_id: str) -> Letter:
        self._needs_demo(request)
        found = SentLetter.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        if found is None:
            raise Http404
        return _read(found)

    def _needs_demo(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise Http404


def _alone(html: str) -> HttpResponse:
    # A click must leave the frame, where the portal refuses to be shown.
    response = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
    # What is set here, the portal's own middleware leaves as it is.
    response["Content-Security-Policy"] = POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _read(letter: SentLetter) -> Letter:
    raw = email.message_from_bytes(bytes(letter.raw), policy=default)
    assert isinstance(raw, EmailMessage)
    headers = _headers(bytes(letter.raw))
    return Letter(
        pk=letter.pk,
        message_id=letter.message_id,
        at=letter.at,
        subject=headers.get("Subject", ""),
        to=headers.get("To", ""),
        sender=headers.get("From", ""),
        text=_part(raw, "plain"),
        html=_part(raw, "html"),
        headers=list(headers.items()),
    )


def _headers(raw: bytes) -> dict[str, str]:
    # Not by the newer policy: it leaves a space where a long name was cut in two.
    return {
        name: str(make_header(decode_header(value))).replace("\n", "").strip()
        for name, value in email.message_from_bytes(raw).items()
    }


def _part(raw: EmailMessage, kind: str) -> str:
    body = raw.get_body((kind,))
    return str(body.get_content()) if body else ""
