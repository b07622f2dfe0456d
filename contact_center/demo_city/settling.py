"""The one transaction that fills an empty portal with the city; a second call finds it there."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from tqdm import tqdm

from accounts.actors import System
from accounts.models import Upload, User
from contact_center.demo_city import (
    answers,
    asking_back,
    consulting,
    councils,
    courts,
    desk,
    disclosing,
    following,
    founding,
    money,
    people,
    reaching,
    receptions,
    seminars,
)
from contact_center.demo_city.album import Album
from contact_center.demo_city.copying import with_triggers, without_indexes, without_triggers
from contact_center.demo_city.rows import SENT_AFTER, Book
from contact_center.demo_city.years import LETTERS_KEPT, Years
from contact_center.record import counting as record
from disclosure.models import Building, ManagementCompany, ResourceSupplier
from notifications.models import Message, State
from ratings import months, publishing, snapshots
from requests_app import quality, treatment
from requests_app.figures import keeping
from requests_app.incidents import bursts_past, bursts_watch
from requests_app.models import Incident, Norm, Request, RequestEvent

_COUNTED = (
    ManagementCompany, ResourceSupplier, Building, User, Request, RequestEvent, Incident, Upload,
    Message,
)  # fmt: skip
# Files cost more than rows, and nobody looks through more of them.
PHOTOS = 160
WORTH_SORTING = 20_000
# Two seeders at once must not found the city twice.
_LOCK = 0x5EED


class CannotSettle(Exception):
    """Why the city cannot be founded here, in one line."""


def settle(*, requests: int, at: datetime, says: Any = sys.stderr) -> bool:
    """Found the city with that many requests unless it is there; return whether it was founded."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            # A million rows take longer than any page may.
            cursor.execute("SET LOCAL statement_timeout = 0")
            # Inventing a batch on a busy machine may take longer than a page may think.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT current_setting('is_superuser') = 'on'")
            is_superuser = cursor.fetchone()[0]
        if people.are_here():
            return False
        if not is_superuser:
            raise CannotSettle("The demo city is copied in by a superuser of Postgres only.")
        if not Norm.objects.exists():
            raise CannotSettle("There are no categories yet: run load_categories first.")
        town = founding.found(founding.Size(requests), at=at)
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE requests_app_request IN SHARE ROW EXCLUSIVE MODE")
        without_triggers()
        book = Book(letters_since=at - LETTERS_KEPT)
        album = Album(room=PHOTOS)
        years = Years(town, book, album, requests=requests, now=at)
        with (
            tqdm(
                total=requests,
                unit=" requests",
                file=says,
                # A log takes a line a while, a terminal a moving one.
                mininterval=0.1 if _is_seen(says) else 15,
                disable=requests <= founding.SMALL and not _is_seen(says),
            ) as bar,
            _bare(book, requests),
        ):
            years.invent(bar.update)
        book.keep_ids()
        with_triggers()
        with connection.cursor() as cursor:
            # Their places in the desk's queue come by trigger otherwise.
            cursor.execute("SELECT requests_app_queue_fill()")
        desk.furnish(town.cast.operators[0], at=at)
        disclosing.disclose(town, at=at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    treatment.count_all(at=at)
    _rate(at, requests=requests)
    # The desk greets its operator with a burst that the watch has just found.
    bursts_past.count_quiet_past(at=at)
    bursts_watch.listen(at=at)
    receptions.open_receptions(at=at)
    councils.gather(at=at)
    seminars.open_school(at=at)
    answers.fill_answers(at=at)
    following.let_follow(at=at)
    money.win(at=at)
    courts.go_to_court(at=at)
    asking_back.ask(town.cast.operators[0], at=at)
    consulting.open_hotline(town.cast.operators[0], at=at)
    quality.draw(timezone.localtime(at).date() - timedelta(days=1))
    keeping.rebuild(at=at)
    record.refresh(at=at)
    _have_sent(at)
    reaching.reach(at=at)
    return True


WAIVER = "Демонстрационный город: период замечаний не проводился."


# A year of ratings makes a history; in a large city each takes seconds.
MONTHS_RATED, MONTHS_RATED_LARGE = 13, 2


def _rate(at: datetime, *, requests: int) -> None:
    """Publish the ratings of the last months that are over."""
    this_month = timezone.localtime(at).date().replace(day=1)
    months_rated = MONTHS_RATED if requests < WORTH_SORTING else MONTHS_RATED_LARGE
    for back in range(-months_rated, 0):
        drafted = snapshots.draft(months.shifted(this_month, back), at=at)
        publishing.publish(drafted.pk, by=System(), at=at, waiver=WAIVER)


def _have_sent(at: datetime) -> None:
    """Count as sent what the real operations wrote above: it tells of days long gone."""
    Message.objects.filter(state=State.QUEUED, not_before__lte=at).update(
        state=State.SENT, attempts=1, sent_at=F("not_before") + SENT_AFTER
    )


def _bare(book: Book, requests: int) -> AbstractContextManager[None]:
    # Below that, dropping and building cost more than they save.
    return nullcontext() if requests < WORTH_SORTING else without_indexes(book.models)


def _is_seen(says: Any) -> bool:
    return bool(getattr(says, "isatty", lambda: False)())


def counts() -> dict[str, int]:
    """Return how many rows there are, by table; large tables are estimated by the planner."""
    found = {}
    for model in _COUNTED:
        name = model._meta.model_name or ""
        found[name] = model._default_manager.count()
    return found
