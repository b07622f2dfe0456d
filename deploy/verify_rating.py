"""
`make verify-rating`: check the newest published rating of the running portal as a citizen would.

Takes the script that the portal itself gives away, and runs it with Python's standard library
alone. ADDRESS=https://portal.example checks another portal.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

SECONDS = 30
_MONTH = re.compile(r'href="/ratings/(20\d\d-\d\d)/manifest\.json"')


def main() -> int:
    """Return the script's exit code; 2 if there is no portal or no rating."""
    portal = os.environ.get("ADDRESS") or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
    portal = portal.rstrip("/")
    try:
        with urllib.request.urlopen(f"{portal}/ratings/", timeout=SECONDS) as answer:
            found = _MONTH.search(answer.read().decode())
        if found is None:
            print(f"{portal} has published no rating", file=sys.stderr)
            return 2
        month = f"{portal}/ratings/{found[1]}/"
        with urllib.request.urlopen(f"{month}verify.py", timeout=SECONDS) as answer:
            script = answer.read()
    except (urllib.error.URLError, OSError) as wrong:
        print(f"{portal}: {wrong}; start it with make run", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "verify.py"
        path.write_bytes(script)
        # -I -S: nothing of this environment helps it.
        return subprocess.run(
            [sys.executable, "-I", "-S", str(path), month], check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
