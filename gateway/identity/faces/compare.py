"""Face detection and comparison. Face templates never leave this module."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from gateway.domain.verification.port import Band, FaceComparison, ImageRefused
from gateway.identity.images.decode import Pixels
from gateway.identity.settings import Thresholds

Points = NDArray[np.float64]
DETECTION_WIDTH = 640
MIN_FACE = 80
"""Pixels. At 50 twice as many true pairs fail, at 35 half of all true pairs."""
GREY_JITTERS = 10
TURNED = -0.6
"""Detection score. dlib's default of 0 misses half of the frames of a head turned by 40°."""
SAME_PLACE = 0.4


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A face's position, in pixels of the picture it was found in."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def side(self) -> int:
        """The shorter side, in pixels."""
        return min(self.right - self.left, self.bottom - self.top)

    def overlap(self, other: "FaceBox") -> float:
        """Intersection over union of both boxes, 0-1."""
        width = max(0, min(self.right, other.right) - max(self.left, other.left))
        height = max(0, min(self.bottom, other.bottom) - max(self.top, other.top))
        areas = [(box.right - box.left) * (box.bottom - box.top) for box in (self, other)]
        return width * height / (sum(areas) - width * height)

    def scaled(self, factor: float) -> "FaceBox":
        """The box in a picture scaled by this factor."""
        return FaceBox(*(round(edge * factor) for edge in (self.left, self.top, self.right, self.bottom)))


class FaceEngine(Protocol):
    """A face model; `name` is the key of its thresholds, `version` is recorded in verdicts."""

    name: str
    version: str
    has_landmarks: bool

    def find(self, pixels: Pixels) -> list[FaceBox]:
        """All faces of a picture at most 640 pixels wide."""
        ...

    def find_turned(self, pixels: Pixels, before: FaceBox | None) -> FaceBox | None:
        """The largest sure face, else a less sure, possibly turned one at the place of `before`; else None."""
        ...

    def encode(self, pixels: Pixels, box: FaceBox, jitters: int) -> Points:
        """A template of 128 numbers, averaged over `jitters` slightly moved copies."""
        ...

    def landmarks(self, pixels: Pixels, box: FaceBox) -> Points | None:
        """The 68 points of iBUG 300-W; None where the engine has no such model."""
        ...


def model_file(name: str) -> str:
    """The path of a model file, found without importing its package (which needs pkg_resources)."""
    spec = find_spec("face_recognition_models")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package face_recognition_models is not installed")
    return str(Path(spec.origin).parent / "models" / name)


class FaceRecognitionEngine:
    """The `face_recognition` package. Its 68-point landmark model may not be used in a commercial product."""

    name = "face_recognition"
    version = "face_recognition-1.3/dlib-resnet-1"
    has_landmarks = True

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
            self._package: Any = import_module("face_recognition")

    def find(self, pixels: Pixels) -> list[FaceBox]:
        """HOG, one upsampling."""
        found = self._package.face_locations(pixels, number_of_times_to_upsample=1, model="hog")
        return [FaceBox(left, top, right, bottom) for top, right, bottom, left in found]

    def find_turned(self, pixels: Pixels, before: FaceBox | None) -> FaceBox | None:
        """HOG, one upsampling, with a threshold low enough for heads turned by 45°."""
        return _find_turned(self._package.api.face_detector, pixels, before)

    def encode(self, pixels: Pixels, box: FaceBox, jitters: int) -> Points:
        """A template aligned by the 68-point model."""
        place = [(box.top, box.right, box.bottom, box.left)]
        return np.asarray(self._package.face_encodings(pixels, place, num_jitters=jitters, model="large")[0])

    def landmarks(self, pixels: Pixels, box: FaceBox) -> Points | None:
        """68 rows of x and y, in pixels."""
        shape = self._package.api.pose_predictor_68_point(
            pixels, self._package.api._css_to_rect((box.top, box.right, box.bottom, box.left))
        )
        return np.array([(point.x, point.y) for point in shape.parts()], np.float64)


class FivePointEngine:
    """dlib's detector, 5-point alignment and ResNet, all free for commercial use.

    No landmarks, so no liveness check.
    """

    name = "five_point"
    version = "dlib-5-point/dlib-resnet-1"
    has_landmarks = False

    def __init__(self) -> None:
        self._dlib: Any = import_module("dlib")
        self._detector = self._dlib.get_frontal_face_detector()
        self._predictor = self._dlib.shape_predictor(model_file("shape_predictor_5_face_landmarks.dat"))
        self._encoder = self._dlib.face_recognition_model_v1(model_file("dlib_face_recognition_resnet_model_v1.dat"))

    def find(self, pixels: Pixels) -> list[FaceBox]:
        """HOG, one upsampling."""
        height, width = pixels.shape[:2]
        return [
            FaceBox(max(0, box.left()), max(0, box.top()), min(width, box.right()), min(height, box.bottom()))
            for box in self._detector(pixels, 1)
        ]

    def find_turned(self, pixels: Pixels, before: FaceBox | None) -> FaceBox | None:
        """As FaceRecognitionEngine."""
        return _find_turned(self._detector, pixels, before)

    def encode(self, pixels: Pixels, box: FaceBox, jitters: int) -> Points:
        """A template aligned by eye corners and nose."""
        shape = self._predictor(pixels, self._dlib.rectangle(box.left, box.top, box.right, box.bottom))
        return np.array(self._encoder.compute_face_descriptor(pixels, shape, jitters), np.float64)

    def landmarks(self, pixels: Pixels, box: FaceBox) -> Points | None:  # noqa: ARG002 - the port's shape
        """None: there is no landmark model."""
        return None


def _find_turned(detector: Any, pixels: Pixels, before: FaceBox | None) -> FaceBox | None:
    """Find a turned face by dlib's detector, whose boxes have scores; `find` returns those above 0."""
    found, scores, _ = detector.run(pixels, 1, TURNED)
    height, width = pixels.shape[:2]
    boxes = [
        FaceBox(max(0, box.left()), max(0, box.top()), min(width, box.right()), min(height, box.bottom()))
        for box in found
    ]
    sure = [box for box, score in zip(boxes, scores, strict=True) if score > 0]
    if sure:
        return max(sure, key=lambda box: box.side)
    return next((box for box in boxes if before is not None and box.overlap(before) > SAME_PLACE), None)


ENGINES: dict[str, Callable[[], FaceEngine]] = {
    "face_recognition": FaceRecognitionEngine,
    "five_point": FivePointEngine,
}


def shrink(pixels: Pixels, width: int = DETECTION_WIDTH) -> tuple[Pixels, float]:
    """The picture scaled down to at most `width` pixels in width and height, and the factor."""
    scale = min(1.0, width / max(pixels.shape[:2]))
    if scale == 1.0:
        return np.ascontiguousarray(pixels), 1.0
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), scale


def find_faces(engine: FaceEngine, pixels: Pixels, width: int = DETECTION_WIDTH) -> list[FaceBox]:
    """All faces in the picture's own pixels, largest first; detected in a copy of at most `width` pixels."""
    small, scale = shrink(pixels, width)
    grown = [box.scaled(1 / scale) for box in engine.find(small)]
    return sorted(grown, key=lambda box: box.side, reverse=True)


def one_face(engine: FaceEngine, pixels: Pixels, part: str) -> tuple[Pixels, FaceBox]:
    """A close cut around the only face, and its place in it. Raises ImageRefused for none, two, or a tiny one.

    A second face counts if it is at least half as large, so that a picture on the wall does not.
    """
    faces = find_faces(engine, pixels)
    if not faces:
        raise ImageRefused("no_face", part)
    if len(faces) > 1 and faces[1].side * 2 >= faces[0].side:
        raise ImageRefused("two_faces", part)
    if faces[0].side < MIN_FACE:
        raise ImageRefused("face_too_small", part)
    return _cut_close(pixels, faces[0])


def _cut_close(pixels: Pixels, box: FaceBox) -> tuple[Pixels, FaceBox]:
    """The face with a margin of half its width, shrunk so that encoding costs the same for any camera."""
    margin = (box.right - box.left) // 2
    top, left = max(0, box.top - margin), max(0, box.left - margin)
    cut, scale = shrink(pixels[top : box.bottom + margin, left : box.right + margin])
    return cut, FaceBox(box.left - left, box.top - top, box.right - left, box.bottom - top).scaled(scale)


def compare_faces(engine: FaceEngine, thresholds: Thresholds, portrait: Pixels, probe: Pixels) -> FaceComparison:
    """Compare a reference with a probe; more jitters only where the first distance is "unsure"."""
    cuts = [one_face(engine, portrait, "portrait"), one_face(engine, probe, "face")]
    band = band_of(distance(engine, cuts, 1), thresholds)
    if band == "unsure":
        band = band_of(distance(engine, cuts, GREY_JITTERS), thresholds)
    return FaceComparison(band, engine.version)


def distance(engine: FaceEngine, cuts: Sequence[tuple[Pixels, FaceBox]], jitters: int) -> float:
    """The Euclidean distance between the templates of two cuts."""
    first, second = (engine.encode(pixels, box, jitters) for pixels, box in cuts)
    return float(np.linalg.norm(first - second))


def band_of(far: float, thresholds: Thresholds) -> Band:
    """ "pass" up to `accept`, "unsure" up to `refuse`, then "refuse"."""
    if far <= thresholds.accept:
        return "pass"
    return "unsure" if far <= thresholds.refuse else "refuse"
