"""
Calls to addresses that others chose: bounded in time and size, and never into our own network.

The name is looked up here, once, and the call goes to that very address: a name that answers
differently a moment later (DNS rebinding) finds nobody asking. No redirect is followed, no proxy
used, no answer unpacked. `trusted` is for addresses of the environment (the city's gateway may well
stand in an inner network); what a person or a program gave is never trusted.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

# Where else a receiver of webhooks or pushes may listen; a mail server's port is nobody's webhook.
PORTS = {443, 8443}
# IPv6 addresses that carry one of IPv4 in them: what counts is where they lead.
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(Exception):
    """The address may not be called at all, or answered what is not allowed."""


class BadAnswer(Refused):
    """The receiver was called, and answered what is not allowed."""


class Unreachable(Exception):
    """Nobody answered in time, or the conversation broke off."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long a call may take, in seconds, and how much may come back, in bytes."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 15.0
    answer: int = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back; never a redirect, never more than the limit."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status < 300


ORDINARY = Limits()


def call(
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
    limits: Limits = ORDINARY,
    trusted: bool = False,
) -> Answer:
    """Call and return the answer; raise Refused or Unreachable, both without the address."""
    parts = checked(url, trusted=trusted)
    ends_at = time.monotonic() + limits.total
    host, port = _place(parts)
    found = _allowed(host, port, trusted=trusted)
    raw = _connect(found, port, limits=limits)
    with contextlib.closing(raw), _cut_at(raw, ends_at):
        try:
            answer = _talk(raw, parts, host, port, method, body, headers or {}, limits)
            if time.monotonic() >= ends_at:
                # Cut off, an answer without a length looks as if it had ended.
                raise TimeoutError
            return answer
        except (OSError, http.client.HTTPException, ValueError) as broken:
            if time.monotonic() >= ends_at:
                raise Unreachable("no whole answer in time") from None
            raise Unreachable(f"the conversation broke off: {type(broken).__name__}") from None


def checked(url: str, *, trusted: bool = False) -> SplitResult:
    """Return the address in parts; raise Refused for a form that is never called."""
    if any(sign <= " " or sign == "\x7f" or not sign.isascii() for sign in url):
        raise Refused("an address with spaces or foreign letters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("not an address") from None
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise Refused("not an address that may be called")
    if _is_listed(parts) or trusted:
        schemes = {"http", "https"}
    else:
        schemes = {"https"}
        if (port or 443) not in PORTS:
            raise Refused("a port that is not called")
    if parts.scheme not in schemes:
        raise Refused("only https is called")
    return parts


def refuse_inner(url: str) -> None:
    """
    Raise Refused for an address that would never be called, as far as is plain without asking.

    For the moment in which somebody types it: no name server is asked, so a name that leads into
    our network is refused when the call leaves.
    """
    parts = checked(url)
    host, port = _place(parts)
    if f"{host}:{port}" in settings.OUTBOUND_ALLOWED:
        return
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        raise Refused("an address of an inner network")
    try:
        # Also the odd ways to write a number: 127.1, 2130706433, 0x7f000001.
        answers = socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return
    if not all(is_public(str(answer[4][0])) for answer in answers):
        raise Refused("an address of an inner network")


def _is_listed(parts: SplitResult) -> bool:
    # Receivers of tests and of the demo; settings refuse the list in a real city.
    return f"{parts.hostname}:{_place(parts)[1]}" in settings.OUTBOUND_ALLOWED


def _place(parts: SplitResult) -> tuple[str, int]:
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _allowed(host: str, port: int, *, trusted: bool) -> list[str]:
    """Return the addresses of a name; raise if even one of them lies where nobody may call."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("no such host") from None
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not (trusted or f"{host}:{port}" in settings.OUTBOUND_ALLOWED):
        for address in found:
            if not is_public(address):
                raise Refused("an address of an inner network")
    return found


def is_public(address: str) -> bool:
    """Whether the address belongs to the open internet, also when it wears another as a coat."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not (
        ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local
    )


def _connect(addresses: list[str], port: int, *, limits: Limits) -> socket.socket:
    ends_at = time.monotonic() + limits.connect
    for address in addresses:
        left = ends_at - time.monotonic()
        if left <= 0:
            break
        with contextlib.suppress(OSError):
            return socket.create_connection((address, port), timeout=left)
    raise Unreachable("no connection")


@contextlib.contextmanager
def _cut_at(raw: socket.socket, ends_at: float) -> Iterator[None]:
    """
    Shut the connection at this moment of the monotonic clock.

    A timeout of a socket bounds the wait for one byte; a receiver that drips a byte a second would
    hold a worker for hours.
    """
    # A handle of our own: wrapping in TLS takes the other one away.
    handle = socket.socket(fileno=os.dup(raw.fileno()))

    def cut() -> None:
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, ends_at - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        # `cut` may be at work this moment: the handle must not become another file's meanwhile.
        timer.join()
        handle.close()


def _talk(
    raw: socket.socket,
    parts: SplitResult,
    host: str,
    port: int,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    limits: Limits,
) -> Answer:
    raw.settimeout(limits.read)
    talk: http.client.HTTPConnection
    if parts.scheme == "https":
        talk = http.client.HTTPSConnection(host, port)
        # The certificate is asked for the name, the connection went to the address.
        talk.sock = _tls().wrap_socket(raw, server_hostname=host)
    else:
        talk = http.client.HTTPConnection(host, port)
        talk.sock = raw
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        talk.request(method, path, body=body, headers={"User-Agent": "contact-center", **headers})
        answer = talk.getresponse()
        if 300 <= answer.status < 400:
            raise BadAnswer("the receiver sends elsewhere")
        text = answer.read(limits.answer + 1)
        if len(text) > limits.answer:
            raise BadAnswer("the answer is too long")
        if answer.length:
            raise http.client.IncompleteRead(b"", answer.length)
        return Answer(
            answer.status, text, {name.lower(): value for name, value in answer.getheaders()}
        )
    finally:
        talk.close()


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
