"""Where the bench plays: a data directory a size, servers of its own, the whole portal on them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from deploy.local import EmbeddedPostgres, EmbeddedRedis, free_port, remembered_port
from deploy.run import commands

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "contact_center"


class Stage:
    """One size: its data directory, ports and environment."""

    def __init__(self, home: Path, requests: int) -> None:
        self.requests = requests
        self.data = home / str(requests)
        self.scripts = self.data / "scripts"
        self.port, self.bare_port = free_port(), free_port()
        self.data.mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        """What every process of this stage is told; the servers' addresses come on top."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "DJANGO_SETTINGS_MODULE"}
        }
        return kept | {
            "DEMO": "1",
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            # The bench files more than any one address may.
            "FILING_LIMIT": "1000000000",
            "API_LIMIT": "100000000",
            "CODE_LIMIT": "1000000000",
            "MALLOC_ARENA_MAX": "2",
            "BENCH_SCRIPTS": str(self.scripts),
        }

    def with_servers(self) -> dict[str, str]:
        """Return the environment with the addresses of the servers that run now."""
        return self.environment | {
            "DATABASE_URL": self._postgres().url + DATABASE,
            "REDIS_URL": self._redis().url,
        }

    def _postgres(self) -> EmbeddedPostgres:
        port = int((self.data / "postgres.port").read_text())
        return EmbeddedPostgres(self.data / "postgres", port)

    def _redis(self) -> EmbeddedRedis:
        return EmbeddedRedis(self.data / "redis", int((self.data / "redis.port").read_text()))

    @contextmanager
    def servers(self) -> Iterator[dict[str, str]]:
        """Run Postgres and Redis alone, and give the environment that names them."""
        port = remembered_port(self.data / "postgres.port")
        remembered_port(self.data / "redis.port")
        postgres = EmbeddedPostgres(self.data / "postgres", port, connections=60).start()
        redis = self._redis().start()
        try:
            postgres.create_database(DATABASE)
            yield self.with_servers()
        finally:
            redis.stop()
            postgres.stop()

    def found(self, environment: dict[str, str]) -> float:
        """Migrate and seed; return the seconds that the seed took, 0 if the city was there."""
        _run([sys.executable, "-m", "deploy.prepare", "--without-city"], environment)
        mark = self.data / "founded"
        if mark.exists():
            return 0.0
        began = time.monotonic()
        _run(
            [sys.executable, "manage.py", "seed_demo", "--requests", str(self.requests), "--json"],
            environment,
            into=self.data / "demo.json",
        )
        mark.touch()
        return time.monotonic() - began

    @contextmanager
    def portal(self) -> Iterator[tuple[float, psutil.Process]]:
        """Run the whole portal as `make run` does; give its seconds to open and its supervisor."""
        began = time.monotonic()
        with (self.data / "run.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.run", "--with-parent"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self.wait(process, f"http://127.0.0.1:{self.port}/readyz")
            yield time.monotonic() - began, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(60)

    @contextmanager
    def bare(self, environment: dict[str, str]) -> Iterator[None]:
        """Run the floor behind the same server with the same options."""
        argv = commands(port=self.bare_port, data=self.data)["web"]
        argv = ["bench.bare.wsgi:application" if "wsgi:" in part else part for part in argv]
        with (self.data / "bare.log").open("wb") as log:
            process = subprocess.Popen(
                argv, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self.wait(process, f"http://127.0.0.1:{self.bare_port}/again/nothing/")
            yield
        finally:
            process.terminate()
            process.wait(30)

    def wait(self, process: subprocess.Popen[bytes], url: str, *, seconds: float = 120) -> None:
        """Return when the address answers anything at all; end the bench if it never does."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if process.poll() is not None:
                raise SystemExit(f"a process of the bench ended; see {self.data}")
            try:
                urllib.request.urlopen(url, timeout=5).close()
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit(f"no answer from {url}; see {self.data}")


def _run(argv: list[str], environment: dict[str, str], *, into: Path | None = None) -> None:
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(into.open("wb")) if into else subprocess.DEVNULL
        subprocess.run(argv, cwd=ROOT, env=environment, stdout=out, check=True)


def run(module: str, environment: dict[str, str], *args: str) -> None:
    """Run a module of the bench as a process of its own: Django knows one database."""
    subprocess.run([sys.executable, "-m", module, *args], cwd=ROOT, env=environment, check=True)


def memory_mib(supervisor: psutil.Process) -> dict[str, float]:
    """Return the proportional set size of the portal's processes, by what they are."""
    found: dict[str, float] = {}
    for process in [supervisor, *supervisor.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            name = _kind(process.cmdline())
            found[name] = found.get(name, 0.0) + process.memory_full_info().pss / 2**20
    return found


def _kind(argv: list[str]) -> str:
    line = " ".join(argv)
    for word, name in (
        ("deploy.run", "supervisor"),
        ("granian", "web"),
        ("celery", "beat" if " beat" in line else "worker"),
        ("manage.py relay", "relay"),
        ("redis", "redis"),
        ("postgres", "postgres"),
    ):
        if word in line:
            return name
    return "web" if "contact_center.wsgi" in line or "spawn_main" in line else "other"
