"""A cell that a spreadsheet program will not take for a formula, and the way back."""

from __future__ import annotations

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
_PHONE = re.compile(r"\+\d{7,15}", re.ASCII)


def safe(text: str) -> str:
    """Return the text with an apostrophe before what a program would run (CSV injection)."""
    if not text.startswith(_STARTS) or _NUMBER.fullmatch(text) or _PHONE.fullmatch(text):
        return text
    return f"'{text}"


def plain(text: str) -> str:
    """Return what `safe` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_STARTS) else text


def letters(column: int) -> str:
    """Return the letters of a column counted from 0: 0 is A, 26 is AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found
