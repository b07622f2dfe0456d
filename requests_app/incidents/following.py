"""
Subscribing by e-mail to the outages of a house, or following one incident («so with me too»).

An address is told nothing before its owner has confirmed it by the link in a first letter, and each
letter after that stops the rest by one click (the outbox keeps what was stopped).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import emails, throttling
from accounts.client_address import limit_key
from accounts.signed_links import SignedLinks
from disclosure.models import Building
from notifications import outbox
from notifications.models import ChannelCode, Subscription
from requests_app.incidents.telling import house_topic, incident_topic
from requests_app.letters import LANGUAGE
from requests_app.lifecycle import Refused
from requests_app.models import Incident, OutageSubscription
from requests_app.typed_text import one_line

# Letters that strangers may have sent to an address, and that one sender may cause.
ASKS_AN_HOUR = 10
CONFIRM_WITHIN = timedelta(days=7)
_LINKS = SignedLinks("outages")
_WINDOW = timedelta(hours=1)


def ask(
    *, email: str, building: Building, incident: Incident | None, address: str, at: datetime
) -> None:
    """
    Send the letter that asks the owner of `email` to confirm; the same for a known address.

    Raise Refused for what is no address, or when too many were asked from `address`.
    """
    try:
        email = emails.normalise(one_line(email))
    except ValueError:
        raise Refused(
            "email", _("This is not an e-mail address: name@example.org."), "bad_email"
        ) from None
    for bucket, key in (("outages-address", limit_key(address)), ("outages-email", email)):
        verdict = throttling.hit(bucket=bucket, key=key, limit=ASKS_AN_HOUR, window=_WINDOW, at=at)
        if not verdict.allowed:
            raise Refused("email", _("Too many letters were asked for. Try again later."), "many")
    with transaction.atomic():
        wanted, _is_new = OutageSubscription.objects.get_or_create(
            email=email,
            incident=incident,
            **({} if incident else {"building": building}),
            defaults={"created_at": at, "building": building},
        )
        with translation.override(LANGUAGE):
            outbox.enqueue(
                event="outages.confirm",
                template="requests_app/mail/outages_confirm",
                to=email,
                context={
                    "address": building.address,
                    "incident": incident.title if incident else "",
                    "link": {"link": "confirm_outages", "id": wanted.pk},
                },
                topic=f"outages-confirm:{wanted.pk}",
                dedupe_key=f"outages-confirm:{wanted.pk}:{at:%Y%m%d%H}",
                at=at,
                expires_at=at + CONFIRM_WITHIN,
                why=_("Somebody, we hope you, asked to be told about outages."),
            )


def token_of(subscription_id: int) -> str:
    """Return what the link in the letter carries."""
    return _LINKS.token_of(subscription_id)


def asked_by(token: str) -> OutageSubscription | None:
    """Return what the link confirms; None for a forged one, or one that was swept."""
    wanted = _LINKS.value_in(token)
    rows = OutageSubscription.objects.select_related("building", "incident")
    return rows.filter(pk=wanted).first()


def confirm(wanted: OutageSubscription, *, at: datetime) -> None:
    """Begin telling; what this address had stopped about the house starts again."""
    with transaction.atomic():
        if wanted.confirmed_at is None:
            wanted.confirmed_at = at
            wanted.save(update_fields=["confirmed_at"])
        topic = (
            house_topic(wanted.building_id)
            if wanted.incident_id is None
            else incident_topic(wanted.incident_id)
        )
        Subscription.objects.filter(address=wanted.email, topic=topic).update(stopped_at=None)


def hand_over(ids: Iterable[int], *, of: int, into: int) -> None:
    """
    Let these followers (ids) of an incident follow another; who follows both does so once.

    Who stopped the letters of the first one stays behind: no other was asked for.
    """
    there = OutageSubscription.objects.filter(incident=into).values("email")
    stopped = Subscription.objects.filter(
        channel=ChannelCode.EMAIL, topic=incident_topic(of), stopped_at__isnull=False
    )
    rows = OutageSubscription.objects.filter(pk__in=list(ids)).exclude(email__in=there)
    # Addresses of followers are kept in lower case, as stopped ones are.
    rows.exclude(email__in=stopped.values("address")).update(incident=into)


def sweep(*, at: datetime, batch: int = 1_000) -> int:
    """
    Forget addresses that nobody confirmed in time, and followers of incidents long over.

    Return how many went.
    """
    late = OutageSubscription.objects.filter(confirmed_at=None, created_at__lt=at - CONFIRM_WITHIN)
    ids = list(late.values_list("pk", flat=True)[:batch])
    gone = OutageSubscription.objects.filter(pk__in=ids).delete()[0]
    over = OutageSubscription.objects.filter(incident__ended_at__lt=at - timedelta(days=30))
    ids = list(over.values_list("pk", flat=True)[:batch])
    gone += OutageSubscription.objects.filter(pk__in=ids).delete()[0]
    return gone


def followers_of(incident: Incident) -> int:
    """Return how many say «so with me too»: attached requests and confirmed followers."""
    followers = OutageSubscription.objects.confirmed().filter(incident=incident).count()
    return followers + incident.requests.count()
