"""What search engines are asked to read: sitemaps of every public page, and robots.txt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, cast
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.actors import Nobody
from disclosure.models import Building, ManagementCompany, Publication
from outreach.models import Guide
from ratings.models import RatingResult, RatingSnapshot

# What the protocol allows in one file.
LIMIT = 50_000
_CHUNK = 1_000
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
Line = tuple[str, datetime | date | None]


class _Section:
    """
    A kind of page; `lines` gives a part of it: path, and when it last changed if known.

    Not django.contrib.sitemaps: it holds a whole part in memory, twice, before the first byte.
    """

    limit = LIMIT

    def items(self) -> QuerySet[Any]:
        """Return the rows behind the pages, in an order that stays."""
        raise NotImplementedError

    def location(self, item: Any) -> str:
        """Return the path of the page."""
        raise NotImplementedError

    def count(self) -> int:
        """Return how many pages there are. One query at most."""
        return self.items().count()

    def lines(self, part: int) -> Iterator[Line]:
        """Return the addresses of the part, from 1. One query at most."""
        start = (part - 1) * self.limit
        rows = self.items()[start : start + self.limit]
        for item in rows.iterator(chunk_size=_CHUNK):
            yield self.location(item), self.changed(item)

    def changed(self, item: Any) -> datetime | date | None:
        """Return when the page last changed, None if that is not known."""
        return None

    def newest(self) -> datetime | date | None:
        """Return when any page of the kind last changed. One query at most."""
        return None


class Pages(_Section):
    """The few pages that stand by themselves."""

    paths = (
        "/", "/requests/", "/outages/", "/buildings/", "/companies/", "/companies/map/",
        "/ratings/", "/ratings/methodology/", "/recalculation/", "/recalculation/won/",
        "/recalculation/won/rows/",
        "/dashboard/record/",
        "/guides/", "/help/", "/consultations/", "/reception/", "/questions/", "/open-data/",
        "/tos/", "/tos/how-to/", "/seminars/", "/seminars/figures/", "/calendar/",
    )  # fmt: skip

    def count(self) -> int:
        """Return how many there are."""
        return len(self.paths)

    def lines(self, part: int) -> Iterator[Line]:
        """Return them all."""
        return ((path, None) for path in self.paths)


class Houses(_Section):
    """Pages of houses."""

    def items(self) -> QuerySet[Any]:
        """Return ids of houses and when something was published about each."""
        published = (
            Publication.objects.filter(building=OuterRef("pk"))
            .order_by()
            .values("building")
            .annotate(last=Max("published_at"))
            .values("last")
        )
        return (
            Building.objects.order_by("pk")
            .annotate(changed=Subquery(published))
            .values_list("pk", "changed")
        )

    def count(self) -> int:
        """Return how many houses there are."""
        return Building.objects.count()

    def location(self, item: Any) -> str:
        """Return the page of the house."""
        # `reverse` costs more than the row; the house's page is a fixed address of the portal.
        return f"/buildings/{item[0]}/"

    def changed(self, item: Any) -> datetime | None:
        """Return when something was last published about the house."""
        return cast("datetime | None", item[1])

    def newest(self) -> datetime | None:
        """Return when something was last published about any house."""
        return _newest_publication(Publication.objects.exclude(building=None))


class Companies(_Section):
    """Pages of companies."""

    def items(self) -> QuerySet[Any]:
        """Return the companies with `published`."""
        return ManagementCompany.objects.order_by("pk").annotate(
            published=Max("publications__published_at")
        )

    def count(self) -> int:
        """Return how many companies there are."""
        return ManagementCompany.objects.count()

    def location(self, item: Any) -> str:
        """Return the page of the company."""
        return str(item.get_absolute_url())

    def changed(self, item: Any) -> datetime | None:
        """Return when the company last published."""
        return cast("datetime | None", item.published)

    def newest(self) -> datetime | None:
        """Return when any company last published."""
        return _newest_publication(Publication.objects.all())


class Guides(_Section):
    """Published guides."""

    def items(self) -> QuerySet[Any]:
        """Return what strangers may read."""
        return Guide.objects.visible_to(Nobody()).light().order_by("pk")

    def location(self, item: Any) -> str:
        """Return the page of the guide."""
        return str(item.get_absolute_url())

    def changed(self, item: Any) -> date:
        """Return the day of its last review."""
        return cast(date, item.reviewed_on)

    def newest(self) -> date | None:
        """Return the day of the latest review."""
        found = Guide.objects.visible_to(Nobody()).aggregate(day=Max("reviewed_on"))
        return cast("date | None", found["day"])


class Ratings(_Section):
    """Published months, then each company's page of the newest one."""

    @staticmethod
    def _months() -> QuerySet[Any]:
        months = RatingSnapshot.objects.published().order_by().values("period")
        return months.annotate(changed=Max("published_at")).order_by("period")

    @staticmethod
    def _results() -> QuerySet[Any]:
        newest = RatingSnapshot.objects.published().order_by("-period", "-edition").values("pk")[:1]
        rows = RatingResult.objects.filter(snapshot=Subquery(newest)).order_by("position")
        return rows.values_list("snapshot__period", "reference", "snapshot__published_at")

    def count(self) -> int:
        """Return how many there are. Two queries."""
        return self._months().count() + self._results().count()

    def lines(self, part: int) -> Iterator[Line]:
        """Return the months in the first part; the companies fill it and the next. Two queries."""
        months = list(self._months())
        start = max(0, (part - 1) * self.limit - len(months))
        room = self.limit
        if part == 1:
            room -= len(months)
            for each in months:
                yield reverse("ratings:period", args=[each["period"]]), each["changed"]
        for period, reference, at in self._results()[start : start + room]:
            yield reverse("ratings:company", args=[period, reference]), at

    def newest(self) -> datetime | None:
        """Return when a rating was last published."""
        found = RatingSnapshot.objects.published().aggregate(at=Max("published_at"))
        return cast("datetime | None", found["at"])


def _newest_publication(rows: QuerySet[Publication]) -> datetime | None:
    found = rows.order_by("-published_at").values_list("published_at", flat=True)
    return found.first()


SECTIONS: dict[str, _Section] = {
    "pages": Pages(),
    "houses": Houses(),
    "companies": Companies(),
    "guides": Guides(),
    "ratings": Ratings(),
}


@require_safe
@cache_control(public=True, max_age=3600)
def index(http: HttpRequest) -> HttpResponse:
    """Name the parts of every section; a constant number of queries."""
    entries = []
    for name, section in SECTIONS.items():
        changed = section.newest()
        entries += [
            (reverse("sitemap-part", args=[name, part]), changed)
            for part in range(1, -(-section.count() // section.limit) + 1)
        ]
    body = "".join(_xml("sitemap", entries, around="sitemapindex"))
    return HttpResponse(body, content_type="application/xml")


@require_safe
@cache_control(public=True, max_age=3600)
def part(http: HttpRequest, section: str, number: int) -> StreamingHttpResponse:
    """Stream a part of a section; its rows pass through memory a thousand at a time."""
    found = SECTIONS.get(section)
    if found is None or not 1 <= number <= -(-found.count() // found.limit):
        raise Http404
    lines = _xml("url", found.lines(number), around="urlset")
    return StreamingHttpResponse(_chunks(lines), content_type="application/xml")


def _xml(element: str, entries: Iterable[Line], *, around: str) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{around} xmlns="{_NAMESPACE}">\n'
    for path, changed in entries:
        last = f"<lastmod>{_written(changed)}</lastmod>" if changed else ""
        yield f"<{element}><loc>{escape(settings.PUBLIC_URL + path)}</loc>{last}</{element}>\n"
    yield f"</{around}>\n"


def _written(changed: datetime | date) -> str:
    if isinstance(changed, datetime):
        return changed.isoformat(timespec="seconds")
    return changed.isoformat()


def _chunks(lines: Iterator[str]) -> Iterator[str]:
    # A write a line would cost more than the line.
    while batch := list(islice(lines, _CHUNK)):
        yield "".join(batch)


@require_safe
@cache_control(public=True, max_age=86400)
def robots(http: HttpRequest) -> HttpResponse:
    """Tell robots what is no page for them, and where the sitemaps are."""
    return render(
        http,
        "contact_center/robots.txt",
        {"sitemap": settings.PUBLIC_URL + reverse("sitemap")},
        content_type="text/plain; charset=utf-8",
    )
