"""Become one process of the portal: `python -m deploy.one web|worker|beat|relay`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from deploy.run import ROOT, commands


def main() -> None:
    """Replace this process by the one asked for; the environment says the rest."""
    data = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()
    data.mkdir(parents=True, exist_ok=True)
    known = commands(port=int(os.environ.get("PORT") or 8000), data=data)
    if len(sys.argv) != 2 or sys.argv[1] not in known:
        sys.exit(f"usage: python -m deploy.one {'|'.join(known)}")
    argv = known[sys.argv[1]]
    os.chdir(ROOT)
    os.execv(argv[0], argv)


if __name__ == "__main__":
    main()
