"""Processes that leave nothing behind: each in its own session, stopped with its whole tree."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LOG_BYTES = 10 * 1024 * 1024
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
# Whoever lived this long had started well, and its next death begins with a short pause again.
STEADY_SECONDS = 60.0

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel to signal this process when its parent is gone, even by kill -9."""
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def adopt_orphans() -> None:
    """Make grandchildren whose parent died ours, so that `stop_tree` still finds them."""
    if _libc:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def stop_tree(processes: Sequence[psutil.Process], seconds: float) -> None:
    """Wait until all `processes` have gone, then kill those that have not."""
    _, left = psutil.wait_procs(processes, timeout=seconds)
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=5)


@dataclass
class Child:
    """One process of the portal, its log and its restarts."""

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0
    popen: Mapping[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    restart_at: float | None = None

    def start(self) -> None:
        """Start the process; its output goes to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.env},
                # Ctrl-C reaches the supervisor alone, which stops everybody in the right order.
                start_new_session=True,
                # Safe here: the supervisor has one thread.
                preexec_fn=lambda: die_with_parent(self.stop_signal),  # noqa: PLW1509
                **self.popen,
            )
        self.started_at = time.monotonic()
        self.restart_at = None

    @property
    def is_running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def tree(self) -> list[psutil.Process]:
        """Return the process and all that it started."""
        if self.process is None:
            return []
        try:
            root = psutil.Process(self.process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def stop(self) -> None:
        """Stop the process and its tree: politely first, by force after `stop_seconds`."""
        if self.process is None:
            return
        tree = self.tree()
        if self.is_running:
            self.process.send_signal(self.stop_signal)
        stop_tree(tree, self.stop_seconds)
        self.clear_group()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)

    def clear_group(self) -> None:
        """Kill what a dead process left in its session."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def look_after(self, now: float) -> str:
        """
        Restart the process if it ended; return a line to print, or an empty one.

        Each early death doubles the pause, up to a minute.
        """
        if self.is_running:
            return ""
        if self.restart_at is None:
            self.clear_group()
            if now - self.started_at > STEADY_SECONDS:
                self.pause = FIRST_PAUSE
            self.restart_at = now + self.pause
            code = self.process.returncode if self.process else "?"
            line = f"{self.name} ended with {code}; again in {self.pause:.0f} s (see {self.log})"
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            return line
        if now >= self.restart_at:
            self.start()
        return ""
