"""Unusable picture files, each with its refusal code, and a marker to search for afterwards."""

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image

CANARY = b"CANARY-51.5007N-0.1246W"
GPS = 0x8825
"""The EXIF tag of the block that says where a picture was taken (Exif 2.32, 4.6.3)."""


def pattern(mode: str = "RGB", size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture of more than one colour."""
    pixels = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(pixels).convert(mode)


def saved(image: Image.Image, kind: str, **extra: object) -> bytes:
    """The picture as the bytes of a file."""
    buffer = BytesIO()
    image.save(buffer, kind, **extra)
    return buffer.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk with its CRC."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def tiny_bomb() -> bytes:
    """A PNG under 1 kB that declares 9000 × 9000."""
    header = struct.pack(">IIBBBBB", 9000, 9000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 100)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def position() -> Image.Exif:
    """EXIF data with a GPS position and a comment."""
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif[GPS] = {1: "N", 2: (51.0, 30.0, 2.5), 3: "W", 4: (0.0, 7.0, 28.5)}
    return exif


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
"""Name: file and code."""
