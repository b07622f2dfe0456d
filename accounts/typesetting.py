"""Papers and pictures out of typst templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def typeset(template: Path, content: dict[str, Any], **how: Any) -> bytes:
    """
    Return the PDF of a template filled with `content`, or what `how` (typst's own words) asks for.

    Every word comes as data, so that nothing a person typed is ever read as markup; and with the
    fonts that come with typst only, so that a paper is the same on every machine.
    """
    # A library of megabytes that most processes never need.
    import typst

    data = {"data": json.dumps(content, ensure_ascii=False, default=str)}
    made: Any = typst.compile(
        template.read_bytes() if "root" not in how else template,
        sys_inputs=data,
        ignore_system_fonts=True,
        **how,
    )
    return bytes(made)
