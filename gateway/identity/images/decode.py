"""Untrusted picture bytes to pixels: screened before decoding, and stripped to the picture."""

import struct
import zlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from gateway.domain.verification.port import ImageRefused
from gateway.identity.images.containers import Picture, open_container

Pixels = NDArray[np.uint8]
"""Height × width × 3, RGB."""

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 16_000_000
MIN_SIDE = 64
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error)
"""Errors of Pillow for damaged files, by its documentation and by trial."""


def screen_image(data: bytes, part: str = "image") -> Picture:
    """Refuse by size, kind and declared pixels, without decoding: fast enough for the event loop.

    Raises ImageRefused.
    """
    try:
        return _screen(data)
    except ImageRefused as refused:
        raise ImageRefused(refused.code, part) from None


def _screen(data: bytes) -> Picture:
    """As `screen_image`, but the error does not name the part."""
    if len(data) > MAX_BYTES:
        raise ImageRefused("too_large")
    picture = open_container(data)
    if picture.width * picture.height > MAX_PIXELS:
        raise ImageRefused("too_many_pixels")
    if min(picture.width, picture.height) < MIN_SIDE:
        raise ImageRefused("truncated" if not picture.width else "too_few_pixels")
    return picture


def decode_image(data: bytes, part: str = "image") -> Pixels:
    """Upright RGB pixels of a screened JPEG or PNG of any colour mode. Raises ImageRefused. Run it in a worker."""
    picture = screen_image(data, part)
    try:
        with Image.open(BytesIO(picture.data), formats=(picture.kind,)) as image:
            if image.size != (picture.width, picture.height):
                raise ImageRefused("disguised", part)
            image.load()
            return _orient(_to_rgb(image), picture.orientation)
    except DAMAGE:
        raise ImageRefused("truncated", part) from None


def _to_rgb(image: Image.Image) -> Image.Image:
    """Convert any mode to 8-bit RGB: the high byte of 16-bit, transparency on white, CMYK converted."""
    if image.mode.startswith("I"):
        deep = np.asarray(image)
        return Image.fromarray((deep >> 8).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return image.convert("RGB")


def _orient(image: Image.Image, orientation: int) -> Pixels:
    """Rotate the pixels upright by the EXIF orientation, which was read before the EXIF was removed."""
    if orientation != 1:
        exif = image.getexif()
        exif[0x0112] = orientation
        image = ImageOps.exif_transpose(image)
    return np.asarray(image, np.uint8)


def encode_jpeg(pixels: Pixels) -> bytes:
    """A JPEG of these pixels, without metadata."""
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
