"""Kiosk camera: films the requested head turns in small frames, so that a whole registration fits in one message."""

from collections.abc import Sequence
from typing import Final, Protocol

import cv2
import numpy as np

from devices.wire.kiosk.registration import MAX_FRAME
from firmware_sim.specimens.camera import Pixels, encode_jpeg
from firmware_sim.specimens.heads import Head, build_head, film_living, swing_angles

WIDTH: Final = 320
QUALITIES: Final = (65, 55, 45, 30)


class TurnCamera(Protocol):
    """Films the person in front of the kiosk."""

    def film(self, turns: Sequence[str]) -> list[bytes]:
        """Return JPEG frames in order, filmed while the screen requests these turns."""
        ...


class SimTurnCamera:
    """Simulated camera with a head that follows the request."""

    def __init__(self, head: Head) -> None:
        self._head = head

    def film(self, turns: Sequence[str]) -> list[bytes]:
        """See TurnCamera."""
        return [shrink_frame(frame) for frame in film_living(self._head, turns)]


def film_who_stands_there(face: bytes, turns: Sequence[str], *, still: bool) -> list[bytes]:
    """Film a tester's picture: its head turning as requested, or the picture held up (`still`)."""
    try:
        head = None if still else build_head(_open(face))
    except ValueError:  # no face in the picture
        head = None
    return SimTurnCamera(head).film(turns) if head else [shrink_frame(face)] * len(list(swing_angles(turns)))


def shrink_frame(frame: bytes) -> bytes:
    """Return the frame scaled to 320 pixels wide, in at most 24 KiB."""
    pixels = _open(frame)
    scale = WIDTH / pixels.shape[1]
    small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return next(
        (data for quality in QUALITIES if len(data := encode_jpeg(small, quality)) <= MAX_FRAME),
        encode_jpeg(small, QUALITIES[-1]),
    )


def fit_frames(frames: Sequence[bytes], room: int) -> list[bytes] | None:
    """Compress the frames to the best quality that fits `room` bytes together; None if none fits."""
    for quality in (None, *QUALITIES):
        tried = list(frames) if quality is None else [encode_jpeg(_open(frame), quality) for frame in frames]
        if sum(map(len, tried)) <= room:
            return tried
    return None


def _open(picture: bytes) -> Pixels:
    """Decode to RGB pixels. Raises ValueError for invalid image data."""
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("the picture cannot be decoded")
    return np.ascontiguousarray(pixels[..., ::-1], np.uint8)
