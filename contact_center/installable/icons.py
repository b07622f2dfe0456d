"""The app's icons, drawn by code: a roof over the river, in the colours of the look."""

from __future__ import annotations

import io
import math
from functools import cache

SIZES = (96, 192, 512)
_RIVER = "#0c4a5a"
_ROOF = "#ffcf4d"
_WAVE = "#ffffff"
# Drawn larger and made small again: Pillow's own lines are jagged.
_FINER = 4
_VIEW = 64
_CORNER = 14
# What phones cut to a circle or a drop keeps its middle four fifths.
_SAFE = 0.72


@cache
def png(size: int, *, maskable: bool = False) -> bytes:
    """
    Return the icon as a PNG of `size` × `size` pixels.

    A `maskable` one fills the square and keeps the drawing inside the safe zone, as the manifest's
    purpose of that name asks; the other has round corners of its own.
    """
    from PIL import Image, ImageDraw

    side = size * _FINER
    canvas = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(canvas)
    unit = side / _VIEW
    if maskable:
        draw.rectangle((0, 0, side, side), fill=_RIVER)
    else:
        draw.rounded_rectangle((0, 0, side - 1, side - 1), radius=_CORNER * unit, fill=_RIVER)
    scale = unit * (_SAFE if maskable else 1)
    shift = (side - _VIEW * scale) / 2

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(shift + x * scale, shift + y * scale) for x, y in points]

    draw.polygon(at((32, 11), (12, 27), (12, 40), (52, 40), (52, 27)), fill=_ROOF)
    left, top, right, bottom = (*at((27, 27))[0], *at((37, 41))[0])
    draw.rounded_rectangle((left, top, right, bottom), radius=5 * scale, fill=_RIVER)
    draw.rectangle((*at((27, 34))[0], *at((37, 40))[0]), fill=_RIVER)
    draw.rectangle((*at((12, 40))[0], *at((52, 42))[0]), fill=_RIVER)
    # Stamped as a pen's round point: lines of many pieces show their joints.
    half = 2 * scale
    for step in range(46 * 12 + 1):
        x, y = at((9 + step / 12, 49 - 2 * math.cos(step * math.pi / 69)))[0]
        draw.ellipse((x - half, y - half, x + half, y + half), fill=_WAVE)
    out = io.BytesIO()
    canvas.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
