"""
Asking to be erased, calling it off, and the work itself.

A wish waits some days, and a letter has a link that calls it off. Then a worker goes through the
rooms; it may be killed at any point, the next one goes through them again. What cannot go yet is
looked at again every hour until nothing is left.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.own_data import acts_by_office, is_tombstone
from accounts.signed_links import SignedLinks
from contact_center.own_data import rooms
from contact_center.own_data.models import LIVING, Erasure, ErasureState

log = structlog.get_logger(__name__)

LINKS = SignedLinks("contact_center.own_data.call_off")
LOOKED_AGAIN_AFTER = timedelta(hours=1)


class Refused(Exception):
    """It may not be done; the message says why, for people."""


def wait() -> timedelta:
    """Return how long a wish may be called off."""
    return timedelta(days=settings.ERASURE_DAYS)


def living_of(user: User) -> Erasure | None:
    """Return the erasure of the account that is asked for or under way."""
    return Erasure.objects.filter(user=user, state__in=LIVING).first()


def check(user: User) -> None:
    """Raise Refused, with the reason, for an account that cannot be erased on its own word."""
    if acts_by_office(user):
        raise Refused(
            _(
                "This account belongs to an office. An administrator takes the office away first; "
                "then the account can be erased."
            )
        )
    if is_tombstone(user):
        raise Refused(_("This account is erased already."))


@transaction.atomic
def ask(
    user: User, *, at: datetime, taken_in_by: User | None = None, application: str = ""
) -> Erasure:
    """
    Write down that this account is to be erased, with the letter that says so.

    A second time returns the first. Raise Refused as `check` does.
    """
    check(user)
    # Lock before reading: a double click would meet the constraint.
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = living_of(held)
    if known is not None:
        return known
    row = Erasure.objects.create(
        user=held,
        asked_at=at,
        asked_by=taken_in_by,
        application=application,
        due_at=at + wait(),
    )
    get_adapter().send_mail(
        "account/email/erasure_asked",
        held.email,
        {
            "user": held,
            "due_at": row.due_at,
            "call_off_url": settings.PUBLIC_URL + link_of(row),
        },
    )
    log.info("erasure_asked", erasure=row.pk, account=held.pk)
    return row


@transaction.atomic
def call_off(erasure_id: int, *, at: datetime) -> bool:
    """Let the account live; False when there is nothing to call off any more."""
    row = Erasure.objects.select_for_update(of=("self",)).get(pk=erasure_id)
    if row.state != ErasureState.ASKED:
        return False
    row.state, row.ended_at = ErasureState.CALLED_OFF, at
    row.save(update_fields=["state", "ended_at"])
    log.info("erasure_called_off", erasure=row.pk)
    return True


def link_of(row: Erasure) -> str:
    """Return the path of the page that calls it off."""
    return reverse("own_data:call_off", args=[LINKS.token_of(row.pk)])


def by_token(token: str) -> Erasure | None:
    """Return the erasure that a link of a letter names; None for a forged one."""
    value = LINKS.value_in(token)
    if not isinstance(value, int):
        return None
    return Erasure.objects.select_related("user").filter(pk=value).first()


def run_due(*, at: datetime) -> int:
    """Work on every erasure whose time has come; return how many were worked on."""
    count = 0
    for erasure_id in _due(at):
        try:
            count += run(erasure_id, at=at)
        except Exception:
            # One that fails is tried again at the next look; the others do not wait behind it.
            log.exception("erasure_failed", erasure=erasure_id)
    return count


def run(erasure_id: int, *, at: datetime) -> bool:
    """
    Go through the rooms for one erasure; False if it was called off meanwhile.

    Two at once do no harm: each step of a room may be done twice.
    """
    if not _begin(erasure_id, at=at):
        return False
    user = User.objects.get(erasures=erasure_id)
    rooms.erase(user, at=at)
    _look(erasure_id, at=at)
    return True


def _due(at: datetime) -> list[int]:
    living = Erasure.objects.filter(state__in=LIVING, due_at__lte=at)
    rested = living.exclude(
        state=ErasureState.WAITING, looked_at__gt=at - LOOKED_AGAIN_AFTER
    ).order_by("due_at", "pk")
    return list(rested.values_list("pk", flat=True))


@transaction.atomic
def _begin(erasure_id: int, *, at: datetime) -> bool:
    # Locked: a person who calls it off at this moment is either earlier or told that it is late.
    row = (
        Erasure.objects.select_for_update(of=("self",))
        .filter(pk=erasure_id, state__in=LIVING, due_at__lte=at)
        .first()
    )
    if row is None:
        return False
    if row.state == ErasureState.ASKED:
        row.state, row.began_at = ErasureState.RUNNING, at
        row.save(update_fields=["state", "began_at"])
    return True


@transaction.atomic
def _look(erasure_id: int, *, at: datetime) -> None:
    row = Erasure.objects.select_for_update(of=("self",)).select_related("user").get(pk=erasure_id)
    row.left, row.looked_at = rooms.count_left(row.user), at
    row.state = ErasureState.WAITING if row.left else ErasureState.DONE
    if row.state == ErasureState.DONE:
        row.ended_at = at
    row.save(update_fields=["left", "looked_at", "state", "ended_at"])
    log.info("erasure_gone_through", erasure=row.pk, left=row.left)
