"""All rooms' lists of what they keep, and the order in which they erase it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import accounts.own_data
import claims.own_data
import disclosure.own_data
import notifications.own_data
import outreach.own_data
import requests_app.own_data
from accounts.keeping import Left, Section
from accounts.models import User

# Ratings keep nothing of residents: companies object there, and staff publish.
EXPORTS = (
    accounts.own_data.export_of,
    disclosure.own_data.export_of,
    requests_app.own_data.export_of,
    claims.own_data.export_of,
    outreach.own_data.export_of,
    notifications.own_data.export_of,
)
# Matters of one kind that a page names; the others it counts.
MOST = 20


@dataclass(frozen=True)
class UnderWay:
    """What stays for a while: how many matters, and the first of each kind in words."""

    count: int
    shown: list[Left]


def export_of(user: User) -> list[Section]:
    """Return the sections of all rooms, in the order in which people read them."""
    return [section for export in EXPORTS for section in export(user)]


def count_left(user: User) -> int:
    """Return how many matters would stay if the account were erased now."""
    held = claims.own_data.held_requests(user)
    return (
        requests_app.own_data.left_of(user, held=held).count()
        + claims.own_data.left_claims(user).count()
        + claims.own_data.left_cases(user).count()
        + outreach.own_data.left_of(user).count()
    )


def under_way(user: User) -> UnderWay:
    """Return what would stay if the account were erased now, for people."""
    held = claims.own_data.held_requests(user)
    requests = requests_app.own_data.left_of(user, held=held)
    shown = [
        *requests_app.own_data.left_in_words(requests, most=MOST),
        *claims.own_data.left_in_words(user, most=MOST),
        *outreach.own_data.left_in_words(outreach.own_data.left_of(user), most=MOST),
    ]
    return UnderWay(count_left(user), shown)


def erase(user: User, *, at: datetime) -> None:
    """
    Erase what may go, in short transactions; safe to do again after a kill at any point.

    The account comes last: what others hold is found by its addresses. Its door is shut first.
    """
    accounts.own_data.shut(user, at=at)
    held = claims.own_data.held_requests(user)
    outreach.own_data.erase_of(user, at=at)
    requests_app.own_data.erase_of(user, at=at, held=held)
    claims.own_data.erase_of(user, at=at)
    disclosure.own_data.erase_of(user, at=at)
    topics = requests_app.own_data.topics_left(user)
    notifications.own_data.erase_of(user, at=at, kept_topics=topics)
    accounts.own_data.erase_of(user, at=at)
