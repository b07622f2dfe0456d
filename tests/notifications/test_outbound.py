"""Calls to addresses that others chose: bounded, and never into our own network (SSRF)."""

from __future__ import annotations

import socket
import time

import pytest

from notifications import outbound
from tests.notifications.receivers import receiver, rude

QUICK = outbound.Limits(connect=0.5, read=0.4, total=0.8, answer=10_000)
HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def answers(monkeypatch):
    """Return a dictionary that stands for the world's name service."""
    names: dict[str, list[str]] = {}

    def look_up(host, port, *args, **more):
        if host not in names:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in names[host]]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", look_up)
    return names


@pytest.fixture
def no_connections(monkeypatch):
    """Let the test fail if anybody is called."""

    def connect(*args, **more):
        raise AssertionError("somebody was called")

    monkeypatch.setattr(outbound.socket, "create_connection", connect)


def test_receiver_gets_the_body_and_its_answer_comes_back(settings):
    with receiver(lambda call: (202, b"taken", {"X-Id": "7"})) as place:
        settings.OUTBOUND_ALLOWED = [place.place]
        answer = outbound.call(
            f"{place.url}/hook?a=1", body=b"news", headers={"Content-Type": "text/plain"}
        )
    assert (answer.status, answer.body, answer.headers["x-id"], answer.is_ok) == (
        202,
        b"taken",
        "7",
        True,
    )
    (call,) = place.calls
    assert (call.method, call.path, call.body) == ("POST", "/hook?a=1", b"news")
    assert call.headers["host"] == place.place


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "nonsense",
    ],
)
def test_inner_address_is_not_public(address):
    assert not outbound.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a02:6b8::2:242", "64:ff9b::808:808"])
def test_address_of_the_internet_is_public(address):
    assert outbound.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
    ],
)
def test_loopback_and_link_local_are_refused_however_they_are_written(url, no_connections):
    with pytest.raises((outbound.Refused, outbound.Unreachable)):
        outbound.call(url)


@pytest.mark.parametrize(
    "led_to", [["127.0.0.1"], ["169.254.169.254"], ["10.1.2.3"], ["8.8.8.8", "127.0.0.1"]]
)
def test_name_that_leads_inside_is_refused(answers, no_connections, led_to):
    answers["hook.example"] = led_to
    with pytest.raises(outbound.Refused, match="inner network"):
        outbound.call("https://hook.example/")


def test_call_goes_to_the_address_that_was_judged(answers, monkeypatch):
    """DNS rebinding: the name is asked once, and nobody asks it again at connecting."""
    answers["hook.example"] = ["93.184.216.34"]
    called: list[tuple[str, int]] = []

    def connect(place, timeout):
        called.append(place)
        answers["hook.example"] = ["127.0.0.1"]
        raise OSError

    monkeypatch.setattr(outbound.socket, "create_connection", connect)
    with pytest.raises(outbound.Unreachable):
        outbound.call("https://hook.example/")
    assert called == [("93.184.216.34", 443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/",
        "ftp://hook.example/",
        "file:///etc/passwd",
        "//hook.example/",
        "https://",
        "https:///path",
        "https://user:password@hook.example/",
        "https://hook.example:25/",
        "https://hook.example:99999/",
        "https://hook.example/\r\nX-Injected: 1",
        "https://hook.example/ two",
        "https://хук.example/",
        "https://hook.example/#part",
        "",
    ],
)
def test_form_of_address_that_is_never_called(url, answers, no_connections):
    answers["hook.example"] = ["93.184.216.34"]
    with pytest.raises(outbound.Refused):
        outbound.call(url)


def test_environments_own_gateway_may_stand_inside(settings):
    settings.OUTBOUND_ALLOWED = []
    with receiver() as place:
        assert outbound.call(place.url, trusted=True).is_ok
        with pytest.raises(outbound.Refused):
            outbound.call(place.url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(settings, status):
    with (
        receiver() as inner,
        receiver(lambda call: (status, b"", {"Location": inner.url})) as place,
    ):
        settings.OUTBOUND_ALLOWED = [place.place, inner.place]
        with pytest.raises(outbound.Refused, match="elsewhere"):
            outbound.call(place.url)
    assert inner.calls == []


def _endless(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(HEAD + b"Content-Type: text/plain\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def _gigabyte(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(HEAD + b"Content-Length: 1073741824\r\n\r\n")
    for _ in range(16_384):
        connection.sendall(b"x" * 65536)


def _endless_chunks(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")


@pytest.mark.parametrize("talk", [_endless, _gigabyte, _endless_chunks])
def test_answer_without_end_is_bounded(settings, talk):
    with rude(talk) as place:
        settings.OUTBOUND_ALLOWED = [place]
        with pytest.raises(outbound.Refused, match="too long"):
            outbound.call(f"http://{place}/", limits=QUICK)


def _dripping_body(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(HEAD + b"\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def _dripping_headers(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(HEAD)
    while True:
        connection.sendall(b"X")
        time.sleep(0.05)


def _silent(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def _hangs_up(connection: socket.socket) -> None:
    connection.recv(65536)


def _half_an_answer(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(HEAD + b"Content-Length: 100\r\n\r\nhalf")


def _no_http(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"220 mail.example ESMTP\r\n")


@pytest.mark.parametrize(
    "talk",
    [_dripping_body, _dripping_headers, _silent, _hangs_up, _half_an_answer, _no_http],
)
def test_slow_or_broken_answer_ends_in_time(settings, talk):
    with rude(talk) as place:
        settings.OUTBOUND_ALLOWED = [place]
        started = time.monotonic()
        with pytest.raises(outbound.Unreachable):
            outbound.call(f"http://{place}/", limits=QUICK)
        assert time.monotonic() - started < QUICK.total + 1


def test_receiver_without_a_certificate_for_its_name_is_not_told_anything(settings):
    heard: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heard.append(connection.recv(65536))

    with rude(talk) as place:
        settings.OUTBOUND_ALLOWED = [place]
        with pytest.raises(outbound.Unreachable):
            outbound.call(f"https://{place}/", body=b"secret", limits=QUICK)
    assert b"secret" not in b"".join(heard)


def test_header_with_a_line_break_is_not_sent(settings):
    with receiver() as place:
        settings.OUTBOUND_ALLOWED = [place.place]
        with pytest.raises(outbound.Unreachable):
            outbound.call(place.url, headers={"X-Name": "a\r\nX-Injected: 1"})
    assert place.calls == []


def test_error_tells_no_address(settings):
    with pytest.raises(outbound.Refused) as refused:
        outbound.call("https://127.0.0.1/secret-token")
    assert "127.0.0.1" not in str(refused.value)
    assert "secret-token" not in str(refused.value)
