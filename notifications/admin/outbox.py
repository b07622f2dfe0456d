"""Messages of the outbox: where each stands, sending dead ones again, holding waiting ones back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import contact_looks
from accounts.actors import Operator
from notifications import callbacks, channel_figures, delivery, overview
from notifications.admin import frame
from notifications.masking import masked
from notifications.models import Message, State

# A filter by event looks at the newest ones only, so that a rare event reads no whole table.
WINDOW = 20_000
MOST_COUNTED = 100

TONES: dict[str, tuple[str, str]] = {
    State.QUEUED: ("clock", "wait"),
    State.LEASED: ("forward", "work"),
    State.SENT: ("check-circle", "good"),
    State.DEAD: ("alert", "bad"),
    State.CANCELLED: ("minus-circle", "quiet"),
    State.STOPPED: ("bell", "quiet"),
    State.EXPIRED: ("archive", "quiet"),
    State.FOLDED: ("copy", "good"),
    State.PASSED_ON: ("forward", "quiet"),
}


_ASKED = ("number", "event")


@dataclass(frozen=True)
class Row:
    """A message as the pages show it."""

    item: Message
    to: str
    icon: str
    tone: str

    @property
    def is_waiting(self) -> bool:
        """Whether there is a next try."""
        return self.item.state == State.QUEUED

    @property
    def can_go_again(self) -> bool:
        """Whether a person may send it again; a wiped secret cannot be."""
        wiped = self.item.sensitive and not self.item.context
        return self.item.state in {State.DEAD, State.CANCELLED} and not wiped


@dataclass(frozen=True)
class Deed:
    """What may be done with chosen messages."""

    code: str
    question: Promise
    button: Promise
    states: tuple[State, ...]


DEEDS = {
    "again": Deed(
        "again",
        gettext_lazy("Send these letters again?"),
        gettext_lazy("Send again"),
        (State.DEAD, State.CANCELLED),
    ),
    "cancel": Deed(
        "cancel",
        gettext_lazy("Keep these letters from leaving?"),
        gettext_lazy("Do not send"),
        (State.QUEUED,),
    ),
}


@admin.register(Message)
class MessageAdmin(frame.ShownOnly):
    """The outbox. Addresses are masked; a look at a full one needs its right and is logged."""

    def get_urls(self) -> list[URLPattern]:
        """Add the address that deeds are sent to."""
        act = self.admin_site.admin_view(require_POST(self.act))
        channels = self.admin_site.admin_view(require_safe(self.channels))
        return [
            path("act/", act, name="notifications_message_act"),
            path("channels/", channels, name="notifications_message_channels"),
            *super().get_urls(),
        ]

    def channels(self, request: HttpRequest) -> HttpResponse:
        """Show how each channel is doing, now and over the last day."""
        self._needs_view(request)
        at = now()
        lag = overview.lag(at=at)
        return TemplateResponse(
            request,
            "admin/notifications/channels.html",
            frame.values(
                request,
                Message,
                title=_("Channels"),
                figures=channel_figures.of_all(at=at),
                lag=lag,
                since=at - lag,
                relays=overview.relays(at=at),
                at=at,
                # Whoever knows it can make us ask the gateway, no more; still it is for chiefs.
                callback=callbacks.sms_address() if self.has_change_permission(request) else "",
            ),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the outbox's state of health and its messages, the newest first."""
        self._needs_view(request)
        at = now()
        asked = request.GET
        state = asked.get("state", "")
        rows = Message.objects.select_related(None)
        if state in State.values:
            rows = rows.filter(state=state)
        number, event = (asked.get(name, "").replace("\x00", "").strip() for name in _ASKED)
        number, event = number[:40], event[:64]
        if number:
            rows = rows.filter(topic=f"request:{number}")
        if event:
            newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            rows = rows.filter(event=event, pk__gt=newest - WINDOW)
        found, older = frame.page(rows, asked)
        lag = overview.lag(at=at)
        counted = overview.counts(most=MOST_COUNTED)
        return TemplateResponse(
            request,
            "admin/notifications/outbox.html",
            frame.values(
                request,
                Message,
                title=_("Letters"),
                lag=lag,
                since=at - lag,
                relays=overview.relays(at=at),
                at=at,
                tabs=[
                    {
                        "href": frame.address(asked, state=str(code)),
                        "word": word,
                        "count": _capped(counted.get(str(code))),
                        "is_hot": code == State.DEAD and counted[State.DEAD],
                        "now": state == code,
                    }
                    for code, word in [("", _("All")), *State.choices]
                ],
                rows=[_row(message) for message in found],
                older=older,
                number=number,
                event=event,
                state=state,
                is_filtered=bool(number or event),
                can_act=self.has_change_permission(request),
                letters=reverse("admin:notifications_sentletter_changelist")
                if settings.DEMO
                else "",
            ),
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one message; the look at a full address is logged."""
        self._needs_view(request)
        message = self.get_object(request, object_id)
        if message is None:
            raise Http404
        actor = request.actor  # type: ignore[attr-defined]
        sees = isinstance(actor, Operator) and actor.sees_contacts
        if sees:
            contact_looks.record(f"message:{message.pk}", by=actor, at=now())
        row = _row(message, is_open=sees)
        return TemplateResponse(
            request,
            "admin/notifications/message.html",
            frame.values(
                request,
                Message,
                title=_("Letter no. %(number)d") % {"number": message.pk},
                row=row,
                can_act=self.has_change_permission(request),
                letters=message.letters.order_by("-pk") if settings.DEMO else [],
            ),
        )

    def act(self, request: HttpRequest) -> HttpResponse:
        """Ask first; with `sure`, do the deed with the chosen messages."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        deed = DEEDS.get(request.POST.get("deed", ""))
        chosen = [
            int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal() and len(pk) < 19
        ][: frame.SIZE]
        listed = redirect("admin:notifications_message_changelist")
        rows = [
            _row(message)
            for message in Message.objects.filter(
                pk__in=chosen, state__in=deed.states if deed else []
            ).order_by("pk")
        ]
        if deed is None or not rows:
            messages.warning(request, _("None of the chosen letters can be treated so."))
            return listed
        if "sure" not in request.POST:
            return TemplateResponse(
                request,
                "admin/notifications/sure.html",
                frame.values(request, Message, title=deed.question, deed=deed, rows=rows),
            )
        ids = [row.item.pk for row in rows]
        if deed.code == "again":
            count = delivery.send_again(ids, at=now())
            words = ngettext(
                "%(count)d letter leaves again.", "%(count)d letters leave again.", count
            )
        else:
            count = delivery.cancel(ids)
            words = ngettext(
                "%(count)d letter is held back.", "%(count)d letters are held back.", count
            )
        messages.success(request, words % {"count": count})
        if count < len(ids):
            messages.warning(
                request, _("The others have left meanwhile, or held a secret that is wiped.")
            )
        return listed

    def _needs_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


def _row(message: Message, *, is_open: bool = False) -> Row:
    icon, tone = TONES[message.state]
    to = message.recipient if is_open else masked(message.recipient)
    return Row(message, to, icon, tone)


def _capped(count: int | None) -> str:
    if not count:
        return ""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
