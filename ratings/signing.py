"""
Signing a published rating's manifest with the portal's own key (Ed25519, RFC 8032).

The manifest names the digest of every file, so one signature covers all. The key is made of
SECRET_KEY; each rating keeps the public key it was signed with, so a later change of the secret
spoils no old signature.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

_PURPOSE = b"contact-center: signature of ratings, 1"


@dataclass(frozen=True)
class Signature:
    """A signature of 64 bytes and the public key of 32 bytes that checks it, both as hex."""

    signature: str
    public_key: str


def _key() -> Ed25519PrivateKey:
    seed = hmac.digest(settings.SECRET_KEY.encode(), _PURPOSE, "sha256")
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """Return the key that the portal signs with now, as hex: what a reader may pin."""
    return _key().public_key().public_bytes_raw().hex()


def sign(text: str) -> Signature:
    """Sign a canonical text."""
    return Signature(_key().sign(text.encode()).hex(), public_key())
