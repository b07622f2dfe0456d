"""The owner of a token is told when it is made and a week before it stops working."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts import token_letters, tokens
from accounts.models import ApiToken, User
from accounts.tasks import remind_of_tokens
from notifications.events import EVENTS
from notifications.models import Message
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def make(user: User, **changed) -> str:
    values = {
        "name": "Диспетчерская",
        "scopes": frozenset({"requests:read"}),
        "expires_at": NOON + timedelta(days=90),
        "ip": "203.0.113.9",
        "at": NOON,
        **changed,
    }
    return token_letters.make(user, **values)


def said() -> list[tuple[str, str, str]]:
    rows = Message.objects.order_by("pk")
    return [(row.event, row.recipient, " ".join(row.context["paragraphs"])) for row in rows]


def test_owner_is_told_what_was_made_and_never_the_key(resident: User) -> None:
    key = make(resident)
    [(event, to, words)] = said()
    assert event in EVENTS
    assert (event, to) == ("account.email.token_made", resident.email)
    for part in ("Диспетчерская", "Видеть мои заявки", "203.0.113.9", "/accounts/tokens/"):
        assert part in words
    assert key not in str(Message.objects.values())
    assert Message.objects.get().sensitive


def test_no_letter_leaves_when_no_token_was_stored(resident: User, monkeypatch) -> None:
    monkeypatch.setattr(token_letters, "_send", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make(resident)
    assert not ApiToken.objects.exists()
    assert not Message.objects.exists()


def test_reminder_comes_once_a_week_before(resident: User) -> None:
    make(resident)
    Message.objects.all().delete()
    assert token_letters.remind(at=NOON + timedelta(days=82)) == 0
    assert token_letters.remind(at=NOON + timedelta(days=83)) == 1
    assert token_letters.remind(at=NOON + timedelta(days=84)) == 0
    [(event, to, words)] = said()
    assert event in EVENTS
    assert (event, to) == ("account.email.token_expires", resident.email)
    assert "Диспетчерская" in words


@pytest.mark.parametrize("fate", ["revoked", "over", "switched off", "for ever", "of a few days"])
def test_no_reminder_of_what_needs_none(resident: User, fate: str) -> None:
    end = {"for ever": None, "of a few days": NOON + timedelta(days=10)}
    tokens.issue(resident, name="x", expires_at=end.get(fate, NOON + timedelta(days=30)), at=NOON)
    at = NOON + timedelta(days=31 if fate == "over" else 5 if fate == "of a few days" else 25)
    if fate == "revoked":
        ApiToken.objects.update(revoked_at=NOON)
    if fate == "switched off":
        User.objects.update(is_active=False)
    token_letters.remind(at=at)
    assert not Message.objects.exists()


def test_many_reminders_go_in_batches(resident: User, monkeypatch) -> None:
    monkeypatch.setattr(token_letters, "BATCH", 2)
    for place in range(5):
        tokens.issue(resident, name=str(place), expires_at=NOON + timedelta(days=30), at=NOON)
    assert token_letters.remind(at=NOON + timedelta(days=25)) == 5
    assert Message.objects.count() == 5


def test_beat_tells(resident: User) -> None:
    remind_of_tokens(newer_sender=1)
    assert not Message.objects.exists()


def test_letter_speaks_the_owners_language(resident: User, client: Client) -> None:
    resident.language = "en"
    resident.save()
    make(resident)
    assert "See my requests" in said()[0][2]
