"""What of this room may be followed: outages of a house, a street, a district; a public request."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from disclosure.models import Building, Street
from notifications import fan_out
from notifications.follow_pages import Subject
from notifications.said import words
from requests_app import places
from requests_app.models import Request, RequestEvent
from requests_app.statuses import Status
from requests_app.steps import Step
from requests_app.topics import district_topic, house_topic, same_topic, street_topic

_ID_MAX = 2**62


def house(pk: int) -> Subject:
    """Return the outages of a house; raise Http404."""
    found = Building.objects.filter(pk=pk).first() if pk < _ID_MAX else None
    if found is None:
        raise Http404
    return _outages(house_topic(pk), found.address, found.get_absolute_url())


def street(pk: int) -> Subject:
    """Return the outages of a street; raise Http404."""
    found = Street.objects.filter(pk=pk).first() if pk < _ID_MAX else None
    if found is None:
        raise Http404
    return _outages(street_topic(pk), str(found), reverse("outages:list"))


def district(name: str) -> Subject:
    """Return the outages of a district of the city; raise Http404."""
    if name not in settings.CITY.districts:
        raise Http404
    return _outages(
        district_topic(name), _("%(name)s district") % {"name": name}, reverse("outages:list")
    )


def _outages(topic: str, label: str, back: str) -> Subject:
    return Subject(
        topic=topic,
        label=label,
        told=_("Faults and planned work here: when they begin, what is new, when they end."),
        back=back,
    )


def public_request(pk: int) -> Subject:
    """Return a request that its author lets others see; raise Http404."""
    rows = Request.objects.public().for_strangers()
    found = rows.filter(pk=pk).first() if pk < _ID_MAX else None
    if found is None:
        raise Http404
    return of_request(found)


def of_request(found: Request) -> Subject:
    """Return the subject of a public request, read as strangers may read it."""
    closed = urlencode({"state": "closed"}) if found.status == Status.CLOSED else ""
    back = reverse("requests_app:list")
    return Subject(
        topic=same_topic(found.pk),
        label=f"{found.category.name}: {places.public_place(found.building)}",
        told=_(
            "Everybody sees how many have the same trouble, nobody sees who. You are told of every "
            "step. If it is in your flat, file a request of your own, too: only then does the term "
            "that the law sets run for you."
        ),
        back=f"{back}?{closed}" if closed else back,
        shows_count=True,
    )


def followed_link(request_id: int) -> str:
    """Return the page of «so with me too»; for notifications.rendering."""
    return reverse("requests_app:follow", args=[request_id])


def moved(item: Request, event: RequestEvent, step: Step, *, at: datetime, point: str) -> None:
    """Leave the news of a step for those who follow the request, without a word of its author."""
    if not item.public:
        return
    fan_out.start(
        topic=same_topic(item.pk),
        event=f"followed.{step.name}",
        template="requests_app/mail/followed",
        context={
            "category": item.category.name,
            "place": places.public_place(item.building),
            "status_words": words("public_status", [item.status, item.outcome]),
            "is_closed": item.status == Status.CLOSED,
            "link": {"link": "followed_request", "id": item.pk},
        },
        dedupe_key=f"followed:{event.pk}",
        at=at,
        point=point,
    )
