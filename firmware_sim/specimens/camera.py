"""Simulates a phone camera's effect on a document: named, deterministic degradations of a picture."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
"""Height × width × 3, RGB."""

TABLE = (88, 74, 62)


def _lay_on_table(page: Pixels, *, turn: float = 0.0, lean: float = 0.0, margin: float = 0.12) -> Pixels:
    """Lay the page on a dark table, turned by degrees and seen from the side (`lean`: the far edge's shortening)."""
    height, width = page.shape[:2]
    edge = round(margin * max(height, width))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inset = lean * height / 2
    seen = np.array(
        [[0, 0], [width, inset], [width, height - inset], [0, height]] if lean >= 0
        else [[0, -inset], [width, 0], [width, height], [0, height + inset]], np.float32)  # fmt: skip
    angle = np.deg2rad(turn)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    seen = seen @ spin.T
    seen += edge - seen.min(axis=0)
    size = np.ceil(seen.max(axis=0) + edge).astype(int)
    warp = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    out = cv2.warpPerspective(page, warp, (int(size[0]), int(size[1])), flags=cv2.INTER_AREA, borderValue=TABLE)
    return np.asarray(out, np.uint8)


def _blur(page: Pixels, radius: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), radius), np.uint8)


def _shake(page: Pixels, length: int) -> Pixels:
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2, :] = 1 / length
    return np.asarray(cv2.filter2D(page, -1, kernel), np.uint8)


def _noise(page: Pixels, strength: float) -> Pixels:
    grain = np.random.default_rng(7).normal(0, strength, page.shape)
    return np.asarray(np.clip(page + grain, 0, 255), np.uint8)


def _light(page: Pixels, gain: float, offset: float) -> Pixels:
    return np.asarray(np.clip(page * gain + offset, 0, 255), np.uint8)


def _shadow(page: Pixels) -> Pixels:
    fall = np.linspace(1.0, 0.45, page.shape[1])[None, :, None]
    return np.asarray(np.clip(page * fall, 0, 255), np.uint8)


def _glare(page: Pixels, x: float, y: float, radius: float) -> Pixels:
    """Add a white spot with soft edges at a share of width and height."""
    height, width = page.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    away = np.hypot(columns - x * width, rows - y * height) / (radius * width)
    return np.asarray(np.clip(page + 255 * np.clip(1.3 - away, 0, 1)[..., None], 0, 255), np.uint8)


def _compress(page: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _resize(page: Pixels, scale: float) -> Pixels:
    return np.asarray(cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


DEGRADATIONS: dict[str, Callable[[Pixels], Pixels]] = {
    "plain": lambda page: page,
    "on a table": _lay_on_table,
    "turned 7 degrees": lambda page: _lay_on_table(page, turn=7),
    "turned -15 degrees": lambda page: _lay_on_table(page, turn=-15),
    "on its side": lambda page: _lay_on_table(page, turn=90),
    "on its other side": lambda page: _lay_on_table(page, turn=270),
    "upside down": lambda page: _lay_on_table(page, turn=180),
    "seen from the left": lambda page: _lay_on_table(page, lean=0.18),
    "seen from the right, turned": lambda page: _lay_on_table(page, turn=-6, lean=-0.18),
    "out of focus": lambda page: _blur(_lay_on_table(page), 1.6),
    "shaken": lambda page: _shake(_lay_on_table(page), 7),
    "grainy": lambda page: _noise(_lay_on_table(page), 18),
    "dark and grainy": lambda page: _noise(_light(_lay_on_table(page), 0.35, 5), 8),
    "faded": lambda page: _light(_lay_on_table(page), 0.45, 120),
    "shadow across": lambda page: _shadow(_lay_on_table(page, turn=3)),
    "compressed hard": lambda page: _compress(_lay_on_table(page), 22),
    "small": lambda page: _resize(_lay_on_table(page), 0.6),
    "glare on a corner": lambda page: _glare(_lay_on_table(page), 0.85, 0.15, 0.12),
    "glare on the print": lambda page: _glare(_lay_on_table(page), 0.55, 0.5, 0.10),
    "glare on the last line": lambda page: _glare(_lay_on_table(page), 0.5, 0.86, 0.05),
    "far out of focus": lambda page: _blur(_lay_on_table(page), 3.2),
    "shaken hard": lambda page: _shake(_lay_on_table(page), 17),
    "very small": lambda page: _resize(_lay_on_table(page), 0.36),
    "tilted, grainy and compressed": lambda page: _compress(_noise(_lay_on_table(page, turn=11, lean=0.15), 30), 18),
    "dark, blurred and small": lambda page: _resize(_blur(_light(_lay_on_table(page, turn=-4), 0.3, 0), 1.5), 0.5),
    "glare on everything": lambda page: _glare(_lay_on_table(page), 0.45, 0.6, 0.3),
    "cropped below": lambda page: page[: round(page.shape[0] * 0.9)],
}
"""Each takes and gives RGB pixels; some cannot be read for certain, and must then go to a person."""


def take_photograph(page: Image.Image, degradation: str = "on a table") -> bytes:
    """Return a JPEG of the page as a phone sends it."""
    seen = DEGRADATIONS[degradation](np.asarray(page.convert("RGB"), np.uint8))
    return encode_jpeg(seen)


def take_selfie(face: Image.Image) -> bytes:
    """Return a JPEG of the person as a phone takes it: slightly turned, closer, in other light."""
    pixels = np.asarray(face.convert("RGB"), np.uint8)
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 4, 1.15)
    turned = cv2.warpAffine(pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    larger = cv2.resize(turned, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return encode_jpeg(_noise(_light(np.asarray(larger, np.uint8), 0.85, 14), 4))


def encode_jpeg(pixels: Pixels, quality: int = 90) -> bytes:
    """Encode RGB pixels as JPEG."""
    done, data = cv2.imencode(".jpg", np.ascontiguousarray(pixels[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("the picture could not be encoded")
    return bytes(data)
