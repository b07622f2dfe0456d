"""Starting the child process and reading its answer."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

from accounts.sanitising.kinds import Clean, Reason, Unfit, kind_of

SECONDS = 30
_ROOT = Path(__file__).resolve().parent.parent.parent
# Two large photos decoded at once are all that a small server's memory has room for.
_seats = threading.BoundedSemaphore(2)


class Busy(Exception):
    """Too many files are being looked at right now; the sender may try again."""


def sanitise(data: bytes) -> Clean:
    """Return a harmless rewrite made in a child process; raise Unfit or Busy."""
    kind_of(data)
    if not _seats.acquire(timeout=SECONDS):
        raise Busy
    try:
        done = subprocess.run(
            [sys.executable, "-m", "accounts.sanitising.child"],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=_ROOT,
            # Secrets in our environment are no business of a process that parses foreign bytes.
            env={"PYTHONPATH": str(_ROOT), "PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "2"},
        )
    except subprocess.TimeoutExpired:
        raise Unfit(Reason.TOO_COMPLEX) from None
    finally:
        _seats.release()
    if done.returncode != 0:
        # Out of memory, out of time, or a crashed decoder: too hard to be a resident's photo.
        raise Unfit(Reason.TOO_COMPLEX)
    line, _, body = done.stdout.partition(b"\n")
    header = json.loads(line)
    if "refused" in header:
        raise Unfit(Reason(header["refused"]))
    size, thumbnail_size = header["sizes"]
    return Clean(
        media_type=header["media_type"],
        data=body[:size],
        thumbnail=body[size : size + thumbnail_size],
        width=header["width"],
        height=header["height"],
        pages=header["pages"],
    )
