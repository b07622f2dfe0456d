"""The calendar of everything for programs: seminars, reception days, planned outages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import asked
from accounts.rest.call import PublicRead
from accounts.rest.refusals import wrong
from outreach.calendar.entries import KINDS, Choice, Entry, entries

# One answer, and how far it reaches; the next stretch is the next question.
MOST = 1_000
USUAL, LONGEST = timedelta(days=31), timedelta(days=366)
FRESH_SECONDS = 300
_YEARS = range(2000, 2100)


class EntryShape(serializers.Serializer[Any]):
    """What happens."""

    uid = serializers.CharField(help_text="The same in calendar files")
    kind = serializers.ChoiceField(choices=[(kind, kind) for kind in KINDS])
    title = serializers.CharField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField(help_text="As far as is known")
    place = serializers.CharField()
    districts = serializers.ListField(child=serializers.CharField())
    is_cancelled = serializers.BooleanField()
    url = serializers.URLField(help_text="Its page for people")


class CalendarShape(serializers.Serializer[Any]):
    """What happens in a stretch of time, in order."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    complete = serializers.BooleanField(
        help_text=f"False: more than {MOST} entries, ask for a shorter stretch"
    )
    feed = serializers.URLField(help_text="The same as a file that calendar programs follow")
    results = EntryShape(many=True)


class Calendar(PublicRead):
    """GET /api/v1/calendar/: what happens when."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="calendar",
        parameters=[
            OpenApiParameter(
                "kind", str, description=f"By commas: {', '.join(KINDS)}; all without it"
            ),
            OpenApiParameter("district", str, description="Name of a district of the city"),
            OpenApiParameter("since", datetime, description="Now without it"),
            OpenApiParameter(
                "until",
                datetime,
                description=f"{USUAL.days} days later without it, {LONGEST.days} at most",
            ),
        ],
        responses={200: CalendarShape},
        tags=["calendar"],
    )
    def get(self, http: Request) -> Response:
        """Return seminars, reception days and planned outages of a stretch; three queries."""
        choice = Choice(
            kinds=tuple(asked.some_of(http, "kind", list(KINDS))),
            district=asked.words(http, "district"),
        )
        since = asked.moment(http, "since") or now().replace(second=0, microsecond=0)
        if since.year not in _YEARS:
            raise wrong("since", _("The calendar does not reach there."))
        until = asked.moment(http, "until") or since + USUAL
        if not since < until <= since + LONGEST:
            raise wrong("until", _("The stretch ends after it begins, within a year."))
        found = entries(choice, since=since, until=until, limit=MOST + 1)
        query = f"?{choice.query}" if choice.query else ""
        return Response(
            {
                "since": since,
                "until": until,
                "complete": len(found) <= MOST,
                "feed": f"{settings.PUBLIC_URL}/calendar.ics{query}",
                "results": [_shown(one) for one in found[:MOST]],
            }
        )


def _shown(one: Entry) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "kind": one.kind,
        "title": one.title,
        "start": one.starts_at,
        "end": one.ends_at,
        "place": one.place,
        "districts": list(one.districts),
        "is_cancelled": one.is_cancelled,
        "url": f"{settings.PUBLIC_URL}{one.path}",
    }
