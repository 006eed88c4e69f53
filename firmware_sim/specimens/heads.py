"""Films a synthetic head made from one photograph: turning as requested, or as one of the usual attacks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from firmware_sim.specimens.camera import Pixels, encode_jpeg

Floats = NDArray[np.float32]
FRAMES_A_TURN, FRAMES_OF_REST = 8, 3
"""As a page films who follows its arrows: out and back, then as long in the middle as 0.9 s leave after coming back."""
WIDTH = 420
WIDEST = 40.0
"""Degrees a head turns to either side."""
NOSE = 0.35
"""How far the nose's tip stands out, in distances between the eyes: about 2 cm of 6."""


@dataclass(frozen=True, slots=True)
class Head:
    """A picture, the positions of its eyes (pixels), and each pixel's depth towards the camera (pixels)."""

    pixels: Pixels
    middle: tuple[float, float]
    eyes: float
    relief: Floats


@cache
def _models() -> tuple[Any, Any]:
    """Load dlib's detector and 5-point predictor."""
    dlib, spec = import_module("dlib"), find_spec("face_recognition_models")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package face_recognition_models is not installed")
    weights = Path(spec.origin).parent / "models" / "shape_predictor_5_face_landmarks.dat"
    return dlib.get_frontal_face_detector(), dlib.shape_predictor(str(weights))


def build_head(pixels: Pixels) -> Head:
    """Build a head from a frontal photograph: an ellipsoid with a nose, fitted to the eyes; ValueError without one."""
    picture = _close_up(pixels)
    points = find_points(picture)
    first, second = points[:2].mean(axis=0), points[2:4].mean(axis=0)
    middle, eyes = (first + second) / 2, float(np.hypot(*(first - second)))
    return Head(picture, (float(middle[0]), float(middle[1])), eyes, _relief(picture, middle, eyes, points[4]))


def find_points(picture: Pixels) -> NDArray[np.float64]:
    """Return outer and inner corner of one eye, then of the other, then the nose. ValueError without a face."""
    faces = find_faces(picture)
    if not faces:
        raise ValueError("the photograph shows no face to film")
    return faces[0]


def find_faces(picture: Pixels) -> list[NDArray[np.float64]]:
    """Return the five points of every face, highest confidence first."""
    detector, predictor = _models()
    shapes = [predictor(picture, face) for face in detector(picture, 1)]
    return [np.array([(point.x, point.y) for point in shape.parts()], np.float64) for shape in shapes]


def _close_up(pixels: Pixels) -> Pixels:
    """Crop to a phone's framing at arm's length: 5.6 by 6.4 eye distances, eyes level."""
    points = find_points(pixels)
    first, second = sorted((points[:2].mean(axis=0), points[2:4].mean(axis=0)), key=lambda eye: float(eye[0]))
    across = second - first
    down = np.array([-across[1], across[0]])
    onto = (first + second) / 2 + np.array([[-2.8, -2.6], [2.8, -2.6], [-2.8, 3.8]]) @ np.array([across, down])
    frame = np.array([[0, 0], [WIDTH, 0], [0, WIDTH * 6.4 / 5.6]])
    warp = cv2.getAffineTransform(onto.astype(np.float32), frame.astype(np.float32))
    size = (WIDTH, round(WIDTH * 6.4 / 5.6))
    return np.asarray(
        cv2.warpAffine(pixels, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _relief(picture: Pixels, middle: NDArray[np.float64], eyes: float, nose: NDArray[np.float64]) -> Floats:
    """Return the depth map: a rounded head, and a ridge from between the eyes to the tip of the nose."""
    rows, columns = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    x, y = (columns - middle[0]) / eyes, (rows - middle[1]) / eyes
    skull = np.sqrt(np.clip(1 - (x / 1.3) ** 2 - ((y - 0.35) / 1.9) ** 2, 0, 1))
    down = (nose[1] - middle[1]) / eyes * 0.85
    along = np.clip(y / down, 0, 1.15)
    aside = (nose[0] - middle[0]) / eyes * along
    ridge = (
        np.where(y < 0, 0, along)
        * np.exp(-(((x - aside) / 0.22) ** 2))
        * np.where(y > down, np.exp(-(((y - down) / 0.13) ** 2)), 1)
    )
    smooth = cv2.GaussianBlur((1.2 * skull + NOSE * ridge).astype(np.float32), (0, 0), eyes / 22)
    return np.asarray(smooth * eyes, np.float32)


def turn_head(head: Head, degrees: float) -> Pixels:
    """Turn the head about the neck, positive to its own left (the picture's right); orthographic, near hides far."""
    height, width = head.relief.shape
    grid = np.mgrid[0:height, 0:width].astype(np.float32)
    rows, columns = grid[0], grid[1]
    sine, cosine = float(np.sin(np.deg2rad(degrees))), float(np.cos(np.deg2rad(degrees)))
    weight = np.clip(head.relief / (0.5 * head.eyes), 0, 1)
    away = columns - head.middle[0]
    landing = columns + head.relief * sine - (1 - cosine) * weight * away
    source = _see_nearest(landing, head.relief * cosine - away * sine * weight, columns)
    turned = cv2.remap(head.pixels, source, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)


def _see_nearest(landing: Floats, depth: Floats, columns: Floats) -> Floats:
    """Return the source column of each position: the nearest of several, blended between neighbours."""
    height, width = landing.shape
    seen = np.full((height, width), np.nan, np.float32)
    order = np.argsort(depth, axis=None, kind="stable")
    place = np.clip(np.rint(landing), 0, width - 1).astype(np.intp).ravel()[order]
    seen[np.repeat(np.arange(height), width)[order], place] = columns.ravel()[order]
    every = np.arange(width)
    for row in seen:
        known = ~np.isnan(row)
        row[~known] = np.interp(every[~known], every[known], row[known])
    return np.asarray(cv2.GaussianBlur(seen, (3, 3), 0), np.float32)


def swing_angles(turns: Sequence[str], frames: int = FRAMES_A_TURN, widest: float = WIDEST) -> Iterator[float]:
    """Return degrees a frame: still, then out and back for every turn, then still."""
    yield from (0.0, 0.0, 0.0)
    for turn in turns:
        for step in range(1, frames + 1):
            angle = widest * float(np.sin(np.pi * step / (frames + 1)))
            yield angle if turn == "left" else -angle
        yield from (0.0,) * FRAMES_OF_REST
    yield from (0.0, 0.0)


def film(picture_at: Callable[[float], Pixels], turns: Sequence[str], widest: float = WIDEST) -> list[bytes]:
    """Return the JPEG frames of a clip; `picture_at` returns the picture at an angle in degrees."""
    angles = [round(angle, 6) for angle in swing_angles(turns, widest=widest)]
    frames = {angle: encode_jpeg(picture_at(angle)) for angle in set(angles)}
    return [frames[angle] for angle in angles]


def film_living(head: Head, turns: Sequence[str], widest: float = WIDEST) -> list[bytes]:
    """Film a head that follows the request."""
    return film(lambda angle: turn_head(head, angle), turns, widest)


def film_still(head: Head, turns: Sequence[str]) -> list[bytes]:
    """Film a photograph held still."""
    return film(lambda _: head.pixels, turns)


def film_sliding(head: Head, turns: Sequence[str]) -> list[bytes]:
    """Film a photograph pushed to the requested side."""

    def slid(angle: float) -> Pixels:
        shift = np.array([[1, 0, angle * head.eyes / WIDEST / 2], [0, 1, 0]], np.float32)
        size = (head.pixels.shape[1], head.pixels.shape[0])
        return np.asarray(cv2.warpAffine(head.pixels, shift, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)

    return film(slid, turns)


def film_turned_print(head: Head, turns: Sequence[str], widest: float = 60.0) -> list[bytes]:
    """Film a flat print turned to the requested side, in perspective."""

    def turned(angle: float) -> Pixels:
        height, width = head.pixels.shape[:2]
        sine, cosine = np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle))
        far = 2.5 * width
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        x, y = corners[:, 0] - head.middle[0], corners[:, 1] - height / 2
        depth = far / (far + x * sine)
        seen = np.column_stack((x * cosine * depth + head.middle[0], y * depth + height / 2)).astype(np.float32)
        warp = cv2.getPerspectiveTransform(corners, seen)
        return np.asarray(cv2.warpPerspective(head.pixels, warp, (width, height)), np.uint8)

    return film(turned, turns, widest)


def film_bent_print(
    head: Head, turns: Sequence[str], bend: float = 100.0, widest: float = 40.0, slant: float = 0.0
) -> list[bytes]:
    """Film a print bent around the face by `bend` degrees and turned: curved, without a nose.

    The bending axis is tilted by `slant` degrees: 0 is upright, 90 level.
    """
    height, width = head.pixels.shape[:2]
    radius = width / np.deg2rad(bend)
    rows, columns = np.mgrid[0:height, 0:width]
    x, y = columns - head.middle[0], rows - head.middle[1] - head.eyes / 2
    away = (x * np.cos(np.deg2rad(slant)) + y * np.sin(np.deg2rad(slant))) / radius
    relief = radius * (np.cos(np.clip(away, -1.4, 1.4)) - np.cos(np.deg2rad(bend / 2)))
    bent = Head(head.pixels, head.middle, head.eyes, np.asarray(np.clip(relief, 0, None), np.float32))
    return film(lambda angle: turn_head(bent, angle), turns, widest)


def film_print_bent_across(head: Head, turns: Sequence[str]) -> list[bytes]:
    """Film a print bent about a level axis, which makes the nose a ridge."""
    return film_bent_print(head, turns, 120, 50, 90)


ATTACKS: dict[str, Callable[[Head, Sequence[str]], list[bytes]]] = {
    "still photograph": film_still,
    "sliding photograph": film_sliding,
    "turned print": film_turned_print,
    "bent print": film_bent_print,
    "print bent across": film_print_bent_across,
}
