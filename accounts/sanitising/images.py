"""
Pictures: decoded, turned upright, made smaller and written anew.

Only pixels pass. EXIF with its place and camera, comments, colour profiles, further frames and
whatever was glued to the end stay behind.
"""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, ImageOps

from accounts.sanitising.kinds import Clean, Kind, Reason, Unfit

LONGEST_SIDE = 2560
THUMBNAIL_SIDE = 480
# A JPEG is decoded straight to a smaller size, so the largest phone sensors fit; others are
# decoded whole, four bytes a pixel.
MAX_PIXELS = {Kind.JPEG: 65_000_000, Kind.HEIF: 50_000_000, Kind.PNG: 40_000_000}
MAX_PIXELS_ELSE = 40_000_000
# A progressive JPEG is held whole however small we want it, and each scan costs a pass.
MAX_PIXELS_PROGRESSIVE = 30_000_000
MAX_SCANS = 100
MAX_SIDE = 20_000
# Above this an opaque PNG is a photo saved the wrong way.
LARGE_PNG = 2 * 1024 * 1024

_ORIENTATION = 0x0112


def sanitise(data: bytes, kind: Kind) -> Clean:
    """Return the picture rewritten; raise Unfit."""
    if kind is Kind.HEIF:
        _learn_heif()
    if kind is Kind.JPEG and data.count(b"\xff\xda") > MAX_SCANS:
        raise Unfit(Reason.TOO_COMPLEX)
    try:
        with warnings.catch_warnings():
            # Of bombs, where our own limit below is the stricter one, and of broken tags.
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=(kind.value,)) as opened:
                _check_size(opened, kind)
                picture = _decoded(opened)
    except Unfit:
        raise
    except Image.DecompressionBombError:
        raise Unfit(Reason.TOO_MANY_PIXELS) from None
    except Exception as wrong:
        # Decoders of foreign bytes raise anything: OSError, SyntaxError, struct.error, KeyError…
        raise Unfit(Reason.DAMAGED) from wrong
    media_type, written = _written(picture, kind)
    return Clean(
        media_type=media_type,
        data=written,
        thumbnail=_thumbnail(picture),
        width=picture.width,
        height=picture.height,
    )


def _learn_heif() -> None:
    import pillow_heif

    # Depth maps and the maker's own previews may show what was cropped away.
    pillow_heif.register_heif_opener(
        thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
    )


def _check_size(picture: Image.Image, kind: Kind) -> None:
    width, height = picture.size
    limit = MAX_PIXELS.get(kind, MAX_PIXELS_ELSE)
    if kind is Kind.JPEG and picture.info.get("progressive"):
        limit = MAX_PIXELS_PROGRESSIVE
    if width * height > limit or max(width, height) > MAX_SIDE:
        raise Unfit(Reason.TOO_MANY_PIXELS)
    if min(width, height) < 1:
        raise Unfit(Reason.DAMAGED)


def _decoded(opened: Image.Image) -> Image.Image:
    """Return upright pixels in a plain mode, at most LONGEST_SIDE on a side, without any info."""
    turn = _turn(opened)
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    opened.load()
    picture = _plain(opened)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if turn is not None:
        picture = picture.transpose(turn)
    # Savers copy comments and profiles from here unless told otherwise.
    picture.info = {}
    return picture


def _turn(picture: Image.Image) -> Image.Transpose | None:
    try:
        orientation = picture.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - a broken tag must not cost the resident the photo
        return None
    return {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(orientation or 1)


def _plain(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGB", "L"} and "transparency" not in picture.info:
        return picture.copy()
    if picture.mode.startswith("I;16"):
        # A plain convert would clip sixteen bits to white.
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("RGB")


def _written(picture: Image.Image, kind: Kind) -> tuple[str, bytes]:
    if kind is Kind.WEBP:
        return "image/webp", _bytes(picture, "WEBP", quality=82, method=4)
    if kind is Kind.PNG or picture.mode == "RGBA":
        data = _bytes(picture, "PNG")
        if picture.mode == "RGBA" or len(data) <= LARGE_PNG:
            return "image/png", data
    return "image/jpeg", _bytes(picture, "JPEG", quality=84)


def _thumbnail(picture: Image.Image) -> bytes:
    small = ImageOps.contain(picture, (THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    if picture.width < small.width:
        small = picture
    return _bytes(small, "WEBP", quality=75, method=4)


def _bytes(picture: Image.Image, how: str, **options: int) -> bytes:
    out = BytesIO()
    picture.save(out, how, **options)
    return out.getvalue()
