"""An address belongs to whoever confirmed it last, and a stop is told in the portal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Nobody, System, actor_of
from notifications import destinations, inbox
from notifications.models import ChannelCode, Destination, InboxItem, Message, StopReason
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
PHONE = "+79270000001"
LATER = NOON + timedelta(hours=1)


def confirm(user, *, at=NOON, **fields) -> Destination:
    return destinations.confirm(
        user, **{"channel": ChannelCode.SMS, "address": PHONE, **fields}, at=at
    )


def test_confirmed_address_lives_and_is_seen_by_its_owner_alone(resident, neighbour, operator):
    held = confirm(resident)
    assert held.is_living
    seen = Destination.objects.visible_to
    assert list(seen(actor_of(resident))) == [held]
    for other in (actor_of(neighbour), actor_of(operator), Nobody(), System()):
        assert not seen(other).exists()


def test_confirming_twice_is_one_row_with_the_newer_keys(resident):
    confirm(resident, keys={"auth": "old"})
    confirm(resident, keys={"auth": "new"}, label="Chrome", at=LATER)
    held = Destination.objects.get()
    assert (held.keys, held.label, held.confirmed_at) == ({"auth": "new"}, "Chrome", NOON)


def test_number_that_changed_hands_leaves_its_former_owner_who_is_told(resident, neighbour):
    confirm(resident)
    confirm(neighbour, at=LATER)
    assert Destination.objects.living().get().user == neighbour
    former = Destination.objects.get(user=resident)
    assert (former.stopped_at, former.stop_reason) == (LATER, StopReason.TAKEN)
    told = InboxItem.objects.get()
    assert (told.user, told.read_at) == (resident, None)
    assert PHONE not in f"{told.topic} {told.context}"
    assert not Message.objects.exists()


@pytest.mark.parametrize("reason", [StopReason.BLOCKED, StopReason.BOUNCED, StopReason.GONE])
def test_stop_is_told_once_in_words(resident, reason):
    held = confirm(resident)
    key = {"channel": held.channel, "address": held.address}
    assert destinations.stop(**key, reason=reason, at=LATER)
    assert not destinations.stop(**key, reason=reason, at=LATER)
    news = inbox.shown([InboxItem.objects.get()])[0]
    assert news.title == "SMS от портала отключены"
    assert "подтвердите" in news.text
    assert not Message.objects.exists()


def test_address_removed_by_its_owner_is_no_news(resident):
    confirm(resident)
    destinations.stop(channel=ChannelCode.SMS, address=PHONE, reason=StopReason.REMOVED, at=LATER)
    assert not InboxItem.objects.exists()
    assert not Destination.objects.living().exists()
    assert confirm(resident, at=LATER).is_living


def test_database_holds_a_living_address_once_and_no_stop_without_a_reason(resident, neighbour):
    held = confirm(resident)
    row = {"channel": held.channel, "address": held.address, "created_at": NOON}
    with pytest.raises(IntegrityError, match="lives_once"), transaction.atomic():
        Destination.objects.create(user=neighbour, confirmed_at=NOON, **row)
    # A claim without proof keeps nobody out.
    Destination.objects.create(user=neighbour, **row)
    with pytest.raises(IntegrityError, match="stop_has_reason"), transaction.atomic():
        Destination.objects.filter(pk=held.pk).update(stopped_at=NOON)
