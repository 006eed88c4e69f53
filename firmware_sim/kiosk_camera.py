"""The kiosk's camera films the turns a gateway asks for: small frames, so that a whole registration is one message."""

from collections.abc import Sequence
from typing import Final, Protocol

import cv2
import numpy as np

from devices.wire.registration import MAX_FRAME
from firmware_sim.camera import encode_jpeg
from firmware_sim.heads import Head, build_head, film_living, swing_angles

WIDTH: Final = 320
QUALITIES: Final = (75, 60, 45)


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
    pixels = cv2.imdecode(np.frombuffer(face, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("what stands before the camera is no picture")
    try:
        head = None if still else build_head(np.ascontiguousarray(pixels[..., ::-1], np.uint8))
    except ValueError:  # nobody is in it
        head = None
    return SimTurnCamera(head).film(turns) if head else [shrink_frame(face) for _ in swing_angles(turns)]


def shrink_frame(frame: bytes) -> bytes:
    """The frame 320 pixels wide, in at most 24 KiB: 41 of them and two pictures stay under a kiosk's 1 MiB."""
    pixels = cv2.imdecode(np.frombuffer(frame, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("the frame is no picture")
    scale = WIDTH / pixels.shape[1]
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    upright = np.asarray(small[..., ::-1], np.uint8)
    return next(
        (data for quality in QUALITIES if len(data := encode_jpeg(upright, quality)) <= MAX_FRAME),
        encode_jpeg(upright, 30),
    )
