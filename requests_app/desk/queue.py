"""
Today's queue: what to work on next, and who holds what.

Holding a request is being its operator (`Request.assigned_to`); places follow by trigger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Exists, Func, IntegerField, OuterRef
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.actors import Operator
from accounts.models import User
from requests_app import lifecycle
from requests_app.desk.tabs import COUNTED
from requests_app.models import Attachment, QueuePlace, Request
from requests_app.models.queue import STANDING, QueuePlaceQuerySet

# Longer than this is no putting off but forgetting.
ASIDE_AT_MOST = timedelta(days=30)

Narrow = Callable[[QueuePlaceQuerySet, Operator, datetime], QueuePlaceQuerySet]


@dataclass(frozen=True)
class View:
    """A part of the queue under a name."""

    code: str
    label: Promise
    icon: str
    narrow: Narrow


VIEWS: tuple[View, ...] = (
    View(
        "nobodys",
        pgettext_lazy("queue", "Nobody's"),
        "inbox",
        lambda rows, _by, at: rows.nobodys().exclude(lane=STANDING).ready(at),
    ),
    View(
        "mine",
        pgettext_lazy("queue", "Mine"),
        "user",
        lambda rows, by, at: rows.held_by(by.id).ready(at),
    ),
    View(
        "aside",
        gettext_lazy("Set aside by me"),
        "pause",
        lambda rows, by, at: rows.held_by(by.id).set_aside(at),
    ),
    View(
        "colleagues",
        gettext_lazy("Of my colleagues"),
        "users",
        lambda rows, by, _at: rows.held_by_others(by.id),
    ),
    View("everything", gettext_lazy("The whole queue"), "list", lambda rows, _by, _at: rows),
)
BY_CODE = {view.code: view for view in VIEWS}
DEFAULT = VIEWS[0]


def places(view: View, *, by: Operator, at: datetime) -> QueuePlaceQuerySet:
    """Return the places of a view with what a row shows; each gains `has_files`."""
    files = Attachment.objects.filter(request=OuterRef("request_id"))
    return (
        view.narrow(QueuePlace.objects.visible_to(by), by, at)
        .select_related("request__category__parent", "request__building", "request__assigned_to")
        .defer("request__description", "request__norm_text", "request__search")
        .annotate(has_files=Exists(files))
    )


def counts(*, by: Operator, at: datetime) -> dict[str, str]:
    """Return «0»…«99» or «99+» for each view, in one statement that reads no more than that."""
    lengths = [
        Func(
            ArraySubquery(
                view.narrow(QueuePlace.objects.visible_to(by), by, at)
                .order_by()
                .values("pk")[: COUNTED + 1]
            ),
            function="cardinality",
            output_field=IntegerField(),
        )
        for view in VIEWS
    ]
    found = User.objects.filter(pk=by.id).values_list(*lengths).get()
    return {
        view.code: f"{COUNTED}+" if count > COUNTED else str(count)
        for view, count in zip(VIEWS, found, strict=True)
    }


def take_next(*, by: Operator, at: datetime) -> Request | None:
    """Make `by` the operator of the first request that nobody holds; None when there is none."""
    with transaction.atomic():
        place = (
            DEFAULT.narrow(QueuePlace.objects.visible_to(by), by, at)
            .in_order()
            .select_related("request")
            # Found by one number: the step reads the row itself, under the lock.
            .only("request__id")
            # The request too, or the step below could wait for somebody who waits for this place.
            .select_for_update(skip_locked=True, of=("self", "request"))
            .first()
        )
        if place is None:
            return None
        taken = lifecycle.assign(place.request, to=by.id, by=by, at=at)
        _read(taken)
        return taken


def take(item: Request, *, by: Operator, at: datetime, seen_version: int | None = None) -> Request:
    """Make `by` the operator of this very request."""
    with transaction.atomic():
        taken = lifecycle.assign(item, to=by.id, by=by, at=at, seen_version=seen_version)
        _read(item)
        return taken


def release(item: Request, *, by: Operator, at: datetime) -> Request:
    """Give the request back: it is nobody's again. Raise Refused when it is a colleague's."""
    with transaction.atomic():
        _must_be_mine(item, by)
        return lifecycle.assign(item, to=None, by=by, at=at)


def set_aside(item: Request, *, until: datetime, text: str, by: Operator, at: datetime) -> None:
    """
    Put the request off until a moment; it stays with its operator, and a note says why.

    Its clock runs on. The resident's word brings it back at once.
    """
    if not at < until <= at + ASIDE_AT_MOST:
        raise lifecycle.Refused(
            "until", _("Choose a moment between now and 30 days ahead."), "bad_moment"
        )
    with transaction.atomic():
        locked = _must_be_mine(item, by)
        if not locked.is_open:
            raise lifecycle.Refused("until", _("The request is over: nothing waits."), "closed")
        moment = formats.date_format(timezone.localtime(until), "j E Y, H:i")
        said = _("Set aside until %(moment)s.") % {"moment": moment}
        lifecycle.internal_note(item, by=by, at=at, text=f"{said}\n{text}".strip())
        QueuePlace.objects.filter(request=item).update(set_aside_until=until)


def bring_back(item: Request, *, by: Operator) -> None:
    """Undo `set_aside`."""
    with transaction.atomic():
        _must_be_mine(item, by)
        QueuePlace.objects.filter(request=item).update(set_aside_until=None)


def mark_read(item: Request) -> None:
    """Note that somebody of the staff has the request open."""
    _read(item)


def place_of(item: Request, *, by: Operator) -> QueuePlace | None:
    """Return where the request stands, None when it is over."""
    return QueuePlace.objects.visible_to(by).filter(request=item).first()


def _read(item: Request) -> None:
    QueuePlace.objects.filter(request=item, is_unread=True).update(is_unread=False)


def _must_be_mine(item: Request, by: Operator) -> Request:
    row = Request.objects.visible_to(by).select_for_update().defer("search").get(pk=item.pk)
    if row.assigned_to_id != by.id:
        raise lifecycle.Refused("", _("The request is not yours: take it first."), "not_mine")
    return row
