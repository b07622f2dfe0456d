"""Only pixels pass: no place, no maker, no passenger, no bomb."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from accounts.sanitising import images
from accounts.sanitising.child import clean
from accounts.sanitising.kinds import Kind, Reason, Unfit

ORIENTATION = 0x0112
MAKER = 0x010F
GPS = 0x8825


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds next to nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


def exif(**tags: object) -> Image.Exif:
    made = Image.Exif()
    made[MAKER] = "Maker of the phone"
    made[GPS] = {1: "N", 2: (54.0, 18.0, 59.0), 3: "E", 4: (48.0, 24.0, 10.0)}
    made.update({int(name.strip("_")): value for name, value in tags.items()})
    return made


@pytest.mark.parametrize(
    ("how", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_place_and_maker_are_dropped(picture, how: str, media_type: str) -> None:
    data = picture(how, exif=exif())
    assert opened(data).getexif()
    made = clean(data)
    assert made.media_type == media_type
    after = opened(made.data)
    assert not after.getexif()
    assert b"Maker of the phone" not in made.data
    assert not opened(made.thumbnail).getexif()


def test_comments_profiles_and_text_are_dropped(picture) -> None:
    from PIL import ImageCms
    from PIL.PngImagePlugin import PngInfo

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    notes = PngInfo()
    notes.add_text("Comment", "flat 12, Anna")
    for data in (
        picture("JPEG", comment=b"flat 12, Anna", icc_profile=profile),
        picture("PNG", pnginfo=notes, icc_profile=profile),
    ):
        assert b"flat 12, Anna" in data
        made = clean(data)
        assert b"flat 12, Anna" not in made.data
        assert not {"comment", "icc_profile", "Comment"} & opened(made.data).info.keys()


def test_what_is_glued_to_the_end_stays_behind(picture) -> None:
    passenger = b"PK\x03\x04<script>alert(1)</script><?php system($_GET['c']); ?>"
    made = clean(picture("JPEG") + passenger)
    assert b"<script" not in made.data
    assert b"<?php" not in made.data
    assert b"PK\x03\x04" not in made.data


def test_photo_is_turned_upright_before_its_tag_goes() -> None:
    # Left half red, right half blue; «6» means the camera stood on its right side.
    raw = Image.new("RGB", (200, 100), (250, 0, 0))
    raw.paste((0, 0, 250), (100, 0, 200, 100))
    out = BytesIO()
    raw.save(out, "JPEG", exif=exif(_274=6), quality=95)
    made = clean(out.getvalue())
    assert (made.width, made.height) == (100, 200)
    upright = opened(made.data)
    red, blue = upright.getpixel((50, 20)), upright.getpixel((50, 180))
    assert red[0] > 200 > 60 > red[2]
    assert blue[2] > 200 > 60 > blue[0]


def test_broken_tags_do_not_cost_the_photo(picture) -> None:
    data = picture("JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert clean(data).width == 64


def test_large_photo_is_made_smaller_and_gets_a_thumbnail(picture) -> None:
    made = clean(picture("JPEG", size=(6000, 3000)))
    assert (made.width, made.height) == (2560, 1280)
    assert opened(made.data).size == (2560, 1280)
    thumbnail = opened(made.thumbnail)
    assert thumbnail.format == "WEBP"
    assert thumbnail.size == (480, 240)


def test_small_picture_is_not_blown_up(picture) -> None:
    made = clean(picture("PNG", size=(10, 8)))
    assert (made.width, made.height) == (10, 8)
    assert max(opened(made.thumbnail).size) == 10


def test_bomb_is_refused_by_its_header() -> None:
    for data in (png_header(10_000, 10_000), png_header(60_000, 60_000), png_header(25_000, 10)):
        with pytest.raises(Unfit) as refused:
            clean(data)
        assert refused.value.reason is Reason.TOO_MANY_PIXELS


def test_honest_hundred_megapixel_png_is_refused_undecoded(picture, monkeypatch) -> None:
    data = picture("PNG", size=(10_000, 10_000), mode="1", colour=0)
    monkeypatch.setattr(images, "_decoded", lambda opened: pytest.fail("decoded"))
    with pytest.raises(Unfit) as refused:
        clean(data)
    assert refused.value.reason is Reason.TOO_MANY_PIXELS


def test_progressive_jpeg_with_endless_scans_is_refused(picture) -> None:
    with pytest.raises(Unfit) as refused:
        clean(picture("JPEG") + b"\xff\xda" * 200)
    assert refused.value.reason is Reason.TOO_COMPLEX


@pytest.mark.parametrize(
    ("mode", "colour", "how"),
    [
        ("CMYK", (0, 200, 200, 0), "JPEG"),
        ("L", 120, "JPEG"),
        ("P", 3, "PNG"),
        ("1", 1, "PNG"),
        ("LA", (120, 90), "PNG"),
        ("RGBA", (10, 20, 30, 90), "PNG"),
        ("I;16", 40_000, "PNG"),
    ],
)
def test_every_colour_mode_is_taken(picture, mode: str, colour: object, how: str) -> None:
    made = clean(picture(how, mode=mode, colour=colour))
    assert opened(made.data).mode in {"RGB", "RGBA", "L"}


def test_cmyk_keeps_its_colour(picture) -> None:
    red, green, blue = opened(
        clean(picture("JPEG", mode="CMYK", colour=(0, 255, 255, 0))).data
    ).getpixel((5, 5))
    assert red > 200
    assert green < 60
    assert blue < 60


def test_sixteen_bits_are_scaled_and_not_clipped(picture) -> None:
    value = (
        opened(clean(picture("PNG", mode="I;16", colour=32_768)).data).convert("L").getpixel((1, 1))
    )
    assert 120 < value < 136


def test_transparent_png_stays_transparent(picture) -> None:
    made = clean(picture("PNG", mode="RGBA", colour=(1, 2, 3, 0)))
    assert made.media_type == "image/png"
    assert opened(made.data).getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("how", ["PNG", "WEBP"])
def test_only_the_first_frame_of_a_moving_picture_stays(how: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue", "green")]
    out = BytesIO()
    frames[0].save(out, how, save_all=True, append_images=frames[1:], duration=100, lossless=True)
    after = opened(clean(out.getvalue()).data)
    assert getattr(after, "n_frames", 1) == 1
    assert after.convert("RGB").getpixel((20, 20))[0] > 200


def test_photo_of_a_phone_in_heic_becomes_jpeg() -> None:
    import pillow_heif

    made = pillow_heif.from_pillow(Image.new("RGB", (300, 200), (30, 160, 30)))
    out = BytesIO()
    made.save(out, exif=exif().tobytes())
    after = clean(out.getvalue())
    assert after.media_type == "image/jpeg"
    assert (after.width, after.height) == (300, 200)
    assert not opened(after.data).getexif()


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + b"\x00" * 50,
        b"BM" + b"\x00" * 50,
        b"MZ\x90\x00",
        b"PK\x03\x04",
        b"II*\x00",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\x00\x00\x00\x18ftypmp42",
        b"%!PS-Adobe",
        b"\x00",
    ],
)
def test_foreign_files_are_known_by_their_bytes(data: bytes) -> None:
    with pytest.raises(Unfit) as refused:
        clean(data)
    assert refused.value.reason is Reason.UNKNOWN_TYPE


def test_empty_file_is_refused() -> None:
    with pytest.raises(Unfit) as refused:
        clean(b"")
    assert refused.value.reason is Reason.EMPTY


@pytest.mark.parametrize("how", ["JPEG", "PNG", "WEBP"])
def test_cut_off_file_is_damaged(how: str) -> None:
    out = BytesIO()
    Image.effect_noise((200, 200), 80).convert("RGB").save(out, how)
    with pytest.raises(Unfit) as refused:
        clean(out.getvalue()[: len(out.getvalue()) // 2])
    assert refused.value.reason is Reason.DAMAGED


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400), kind=st.sampled_from([Kind.JPEG, Kind.PNG, Kind.WEBP]))
def test_any_bytes_are_a_picture_or_unfit(data: bytes, kind: Kind) -> None:
    magic = {
        Kind.JPEG: b"\xff\xd8\xff",
        Kind.PNG: b"\x89PNG\r\n\x1a\n",
        Kind.WEBP: b"RIFF\x00\x00\x00\x00WEBP",
    }
    with suppress(Unfit):
        assert images.sanitise(magic[kind] + data, kind).data
