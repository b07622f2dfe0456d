"""Photos of the invented city, drawn by code: what residents would have sent, each in two moods."""

from __future__ import annotations

import math
import random  # noqa: TID251 - seeded, draws an invented city
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from accounts.sanitising import images
from accounts.sanitising.kinds import Clean, Kind

SIZE = (960, 720)
MOODS = 2
# A picture that is drawn twice as large and made smaller has no steps on its edges.
_FINE = 2

Pen = ImageDraw.ImageDraw
Colour = tuple[int, int, int]


def photo(name: str, mood: int) -> Clean:
    """Return the drawing `name`, written anew just as an upload would be."""
    dice = random.Random(f"{name} {mood}")
    wide, high = SIZE[0] * _FINE, SIZE[1] * _FINE
    picture = Image.new("RGB", (wide, high))
    DRAWINGS[name](ImageDraw.Draw(picture), wide, high, dice)
    written = BytesIO()
    Image.blend(picture.reduce(_FINE), _grain(), 0.05).save(written, "JPEG", quality=82)
    return images.sanitise(written.getvalue(), Kind.JPEG)


@lru_cache(maxsize=1)
def _grain() -> Image.Image:
    """Return what a phone's sensor adds in a dim entrance."""
    return Image.effect_noise(SIZE, 18).convert("RGB")


def _shade(colour: Colour, by: float) -> Colour:
    return tuple(max(0, min(255, int(part * by))) for part in colour)  # type: ignore[return-value]


def _slope(pen: Pen, box: tuple[float, float, float, float], top: Colour, bottom: Colour) -> None:
    """Fill the box from one colour to another, downward."""
    x0, y0, x1, y1 = box
    height = max(int(y1 - y0), 1)
    for y in range(0, height, 2):
        part = y / height
        colour = tuple(int(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
        pen.rectangle((x0, y0 + y, x1, y0 + y + 2), fill=colour)


def _pipe(pen: Pen, x: float, y0: float, y1: float, width: float, colour: Colour) -> None:
    for step in range(int(width)):
        part = step / width
        light = 0.6 + 0.6 * math.sin(math.pi * part) ** 0.8
        pen.line((x + step, y0, x + step, y1), fill=_shade(colour, light))


def _drop(pen: Pen, x: float, y: float, size: float, colour: Colour) -> None:
    pen.ellipse((x - size, y - size, x + size, y + size), fill=colour)
    pen.polygon(
        [(x - size * 0.8, y - size * 0.5), (x, y - size * 2.6), (x + size * 0.8, y - size * 0.5)],
        fill=colour,
    )
    pen.ellipse(
        (x - size * 0.5, y - size * 0.3, x - size * 0.1, y + size * 0.3), fill=(235, 246, 252)
    )


def _wall(pen: Pen, w: int, h: int, colour: Colour, *, skirting: float = 0.82) -> None:
    _slope(pen, (0, 0, w, h * skirting), _shade(colour, 1.06), _shade(colour, 0.9))
    _slope(pen, (0, h * skirting, w, h), (150, 128, 104), (112, 94, 76))
    pen.rectangle((0, h * skirting - 14, w, h * skirting + 10), fill=_shade(colour, 0.72))


def _leak(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    x: float
    tile = dice.choice(((203, 221, 222), (222, 214, 200), (206, 212, 226)))
    _wall(pen, w, h, tile)
    for x in range(0, w, 210):
        pen.line((x, 0, x, h * 0.82), fill=_shade(tile, 0.86), width=5)
    for y in range(0, int(h * 0.82), 210):
        pen.line((0, y, w, y), fill=_shade(tile, 0.86), width=5)
    x = w * dice.uniform(0.38, 0.52)
    _pipe(pen, x, 0, h * 0.82, 110, (168, 178, 184))
    joint = h * dice.uniform(0.36, 0.46)
    _pipe(pen, x - 22, joint, joint + 120, 154, (176, 148, 110))
    pen.polygon(
        [(x + 90, joint + 120), (x + 120, joint + 120), (x + 170, h * 0.8), (x + 40, h * 0.8)],
        fill=(170, 206, 222),
    )
    for _ in range(16):
        _drop(
            pen,
            x + 60 + dice.uniform(-90, 130),
            dice.uniform(joint + 160, h * 0.78),
            dice.uniform(7, 15),
            (98, 158, 196),
        )
    pen.ellipse((x - 330, h * 0.84, x + 480, h * 0.95), fill=(122, 164, 186))
    pen.ellipse((x - 230, h * 0.86, x + 330, h * 0.92), fill=(164, 198, 214))
    bucket = (66, 110, 152)
    pen.polygon(
        [(x - 60, h * 0.72), (x + 250, h * 0.72), (x + 210, h * 0.92), (x - 20, h * 0.92)],
        fill=bucket,
    )
    pen.ellipse((x - 60, h * 0.70, x + 250, h * 0.745), fill=_shade(bucket, 1.3))
    pen.ellipse((x - 40, h * 0.708, x + 230, h * 0.737), fill=(150, 190, 208))


def _stairs(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _slope(pen, (0, 0, w, h), (26, 30, 38), (44, 46, 50))
    pen.rectangle((0, 0, w, h * 0.46), fill=(50, 58, 56))
    pen.rectangle((0, h * 0.44, w, h * 0.46), fill=(84, 40, 38))
    steps = 8
    for step in range(steps):
        y = h * (0.34 + 0.66 * step / steps)
        x = w * (0.58 - 0.5 * step / steps)
        light = 0.6 + 0.07 * step
        pen.rectangle((x, y, w * 0.9, y + h * 0.05), fill=_shade((112, 112, 108), light))
        pen.rectangle((x, y + h * 0.05, w * 0.9, y + h * 0.09), fill=_shade((74, 74, 74), light))
        pen.line((x + 60, y, x + 60 - 10, y - 260), fill=(34, 36, 40), width=14)
    pen.line((w * 0.08, h * 0.72, w * 0.62, h * 0.10), fill=(86, 60, 42), width=34)
    x = w * dice.uniform(0.66, 0.78)
    pen.line((x, 0, x, h * 0.11), fill=(16, 16, 18), width=8)
    pen.ellipse(
        (x - 52, h * 0.11, x + 52, h * 0.11 + 128),
        fill=(66, 64, 58),
        outline=(112, 106, 92),
        width=5,
    )
    pen.line((x - 16, h * 0.11 + 60, x - 4, h * 0.11 + 84), fill=(20, 20, 20), width=6)
    pen.line((x + 18, h * 0.11 + 54, x + 4, h * 0.11 + 84), fill=(20, 20, 20), width=6)
    pen.rectangle(
        (w * 0.14, h * 0.06, w * 0.32, h * 0.3), fill=(46, 62, 88), outline=(90, 94, 98), width=14
    )
    pen.ellipse((w * 0.25, h * 0.09, w * 0.28, h * 0.13), fill=(224, 222, 196))


def _lift(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _wall(pen, w, h, dice.choice(((176, 190, 170), (192, 182, 170), (168, 184, 196))), skirting=0.9)
    left, right, top, floor = w * 0.27, w * 0.73, h * 0.12, h * 0.9
    pen.rectangle((left - 50, top - 50, right + 50, floor), fill=(94, 98, 102))
    _slope(pen, (left, top, right, floor), (24, 24, 28), (52, 50, 48))
    gap = (right - left) * dice.uniform(0.16, 0.3)
    middle = (left + right) / 2 + dice.uniform(-80, 80)
    for x0, x1 in ((left, middle - gap / 2), (middle + gap / 2, right)):
        _slope(pen, (x0, top, x1, floor), (172, 178, 182), (130, 136, 140))
        pen.line(
            (x1 if x0 == left else x0, top, x1 if x0 == left else x0, floor),
            fill=(66, 70, 74),
            width=10,
        )
    for _ in range(5):
        x, y = dice.uniform(left, left + 300), dice.uniform(top + 100, floor - 300)
        pen.line(
            (x, y, x + dice.uniform(20, 120), y + dice.uniform(60, 200)),
            fill=(206, 210, 212),
            width=4,
        )
    pen.rectangle((right + 90, h * 0.44, right + 190, h * 0.6), fill=(60, 62, 66))
    pen.ellipse((right + 115, h * 0.5, right + 165, h * 0.5 + 50), fill=(178, 50, 40))
    sheet = [
        (left + 90, h * 0.36),
        (left + 430, h * 0.345),
        (left + 440, h * 0.52),
        (left + 98, h * 0.53),
    ]
    pen.polygon(sheet, fill=(246, 242, 228))
    for line in range(4):
        y = h * (0.39 + 0.03 * line)
        pen.line((left + 140, y, left + 380 - 60 * (line == 3), y - 4), fill=(62, 62, 70), width=11)
    pen.rectangle((left + 180, top - 44, right - 180, top - 6), fill=(30, 20, 20))
    pen.line((left + 300, top - 25, right - 300, top - 25), fill=(200, 60, 40), width=9)


def _icicles(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    x: float
    _slope(pen, (0, 0, w, h), (176, 200, 222), (226, 236, 244))
    brick = dice.choice(((178, 110, 86), (196, 176, 140), (150, 120, 112)))
    pen.rectangle((0, h * 0.3, w, h), fill=brick)
    for row, y in enumerate(range(int(h * 0.3), h, 52)):
        pen.line((0, y, w, y), fill=_shade(brick, 0.85), width=5)
        for x in range(-60 * (row % 2), w, 150):
            pen.line((x, y, x, y + 52), fill=_shade(brick, 0.85), width=5)
    for x in (w * 0.14, w * 0.6):
        pen.rectangle(
            (x, h * 0.55, x + w * 0.24, h * 0.9),
            fill=(70, 92, 112),
            outline=(236, 236, 230),
            width=22,
        )
        pen.line((x + w * 0.12, h * 0.55, x + w * 0.12, h * 0.9), fill=(236, 236, 230), width=18)
    pen.polygon([(0, h * 0.1), (w, h * 0.05), (w, h * 0.31), (0, h * 0.33)], fill=(98, 66, 58))
    bumps = [(x, h * 0.12 + 40 * math.sin(x / 170 + dice.random())) for x in range(0, w + 90, 90)]
    pen.polygon([*bumps, (w, h * 0.34), (0, h * 0.36)], fill=(246, 250, 253))
    x = 20.0
    while x < w:
        length, thick = h * dice.uniform(0.06, 0.33), dice.uniform(22, 52)
        pen.polygon(
            [(x, h * 0.33), (x + thick, h * 0.33), (x + thick / 2, h * 0.33 + length)],
            fill=(196, 224, 240),
        )
        pen.polygon(
            [
                (x + thick * 0.2, h * 0.33),
                (x + thick * 0.45, h * 0.33),
                (x + thick / 2, h * 0.33 + length * 0.9),
            ],
            fill=(238, 248, 252),
        )
        x += thick + dice.uniform(4, 70)


def _radiator(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _wall(
        pen, w, h, dice.choice(((224, 210, 180), (200, 214, 204), (216, 202, 208))), skirting=0.88
    )
    pen.rectangle((w * 0.1, 0, w * 0.9, h * 0.3), fill=(166, 192, 214))
    for _ in range(40):
        x, y = dice.uniform(w * 0.12, w * 0.88), dice.uniform(0, h * 0.28)
        pen.ellipse((x, y, x + 16, y + 16), fill=(244, 248, 252))
    pen.rectangle((w * 0.47, 0, w * 0.5, h * 0.3), fill=(240, 240, 236))
    pen.rectangle((w * 0.05, h * 0.29, w * 0.95, h * 0.34), fill=(250, 248, 242))
    count = 9
    for rib in range(count):
        x = w * (0.2 + 0.6 * rib / count)
        pen.rounded_rectangle(
            (x, h * 0.42, x + w * 0.055, h * 0.8),
            radius=40,
            fill=(232, 230, 222),
            outline=(188, 186, 178),
            width=6,
        )
        pen.line((x + w * 0.02, h * 0.46, x + w * 0.02, h * 0.76), fill=(252, 252, 250), width=14)
    _pipe(pen, w * 0.13, 0, h * 0.88, 46, (220, 216, 206))
    pen.line((w * 0.14, h * 0.47, w * 0.21, h * 0.47), fill=(206, 202, 192), width=34)
    pen.line((w * 0.14, h * 0.75, w * 0.21, h * 0.75), fill=(206, 202, 192), width=34)
    x, y = w * 0.72, h * 0.5
    pen.rounded_rectangle(
        (x, y, x + 120, y + 400), radius=50, fill=(252, 252, 252), outline=(120, 120, 120), width=6
    )
    pen.line((x + 60, y + 60, x + 60, y + 330), fill=(200, 206, 210), width=20)
    pen.line((x + 60, y + 250, x + 60, y + 330), fill=(196, 48, 40), width=20)
    pen.ellipse((x + 34, y + 310, x + 86, y + 362), fill=(196, 48, 40))


def _roof(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _wall(
        pen, w, h, dice.choice(((226, 214, 188), (210, 220, 214), (222, 206, 206))), skirting=0.92
    )
    pen.polygon([(0, 0), (w, 0), (w * 0.9, h * 0.3), (w * 0.1, h * 0.3)], fill=(242, 238, 228))
    for ring, colour in enumerate(((214, 190, 136), (194, 160, 100), (220, 202, 156))):
        spread = 1 - ring * 0.26
        points = []
        for turn in range(24):
            angle = turn / 24 * 2 * math.pi
            wobble = spread * dice.uniform(0.85, 1.15)
            points.append(
                (
                    w * 0.54 + w * 0.24 * wobble * math.cos(angle),
                    h * 0.2 + h * 0.12 * wobble * math.sin(angle),
                )
            )
        pen.polygon(points, fill=colour)
    for _ in range(7):
        x = w * dice.uniform(0.38, 0.7)
        pen.line(
            (x, h * 0.28, x + dice.uniform(-12, 12), h * dice.uniform(0.4, 0.66)),
            fill=(196, 170, 122),
            width=12,
        )
        _drop(pen, x, h * dice.uniform(0.45, 0.8), 12, (120, 168, 196))
    pen.polygon(
        [(w * 0.44, h * 0.76), (w * 0.66, h * 0.76), (w * 0.63, h * 0.94), (w * 0.47, h * 0.94)],
        fill=(184, 74, 58),
    )
    pen.ellipse((w * 0.44, h * 0.745, w * 0.66, h * 0.775), fill=(146, 182, 200))


def _yard(pen: Pen, w: int, h: float, dice: random.Random, ground: Colour) -> None:
    """Draw sky, houses with windows and the ground that several photos share."""
    sky = dice.choice((((168, 200, 226), (224, 236, 242)), ((190, 196, 206), (226, 226, 224))))
    _slope(pen, (0, 0, w, h * 0.6), *sky)
    x = -60.0
    while x < w:
        width, top = dice.uniform(380, 620), h * dice.uniform(0.08, 0.3)
        wall = dice.choice(((214, 198, 170), (196, 204, 208), (206, 180, 160), (182, 194, 178)))
        pen.rectangle((x, top, x + width, h * 0.58), fill=wall)
        for wx in range(int(x) + 40, int(x + width) - 60, 100):
            for wy in range(int(top) + 40, int(h * 0.54) - 60, 120):
                glass = (244, 220, 140) if dice.random() < 0.12 else (96, 122, 144)
                pen.rectangle(
                    (wx, wy, wx + 54, wy + 70), fill=glass, outline=(240, 238, 232), width=6
                )
        x += width + dice.uniform(20, 120)
    _slope(pen, (0, h * 0.57, w, h), ground, _shade(ground, 0.8))


def _snow(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _yard(pen, w, h, dice, (232, 238, 244))
    for _ in range(9):
        x, y = dice.uniform(-100, w), dice.uniform(h * 0.6, h * 0.86)
        size = dice.uniform(160, 420)
        pen.ellipse((x, y, x + size * 1.6, y + size * 0.6), fill=(248, 251, 254))
        pen.ellipse((x + 30, y + size * 0.3, x + size * 1.5, y + size * 0.62), fill=(218, 228, 238))
    car = dice.choice(((150, 48, 44), (52, 84, 128), (70, 76, 72)))
    x, y = w * 0.34, h * 0.7
    pen.rounded_rectangle((x, y, x + 620, y + 180), radius=60, fill=car)
    pen.polygon(
        [(x + 110, y + 10), (x + 190, y - 120), (x + 430, y - 120), (x + 520, y + 10)],
        fill=_shade(car, 0.8),
    )
    pen.ellipse((x + 60, y - 190, x + 560, y - 40), fill=(250, 252, 255))
    pen.ellipse((x - 90, y + 100, x + 720, y + 260), fill=(244, 248, 252))


def _waste(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _yard(pen, w, h, dice, (146, 144, 136))
    for bin_ in range(3):
        x, colour = (
            w * (0.12 + 0.27 * bin_),
            dice.choice(((66, 120, 84), (80, 96, 120), (120, 104, 70))),
        )
        pen.polygon(
            [
                (x, h * 0.56),
                (x + w * 0.22, h * 0.56),
                (x + w * 0.2, h * 0.84),
                (x + w * 0.02, h * 0.84),
            ],
            fill=colour,
        )
        pen.rectangle((x - 12, h * 0.54, x + w * 0.23, h * 0.575), fill=_shade(colour, 0.75))
    for _ in range(34):
        x, y = (
            dice.uniform(w * 0.08, w * 0.9),
            dice.choice((dice.uniform(h * 0.46, h * 0.54), dice.uniform(h * 0.8, h * 0.92))),
        )
        size = dice.uniform(50, 110)
        bag = dice.choice(
            ((34, 36, 40), (226, 228, 228), (74, 108, 160), (196, 176, 130), (178, 74, 60))
        )
        pen.ellipse((x, y, x + size * 1.3, y + size), fill=bag)
        pen.polygon(
            [(x + size * 0.5, y + 10), (x + size * 0.64, y - 26), (x + size * 0.8, y + 10)],
            fill=_shade(bag, 0.8),
        )


def _door(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    wall = dice.choice(((196, 180, 152), (180, 186, 190), (170, 142, 122)))
    _slope(pen, (0, 0, w, h * 0.88), wall, _shade(wall, 0.85))
    _slope(pen, (0, h * 0.88, w, h), (150, 150, 146), (120, 120, 118))
    pen.rectangle((w * 0.3, h * 0.1, w * 0.7, h * 0.88), fill=(22, 24, 26))
    metal = dice.choice(((92, 66, 54), (72, 84, 92), (58, 74, 62)))
    swing = w * dice.uniform(0.1, 0.18)
    pen.polygon(
        [
            (w * 0.3, h * 0.1),
            (w * 0.7 - swing, h * 0.14),
            (w * 0.7 - swing, h * 0.96),
            (w * 0.3, h * 0.88),
        ],
        fill=metal,
    )
    pen.line(
        (w * 0.7 - swing - 60, h * 0.5, w * 0.7 - swing - 60, h * 0.62),
        fill=(206, 206, 200),
        width=26,
    )
    pen.line((w * 0.44, h * 0.155, w * 0.6, h * 0.115), fill=(180, 180, 176), width=24)
    pen.line((w * 0.6, h * 0.115, w * 0.585, h * 0.2), fill=(180, 180, 176), width=16)
    pen.rectangle(
        (w * 0.76, h * 0.42, w * 0.84, h * 0.6), fill=(170, 174, 176), outline=(90, 92, 94), width=8
    )
    for row in range(4):
        for column in range(3):
            x, y = w * 0.772 + column * 40, h * 0.5 + row * 32
            pen.ellipse((x, y, x + 22, y + 22), fill=(60, 62, 64))
    pen.polygon(
        [(w * 0.35, h * 0.3), (w * 0.52, h * 0.31), (w * 0.52, h * 0.4), (w * 0.35, h * 0.395)],
        fill=(242, 238, 224),
    )


def _lamp(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    x: float
    _slope(pen, (0, 0, w, h), (18, 24, 44), (40, 44, 62))
    for x in range(0, w, 420):
        top = h * dice.uniform(0.2, 0.4)
        pen.rectangle((x, top, x + 360, h * 0.75), fill=(26, 30, 42))
        for wx in range(x + 40, x + 320, 90):
            for wy in range(int(top) + 40, int(h * 0.7), 110):
                if dice.random() < 0.35:
                    pen.rectangle(
                        (wx, wy, wx + 46, wy + 60),
                        fill=dice.choice(((236, 202, 120), (214, 180, 110), (170, 190, 210))),
                    )
    _slope(pen, (0, h * 0.75, w, h), (34, 36, 42), (22, 22, 28))
    x = w * dice.uniform(0.45, 0.6)
    pen.line((x, h, x, h * 0.18), fill=(74, 78, 84), width=26)
    pen.line((x, h * 0.19, x + 220, h * 0.15), fill=(74, 78, 84), width=18)
    pen.rounded_rectangle((x + 190, h * 0.13, x + 370, h * 0.17), radius=20, fill=(94, 98, 104))


def _wallspot(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    x: float
    paper = dice.choice(((206, 190, 160), (190, 204, 190), (204, 188, 196)))
    _wall(pen, w, h, paper, skirting=0.9)
    for x in range(60, w, 180):
        pen.line((x, 0, x, h * 0.88), fill=_shade(paper, 0.94), width=26)
    pen.line((w * 0.5, 0, w * 0.5, h * 0.9), fill=_shade(paper, 0.7), width=10)
    for _ in range(360):
        x, y = dice.gauss(w * 0.5, w * 0.09), abs(dice.gauss(0, h * 0.3))
        size = dice.uniform(4, 30)
        pen.ellipse(
            (x, y, x + size, y + size), fill=dice.choice(((58, 64, 52), (84, 86, 66), (40, 44, 40)))
        )


def _basement(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _slope(pen, (0, 0, w, h * 0.6), (56, 54, 50), (84, 80, 72))
    for y in (0.14, 0.26):
        pen.rectangle((0, h * y, w, h * y + 70), fill=(120, 104, 84))
        pen.line((0, h * y + 18, w, h * y + 18), fill=(168, 150, 122), width=12)
    for x in (0.2, 0.62):
        pen.rectangle((w * x, 0, w * x + 150, h * 0.66), fill=(98, 94, 86))
    _slope(pen, (0, h * 0.6, w, h), (70, 84, 76), (36, 46, 44))
    for _ in range(46):
        x, y = dice.uniform(0, w), dice.uniform(h * 0.62, h)
        pen.line((x, y, x + dice.uniform(60, 260), y), fill=(126, 142, 132), width=4)
    plank = dice.uniform(0.3, 0.5)
    pen.polygon(
        [
            (w * plank, h * 0.72),
            (w * (plank + 0.3), h * 0.76),
            (w * (plank + 0.3), h * 0.79),
            (w * plank, h * 0.75),
        ],
        fill=(146, 112, 70),
    )


def _water(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _slope(pen, (0, 0, w, h), (226, 230, 230), (198, 204, 206))
    pen.rectangle((0, h * 0.82, w, h), fill=(168, 146, 122))
    rust = dice.choice(((176, 112, 40), (150, 98, 46), (190, 140, 60)))
    for glass in range(2):
        x, colour = w * (0.2 + 0.36 * glass), rust if glass == 0 else _shade(rust, 1.25)
        pen.polygon(
            [
                (x, h * 0.3),
                (x + w * 0.24, h * 0.3),
                (x + w * 0.2, h * 0.86),
                (x + w * 0.04, h * 0.86),
            ],
            fill=(236, 242, 244),
        )
        pen.polygon(
            [
                (x + w * 0.012, h * 0.4),
                (x + w * 0.228, h * 0.4),
                (x + w * 0.195, h * 0.84),
                (x + w * 0.045, h * 0.84),
            ],
            fill=colour,
        )
        pen.ellipse((x + w * 0.012, h * 0.385, x + w * 0.228, h * 0.415), fill=_shade(colour, 1.2))
        for _ in range(26):
            sx = x + w * 0.12 + dice.uniform(-w * 0.06, w * 0.06)
            pen.ellipse(
                (sx, h * dice.uniform(0.72, 0.83), sx + 14, h * 0.84), fill=_shade(rust, 0.6)
            )


def _panel(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _wall(
        pen, w, h, dice.choice(((120, 150, 140), (150, 146, 128), (130, 140, 160))), skirting=0.95
    )
    pen.rectangle((w * 0.26, h * 0.1, w * 0.74, h * 0.86), fill=(84, 88, 92))
    pen.rectangle((w * 0.29, h * 0.13, w * 0.71, h * 0.83), fill=(48, 50, 54))
    pen.polygon(
        [(w * 0.74, h * 0.1), (w * 0.94, h * 0.05), (w * 0.94, h * 0.93), (w * 0.74, h * 0.86)],
        fill=(112, 116, 120),
    )
    pen.polygon(
        [(w * 0.8, h * 0.3), (w * 0.89, h * 0.29), (w * 0.845, h * 0.18)], fill=(232, 190, 40)
    )
    for row in range(3):
        for place in range(4):
            x, y = w * (0.32 + 0.095 * place), h * (0.2 + 0.2 * row)
            pen.rectangle((x, y, x + 120, y + 170), fill=(206, 204, 196))
            pen.rectangle((x + 36, y + 50, x + 84, y + 110), fill=(34, 36, 40))
    for _ in range(12):
        x = w * dice.uniform(0.33, 0.68)
        points = [(x + dice.uniform(-70, 70), h * (0.34 + 0.08 * bend)) for bend in range(6)]
        pen.line(
            points,
            fill=dice.choice(((186, 52, 44), (46, 84, 150), (212, 176, 50), (230, 230, 226))),
            width=13,
        )


def _playground(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _yard(pen, w, h, dice, (128, 156, 92))
    pen.ellipse((w * 0.1, h * 0.74, w * 0.9, h * 0.98), fill=(214, 192, 142))
    paint = dice.choice(((190, 62, 52), (52, 104, 164), (222, 160, 40)))
    for x0, x1 in ((0.22, 0.3), (0.78, 0.7)):
        pen.line((w * x0, h * 0.88, w * x1, h * 0.3), fill=paint, width=34)
    pen.line((w * 0.29, h * 0.31, w * 0.71, h * 0.31), fill=paint, width=34)
    pen.line((w * 0.42, h * 0.31, w * 0.42, h * 0.66), fill=(66, 66, 70), width=10)
    pen.line((w * 0.58, h * 0.31, w * 0.62, h * 0.8), fill=(66, 66, 70), width=10)
    pen.polygon(
        [(w * 0.41, h * 0.65), (w * 0.43, h * 0.63), (w * 0.63, h * 0.8), (w * 0.61, h * 0.83)],
        fill=(150, 104, 60),
    )


def _tree(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _yard(pen, w, h, dice, (134, 150, 104))
    lean = dice.uniform(0.1, 0.18)

    def branch(x: float, y: float, angle: float, length: float, width: float) -> None:
        x1, y1 = x + length * math.sin(angle), y - length * math.cos(angle)
        pen.line((x, y, x1, y1), fill=(92, 74, 58), width=int(width))
        if width > 8:
            for turn in (-0.5, 0.1, 0.6):
                branch(x1, y1, angle + turn + dice.uniform(-0.2, 0.2), length * 0.68, width * 0.58)

    branch(w * 0.4, h * 0.9, lean * 3, h * 0.3, 84)


def _pothole(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _yard(pen, w, h * 0.7, dice, (110, 112, 114))
    _slope(pen, (0, h * 0.4, w, h), (122, 124, 126), (92, 94, 98))
    for _ in range(500):
        x, y = dice.uniform(0, w), dice.uniform(h * 0.42, h)
        pen.ellipse((x, y, x + 8, y + 5), fill=(140, 142, 144))
    for spread, colour in ((1.0, (66, 64, 62)), (0.78, (52, 60, 68)), (0.66, (120, 146, 166))):
        points = []
        for turn in range(26):
            angle = turn / 26 * 2 * math.pi
            wobble = spread * dice.uniform(0.88, 1.12)
            points.append(
                (
                    w * 0.48 + w * 0.3 * wobble * math.cos(angle),
                    h * 0.72 + h * 0.14 * wobble * math.sin(angle),
                )
            )
        pen.polygon(points, fill=colour)


def _porch(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _door(pen, w, int(h * 0.7), dice)
    _slope(pen, (0, h * 0.62, w, h), (128, 140, 110), (104, 112, 90))
    for step in range(4):
        y = h * (0.6 + 0.09 * step)
        left, right = w * (0.22 - 0.04 * step), w * (0.78 + 0.04 * step)
        pen.rectangle((left, y, right, y + h * 0.05), fill=(176, 174, 168))
        pen.rectangle((left, y + h * 0.05, right, y + h * 0.09), fill=(132, 130, 126))
    for _ in range(3):
        x, y = w * dice.uniform(0.3, 0.62), h * dice.choice((0.69, 0.78, 0.87))
        pen.polygon(
            [(x, y), (x + 190, y - 12), (x + 150, y + 90), (x + 60, y + 110)], fill=(84, 82, 78)
        )


def _glass(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _wall(pen, w, h, (160, 176, 164), skirting=0.9)
    pen.rectangle((w * 0.18, h * 0.1, w * 0.82, h * 0.76), fill=(236, 236, 230))
    for x in (0.22, 0.52):
        _slope(pen, (w * x, h * 0.15, w * (x + 0.26), h * 0.71), (170, 198, 220), (206, 220, 230))
    cx, cy = w * dice.uniform(0.32, 0.4), h * dice.uniform(0.34, 0.5)
    points = []
    for turn in range(18):
        angle = turn / 18 * 2 * math.pi
        far = dice.uniform(60, 260) if turn % 2 else dice.uniform(40, 90)
        points.append((cx + far * math.cos(angle) * 0.8, cy + far * math.sin(angle)))
    pen.polygon(points, fill=(40, 54, 66))
    for x, y in points[::2]:
        pen.line((cx, cy, cx + (x - cx) * 2.2, cy + (y - cy) * 1.8), fill=(240, 246, 250), width=5)


def _act(pen: Pen, w: int, h: int, dice: random.Random) -> None:
    _slope(pen, (0, 0, w, h), (150, 116, 84), (120, 92, 66))
    lean = dice.uniform(-30, 30)
    paper = [
        (w * 0.2, h * 0.04 + lean), (w * 0.8, h * 0.04 - lean),
        (w * 0.82, h * 0.97 - lean), (w * 0.22, h * 0.97 + lean),
    ]  # fmt: skip
    pen.polygon([(x + 18, y + 18) for x, y in paper], fill=(84, 64, 46))
    pen.polygon(paper, fill=(248, 247, 241))
    pen.line((w * 0.4, h * 0.13, w * 0.62, h * 0.13), fill=(48, 48, 56), width=26)
    for line in range(12):
        y = h * (0.22 + 0.043 * line)
        pen.line((w * 0.27, y, w * dice.uniform(0.6, 0.76), y), fill=(112, 112, 122), width=9)
    for x in (0.27, 0.55):
        pen.line((w * x, h * 0.86, w * (x + 0.2), h * 0.86), fill=(112, 112, 122), width=5)
        points = [(w * (x + 0.02 * bend), h * 0.85 + dice.uniform(-70, 20)) for bend in range(9)]
        pen.line(points, fill=(40, 62, 150), width=9, joint="curve")
    cx, cy, size = w * 0.66, h * 0.84, 170
    for ring in (0, 26):
        box = (cx - size + ring, cy - size + ring, cx + size - ring, cy + size - ring)
        pen.ellipse(box, outline=(84, 96, 178), width=9)
    pen.line((cx - 80, cy, cx + 80, cy), fill=(84, 96, 178), width=14)


DRAWINGS: dict[str, Callable[[Pen, int, int, random.Random], None]] = {
    "act": _act,
    "leak": _leak,
    "stairs": _stairs,
    "lift": _lift,
    "icicles": _icicles,
    "radiator": _radiator,
    "roof": _roof,
    "snow": _snow,
    "waste": _waste,
    "door": _door,
    "lamp": _lamp,
    "wall": _wallspot,
    "basement": _basement,
    "water": _water,
    "panel": _panel,
    "playground": _playground,
    "tree": _tree,
    "pothole": _pothole,
    "porch": _porch,
    "glass": _glass,
}
