"""The outbox in the workplace: who sees what, what a deed asks first, letters only in the demo."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from accounts.models import ContactLook
from notifications import delivery
from notifications.models import Message, RelayBeat, SentLetter, State
from tests.conftest import NOON
from tests.notifications.conftest import lease

pytestmark = pytest.mark.django_db
LIST = "/admin/notifications/message/"
LETTERS = "/admin/notifications/sentletter/"


@pytest.fixture
def desk(client: Client, chief) -> Client:
    client.force_login(chief)
    return client


@pytest.fixture
def letter(make_message, settings) -> SentLetter:
    """Return a letter that really left, over Django's mailbox of tests."""
    settings.DEMO = True
    message = lease(make_message())
    assert delivery.deliver(message.pk, at=NOON) == State.SENT
    return SentLetter.objects.get()


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def test_list_shows_states_and_masks_addresses(desk, make_message):
    make_message()
    text = page(desk, LIST)
    assert "an…@example.org" in text
    assert "anna@example.org" not in text
    assert "26-000001" in text


def test_open_message_shows_the_address_to_the_right_and_logs_the_look(desk, make_message, chief):
    message = make_message()
    assert "anna@example.org" in page(desk, f"{LIST}{message.pk}/change/")
    look = ContactLook.objects.get()
    assert (look.looked_by, look.subject) == (chief, f"message:{message.pk}")


def test_without_the_right_to_contacts_the_address_stays_masked(client, make_message, chief):
    from django.contrib.auth.models import Permission

    chief.groups.clear()
    chief.user_permissions.add(Permission.objects.get(codename="view_message"))
    client.force_login(chief)
    assert "anna@example.org" not in page(client, f"{LIST}{make_message().pk}/change/")
    assert not ContactLook.objects.exists()


@pytest.mark.parametrize("url", [LIST, f"{LIST}1/change/"])
def test_operator_without_the_right_sees_no_outbox(client, operator, url):
    client.force_login(operator)
    assert client.get(url).status_code in {403, 404}


def test_resident_sees_nothing(client, resident):
    client.force_login(resident)
    for url in (LIST, LETTERS):
        assert client.get(url).status_code in {302, 403, 404}


@pytest.mark.parametrize("model", ["message", "sentletter"])
@pytest.mark.parametrize("verb", ["add/", "1/delete/"])
def test_nothing_is_added_or_deleted_by_hand(client, admin_user, model, verb, settings):
    settings.DEMO = True
    client.force_login(admin_user)
    assert client.get(f"/admin/notifications/{model}/{verb}").status_code in {302, 403, 404}


def test_list_costs_the_same_however_many(desk, make_message, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_message()
    page(desk, LIST)
    with CaptureQueriesContext(connection) as few:
        page(desk, LIST)
    for _ in range(30):
        make_message()
    with django_assert_num_queries(len(few)):
        page(desk, LIST)
    assert not any("COUNT(*)" in query["sql"] and "LIMIT" not in query["sql"] for query in few)


def test_list_pages_by_key(desk, make_message):
    messages = [make_message(event=f"test.{place:02}") for place in range(51)]
    first = page(desk, LIST)
    assert "test.50" in first
    assert "test.00" not in first
    assert "test.00" in page(desk, f"{LIST}?before={messages[1].pk}")


def test_list_narrows_by_state_number_and_event(desk, make_message):
    make_message(topic="request:26-000007", event="request.accept")
    make_message(topic="request:26-000008", event="request.redirect")
    Message.objects.filter(event="request.redirect").update(state=State.DEAD)
    by_state = page(desk, f"{LIST}?state=dead")
    assert "26-000008" in by_state
    assert "26-000007" not in by_state
    assert "26-000008" not in page(desk, f"{LIST}?number=26-000007")
    assert "26-000007" not in page(desk, f"{LIST}?event=request.redirect")


@pytest.mark.parametrize("query", ["?before=x", "?before=99999999999999999999", "?state=zzz"])
def test_strange_addresses_show_the_list(desk, query):
    page(desk, LIST + query)


def test_deed_asks_first_and_then_sends_again(desk, make_message):
    message = make_message()
    Message.objects.update(state=State.DEAD, attempts=20, last_error="550")
    act = reverse("admin:notifications_message_act")
    asked = desk.post(act, {"deed": "again", "chosen": [message.pk]})
    assert "Отправить эти письма ещё раз?" in asked.content.decode()
    assert Message.objects.get().state == State.DEAD
    done = desk.post(act, {"deed": "again", "chosen": [message.pk], "sure": "1"}, follow=True)
    assert "1 письмо уйдёт ещё раз." in done.content.decode()
    assert (Message.objects.get().state, Message.objects.get().attempts) == (State.QUEUED, 0)


def test_waiting_letter_is_held_back(desk, make_message):
    message = make_message()
    act = reverse("admin:notifications_message_act")
    desk.post(act, {"deed": "cancel", "chosen": [message.pk], "sure": "1"})
    assert Message.objects.get().state == State.CANCELLED


@pytest.mark.parametrize(
    "form", [{}, {"deed": "again"}, {"deed": "x", "chosen": "1"}, {"deed": "again", "chosen": "y"}]
)
def test_deed_without_letters_does_nothing(desk, make_message, form):
    make_message()
    assert desk.post(reverse("admin:notifications_message_act"), form).status_code == 302
    assert Message.objects.get().state == State.QUEUED


def test_deed_is_no_get_and_needs_the_right(desk, client, make_message, operator):
    act = reverse("admin:notifications_message_act")
    assert desk.get(act).status_code == 405
    other = Client()
    other.force_login(operator)
    assert other.post(act, {"deed": "cancel", "chosen": [make_message().pk]}).status_code == 403


def test_page_tells_of_late_letters_and_silent_relays(desk, make_message):
    RelayBeat.objects.create(name="alive:1", seen_at=now())
    RelayBeat.objects.create(name="silent:2", seen_at=now() - timedelta(hours=1))
    make_message(at=now() - timedelta(minutes=5))
    text = page(desk, LIST)
    assert "Отправка работает" in text
    assert "Отправка молчит" in text
    assert "Самое старое письмо ждёт уже" in text


def test_letter_is_shown_as_sent_in_a_frame_of_its_own(client, operator, letter):
    client.force_login(operator)
    assert "Заявка принята" in page(client, LETTERS)
    shown = page(client, f"{LETTERS}{letter.pk}/change/")
    assert "anna@example.org" in shown
    assert "List-Unsubscribe-Post" in shown
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in shown
    html = client.get(f"{LETTERS}{letter.pk}/html/")
    assert "Мы взялись за дело." in html.content.decode()
    assert html["X-Frame-Options"] == "SAMEORIGIN"
    policy = html["Content-Security-Policy"]
    for rule in ("default-src 'none'", "sandbox", "frame-ancestors 'self'"):
        assert rule in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("url", ["", "{}/change/", "{}/html/"])
def test_outside_the_demo_there_are_no_letters_even_for_the_highest(
    client, admin_user, letter, settings, url
):
    settings.DEMO = False
    client.force_login(admin_user)
    response = client.get(LETTERS + url.format(letter.pk))
    assert response.status_code in {302, 404}  # 302: the second factor comes first
    assert "Мы взялись" not in response.content.decode()


@pytest.mark.parametrize("url", ["999999/change/", "x/change/", "999999/html/"])
def test_unknown_letter_is_404(client, operator, letter, url):
    client.force_login(operator)
    assert client.get(LETTERS + url).status_code == 404
