"""
`make run`: the whole portal from one command, and nothing left after Ctrl-C.

Starts Postgres and Redis of its own unless DATABASE_URL and REDIS_URL name others, makes the
portal ready, starts web server, worker, beat and relay, restarts whoever dies, and stops all in
the reverse order.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from deploy import prepare  # noqa: E402
from deploy.local import (  # noqa: E402
    DidNotStart,
    EmbeddedPostgres,
    EmbeddedRedis,
    is_free,
    remembered_port,
)
from deploy.processes import Child, adopt_orphans, die_with_parent  # noqa: E402

READY_SECONDS = 60


class Stopped(BaseException):
    """Somebody asked us to stop; not an Exception, so that no step swallows it."""


class CannotStart(Exception):
    """What stands in the way, in one line."""


def commands(*, port: int, data: Path) -> dict[str, list[str]]:
    """Return the command line of each process of the portal, in the order of their start."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "contact_center"]
    return {
        "web": [
            *(python, "-m", "granian", "--interface", "wsgi", "contact_center.wsgi:application"),
            *("--host", os.environ.get("HOST", "127.0.0.1"), "--port", str(port)),
            *("--workers", "2", "--blocking-threads", "4", "--backlog", "512"),
            *("--respawn-failed-workers", "--workers-kill-timeout", "8"),
            *("--no-ws", "--log-level", "warning"),
        ],
        "worker": [
            *celery,
            *("worker", "--queues", "mail,default", "--pool", "threads", "--concurrency", "4"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            *("--loglevel", "WARNING"),
        ],
        "beat": [
            *celery,
            *("beat", "--schedule", str(data / "beat-schedule"), "--pidfile="),
            *("--loglevel", "WARNING"),
        ],
        "relay": [python, "manage.py", "relay"],
    }


class Portal:
    """All processes of one running portal."""

    def __init__(self, *, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.postgres: EmbeddedPostgres | None = None
        self.redis: EmbeddedRedis | None = None
        self.children: list[Child] = []
        self.lock: TextIO | None = None

    def start(self) -> None:
        """Start everything; raise CannotStart or DidNotStart."""
        began = time.monotonic()
        self._take_data_dir()
        self._take_port()
        self._start_servers()
        say("Preparing:")
        self._prepare()
        metrics = self.data / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir()
        for name, argv in self.commands().items():
            child = Child(
                name=name,
                argv=argv,
                log=self.data / "logs" / f"{name}.log",
                # Two web processes count into one page of metrics.
                env={"PROMETHEUS_MULTIPROC_DIR": str(metrics)} if name == "web" else {},
                popen={"cwd": str(ROOT)},
            )
            self.children.append(child)
            child.start()
            if name == "web":
                # On few cores the others would make the first page wait for their start.
                self._wait_until_ready()
        self._introduce(time.monotonic() - began)

    def commands(self) -> dict[str, list[str]]:
        """Return the processes to start, by name, in their order."""
        return commands(port=self.port, data=self.data)

    def watch(self) -> None:
        """Restart whoever dies, until Stopped is raised."""
        servers = [s.child for s in (self.postgres, self.redis) if s and s.child]
        while True:
            time.sleep(0.5)
            now = time.monotonic()
            for child in (*servers, *self.children):
                line = child.look_after(now)
                if line:
                    say(line)

    def stop(self) -> None:
        """Stop all: those who use the servers first, all at once; then the servers."""
        for child in self.children:
            if child.is_running and child.process:
                child.process.send_signal(child.stop_signal)
        for child in self.children:
            child.stop()
        if self.redis:
            self.redis.stop()
        if self.postgres:
            self.postgres.stop()

    def _take_data_dir(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.lock = (self.data / "lock").open("w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                f"another portal runs on {self.data}; stop it or set DATA_DIR"
            ) from None

    def _take_port(self) -> None:
        if not is_free(self.port):
            raise CannotStart(f"port {self.port} is taken; try: PORT={self.port + 1} make run")

    def _start_servers(self) -> None:
        if "DATABASE_URL" not in os.environ:
            port = remembered_port(self.data / "postgres.port")
            self.postgres = EmbeddedPostgres(self.data / "postgres", port, connections=60).start()
            self.postgres.create_database("contact_center")
            os.environ["DATABASE_URL"] = self.postgres.url + "contact_center"
        if "REDIS_URL" not in os.environ:
            port = remembered_port(self.data / "redis.port")
            self.redis = EmbeddedRedis(self.data / "redis", port).start()
            os.environ["REDIS_URL"] = self.redis.url

    def _prepare(self) -> None:
        # A process of its own, so that its memory is given back.
        done = subprocess.run([sys.executable, "-m", "deploy.prepare"], cwd=ROOT, check=False)
        if done.returncode:
            raise CannotStart("preparing failed; the lines above say why")

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_SECONDS
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/readyz", headers={"Host": public_host()}
        )
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(request, timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise CannotStart(f"the portal does not answer; see {self.data / 'logs'}")

    def _introduce(self, seconds: float) -> None:
        say(f"\nThe portal is open: {os.environ['PUBLIC_URL']}   ({seconds:.1f} s)")
        try:
            demo = json.loads((self.data / prepare.ACCOUNTS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            demo = {}
        for role, account in demo.get("accounts", {}).items():
            say(f"  {role:<10} {account['email']:<34} {account['password']}")
        say(f"  logs       {self.data / 'logs'}\nCtrl-C stops everything.")


def public_host() -> str:
    """Return the host name that the portal answers to."""
    return os.environ["PUBLIC_URL"].split("://", 1)[-1].split("/", 1)[0]


def say(line: str) -> None:
    """Print at once, whoever reads."""
    print(line, flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Once: a second Ctrl-C must not cut off the stopping itself.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def main() -> int:
    """Run the portal until a signal."""
    data = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()
    port = int(os.environ.get("PORT") or 8000)
    os.environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
    return run(Portal(data=data, port=port))


def run(portal: Portal) -> int:
    """Start the portal, watch over it until a signal, stop it; return the exit status."""
    os.environ |= {
        "DATA_DIR": str(portal.data),
        "PORT": str(portal.port),
        "PYTHONUNBUFFERED": "1",
    }
    os.environ.setdefault("DEMO", "1")
    # Threads of glibc's allocator would each keep an arena of their own.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    if "--with-parent" in sys.argv:
        die_with_parent()
    adopt_orphans()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        portal.start()
        portal.watch()
    except Stopped:
        say("\nStopping …")
    except (CannotStart, DidNotStart) as reason:
        say(f"Cannot start: {reason}")
        return 1
    finally:
        portal.stop()
    say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
