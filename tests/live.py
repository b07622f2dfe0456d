"""
The whole portal as processes of its own, for service and browser tests.

Web server, worker, beat-less relay and a Redis run against the test database of this process; an
SMTP server in this process takes the letters. Each of them can be killed, frozen and started again.
"""

from __future__ import annotations

import email
import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, TypeVar

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from deploy.local import EmbeddedRedis, free_port
from deploy.processes import Child
from deploy.run import ROOT, commands
from tests.notifications.receivers import Call, Receiver, Reply

PROCESSES = ("web", "worker", "relay")
logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every line it hears


Found = TypeVar("Found")


def wait_for(find: Callable[[], Found], *, seconds: float = 60.0, what: str = "it") -> Found:
    """Return the first true value of `find`; fail after `seconds`."""
    until = time.monotonic() + seconds
    while True:
        found = find()
        if found:
            return found
        assert time.monotonic() < until, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)


class Mailbox:
    """An SMTP server that keeps what it was given, and can be down or refuse for a while."""

    def __init__(self) -> None:
        self.port = free_port()
        self.letters: list[EmailMessage] = []
        self.refuses = False
        # What single addresses are answered: {"gone@example.org": "550 no such user"}.
        self.answers: dict[str, str] = {}
        self._server: Controller | None = None

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: list[str]
    ) -> str:
        """Take or refuse one address; the name is aiosmtpd's."""
        answer = self.answers.get(address, "250 welcome")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a letter; the name is aiosmtpd's."""
        if self.refuses:
            return "451 4.3.0 try again later"
        letter = email.message_from_bytes(envelope.content, policy=default)
        letter["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.letters.append(letter)
        return "250 kept"

    def start(self) -> None:
        if self._server is None:
            self._server = Controller(self, hostname="127.0.0.1", port=self.port)
            self._server.start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def to(self, address: str) -> list[EmailMessage]:
        """Return the letters that this address got."""
        return [letter for letter in self.letters if address in letter["X-Envelope-To"]]

    def wait_for(self, address: str, count: int = 1, *, seconds: float = 60) -> list[EmailMessage]:
        """Wait until `address` has at least `count` letters and return them."""
        return wait_for(
            lambda: found if len(found := self.to(address)) >= count else [],
            seconds=seconds,
            what=f"{count} letters to {address}",
        )


class LivePortal:
    """
    The running portal: its address, its mailbox, and its processes by name.

    Beat is left out unless asked for: its periodic work would come in between what a test looks at.
    `outside` are receivers in this process whose places people may name: webhooks, browsers.
    """

    def __init__(
        self, home: Path, *, with_beat: bool = False, outside: Iterable[Receiver] = ()
    ) -> None:
        self.outside = list(outside)
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mailbox = Mailbox()
        self.redis = EmbeddedRedis(home / "redis", free_port())
        argv = commands(port=self.port, data=home)
        (home / "metrics").mkdir()
        # Two web processes count into one page.
        metrics = {"PROMETHEUS_MULTIPROC_DIR": str(home / "metrics")}
        self.children = {
            name: Child(
                name=name,
                argv=argv[name],
                log=home / "logs" / f"{name}.log",
                env=self._environment() | (metrics if name == "web" else {}),
                popen={"cwd": str(ROOT)},
                stop_seconds=5,
            )
            for name in ((*PROCESSES, "beat") if with_beat else PROCESSES)
        }
        # Who is down because a test wants it so; nobody else stays down.
        self._down: set[str] = set()
        self._turn = threading.Lock()
        self._over = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    def _supervise(self) -> None:
        """Start a worker that ended by itself again, as `make run` and a container's policy do."""
        while not self._over.wait(0.2):
            with self._turn:
                if "worker" not in self._down:
                    self.children["worker"].look_after(time.monotonic())

    def _environment(self) -> dict[str, str]:
        database = connection.settings_dict
        return {
            "DEMO": "1",
            "DATABASE_URL": (
                f"postgres://{database['USER']}:{database['PASSWORD']}"
                f"@{database['HOST']}:{database['PORT']}/{database['NAME']}"
            ),
            "REDIS_URL": self.redis.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mailbox.port}",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "DATA_DIR": str(settings.DATA_DIR),
            "STATIC_DIR": str(settings.STATIC_ROOT),
            "FILING_LIMIT": "100000",
            "API_LIMIT": "1000000",
            "CODE_LIMIT": "100000",
            "OUTBOUND_ALLOWED": ",".join(receiver.place for receiver in self.outside),
            "PYTHONUNBUFFERED": "1",
        }

    def start(self) -> None:
        """Start what does not run and wait until the web server answers."""
        _collect_static()
        self.mailbox.start()
        if not (self.redis.child and self.redis.child.is_running):
            self.redis.start()
        with self._turn:
            self._down.clear()
            for child in self.children.values():
                if not child.is_running:
                    child.start()
        if not self._supervisor.ident:
            self._supervisor.start()
        wait_for(self._answers, seconds=60, what=f"the portal's start ({self.home / 'logs'})")

    def stop(self) -> None:
        self._over.set()
        with self._turn:
            for child in self.children.values():
                child.stop()
        self.redis.stop()
        self.mailbox.stop()

    def make_whole(self) -> None:
        """Undo what a test did to processes and letters."""
        self.repair()
        self.mailbox.letters.clear()
        for receiver in self.outside:
            receiver.calls.clear()
            receiver.reply = taken

    def repair(self) -> None:
        """Undo what was done to processes and servers; the letters stay."""
        if self.redis.child:
            self._signal(self.redis.child, signal.SIGCONT)
        self.mailbox.refuses = False
        self.mailbox.answers.clear()
        self.start()

    def kill(self, name: str) -> None:
        """Kill a process and all it started, as a power cut would."""
        child = self.children[name]
        with self._turn:
            self._down.add(name)
            for process in child.tree():
                process.kill()
            child.stop()

    def restart(self, name: str, **env: str) -> None:
        """Start a killed process again; `env` is what it finds besides from now on."""
        child = self.children[name]
        child.env = {**child.env, **env}
        with self._turn:
            self._down.discard(name)
            self.children[name].start()

    @contextmanager
    def frozen_redis(self) -> Iterator[None]:
        """Keep Redis accepting connections and answering nothing."""
        assert self.redis.child
        self._signal(self.redis.child, signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(self.redis.child, signal.SIGCONT)

    @contextmanager
    def stopped_redis(self) -> Iterator[None]:
        """Keep Redis away."""
        self.redis.stop()
        try:
            yield
        finally:
            self.redis.start()

    @staticmethod
    def _signal(child: Child, number: int) -> None:
        if child.is_running and child.process:
            child.process.send_signal(number)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False


def taken(_call: Call) -> Reply:
    """Take whatever comes."""
    return 200, b"{}"


def _collect_static() -> None:
    """Collect static files once a run, whichever process comes first."""
    with (Path(settings.DATA_DIR) / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
            # A process of its own: the test's serves files as they are, the portal's by digest.
            subprocess.run(
                [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
                cwd=ROOT,
                env={**os.environ, "STATIC_DIR": str(settings.STATIC_ROOT)},
                check=True,
            )
