"""Counts for the table of faces, and the confidence bound of an error count."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from PIL import Image

from firmware_sim.specimens.camera import take_photograph
from gateway.domain.verification.port import ImageRefused
from gateway.identity.faces.compare import ENGINES, FaceEngine, Points, one_face
from gateway.identity.images.decode import decode_image
from tests.specimens.photographs import load_photographs


def bound(errors: int, trials: int) -> float:
    """Return the upper end of the one-sided 95 % interval (Clopper-Pearson) for errors in trials."""
    low, high = errors / trials, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        tail, term = 0.0, (1 - middle) ** trials
        for count in range(errors + 1):
            tail += term
            term *= (trials - count) / (count + 1) * (middle / max(1 - middle, 1e-15))
        low, high = (middle, high) if tail > 0.05 else (low, middle)
    return high


@dataclass(frozen=True, slots=True)
class FaceRow:
    """One threshold of one engine: false matches of impostor pairs, false non-matches of genuine pairs."""

    engine: str
    threshold: float
    false_matches: int
    impostors: int
    false_rejections: int
    genuine: int


def count_faces() -> Iterator[FaceRow]:
    """Count every pair of photographs, each also in four other lights, sizes and angles, at each threshold."""
    for name, load in ENGINES.items():
        engine = load()
        coded = list(encode_everyone(engine))
        same: list[float] = []
        other: list[float] = []
        for (one, first, left), (two, second, right) in combinations(coded, 2):
            if (one, first) != (two, second):
                (same if one == two else other).append(float(np.linalg.norm(left - right)))
        for threshold in (0.40, 0.45, 0.50, 0.55, 0.60):
            matches, misses = sum(far <= threshold for far in other), sum(far > threshold for far in same)
            yield FaceRow(name, threshold, matches, len(other), misses, len(same))


def encode_everyone(engine: FaceEngine) -> Iterator[tuple[str, int, Points]]:
    """Return person, photograph and template of each photograph and of each variation that still shows a face."""
    again = ("plain", "grainy", "dark and grainy", "out of focus", "compressed hard")
    for person, photographs in load_photographs().items():
        for place, photograph in enumerate(photographs):
            for way in again:
                seen = decode_image(take_photograph(Image.fromarray(photograph), way))
                with suppress(ImageRefused):
                    cut, box = one_face(engine, seen, "face")
                    yield person, place, engine.encode(cut, box, 1)
