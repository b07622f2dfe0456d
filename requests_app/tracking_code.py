"""
The tracking code: 80 bits that open one request, stored only as a hash.

The code is derived from the request's random `uid` and the server's secret, so a retried filing
and a letter can show the same code again although it lies nowhere. Neither the database alone nor
the secret alone gives a code away.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

if TYPE_CHECKING:
    from requests_app.models import Request

_GROUP = 4
# What people misread when they copy a code by hand; base32 has no 0, 1 and 8.
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})


def generate(uid: UUID, *, secret: str | None = None) -> str:
    """Return the code of `uid` in groups: «ABCD-EFGH-IJKL-MNOP» (16 base32 signs, 80 bits)."""
    key = hashlib.sha256(b"tracking code " + (secret or settings.SECRET_KEY).encode()).digest()
    signs = base64.b32encode(hmac.digest(key, uid.bytes, "sha256")[:10]).decode()
    return "-".join(signs[at : at + _GROUP] for at in range(0, len(signs), _GROUP))


def digest(code: str) -> str:
    """Return the hash of a code as typed: case, blanks, dashes and look-alikes do not matter."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum()).translate(_MISREAD)
    return hashlib.sha256(signs.encode()).hexdigest()


def of(item: Request) -> str | None:
    """Return the request's code; None when its secret is no longer among the known ones."""
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        code = generate(item.uid, secret=secret)
        if hmac.compare_digest(digest(code), item.code_hash):
            return code
    return None
