"""What a person may choose about news, what they chose, and storing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from accounts.actors import Actor, Executor, Operator
from accounts.models import User
from notifications import events, routing
from notifications.events import Group, Kind
from notifications.models import ChannelCode, Destination, Pace, Preference


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A person's whole choice, as the page and the row hold it."""

    choices: Mapping[str, Sequence[str]]
    pace: str
    quiet_from: time | None
    quiet_until: time | None
    language: str


def kinds_for(actor: Actor) -> list[Kind]:
    """Return the kinds of news that can come to this person, in the order of the page."""
    groups = {Group.RESIDENT, Group.FOLLOWED}
    if isinstance(actor, Executor):
        groups.add(Group.EXECUTOR)
    if isinstance(actor, Operator):
        groups.add(Group.STAFF)
    return [kind for kind in events.KINDS if kind.group in groups]


def channels_of(user: User) -> list[ChannelCode]:
    """Return where this person may be told: by e-mail, in the portal, and what they confirmed."""
    held = set(
        Destination.objects.living().filter(user=user).values_list("channel", flat=True).distinct()
    )
    always = {ChannelCode.EMAIL, ChannelCode.INBOX}
    return [channel for channel in ChannelCode if channel in always or channel in held]


def chosen_by(user: User) -> Chosen:
    """Return what the person chose, or the ordinary ways."""
    row = Preference.objects.filter(user=user).first()
    wishes = routing.Wishes(choices=row.choices if row else {})
    return Chosen(
        choices={kind.code: sorted(routing.channels_for(kind, wishes)) for kind in events.KINDS},
        pace=row.pace if row else Pace.AT_ONCE,
        quiet_from=row.quiet_from if row else None,
        quiet_until=row.quiet_until if row else None,
        language=user.language,
    )


@transaction.atomic
def save(user: User, chosen: Chosen, *, offered: Sequence[str], at: datetime) -> None:
    """
    Store the choice; it holds for what is written from now on.

    Of a kind that the page did not show, and of channels that were not `offered`, what was chosen
    before stays: a phone that is confirmed anew finds its ticks.
    """
    before = chosen_by(user).choices
    choices = {
        kind: sorted({*chosen.choices.get(kind, was)} | ({*was} - {*offered}))
        for kind, was in before.items()
    }
    Preference.objects.update_or_create(
        user=user,
        defaults={
            "choices": choices,
            "pace": chosen.pace,
            "quiet_from": chosen.quiet_from,
            "quiet_until": chosen.quiet_until,
            "changed_at": at,
        },
    )
    if user.language != chosen.language:
        user.language = chosen.language
        user.save(update_fields=["language"])
