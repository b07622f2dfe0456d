"""What `make run` starts it also ends, whatever happens on the way."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from deploy import local, processes

ROOT = Path(__file__).resolve().parents[2]
# Starts a grandchild, notes both numbers, and then hangs or dies.
PARENT = textwrap.dedent(
    """
    import os, pathlib, subprocess, sys, time
    inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    pathlib.Path(sys.argv[1]).write_text(f"{os.getpid()} {inner.pid}")
    time.sleep(float(sys.argv[2]))
    sys.exit(3)
    """
)


def wait_for(true, seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def start_parent(tmp_path: Path):
    started = []

    def start(seconds: float) -> tuple[processes.Child, list[int]]:
        note = tmp_path / "pids"
        child = processes.Child(
            name="parent",
            argv=[sys.executable, "-c", PARENT, str(note), str(seconds)],
            log=tmp_path / "parent.log",
            stop_seconds=2,
        )
        child.start()
        started.append(child)
        wait_for(lambda: note.exists() and note.read_text().count(" "))
        return child, [int(word) for word in note.read_text().split()]

    yield start
    for child in started:
        child.stop()


def test_stopping_ends_the_whole_tree(start_parent):
    child, pids = start_parent(600)
    child.stop()
    assert [pid for pid in pids if is_alive(pid)] == []


def test_the_dead_is_restarted_with_growing_pauses_and_its_orphans_are_killed(start_parent):
    child, (_, orphan) = start_parent(0.2)
    wait_for(lambda: not child.is_running)
    now = time.monotonic()
    assert "parent ended with 3; again in 1 s" in child.look_after(now)
    wait_for(lambda: not is_alive(orphan))
    assert child.look_after(now + 0.9) == ""
    assert not child.is_running
    child.look_after(now + 1.1)
    assert child.is_running
    wait_for(lambda: not child.is_running)
    assert "again in 2 s" in child.look_after(time.monotonic())


def test_pause_is_short_again_for_who_lived_long(start_parent):
    child, _ = start_parent(0.1)
    wait_for(lambda: not child.is_running)
    child.pause = processes.LONGEST_PAUSE
    later = child.started_at + processes.STEADY_SECONDS + 1
    assert "again in 1 s" in child.look_after(later)


def test_servers_end_with_a_killed_supervisor_and_start_again_on_their_data(tmp_path: Path):
    code = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from deploy import local
        postgres = local.EmbeddedPostgres(
            Path(sys.argv[1]) / "postgres", local.free_port(), durable=False
        ).start()
        redis = local.EmbeddedRedis(Path(sys.argv[1]) / "redis", local.free_port()).start()
        print(postgres.child.process.pid, redis.child.process.pid, flush=True)
        time.sleep(600)
        """
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout
    pids = [int(word) for word in supervisor.stdout.readline().split()]
    assert all(map(is_alive, pids))
    supervisor.kill()
    supervisor.wait()
    wait_for(lambda: not any(map(is_alive, pids)), 20)
    # A number left by the dead that now belongs to somebody else must not stand in the way.
    lock = tmp_path / "postgres" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{tmp_path / 'postgres'}\n")
    again = local.EmbeddedPostgres(tmp_path / "postgres", local.free_port(), durable=False)
    again.start().create_database("after")
    again.stop()


def test_port_is_remembered_until_somebody_takes_it(tmp_path: Path):
    import socket

    memory = tmp_path / "redis.port"
    port = local.remembered_port(memory)
    assert local.remembered_port(memory) == port
    with socket.create_server(("127.0.0.1", port)):
        assert local.remembered_port(memory) != port


def test_portal_that_cannot_start_says_why_and_leaves_nothing(tmp_path: Path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "deploy.run"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port), "DATA_DIR": str(tmp_path / "data")},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stdout
    assert not list((tmp_path / "data").glob("postgres*"))
