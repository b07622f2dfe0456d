"""Who follows what in the demo, and what its resident finds in the inbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from disclosure.models import ManagementCompany
from disclosure.publications import followed as companies
from notifications.models import Follow, InboxItem, Message
from ratings import followed as ratings
from requests_app import followed as outages
from requests_app.models import Request

# Of so many open public requests others say «so with me too»; how many, goes round by the list.
_FOLLOWED = 60
_TIMES = (1, 3, 0, 2, 7, 0, 1, 4, 0, 2)
_NEWS = 14
# What arrived in these days is still unread.
_UNREAD = timedelta(days=4)


def let_follow(*, at: datetime) -> None:
    """Store followers of public requests, and what the demo's resident follows and has not read."""
    newest = Request.objects.public().still_open().for_strangers().order_by("-registered_at")
    subjects = [
        (outages.of_request(item), _TIMES[place % len(_TIMES)])
        for place, item in enumerate(newest[:_FOLLOWED])
    ]
    Follow.objects.bulk_create(
        Follow(
            email=f"sosed{number}@svetlorechye.example",
            topic=subject.topic,
            label=subject.label,
            created_at=at - timedelta(days=number + 1),
            confirmed_at=at - timedelta(days=number + 1),
        )
        for subject, times in subjects
        for number in range(times)
    )
    resident = User.objects.filter(email__startswith="resident@").first()
    if resident is not None:
        _resident(resident, at=at)


def _resident(resident: User, *, at: datetime) -> None:
    home = Request.objects.filter(resident=resident).order_by("-registered_at").first()
    wanted = [ratings.ratings()]
    if home is not None:
        wanted += [outages.house(home.building_id), outages.street(home.building.street_id)]
    company = ManagementCompany.objects.exclude(inn="").order_by("pk").first()
    if company is not None:
        wanted.append(companies.company(company.reference))
    Follow.objects.bulk_create(
        Follow(
            email=resident.email,
            user=resident,
            topic=subject.topic,
            label=subject.label,
            created_at=at - timedelta(days=30),
            confirmed_at=at - timedelta(days=30),
        )
        for subject in wanted
    )
    told = Message.objects.filter(user=resident, sensitive=False).order_by("-created_at")[:_NEWS]
    InboxItem.objects.bulk_create(
        InboxItem(
            user=resident,
            event=message.event,
            template=message.template,
            context=message.context,
            topic=message.topic,
            why=message.why,
            dedupe_key=message.dedupe_key,
            created_at=message.created_at,
            read_at=None if message.created_at > at - _UNREAD else message.created_at,
        )
        for message in sorted(told, key=lambda message: message.created_at)
    )
