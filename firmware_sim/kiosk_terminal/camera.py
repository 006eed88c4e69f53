"""The kiosk's camera films the turns a gateway asks for: small frames, so that a whole registration is one message."""

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
    """Films who stands before the kiosk."""

    def film(self, turns: Sequence[str]) -> list[bytes]:
        """JPEG frames in order while the screen asks for these turns."""
        ...


class SimTurnCamera:
    """A head that does as the screen asks."""

    def __init__(self, head: Head) -> None:
        self._head = head

    def film(self, turns: Sequence[str]) -> list[bytes]:
        """See TurnCamera."""
        return [shrink_frame(frame) for frame in film_living(self._head, turns)]


def film_who_stands_there(face: bytes, turns: Sequence[str], *, still: bool) -> list[bytes]:
    """What the camera sees of a tester's picture: its head doing as asked, or the picture held up (`still`)."""
    try:
        head = None if still else build_head(_open(face))
    except ValueError:  # nobody is in it
        head = None
    return SimTurnCamera(head).film(turns) if head else [shrink_frame(face)] * len(list(swing_angles(turns)))


def shrink_frame(frame: bytes) -> bytes:
    """The frame 320 pixels wide, in at most 24 KiB."""
    pixels = _open(frame)
    scale = WIDTH / pixels.shape[1]
    small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return next(
        (data for quality in QUALITIES if len(data := encode_jpeg(small, quality)) <= MAX_FRAME),
        encode_jpeg(small, QUALITIES[-1]),
    )


def fit_frames(frames: Sequence[bytes], room: int) -> list[bytes] | None:
    """The frames as sharp as they can be in so many bytes together; None where there is too little room."""
    for quality in (None, *QUALITIES):
        tried = list(frames) if quality is None else [encode_jpeg(_open(frame), quality) for frame in frames]
        if sum(map(len, tried)) <= room:
            return tried
    return None


def _open(picture: bytes) -> Pixels:
    """RGB pixels; ValueError where it is no picture."""
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("what stands before the camera is no picture")
    return np.ascontiguousarray(pixels[..., ::-1], np.uint8)
