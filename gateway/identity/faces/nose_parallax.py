"""Tracks the pixels of the nose through a turn: how far it leaves the line from its root to the lips.

However a print is bent around an upright axis and turned, points on one upright line of it stay on one upright line;
only what stands out moves on its own. Landmarks cannot show this: their model pulls every face towards a head.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from gateway.identity.faces.compare import Points
from gateway.identity.images.decode import Pixels

Grey = NDArray[np.uint8]
Spots = NDArray[np.float32]
ROOT, TIP, UNDER, UPPER_LIP, LOWER_LIP = 27, 30, 33, 51, 57
"""Indices in the 68 points of iBUG 300-W."""
WINDOW, SPREAD, GRID = 0.35, 0.05, range(-2, 3)
"""The tracked window and the spacing of spots, in eye distances; 5 × 5 spots at each of four places."""
FARTHEST_BACK = 0.04
"""A spot that tracks back further than this from its start, in eye distances, is lost."""
FEWEST_SPOTS = 5


class Seen(Protocol):
    """One frame of a turn: its 68 points and the eye distance, in pixels of the frame."""

    @property
    def seen(self) -> Points:
        """68 rows of x and y."""
        ...

    @property
    def eyes(self) -> float:
        """The eye distance; never 0."""
        ...


def follow_nose(frames: Sequence[Pixels], faces: Sequence[Seen]) -> list[float | None]:
    """For every frame after the first, the nose's shift to the picture's right, in that frame's eye distances.

    None where too few spots could be tracked. The first frame is the head at rest, just before it turns.
    """
    greys = [soften(frame) for frame in frames]
    spots, eyes = place_spots(faces[0]), faces[0].eyes
    kept = np.ones(spots.shape[:2], np.bool_)
    at_rest = nose_aside(spots, kept, eyes)
    ways: list[float | None] = []
    for (before, after), face in zip(pairwise(greys), faces[1:], strict=True):
        spots, good = follow_spots(before, after, spots, eyes)
        kept &= good
        enough = at_rest is not None and kept.sum(axis=1).min() >= FEWEST_SPOTS
        now = nose_aside(spots, kept, face.eyes) if enough else None
        ways.append(None if now is None or at_rest is None else now - at_rest)
    return ways


def soften(frame: Pixels) -> Grey:
    """The frame in grey, blurred against noise."""
    return np.asarray(cv2.GaussianBlur(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), (0, 0), 1.2), np.uint8)


def place_spots(face: Seen) -> Spots:
    """5 × 5 spots each at the nose's root, its tip, the upper lip and the lower lip: an array of 4 × 25 × 2."""
    grid = np.array([(x, y) for x in GRID for y in GRID]) * SPREAD * face.eyes
    tip = 0.75 * face.seen[TIP] + 0.25 * face.seen[UNDER]
    places = (face.seen[ROOT], tip, face.seen[UPPER_LIP], face.seen[LOWER_LIP])
    return np.asarray([place + grid for place in places], np.float32)


def follow_spots(before: Grey, after: Grey, spots: Spots, eyes: float) -> tuple[Spots, NDArray[np.bool_]]:
    """The positions of the spots one frame later, and which of them track back to where they were."""
    side = max(9, round(WINDOW * eyes)) | 1
    flat = spots.reshape(-1, 1, 2)
    found, there, _ = cv2.calcOpticalFlowPyrLK(before, after, flat, np.empty_like(flat), winSize=(side, side))
    back, again, _ = cv2.calcOpticalFlowPyrLK(after, before, found, np.empty_like(flat), winSize=(side, side))
    off = np.linalg.norm(back - flat, axis=2)
    good = (there == 1) & (again == 1) & (off < FARTHEST_BACK * eyes)
    return np.asarray(found.reshape(spots.shape), np.float32), np.asarray(good.reshape(spots.shape[:2]), np.bool_)


def nose_aside(spots: Spots, kept: NDArray[np.bool_], eyes: float) -> float | None:
    """Distance of the tip to the right of the line from the root to the lips, in eye distances."""
    if not kept.any(axis=1).all():
        return None
    root, tip, upper, lower = (np.median(place[good], axis=0) for place, good in zip(spots, kept, strict=True))
    down = (upper + lower) / 2 - root
    length = float(np.hypot(*down))
    if length < eyes / 4:
        return None
    return float((tip - root) @ np.array([down[1], -down[0]])) / length / eyes
