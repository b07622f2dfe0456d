"""
Sealing a push for one browser and signing who sends it.

RFC 8291 (message encryption for web push) over RFC 8188 (aes128gcm) and RFC 8292 (VAPID). Two
dozen lines over `cryptography` rather than the usual library: that one also sends, to any address,
without a limit of time.
"""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["InvalidTag", "authorization", "decoded", "encoded", "key_of", "make_key", "seal"]

RECORD = 4096
# RFC 8030 §7.2: a push service takes 4096 bytes; what is left of them for the words.
MOST_BYTES = RECORD - 16 - 1 - 86
# RFC 8292 §2: at most a day.
SIGNED_FOR = timedelta(hours=12)


def encoded(raw: bytes) -> str:
    """Return bytes as base64url without padding, as every part of this protocol is written."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return the bytes of base64url; raise ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def seal(
    body: bytes,
    *,
    p256dh: str,
    auth: str,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """
    Return `body` sealed for the browser of these keys; `own` and `salt` are fixed by tests only.

    Raise ValueError for keys that no browser gave or a body that is too long.
    """
    if len(body) > MOST_BYTES:
        raise ValueError("too long for a push")
    theirs_raw, secret = decoded(p256dh), decoded(auth)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs_raw)
    if len(secret) != 16:
        raise ValueError("an auth secret has 16 bytes")
    own = own or ec.generate_private_key(ec.SECP256R1())
    salt = salt or os.urandom(16)
    mine = _point(own.public_key())
    shared = own.exchange(ec.ECDH(), theirs)
    seed = _derived(shared, salt=secret, info=b"WebPush: info\0" + theirs_raw + mine, length=32)
    key = _derived(seed, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _derived(seed, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    # One record, the last: RFC 8188 §2 ends it with 2.
    sealed = AESGCM(key).encrypt(nonce, body + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine + sealed


def _derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def key_of(text: str) -> ec.EllipticCurvePrivateKey:
    """Return the private key written as base64url of its 32 bytes; raise ValueError."""
    raw = decoded(text)
    if len(raw) != 32:
        raise ValueError("a private key has 32 bytes")
    return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())


def make_key() -> str:
    """Return a new private key, written so."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return encoded(number.to_bytes(32, "big"))


def kept_key(path: Path) -> str:
    """Return the private key kept in this file, made now if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Whoever makes it first wins; the others read that one.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key := make_key())
    return key


def public_key(private: str) -> str:
    """Return what browsers are given to know our pushes by."""
    return encoded(_point(key_of(private).public_key()))


def authorization(endpoint: str, *, private: str, contact: str, at: datetime) -> str:
    """Return the Authorization header by which the push service knows us (RFC 8292)."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((at + SIGNED_FOR).timestamp()),
        "sub": contact,
    }
    signed = ".".join(
        encoded(json.dumps(part, separators=(",", ":")).encode())
        for part in ({"typ": "JWT", "alg": "ES256"}, claims)
    )
    r, s = decode_dss_signature(key_of(private).sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    mark = encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{mark}, k={public_key(private)}"
