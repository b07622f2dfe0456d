"""
Subscribing by e-mail to the outages of a house, a street or a district, or following one incident.

The rows are `notifications.Follow`; here stand the letter that asks to confirm, and what becomes of
the followers of incidents that went into others or are long over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_noop as noop

from disclosure.models import Building
from notifications import following, outbox
from notifications.following import CONFIRM_WITHIN, asked_by, confirm, token_of
from notifications.models import ChannelCode, Follow, Subscription
from requests_app.lifecycle import Refused
from requests_app.models import Incident
from requests_app.topics import house_topic, incident_topic

__all__ = ["CONFIRM_WITHIN", "ask", "asked_by", "confirm", "followers_of", "hand_over", "sweep"]
__all__ += ["token_of"]

# Who followed an incident that is over may still want to know why it came back.
KEPT_AFTER = timedelta(days=30)


def ask(
    *, email: str, building: Building, incident: Incident | None, address: str, at: datetime
) -> None:
    """
    Send the letter that asks the owner of `email` to confirm; the same for a known address.

    Raise Refused for what is no address, or when too many were asked from `address`.
    """
    topic = incident_topic(incident.pk) if incident else house_topic(building.pk)
    with transaction.atomic():
        try:
            wanted = following.wanted(
                email=email, topic=topic, label=building.address, address=address, at=at
            )
        except following.CannotFollow as refused:
            raise Refused("email", refused.message, refused.code) from None
        outbox.enqueue(
            event="outages.confirm",
            template="requests_app/mail/outages_confirm",
            to=wanted.email,
            context={
                "address": building.address,
                "incident": incident.title if incident else "",
                "link": {"link": "confirm_outages", "id": wanted.pk},
            },
            topic=f"outages-confirm:{wanted.pk}",
            dedupe_key=f"outages-confirm:{wanted.pk}:{at:%Y%m%d%H}",
            at=at,
            expires_at=at + CONFIRM_WITHIN,
            why=noop("Somebody, we hope you, asked to be told about outages."),
        )


def hand_over(ids: Iterable[int], *, of: int, into: int) -> None:
    """
    Let these followers (ids) of an incident follow another; who follows both does so once.

    Who stopped the letters of the first one stays behind: no other was asked for.
    """
    there = Follow.objects.filter(topic=incident_topic(into)).values("email")
    stopped = Subscription.objects.filter(
        channel=ChannelCode.EMAIL, topic=incident_topic(of), stopped_at__isnull=False
    )
    rows = Follow.objects.filter(pk__in=list(ids), topic=incident_topic(of))
    # Addresses of followers are kept in lower case, as stopped ones are.
    rows.exclude(email__in=there).exclude(email__in=stopped.values("address")).update(
        topic=incident_topic(into)
    )


def sweep(*, at: datetime, batch: int = 1_000) -> int:
    """
    Forget addresses that nobody confirmed in time, and followers of incidents long over.

    Return how many went.
    """
    gone = following.sweep(at=at, batch=batch)
    over = Incident.objects.filter(ended_at__lt=at - KEPT_AFTER).values_list(
        Concat(Value("incident:"), Cast("pk", CharField()), output_field=CharField())
    )
    ids = list(Follow.objects.filter(topic__in=over).values_list("pk", flat=True)[:batch])
    return gone + Follow.objects.filter(pk__in=ids).delete()[0]


def followers_of(incident: Incident) -> int:
    """Return how many say «so with me too»: attached requests and confirmed followers."""
    topic = incident_topic(incident.pk)
    return following.counts([topic]).get(topic, 0) + incident.requests.count()
