"""Pages of the guides: the shelves with their search, one guide, and «did it help»."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import throttling
from accounts.client_address import client_address, limit_key
from accounts.middleware import ActorRequest
from accounts.revalidation import revalidated
from outreach.guides import linked_data, markdown, opinions, search, words
from outreach.models import Guide, Topic, UnansweredSearch
from outreach.querysets import GuideQuerySet
from requests_app.limits import too_many
from requests_app.typed_text import one_line

ICONS = {
    Topic.EMERGENCY: "alert",
    Topic.UTILITIES: "heat",
    Topic.HOUSE: "building",
    Topic.YARD: "bin",
    Topic.BILLS: "receipt",
    Topic.MANAGEMENT: "users",
    Topic.RIGHTS: "scales",
}
BESIDE = 4
_HOUR = timedelta(hours=1)
# Of one address: a family answers a few guides, a script no more.
_OPINIONS, _SEARCHES = 40, 60


@require_safe
@revalidated
def index(http: ActorRequest) -> HttpResponse:
    """Show the guides by shelf, or those a question means, best first."""
    asked = one_line(http.GET.get("q", ""))[: words.LONGEST]
    values: dict[str, Any] = {"q": asked, "found": None, "shelves": []}
    if asked:
        values["found"] = search.find(asked)
        if not values["found"]:
            _count_unanswered(http, asked, at=now())
    else:
        values["shelves"] = _shelves(Guide.objects.visible_to(http.actor).light())
    return render(http, "outreach/guides.html", values)


def _shelves(guides: GuideQuerySet) -> list[dict[str, Any]]:
    by_topic: dict[str, list[Guide]] = {topic.value: [] for topic in Topic}
    for guide in guides.order_by("title"):
        by_topic[guide.topic].append(guide)
    return [
        {"topic": topic, "name": topic.label, "icon": ICONS[topic], "guides": by_topic[topic]}
        for topic in Topic
        if by_topic[topic]
    ]


def _count_unanswered(http: ActorRequest, asked: str, *, at: datetime) -> None:
    """Count a search in vain, unless it names only people or comes from a flood."""
    kept = words.without_people(asked)
    if len(kept) < 3:
        return
    if http.method != "GET":  # HEAD is a machine's look
        return
    key = limit_key(client_address(http))
    verdict = throttling.hit(bucket="guide-search", key=key, limit=_SEARCHES, window=_HOUR, at=at)
    if verdict.allowed:
        UnansweredSearch.objects.count_one(kept, at=at)


@require_safe
@revalidated
def guide(http: ActorRequest, slug: str) -> HttpResponse:
    """Show a guide, or 404."""
    row = get_object_or_404(
        Guide.objects.visible_to(http.actor).select_related("filing_category"), slug=slug
    )
    return render(http, "outreach/guide.html", page_of(row, http))


def page_of(row: Guide, http: ActorRequest) -> dict[str, Any]:
    """Return what the guide's page shows; two queries at most."""
    beside = Guide.objects.visible_to(http.actor).light().filter(topic=row.topic)
    url = settings.PUBLIC_URL + row.get_absolute_url()
    file_url = reverse("requests_app:new")
    if row.filing_category:
        file_url += f"?{urlencode({'category': row.filing_category.slug})}"
    return {
        "guide": row,
        "html": markdown.to_html(row.body),
        "icon": ICONS[Topic(row.topic)],
        "clauses": row.clauses.splitlines(),
        "sources": row.sources.splitlines(),
        "is_old": row.is_review_due(timezone.localtime(now()).date()),
        "beside": beside.exclude(pk=row.pk).order_by("title")[:BESIDE],
        "url": url,
        "file_url": file_url,
        "said": opinions.said(row, opinions.reader(http)),
        "linked_data": linked_data.article(row, url=url),
    }


@require_POST
def helped(http: ActorRequest, slug: str) -> HttpResponse:
    """Write down whether the guide helped; one answer a reader."""
    at = now()
    row = get_object_or_404(Guide.objects.visible_to(http.actor).light(), slug=slug)
    verdict = throttling.hit(
        bucket="guide-opinion",
        key=limit_key(client_address(http)),
        limit=_OPINIONS,
        window=_HOUR,
        at=at,
    )
    if not verdict.allowed:
        return too_many(http, _("Too many answers from one address."), verdict.retry_after_seconds)
    answer = redirect(row)
    chosen = http.POST.get("helped")
    if chosen not in {"yes", "no"}:
        return answer
    name = opinions.reader(http) or opinions.new_reader()
    opinions.say(row, name, helped=chosen == "yes", at=at)
    opinions.keep(answer, name)
    if chosen == "yes":
        messages.success(http, _("Thank you. Glad it helped."))
    else:
        messages.info(
            http, _("Thank you. We will make it better; you can report the problem below.")
        )
    return answer
