"""The portal's version: the newest heading of CHANGELOG.md, so that it is written in one place."""

from __future__ import annotations

import re
from pathlib import Path

_HEADING = re.compile(r"^## (\d+\.\d+\.\d+)\b", re.MULTILINE)


def read(changelog: Path) -> str:
    """Return the first version that `changelog` names; raise ValueError if there is none."""
    found = _HEADING.search(changelog.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{changelog.name} names no version: ## 1.2.3")
    return found[1]
