"""Bad pictures: each is refused with its own code before it is decoded, and a good one leaves nothing but a picture."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from gateway.domain.identity import ImageRefused
from gateway.domain.identity_sentences import SENTENCES
from gateway.identity.containers import open_container
from gateway.identity.images import MOST_BYTES, decode_image, encode_jpeg, screen_image

CANARY = b"CANARY-51.5007N-0.1246W"


def pattern(mode: str = "RGB", size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture that is not of one colour."""
    pixels = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(pixels).convert(mode)


def saved(image: Image.Image, kind: str, **extra: object) -> bytes:
    """The picture as a file."""
    buffer = BytesIO()
    image.save(buffer, kind, **extra)
    return buffer.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk with its sum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def tiny_bomb() -> bytes:
    """A PNG under 1 kB that declares 9000 × 9000."""
    header = struct.pack(">IIBBBBB", 9000, 9000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 100)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


JPEG, PNG = saved(pattern(), "JPEG"), saved(pattern(), "PNG")
FRAMES = [pattern(), pattern(size=(160, 120)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
BAD = {
    "empty": (b"", "empty"),
    "text": (b"hello, this is no picture", "not_an_image"),
    "pdf": (b"%PDF-1.7 " + JPEG, "not_an_image"),
    "webp": (saved(pattern(), "WEBP"), "not_an_image"),
    "tiff": (saved(pattern(), "TIFF"), "not_an_image"),
    "gif": (saved(pattern("P"), "GIF"), "animated"),
    "moving png": (saved(FRAMES[0], "PNG", save_all=True, append_images=FRAMES[1:]), "animated"),
    "moving webp": (saved(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES[1:]), "animated"),
    "half a jpeg": (JPEG[: len(JPEG) // 2], "truncated"),
    "half a png": (PNG[: len(PNG) // 2], "truncated"),
    "jpeg head": (b"\xff\xd8\xff", "truncated"),
    "png head": (b"\x89PNG\r\n\x1a\n", "truncated"),
    "png with a wrong sum": (PNG[:40] + bytes([PNG[40] ^ 1]) + PNG[41:], "truncated"),
    "bomb": (tiny_bomb(), "too_many_pixels"),
    "too many pixels": (saved(Image.new("L", (4100, 4000)), "PNG"), "too_many_pixels"),
    "too few": (saved(pattern(size=(40, 40)), "PNG"), "too_few_pixels"),
    "zip behind": (JPEG + b"PK\x03\x04" + bytes(200), "disguised"),
    "page behind": (PNG + b"<HTML><script>", "disguised"),
    "script in a comment": (saved(pattern(), "JPEG", comment=b"<?php system();"), "disguised"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_picture_is_refused_by_its_own_code(name: str) -> None:
    data, code = BAD[name]
    with pytest.raises(ImageRefused) as refused:
        decode_image(data)
    assert refused.value.code == code
    assert code in SENTENCES


def test_a_file_of_more_than_eight_megabytes_is_refused_unread() -> None:
    with pytest.raises(ImageRefused, match="too_large"):
        screen_image(bytes(MOST_BYTES + 1))


def test_a_refusal_says_which_picture_it_is_about() -> None:
    with pytest.raises(ImageRefused) as refused:
        screen_image(b"", "face")
    assert refused.value.part == "face"


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_of_any_colour_mode_becomes_rgb(mode: str) -> None:
    pixels = decode_image(saved(pattern(mode), "JPEG"))
    assert pixels.shape == (120, 160, 3)


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "LA", "1"])
def test_a_png_of_any_colour_mode_becomes_rgb(mode: str) -> None:
    assert decode_image(saved(pattern(mode), "PNG")).shape == (120, 160, 3)


def test_sixteen_bits_keep_their_brightness() -> None:
    deep = Image.fromarray(np.full((100, 100), 0x8000, np.uint16))
    assert int(decode_image(saved(deep, "PNG"))[50, 50, 0]) == 0x80


def test_what_is_transparent_lies_on_white() -> None:
    assert decode_image(saved(Image.new("RGBA", (100, 100), (0, 0, 0, 0)), "PNG"))[50, 50].tolist() == [255, 255, 255]


def test_exif_turns_the_picture_upright_and_is_left_behind() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = CANARY.decode()
    data = saved(pattern(), "JPEG", exif=exif, comment=CANARY)
    assert CANARY in data
    assert decode_image(data).shape == (160, 120, 3)
    clean = open_container(data).data
    assert CANARY not in clean
    assert decode_image(clean).shape == (160, 120, 3)
    assert CANARY not in encode_jpeg(decode_image(data))


def test_png_text_is_left_behind() -> None:
    data = PNG[:-12] + png_chunk(b"tEXt", b"Comment\x00" + CANARY) + PNG[-12:]
    assert CANARY not in open_container(data).data
    assert (decode_image(data) == decode_image(PNG)).all()


def test_a_second_picture_behind_the_first_is_left_behind() -> None:
    picture = open_container(JPEG + CANARY + JPEG)
    assert CANARY not in picture.data
    assert (picture.width, picture.height) == (160, 120)


def test_a_progressive_jpeg_is_read_whole() -> None:
    data = saved(pattern(), "JPEG", progressive=True)
    with Image.open(BytesIO(data)) as image:
        expected = np.asarray(image)
    assert (decode_image(data) == expected).all()
