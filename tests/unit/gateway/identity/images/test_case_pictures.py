"""Pictures held in memory for a person's decision, without their metadata."""

import numpy as np

from firmware_sim.specimens.camera import encode_jpeg
from gateway.identity.images.case_pictures import LIFETIME, PictureTray

START = 1_800_000_000
JPEG = encode_jpeg(np.random.default_rng(3).integers(0, 255, (120, 160, 3), np.uint8))
CANARY = b"CANARY-in-a-comment"
CHATTY = JPEG[:2] + b"\xff\xfe" + (len(CANARY) + 2).to_bytes(2) + CANARY + JPEG[2:]


class SimClock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> int:
        return self.time


def test_the_tray_keeps_pictures_without_what_came_along() -> None:
    tray = PictureTray(SimClock())
    tray.put("case", CHATTY, None, b"no picture at all")
    kept = tray.get("case")
    assert kept is not None
    assert kept.document is not None
    assert CANARY not in kept.document
    assert (kept.portrait, kept.face) == (None, None)


def test_the_tray_forgets_after_two_hours_and_on_request() -> None:
    clock = SimClock()
    tray = PictureTray(clock)
    tray.put("late", JPEG, None, None)
    tray.put("decided", JPEG, None, None)
    tray.drop("decided")
    assert tray.get("decided") is None
    clock.time += LIFETIME + 1
    assert tray.get("late") is None
