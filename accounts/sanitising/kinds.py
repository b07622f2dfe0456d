"""What a file is by its first bytes, and what comes out of sanitising; names are not believed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds taken in."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIF = "HEIF"
    PDF = "PDF"


class Reason(StrEnum):
    """Why a file is refused; the code the API shows."""

    EMPTY = "empty_file"
    TOO_LARGE = "file_too_large"
    UNKNOWN_TYPE = "unsupported_file_type"
    DAMAGED = "damaged_file"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    ENCRYPTED = "encrypted_file"
    ACTIVE = "active_content"
    TOO_COMPLEX = "file_too_complex"


class Unfit(Exception):
    """The file cannot be made harmless."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Clean:
    """A harmless rewrite of a file."""

    media_type: str
    data: bytes
    thumbnail: bytes = b""  # WebP; none for a PDF
    width: int | None = None
    height: int | None = None
    pages: int | None = None


# Major and compatible brands of HEIC stills; AVIF and video brands are not among them.
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})


def kind_of(data: bytes) -> Kind:
    """Return the kind of a file by its first bytes; raise Unfit for an empty or foreign one."""
    if not data:
        raise Unfit(Reason.EMPTY)
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return Kind.HEIF
    if data.startswith(b"%PDF-"):
        return Kind.PDF
    raise Unfit(Reason.UNKNOWN_TYPE)
