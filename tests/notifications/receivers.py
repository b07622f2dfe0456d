"""Servers on this machine that take what the portal sends, and some that mean no good."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Call:
    """One call as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form, each once."""
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


Reply = tuple[int, bytes] | tuple[int, bytes, dict[str, str]]


@dataclass
class Receiver:
    """A server that answers by `reply` and remembers every call."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    reply: Callable[[Call], Reply] = lambda call: (200, b"{}")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def place(self) -> str:
        """What OUTBOUND_ALLOWED names it by."""
        return f"127.0.0.1:{self.port}"


@contextlib.contextmanager
def receiver(reply: Callable[[Call], Reply] | None = None) -> Iterator[Receiver]:
    """Run a receiver while the block lasts."""
    state = Receiver()
    if reply is not None:
        state.reply = reply

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.command, self.path, headers, body)
            state.calls.append(call)
            status, text, *more = state.reply(call)
            self.send_response(status)
            for name, value in (more[0] if more else {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _answer  # noqa: N815 - the library's names

        def log_message(self, *args: Any) -> None:
            """Tests read `calls`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def rude(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that does with each connection whatever `talk` does; give its host:port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(5)
                    talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            thread.join(6)
