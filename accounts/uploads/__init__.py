"""
Files people send: taken in, kept, and served.

Order matters everywhere here: bytes are on storage before the row that names them commits, and
the row is gone before its bytes are.
"""

from __future__ import annotations

from accounts.uploads.delivery import open_upload, serve, serve_thumbnail
from accounts.uploads.receiving import (
    BUSY,
    MAX_BYTES,
    MAX_FILES,
    MEDIA_TYPES,
    TOO_MANY,
    Rejected,
    accept,
)

__all__ = [
    "BUSY",
    "MAX_BYTES",
    "MAX_FILES",
    "MEDIA_TYPES",
    "TOO_MANY",
    "Rejected",
    "accept",
    "open_upload",
    "serve",
    "serve_thumbnail",
]
