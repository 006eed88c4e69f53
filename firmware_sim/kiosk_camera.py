"""The kiosk's camera films the turns a gateway asks for: small frames, so that a whole registration is one message."""

from collections.abc import Sequence
from typing import Final, Protocol

import cv2
import numpy as np

from devices.wire.registration import MAX_FRAME
from firmware_sim.camera import encode_jpeg
from firmware_sim.heads import Head, film_living

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
