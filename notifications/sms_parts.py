"""
How many parts an SMS takes, and making a text fit.

A part is 140 bytes: 160 signs of the GSM alphabet (its second table costs two each) or 70 code
units of UCS-2, which Russian needs; a text of several parts pays a header in each. Source: 3GPP TS
23.038 (alphabets), 3GPP TS 23.040 §9.2.3.24.1 (concatenated messages).
"""

from __future__ import annotations

# 3GPP TS 23.038 §6.2.1 and, with an escape before each, §6.2.1.1.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_ESCAPED = frozenset("\f^{}\\[~]|€")
GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67
# Signs that cost a whole alphabet, and what says the same.
_PLAIN = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "«": '"', "»": '"', "—": "-", "–": "-", "…": "..."}
)


def parts(text: str) -> int:
    """Return in how many parts a text leaves; an empty one takes none."""
    if not text:
        return 0
    if set(text) <= GSM | GSM_ESCAPED:
        costs = [2 if sign in GSM_ESCAPED else 1 for sign in text]
        return _count(costs, alone=GSM_ALONE, joined=GSM_JOINED)
    # A sign beyond the first plane is two units, and they are not torn apart.
    costs = [2 if ord(sign) > 0xFFFF else 1 for sign in text]
    return _count(costs, alone=UCS2_ALONE, joined=UCS2_JOINED)


def _count(costs: list[int], *, alone: int, joined: int) -> int:
    if sum(costs) <= alone:
        return 1
    count, filled = 1, 0
    for cost in costs:
        if filled + cost > joined:
            count, filled = count + 1, 0
        filled += cost
    return count


def fitted(text: str, *, url: str = "", most: int) -> str:
    """
    Return the text with its address in at most `most` parts: words go, the address stays.

    An address that alone takes more is left out: half of one leads nowhere.
    """
    text = " ".join(text.translate(_PLAIN).split())
    if url and parts(url) > most:
        url = ""
    tail = f" {url}" if url else ""
    if parts(text + tail) <= most:
        return (text + tail).strip()
    words = text.split(" ")
    while words and parts(" ".join(words) + "..." + tail) > most:
        words.pop()
    return (" ".join(words) + "..." + tail) if words else tail.strip() or _cut(text, most)


def _cut(text: str, most: int) -> str:
    """Return the beginning of a single endless word."""
    while text and parts(text + "...") > most:
        text = text[:-1]
    return text + "..." if text else ""
