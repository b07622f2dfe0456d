"""
Requests and what belongs to them: what this room keeps of a person, and erasing it.

A request that is closed goes as it goes when its time is over (`retention`); one under way keeps
what the executor needs, and goes the day after it is closed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keeping import Left, Section
from accounts.models import ContactLook, Upload, User
from accounts.uploads import sweeping
from notifications.models import ChannelCode, Destination
from requests_app import letters, retention
from requests_app.models import (
    Attachment,
    Author,
    ChatFollow,
    Draft,
    Mark,
    Request,
    RequestContact,
    RequestEvent,
)
from requests_app.statuses import Status

BATCH = 100
_YEARS = gettext_lazy("five years, then only the numbers stay; sooner if you close the account")


def export_of(user: User) -> list[Section]:
    """Return what this room keeps of a person: what they may read of it, nobody else's notes."""
    own = Request.objects.filter(resident=user)
    files = Attachment.objects.filter(request__in=own, event__author=Author.RESIDENT)
    subjects = own.annotate(
        subject=Concat(Value("request:"), Cast("pk", CharField()), output_field=CharField())
    )
    return [
        Section(
            key="requests",
            title=gettext_lazy("Requests"),
            kept=_YEARS,
            rows=own.order_by("registered_at", "pk"),
            fields=(
                *("number", "registered_at", "category__name", "building__address"),
                *("entrance", "flat", "description", "public", "status", "outcome"),
                *("closed_at", "executor_name", "contact__name", "contact__email"),
                *("contact__phone", "contact__consent_at", "contact__consent_version"),
                "contact__retention_until",
            ),
        ),
        Section(
            key="request_lines",
            title=gettext_lazy("What was said in requests"),
            kept=_YEARS,
            rows=RequestEvent.objects.filter(request__in=own, public=True).order_by("at", "pk"),
            fields=("request__number", "at", "kind", "status", "author", "text"),
        ),
        Section(
            key="request_files",
            title=gettext_lazy("Photos and files of requests"),
            kept=_YEARS,
            rows=files.order_by("pk"),
            fields=("request__number", "event__at", "upload_id"),
            uploads=Upload.objects.filter(pk__in=files.values("upload")),
        ),
        Section(
            key="marks",
            title=gettext_lazy("Your marks for the work"),
            kept=gettext_lazy("for good, without a name"),
            rows=Mark.objects.filter(request__in=own).order_by("pk"),
            fields=("request__number", "value", "at"),
        ),
        Section(
            key="contact_looks",
            title=gettext_lazy("When staff saw your contact"),
            kept=gettext_lazy("for good, without a name: evidence of who saw what"),
            rows=ContactLook.objects.filter(subject__in=subjects.values("subject"))
            .exclude(looked_by=user)
            .order_by("at", "pk"),
            fields=("subject", "at"),
        ),
        Section(
            key="drafts",
            title=gettext_lazy("Requests not sent yet"),
            kept=gettext_lazy("three days"),
            rows=Draft.objects.filter(user=user).order_by("changed_at", "pk"),
            fields=("answers", "changed_at"),
            uploads=Upload.objects.filter(drafts__user=user),
        ),
        Section(
            key="chats",
            title=gettext_lazy("Requests followed from Telegram"),
            kept=gettext_lazy("until you close the account"),
            rows=_chats(user).order_by("pk"),
            fields=("chat", "request__number", "since"),
        ),
    ]


def left_of(user: User, *, held: Collection[int] = ()) -> QuerySet[Request]:
    """Return the requests that would not go today: under way, or `held` by another matter."""
    own = Request.objects.filter(resident=user)
    return own.exclude(status=Status.CLOSED) | own.filter(pk__in=held)


def left_in_words(rows: QuerySet[Request], *, most: int) -> list[Left]:
    """Return up to `most` of what `left_of` found, for people."""
    shown = rows.select_related("category").defer("search").order_by("-registered_at", "-pk")
    return [
        Left(
            title=f"{item.number}: {item.category.name}",
            until=_("until it is closed: the executor needs your address and contact")
            if item.is_open or item.status == Status.DONE
            else _("as long as the claim or the court case about it"),
            norm=_("152-FZ, article 6, part 1, items 2 and 5; 59-FZ"),
            path=reverse("requests_app:request", args=[item.number]),
        )
        for item in shown[:most]
    ]


def erase_of(user: User, *, at: datetime, held: Collection[int] = ()) -> None:
    """
    Erase what is over; shorten the time of what is not. Safe to do twice, and after a kill.

    `held` are requests whose data another matter still needs: they are left whole.
    """
    today = timezone.localtime(at).date()
    own = Request.objects.filter(resident=user).exclude(pk__in=held)
    last = 0
    while page := list(own.filter(pk__gt=last).order_by("pk").values_list("pk", "status")[:BATCH]):
        last = page[-1][0]
        _shorten([pk for pk, _status in page], today=today)
        for pk, status in page:
            if status == Status.CLOSED:
                retention.destroy(pk, today=today, at=at)
    _chats(user).delete()
    for key in Draft.objects.filter(user=user).values_list("pk", flat=True):
        _drop_draft(key)


def topics_left(user: User) -> list[str]:
    """Return what the outbox calls the requests that are still this person's."""
    rows = Request.objects.filter(resident=user).exclude(status=Status.CLOSED).only("number")
    return [letters.topic(item) for item in rows.iterator()]


def _shorten(requests: list[int], *, today: date) -> None:
    RequestContact.objects.filter(request__in=requests, retention_until__gt=today).update(
        retention_until=today
    )


@transaction.atomic
def _drop_draft(key: UUID) -> None:
    files = Upload.objects.filter(drafts=key, claimed_at=None)
    found = list(files)
    Draft.objects.filter(pk=key).delete()
    sweeping.destroy(found)


def _chats(user: User) -> QuerySet[ChatFollow]:
    theirs = Destination.objects.filter(user=user, channel=ChannelCode.TELEGRAM)
    return ChatFollow.objects.filter(chat__in=theirs.values("address"))
