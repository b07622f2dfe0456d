"""What happens when: meetings of seminars, days of reception and planned outages as one list."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.calendars import Event
from disclosure.utilities import Utility
from outreach.models import Meeting, MeetingKind, SeminarState, Slot
from outreach.seminars.calendar import uid_of, zone
from requests_app.models import Incident, IncidentBuilding, IncidentKind, IncidentUpdate

KINDS = {
    "seminars": gettext_lazy("Seminars"),
    "reception": gettext_lazy("Reception days"),
    "outages": gettext_lazy("Planned outages"),
}
# An outage whose end nobody named is shown as a working day.
USUAL_OUTAGE = timedelta(hours=8)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the calendar; `path` is its page, `districts` are for choosing."""

    kind: str
    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    path: str
    place: str = ""
    districts: tuple[str, ...] = ()
    sequence: int = 0
    changed_at: datetime | None = None
    is_cancelled: bool = False

    @property
    def kind_word(self) -> str:
        """The kind in words."""
        return str(KINDS[self.kind])


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What of the calendar is shown: every kind if none is named, every district if none is."""

    kinds: tuple[str, ...] = ()
    district: str = ""
    # Outages alone have houses.
    building: int | None = None

    @classmethod
    def of(cls, asked: Any) -> Choice:
        """Return the choice of a query; what is unknown is as if it was not said."""
        kinds = tuple(kind for kind in KINDS if kind in asked.getlist("kind"))
        district = asked.get("district", "")
        return cls(
            kinds=() if len(kinds) == len(KINDS) else kinds,
            district=district if district in settings.CITY.districts else "",
        )

    def has(self, kind: str) -> bool:
        """Return whether the kind is shown."""
        return not self.kinds or kind in self.kinds

    @property
    def query(self) -> str:
        """The choice as a query string."""
        pairs = [("kind", kind) for kind in self.kinds]
        return urlencode([*pairs, *([("district", self.district)] if self.district else [])])


def entries(choice: Choice, *, since: datetime, until: datetime, limit: int) -> list[Entry]:
    """
    Return what happens from `since` to `until`, in order, `limit` lines at most; three queries.

    The link of a video call is not in it: it is told to who signed up or booked.
    """
    found: list[Entry] = []
    if choice.has("seminars"):
        found += _meetings(choice, since=since, until=until, limit=limit)
    if choice.has("reception"):
        found += _reception_days(choice, since=since, until=until, limit=limit)
    if choice.has("outages"):
        found += _outages(choice, since=since, until=until, limit=limit)
    return sorted(found, key=lambda one: (one.starts_at, one.title, one.uid))[:limit]


def events(rows: Iterable[Entry], *, at: datetime) -> list[Event]:
    """Return the lines as events of a calendar file."""
    city = zone()
    return [
        Event(
            uid=one.uid,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            zone=city,
            summary=one.title,
            changed_at=one.changed_at or at,
            place=one.place,
            url=f"{settings.PUBLIC_URL}{one.path}",
            sequence=one.sequence,
            is_cancelled=one.is_cancelled,
        )
        for one in rows
    ]


def _meetings(choice: Choice, *, since: datetime, until: datetime, limit: int) -> list[Entry]:
    rows = (
        Meeting.objects.select_related("seminar")
        .filter(starts_at__lt=until, ends_at__gt=since)
        .exclude(seminar__state=SeminarState.DRAFT)
        .order_by("starts_at", "pk")
    )
    if choice.district:
        rows = rows.filter(seminar__district=choice.district)
    return [
        Entry(
            kind="seminars",
            uid=uid_of("seminar", row.uid),
            title=row.seminar.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            path=row.seminar.get_absolute_url(),
            place=row.seminar.place or _("By video"),
            districts=(row.seminar.district,) if row.seminar.district else (),
            sequence=row.seminar.revision,
            changed_at=row.seminar.changed_at,
            is_cancelled=row.seminar.state == SeminarState.CANCELLED,
        )
        for row in rows[:limit]
    ]


def _reception_days(choice: Choice, *, since: datetime, until: datetime, limit: int) -> list[Entry]:
    """Return a line for each host, day and place."""
    rows = Slot.objects.standing().filter(
        host__is_open=True, during__startswith__lt=until, during__endswith__gt=since
    )
    if choice.district:
        rows = rows.filter(district=choice.district)
    days = (
        rows.annotate(day=TruncDate("during__startswith", tzinfo=zone()))
        .values("host", "host__name", "host__post", "day", "kind", "place", "district")
        .annotate(first=Min("during__startswith"), last=Max("during__endswith"))
        .order_by("first", "host", "place")
    )
    return [
        Entry(
            kind="reception",
            uid=uid_of("reception", f"{row['host']}-{row['day']:%Y%m%d}-{_short(row['place'])}"),
            title=_("Reception: %(name)s") % {"name": row["host__name"]},
            starts_at=row["first"],
            ends_at=row["last"],
            path=reverse("outreach:host", args=[row["host"]]),
            place=_("By video") if row["kind"] == MeetingKind.ONLINE else row["place"],
            districts=(row["district"],) if row["district"] else (),
        )
        for row in days[:limit]
    ]


def _outages(choice: Choice, *, since: datetime, until: datetime, limit: int) -> list[Entry]:
    rows = (
        Incident.objects.filter(kind=IncidentKind.PLANNED, started_at__lt=until)
        .filter(
            Q(ended_at__gt=since)
            | Q(ended_at=None, expected_end_at__gt=since)
            | Q(ended_at=None, expected_end_at=None, started_at__gt=since - USUAL_OUTAGE)
        )
        .exclude(ending="merged")
    )
    if choice.district:
        # A query of its own, or only the chosen district would be named.
        rows = rows.filter(
            pk__in=Incident.objects.filter(buildings__district=choice.district).values("pk")
        )
    if choice.building is not None:
        touched = IncidentBuilding.objects.filter(building=choice.building)
        rows = rows.filter(pk__in=touched.values("incident"))
    news = IncidentUpdate.objects.filter(incident=OuterRef("pk")).order_by().values("incident")
    rows = rows.annotate(
        # A calendar keeps what it has until it is told of a change.
        news_at=Subquery(news.values(last=Max("at"))),
        news_count=Subquery(news.values(total=Count("pk"))),
        districts=ArrayAgg(
            "buildings__district",
            distinct=True,
            filter=~Q(buildings__district=""),
            default=[],
        ),
    ).order_by("started_at", "pk")
    return [
        Entry(
            kind="outages",
            uid=uid_of("outage", row.pk),
            title=_outage_title(row),
            starts_at=row.started_at,
            ends_at=_end_of(row),
            path=reverse("outages:outage", args=[row.pk]),
            place=", ".join(row.districts),
            districts=tuple(row.districts),
            sequence=row.news_count or 0,
            changed_at=row.news_at or row.started_at,
            is_cancelled=row.ending == "cancelled",
        )
        for row in rows[:limit]
    ]


def _outage_title(row: Incident) -> str:
    if not row.utility:
        return row.title
    return f"{Utility(row.utility).label}: {row.title}"


def _end_of(row: Incident) -> datetime:
    """Return when it ends as far as is known, and not before it begins."""
    end: datetime = row.ended_at or row.expected_end_at or row.started_at + USUAL_OUTAGE
    return max(end, row.started_at + timedelta(minutes=1))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
