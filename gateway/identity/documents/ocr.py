"""Finds and reads printed lines with RapidOCR, in any orientation of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR

from gateway.identity.images.decode import Pixels

Corners = NDArray[np.float32]
"""Four points, x then y, clockwise from the text's top left."""

DETECTION_SIDE = 1024
PROBES = 5
"""How many of the widest lines are read in both directions to find which is up."""
PLAINLY_UPRIGHT = 0.95


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A recognised line: its text, the model's score 0-1, and its position on the upright page."""

    text: str
    score: float
    corners: Corners

    @property
    def left(self) -> float:
        """The leftmost column, in pixels."""
        return float(self.corners[:, 0].min())

    @property
    def right(self) -> float:
        """The rightmost column, in pixels."""
        return float(self.corners[:, 0].max())

    @property
    def top(self) -> float:
        """The uppermost row, in pixels."""
        return float(self.corners[:, 1].min())

    @property
    def middle(self) -> float:
        """The row halfway down, in pixels."""
        return float(self.corners[:, 1].mean())

    @property
    def height(self) -> float:
        """Pixels from the uppermost to the lowest row."""
        return float(np.ptp(self.corners[:, 1]))


class PrintReader:
    """RapidOCR with the models of its package: one thread, no direction model (both directions are tried instead)."""

    def __init__(self) -> None:
        self._ocr = RapidOCR(params={
            "Global.use_cls": False, "Global.log_level": "error",
            "Det.limit_type": "max", "Det.limit_side_len": DETECTION_SIDE,
            "Rec.rec_batch_num": 1,  # lines read together are all padded to the longest, which costs a third more
            "EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        })  # fmt: skip

    def warm_up(self) -> None:
        """Load both models by reading an empty page."""
        blank = np.full((64, 320, 3), 255, np.uint8)
        self._find(blank)
        self.read_lines([blank])

    def read_page(self, pixels: Pixels) -> tuple[Pixels, list[PrintedLine]]:
        """The page turned upright, and its lines from top to bottom; no lines where nothing is printed."""
        corners = self._find(pixels)
        if not corners:
            return pixels, []
        rotations = 1 if sum(_is_tall(box) for box in corners) * 2 > len(corners) else 0
        pixels, corners = rotate_page(pixels, corners, rotations)
        known = self._read_upright(pixels, corners)
        if known is None:
            pixels, corners = rotate_page(pixels, corners, 2)
            known = {}
        left = [place for place in range(len(corners)) if place not in known]
        known |= dict(zip(left, self.read_lines([cut_line(pixels, corners[place]) for place in left]), strict=True))
        lines = [PrintedLine(*known[place], box) for place, box in enumerate(corners) if known[place][0]]
        return pixels, sorted(lines, key=lambda line: line.middle)

    def read_lines(self, cuts: Sequence[Pixels]) -> list[tuple[str, float]]:
        """Text and score of each cut-out line, in the given order."""
        if not cuts:
            return []
        read = self._ocr.recognize_txt([np.ascontiguousarray(cut[..., ::-1]) for cut in cuts])
        return list(zip(read.txts or (), (float(score) for score in read.scores), strict=True))

    def _find(self, pixels: Pixels) -> list[Corners]:
        """The boxes of all lines, in the page's pixels."""
        found = self._ocr(np.ascontiguousarray(pixels[..., ::-1]), use_det=True, use_cls=False, use_rec=False)
        boxes = getattr(found, "boxes", None)
        return [] if boxes is None else [np.asarray(box, np.float32) for box in boxes]

    def _read_upright(self, pixels: Pixels, corners: Sequence[Corners]) -> dict[int, tuple[str, float]] | None:
        """The readings of the widest lines, by index; None where they read better upside down."""
        widest = sorted(range(len(corners)), key=lambda place: float(np.ptp(corners[place][:, 0])), reverse=True)[
            :PROBES
        ]
        cuts = [cut_line(pixels, corners[place]) for place in widest]
        read = self.read_lines(cuts)
        upright = sum(score for _, score in read)
        if upright > PLAINLY_UPRIGHT * len(cuts):
            return dict(zip(widest, read, strict=True))
        turned = sum(score for _, score in self.read_lines([cut[::-1, ::-1] for cut in cuts]))
        return dict(zip(widest, read, strict=True)) if upright >= turned else None


def _is_tall(box: Corners) -> bool:
    """Whether most lines run down the page; short words are not counted."""
    return float(np.ptp(box[:, 1])) > 1.5 * float(np.ptp(box[:, 0]))


def rotate_page(pixels: Pixels, corners: Sequence[Corners], rotations: int) -> tuple[Pixels, list[Corners]]:
    """Page and boxes turned clockwise by quarter turns; each box starts again at its top left corner."""
    turned = list(corners)
    for _ in range(rotations):
        height = pixels.shape[0]
        pixels = np.asarray(cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE), np.uint8)
        turned = [np.column_stack((height - 1 - box[:, 1], box[:, 0])).astype(np.float32) for box in turned]
    return pixels, [_from_top_left(box) for box in turned]


def _from_top_left(box: Corners) -> Corners:
    """The same four corners, clockwise from the top left."""
    start = int(np.argmin(box.sum(axis=1)))
    return np.roll(box, -start, axis=0)


def cut_line(pixels: Pixels, box: Corners, grow: float = 0.0) -> Pixels:
    """The line cut out and levelled; `grow` adds this share of its height on every side."""
    width = max(np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[3] - box[2]))
    height = max(np.linalg.norm(box[0] - box[3]), np.linalg.norm(box[1] - box[2]))
    edge = float(grow * height)
    size = (max(1, round(width + 2 * edge)), max(1, round(height + 2 * edge)))
    flat = np.array([[edge, edge], [edge + width, edge], [edge + width, edge + height], [edge, edge + height]])
    warp = cv2.getPerspectiveTransform(box.astype(np.float32), flat.astype(np.float32))
    cut = cv2.warpPerspective(pixels, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)
