"""Text as people type it, made safe to store: no control characters, no zero bytes."""

from __future__ import annotations

import unicodedata


def _without_controls(text: str, *, keep: str) -> str:
    return "".join(
        sign for sign in text if sign in keep or unicodedata.category(sign) not in {"Cc", "Cs"}
    )


def one_line(text: str) -> str:
    """Return `text` on one line: every run of blanks and line breaks becomes one blank."""
    return " ".join(_without_controls(text, keep="\n\r\t").split())


def paragraphs(text: str) -> str:
    """Return `text` with plain line breaks, no trailing blanks and no control characters."""
    plain = _without_controls(text.replace("\r\n", "\n").replace("\r", "\n"), keep="\n\t")
    return "\n".join(line.rstrip() for line in plain.split("\n")).strip()
