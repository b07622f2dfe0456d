"""From a row to the letter that leaves: words, headers, hostile values, one click to stop."""

from __future__ import annotations

import email
import smtplib
from email.policy import default
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from notifications import delivery, rendering
from notifications.channels import NeverDelivered, OutOfOrder, TryLater
from notifications.channels.email import EmailChannel
from notifications.models import Message, State, Subscription
from tests.conftest import NOON
from tests.notifications.conftest import lease

pytestmark = pytest.mark.django_db


def send(message: Message):
    """Send the letter for real, into Django's mailbox of tests, and return it parsed."""
    raw = EmailChannel().send(message, rendering.render(message)).raw
    return email.message_from_bytes(raw, policy=default)


def context(**values) -> dict:
    return {"subject": "Заявка принята", "paragraphs": ["Мы взялись за дело."], **values}


def test_letter_has_text_html_and_what_a_mail_program_needs(make_message):
    message = make_message()
    letter = send(message)
    assert letter["Subject"] == "Заявка принята"
    assert letter["Message-ID"].startswith(f"<message-{message.pk}@")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "Мы взялись за дело." in letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()
    assert '<html lang="ru">' in html
    assert "Мы взялись за дело." in html
    assert "http://" not in html.replace("http://127.0.0.1", ""), "something of other hosts"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_second_sending_is_known_by_its_id(make_message):
    message = make_message()
    assert send(message)["Message-ID"] == send(message)["Message-ID"]


def test_safety_letter_cannot_be_stopped(make_message):
    letter = send(make_message(sensitive=True, topic="account"))
    assert letter["List-Unsubscribe"] is None


def test_subject_with_line_breaks_injects_no_header(make_message):
    letter = send(make_message(context=context(subject="Заявка\r\nBcc: all@example.org\n\nтекст")))
    assert letter["Bcc"] is None
    assert letter["Subject"].strip() == "Заявка Bcc: all@example.org текст"
    assert mail.outbox[-1].recipients() == ["anna@example.org"]


@pytest.mark.parametrize(
    "to", ["anna@example.org\nBcc: x@example.org", "no address", "a@b", "a@example.org, b@c.org"]
)
def test_bad_address_is_never_delivered(make_message, to):
    message = lease(make_message(to=to))
    assert delivery.deliver(message.pk, at=NOON) == State.DEAD
    assert mail.outbox == []


def test_emoji_and_markup_are_only_words(make_message):
    words = "🔥 <script>alert(1)</script> & “кавычки”"
    letter = send(make_message(context=context(subject="🔥 Авария", paragraphs=[words])))
    assert letter["Subject"] == "🔥 Авария"
    html = letter.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "🔥" in html
    assert words in letter.get_body(("plain",)).get_content()


def test_missing_values_send_a_poorer_letter_and_fail_nobody(make_message):
    message = lease(make_message(context={}))
    assert delivery.deliver(message.pk, at=NOON) == State.SENT


@pytest.mark.parametrize(
    "fields",
    [
        {"template": "no/such/letter"},
        {"context": context(link={"link": "nowhere", "id": 1})},
    ],
)
def test_letter_that_can_never_be_written_is_dead_at_once(make_message, fields):
    message = lease(make_message(**fields))
    assert delivery.deliver(message.pk, at=NOON) == State.DEAD
    assert Message.objects.get().last_error


def test_link_of_the_timeline_is_made_when_the_letter_leaves(make_message, make_request):
    item = make_request()
    Message.objects.all().delete()
    message = make_message(
        template="requests_app/mail/filed",
        context={"number": item.number, "link": {"link": "tracking", "id": item.pk}},
    )
    assert "code=" not in str(message.context)
    text = rendering.render(message).text
    assert f"/requests/{item.number}/?code=" in text


def test_letter_speaks_its_readers_language(make_message, resident):
    resident.language = "en"
    resident.save()
    with translation.override("ru"):
        rendered = rendering.render(make_message(user_id=resident.pk))
    assert '<html lang="en">' in rendered.html


class FailingServer:
    """Stands where Django's SMTP connection stands."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.connection = None
        self.closed = 0

    def open(self) -> None:
        if isinstance(self.error, ConnectionRefusedError):
            raise self.error

    def send_messages(self, _messages) -> None:
        raise self.error

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (ConnectionRefusedError(), OutOfOrder),
        (smtplib.SMTPServerDisconnected(), TryLater),
        (TimeoutError(), TryLater),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no")}), NeverDelivered),
        (smtplib.SMTPRecipientsRefused({"a": (451, b"later")}), TryLater),
        (smtplib.SMTPDataError(554, b"spam"), NeverDelivered),
        (smtplib.SMTPDataError(451, b"later"), TryLater),
        (smtplib.SMTPSenderRefused(530, b"log in", "x"), TryLater),
    ],
)
def test_servers_answer_is_understood(make_message, monkeypatch, error, meaning):
    server = FailingServer(error)
    monkeypatch.setattr("notifications.channels.email.get_connection", lambda: server)
    message = make_message()
    with pytest.raises(meaning) as caught:
        EmailChannel().send(message, rendering.render(message))
    assert type(caught.value) is meaning
    assert "anna" not in str(caught.value)


def unsubscribe_path(message: Message) -> str:
    return urlsplit(rendering.unsubscribe_url(message)).path


def test_mail_program_stops_letters_by_one_click_without_cookies(make_message):
    message = make_message()
    mailer = Client(enforce_csrf_checks=True)
    answer = mailer.post(unsubscribe_path(message), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert Subscription.objects.get().stopped_at is not None
    assert delivery.deliver(lease(message).pk, at=NOON) == State.STOPPED
    other = lease(make_message(topic="request:26-000002"))
    assert delivery.deliver(other.pk, at=NOON) == State.SENT


def test_page_of_unsubscribing_changes_nothing_until_the_button(client, make_message):
    path = unsubscribe_path(make_message())
    page = client.get(path).content.decode()
    assert "an…@example.org" in page
    assert "anna@example.org" not in page
    assert "26-000001" in page
    assert not Subscription.objects.exists()
    assert "больше не будет" in client.post(path).content.decode()
    client.post(path, {"again": "1"})
    assert Subscription.objects.get().stopped_at is None


@pytest.mark.parametrize("token", ["x", "x:y:z", "W10:1abc:xyz"])
def test_forged_unsubscribe_is_404(client, token):
    for method in (client.get, client.post):
        assert method(f"/notifications/unsubscribe/{token}/").status_code == 404
    assert not Subscription.objects.exists()
