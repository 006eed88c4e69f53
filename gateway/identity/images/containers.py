"""Reads JPEG and PNG structure without decoding: declared properties, and data besides the picture."""

import re
import struct
import zlib
from dataclasses import dataclass

from PIL import Image

from gateway.domain.verification.port import ImageRefused

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
"""Chunks that are kept; text, time, colour profiles and positions are dropped."""
MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
STANDALONE = (0x01, *range(0xD0, 0xD9))
FRAMES = (0xC0, 0xC1, 0xC2)
"""Baseline, extended and progressive Huffman frames; cameras write no others of ITU-T T.81 table B.1."""
KEPT_SEGMENTS = (0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0, 0xEE)
"""Frames, tables, scan, restart interval, JFIF and Adobe's colour transform; comments and EXIF are dropped."""
FOREIGN_TEXT = (b"<script", b"<html", b"<?php", b"<svg", b"%pdf-")
FOREIGN_BYTES = (b"PK\x03\x04", b"PK\x05\x06", b"MZ\x90\x00", b"\x7fELF", b"Rar!\x1a")


@dataclass(frozen=True, slots=True)
class Picture:
    """A file reduced to its picture; `orientation` is the camera's EXIF orientation (1-8)."""

    data: bytes
    kind: str
    width: int
    height: int
    orientation: int = 1


def open_container(data: bytes) -> Picture:
    """The picture without its metadata. Raises ImageRefused."""
    if not data:
        raise ImageRefused("empty")
    if data.startswith(b"\xff\xd8\xff"):
        return _open_jpeg(data)
    if data.startswith(PNG_START):
        return _open_png(data)
    moving = data[:4] == b"GIF8" or (data[8:12] == b"WEBP" and b"ANIM" in data[:64])
    raise ImageRefused("animated" if moving else "not_an_image")


def _refuse_foreign(extra: bytes) -> None:
    """Raise ImageRefused for a page, archive or program beside the picture: it was put there on purpose."""
    lowered = extra.lower()
    if any(mark in lowered for mark in FOREIGN_TEXT) or any(mark in extra for mark in FOREIGN_BYTES):
        raise ImageRefused("disguised")


def _open_jpeg(data: bytes) -> Picture:
    """Read the segments (ITU-T T.81 annex B) up to the end marker."""
    kept, size, orientation, at = [b"\xff\xd8"], (0, 0), 1, 2
    extra: list[bytes] = []
    while True:
        found = MARKER.search(data, at)
        if not found:
            raise ImageRefused("truncated")
        code, start = data[found.end() - 1], found.start()
        if code == 0xD9:
            break
        length = 2 if code in STANDALONE else 2 + int.from_bytes(data[start + 2 : start + 4])
        segment = data[start : start + length]
        if code in FRAMES and len(segment) >= 10:
            size = struct.unpack(">HH", segment[5:9])
        if code == 0xE1 and segment[4:10] == b"Exif\x00\x00":
            orientation = _exif_orientation(segment[4:])
        at = _end_of_scan(data, start + length) if code == 0xDA else start + length
        (kept if code in KEPT_SEGMENTS else extra).append(data[start:at])
    _refuse_foreign(b"".join(extra) + data[found.end() :])
    kept.insert(1, _orientation_segment(orientation))
    return Picture(b"".join((*kept, b"\xff\xd9")), "JPEG", size[1], size[0], orientation)


def _orientation_segment(orientation: int) -> bytes:
    """An EXIF segment (Exif 2.32, 4.5.2) with the orientation only; empty where the picture is upright."""
    if orientation == 1:
        return b""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    payload = b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01" + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload


def _end_of_scan(data: bytes, at: int) -> int:
    """The end of the entropy-coded data after a scan header. Raises ImageRefused at the end of the file."""
    found = MARKER.search(data, at)
    if not found:
        raise ImageRefused("truncated")
    return found.start()


def _exif_orientation(payload: bytes) -> int:
    """The orientation of an EXIF block, 1 where it has none or cannot be read."""
    exif = Image.Exif()
    try:
        exif.load(payload)
        orientation = exif.get(0x0112, 1)
    except (SyntaxError, ValueError, struct.error, OSError, KeyError, IndexError):
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _open_png(data: bytes) -> Picture:
    """Read the chunks (ISO/IEC 15948 clause 5) up to the end chunk, checking each CRC."""
    kept, at, size = [PNG_START], len(PNG_START), (0, 0)
    extra: list[bytes] = []
    while True:
        header = data[at : at + 8]
        if len(header) < 8:
            raise ImageRefused("truncated")
        length, kind = struct.unpack(">I4s", header)
        chunk = data[at : at + 12 + length]
        if len(chunk) < 12 + length or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
            raise ImageRefused("truncated")
        if kind == b"acTL":
            raise ImageRefused("animated")
        if kind == b"IHDR" and length == 13:
            size = struct.unpack(">II", chunk[8:16])
        (kept if kind in PNG_CHUNKS else extra).append(chunk)
        at += len(chunk)
        if kind == b"IEND":
            break
    _refuse_foreign(b"".join(extra) + data[at:])
    return Picture(b"".join(kept), "PNG", *size)
