"""A phone is a person's once the code of its SMS is typed back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import phone_claims
from notifications.models import Destination, Message, Priority
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
PHONE = "+79270000001"
WHERE = "/accounts/notifications/where/"


def code() -> str:
    return str(Message.objects.latest("pk").context["code"])


def test_phone_is_confirmed_by_its_code_and_by_no_other(resident):
    phone_claims.ask(resident, PHONE, at=NOON)
    message = Message.objects.get()
    assert (message.channel, message.recipient, message.sensitive) == ("sms", PHONE, True)
    assert message.priority == Priority.EMERGENCY
    assert not Destination.objects.living().exists()
    right = code()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    with pytest.raises(phone_claims.Refused):
        phone_claims.prove(resident, wrong, at=NOON)
    held = phone_claims.prove(resident, f" {right} ", at=NOON)
    assert (held.user, held.address, held.is_living) == (resident, PHONE, True)
    assert held.keys == {}
    assert Destination.objects.count() == 1
    with pytest.raises(phone_claims.Refused):
        phone_claims.prove(resident, right, at=NOON)


def test_code_is_good_for_a_while_and_for_a_few_tries(resident):
    phone_claims.ask(resident, PHONE, at=NOON)
    right = code()
    with pytest.raises(phone_claims.Refused):
        phone_claims.prove(resident, right, at=NOON + phone_claims.CODE_KEPT)
    for _ in range(phone_claims.MOST_TRIES):
        with pytest.raises(phone_claims.Refused):
            phone_claims.prove(resident, "x", at=NOON)
    with pytest.raises(phone_claims.Refused):
        phone_claims.prove(resident, right, at=NOON)
    assert not Destination.objects.living().exists()


def test_code_of_another_person_opens_nothing(resident, neighbour):
    phone_claims.ask(resident, PHONE, at=NOON)
    with pytest.raises(phone_claims.Refused):
        phone_claims.prove(neighbour, code(), at=NOON)


def test_strangers_phone_is_not_rung_all_day(resident, neighbour):
    for _ in range(phone_claims.A_PHONE):
        phone_claims.ask(resident, PHONE, at=NOON)
    with pytest.raises(phone_claims.Refused):
        phone_claims.ask(neighbour, PHONE, at=NOON)
    assert Message.objects.count() == phone_claims.A_PHONE
    phone_claims.ask(neighbour, PHONE, at=NOON + timedelta(hours=2))


def test_only_the_newest_code_counts(resident):
    phone_claims.ask(resident, PHONE, at=NOON)
    first = code()
    phone_claims.ask(resident, "+79270000002", at=NOON)
    if code() != first:
        with pytest.raises(phone_claims.Refused):
            phone_claims.prove(resident, first, at=NOON)
    assert phone_claims.prove(resident, code(), at=NOON).address == "+79270000002"


def test_page_adds_proves_and_removes(client, resident, neighbour, settings):
    client.force_login(resident)
    assert client.post(f"{WHERE}phone/", {"phone": "112"}).status_code == 422
    assert client.post(f"{WHERE}phone/", {"phone": "8 927 000-00-01"}).status_code == 302
    assert "927" in client.get(WHERE).content.decode()
    assert client.post(f"{WHERE}code/", {"code": "nonsense"}).status_code == 422
    assert client.post(f"{WHERE}code/", {"code": code()}).status_code == 302
    held = Destination.objects.get()
    client.force_login(neighbour)
    assert client.post(f"{WHERE}{held.pk}/remove/").status_code == 404
    held.refresh_from_db()
    assert held.is_living
    client.force_login(resident)
    assert client.post(f"{WHERE}{held.pk}/remove/").status_code == 302
    held.refresh_from_db()
    assert not held.is_living


def test_telegram_link_is_shown_where_there_is_a_bot(client, resident, settings):
    client.force_login(resident)
    settings.TELEGRAM_TOKEN, settings.TELEGRAM_BOT = "", ""
    assert client.post(f"{WHERE}telegram/").status_code == 302
    settings.TELEGRAM_TOKEN, settings.TELEGRAM_BOT = "TOKEN", "city_bot"
    page = client.post(f"{WHERE}telegram/").content.decode()
    assert "https://t.me/city_bot?start=" in page


def test_page_costs_the_same_however_many_places_there_are(client, resident):
    client.force_login(resident)

    def counted() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(WHERE).status_code == 200
        return len(captured)

    counted()
    few = counted()
    for number in range(9):
        Destination.objects.create(
            user=resident,
            channel="web_push",
            address=f"https://fcm.googleapis.com/{number}",
            confirmed_at=NOON,
            created_at=NOON,
        )
    assert counted() == few
