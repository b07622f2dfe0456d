"""A mail server that hangs, refuses or drops the line loses no letter and blames none wrongly."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from notifications import delivery
from notifications.channels.email import EmailChannel
from notifications.models import Destination, Message, State, StopReason
from tests.conftest import NOON
from tests.notifications.conftest import lease
from tests.notifications.receivers import rude

pytestmark = pytest.mark.django_db
GREETING = b"220 mail.example ESMTP\r\n"
Talk = Callable[[socket.socket], None]


def server(
    *, rcpt: bytes = b"250 ok", data: bytes = b"354 go on", end: bytes = b"250 taken"
) -> Talk:
    """Return an SMTP server that answers so; b"" drops the line there."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(GREETING)
        in_data = False
        heard = b""
        while chunk := connection.recv(4096):
            heard += chunk
            while b"\r\n" in heard:
                line, heard = heard.split(b"\r\n", 1)
                if in_data and line != b".":
                    if not end:
                        return
                    continue
                verb = line[:4].upper()
                reply = b"250 ok"
                if in_data:
                    in_data, reply = False, end
                elif verb == b"RCPT":
                    reply = rcpt
                elif verb == b"DATA":
                    in_data, reply = data.startswith(b"354"), data
                if not reply:
                    return
                connection.sendall(reply + b"\r\n")

    return talk


@pytest.fixture
def sent(make_message, monkeypatch, settings, resident) -> Callable[[Talk], Message]:
    def send(talk: Talk) -> Message:
        channel = EmailChannel()
        monkeypatch.setitem(delivery.CHANNELS, "email", channel)
        with rude(talk) as place:
            host, _, port = place.partition(":")
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = host, int(port)
            settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
            settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
            settings.EMAIL_TIMEOUT = 0.5
            message = lease(make_message(to=resident.email, user_id=resident.pk))
            delivery.deliver(message.pk, at=NOON)
        message.refresh_from_db()
        return message

    return send


def test_server_that_takes_the_letter_has_it_sent(sent):
    assert sent(server()).state == State.SENT


def _silent(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def test_server_that_accepts_and_hangs_holds_nobody_and_blames_no_letter(sent):
    started = time.monotonic()
    message = sent(_silent)
    assert time.monotonic() - started < 5
    assert (message.state, message.attempts) == (State.QUEUED, 0)
    assert message.put_off_from is not None


def test_server_that_hangs_after_the_recipient_puts_the_letter_off(sent):
    def talk(connection: socket.socket) -> None:
        connection.sendall(GREETING)
        while line := connection.recv(4096):
            if line[:4].upper() == b"RCPT":
                _silent(connection)
                return
            connection.sendall(b"250 ok\r\n")

    message = sent(talk)
    assert (message.state, message.attempts) == (State.QUEUED, 1)


@pytest.mark.parametrize("answer", [b"450 greylisted", b"421 busy"])
def test_deferred_recipient_is_tried_again(sent, answer):
    message = sent(server(rcpt=answer))
    assert (message.state, message.attempts) == (State.QUEUED, 1)
    assert not Destination.objects.exists()


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (b"550 5.1.1 no such user", StopReason.BOUNCED),
        (b"550 5.2.1 mailbox disabled", StopReason.BOUNCED),
        (b"550 5.7.1 we do not like you", ""),
        (b"554 no", ""),
    ],
)
def test_refused_recipient_is_dead_and_stops_only_if_it_does_not_exist(sent, refusal, reason):
    assert sent(server(rcpt=refusal)).state == State.DEAD
    found = Destination.objects.filter(stop_reason=StopReason.BOUNCED)
    assert found.exists() == bool(reason)


@pytest.mark.parametrize(
    ("talk", "state"),
    [
        (server(data=b"451 not now"), State.QUEUED),
        (server(data=b"554 never"), State.DEAD),
        (server(end=b"452 disk full"), State.QUEUED),
        (server(end=b"552 too big"), State.DEAD),
        (server(end=b""), State.QUEUED),
        (server(data=b""), State.QUEUED),
        (server(rcpt=b""), State.QUEUED),
    ],
    ids=["data 4xx", "data 5xx", "end 4xx", "end 5xx", "drops mid-DATA", "at DATA", "at RCPT"],
)
def test_answer_to_the_letter_itself_is_understood(sent, talk, state):
    assert sent(talk).state == state
