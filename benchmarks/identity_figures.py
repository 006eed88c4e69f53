"""What is counted for the tables of docs/identity.md: documents, faces, clips."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import numpy as np
from PIL import Image

from firmware_sim.camera import DEGRADATIONS, take_photograph
from firmware_sim.heads import ATTACKS, build_head, film_living
from firmware_sim.specimens import (
    ANNA,
    LIN,
    Person,
    astronaut,
    print_card_td1,
    print_card_td2,
    print_passport,
    print_resident_card,
)
from gateway.domain.identity import Challenge, ImageRefused, Turn
from gateway.domain.jurisdiction import load_profiles
from gateway.domain.verification import Evidence, VerificationSettings, decide
from gateway.identity.documents import DocumentReader
from gateway.identity.faces import ENGINES, FaceEngine, Points, one_face
from gateway.identity.images import Pixels, decode_image
from gateway.identity.liveness import check_liveness
from gateway.identity.settings import Thresholds
from tests.specimens.photographs import load_photographs

TODAY = date(2026, 11, 21)
KEMAL = Person("OZTURK", "KEMAL", "U12G56B80", date(1988, 2, 29), "M", date(2031, 10, 30))
WEI = replace(
    LIN, number="440524198001010013", birth=date(1980, 1, 1), sex="M", name_zh="欧阳伟", address="广东省汕头市"
)
KINDS: Mapping[str, tuple[Callable[[Person, Image.Image], Image.Image], tuple[Person, ...]]] = {
    "passport (TD3)": (print_passport, (ANNA, KEMAL)),
    "identity card (TD2)": (print_card_td2, (ANNA, KEMAL)),
    "identity card (TD1, both sides)": (print_card_td1, (ANNA, KEMAL)),
    "Chinese resident card": (print_resident_card, (LIN, WEI)),
}
NO_FACE_NEEDED = VerificationSettings(accept_document_without_face=True)


def bound(errors: int, trials: int) -> float:
    """The upper end of the one-sided 95 % interval (Clopper-Pearson) for errors in trials."""
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
class DocumentRow:
    """One kind of document: pictures, read exactly, passed without a person, to a person, wrong but passed."""

    kind: str
    pictures: int
    exact: int
    passed: int
    person: int
    wrong: int
    milliseconds: float


def count_documents(reader: DocumentReader) -> Iterator[DocumentRow]:
    """Every kind under every degradation, for two people each."""
    for kind, (draw, people) in KINDS.items():
        outcomes = [read_one(reader, draw, person, way) for person in people for way in DEGRADATIONS]
        yield DocumentRow(
            kind,
            len(outcomes),
            sum(exact for exact, _, _ in outcomes),
            sum(passed for _, passed, _ in outcomes),
            sum(not passed for _, passed, _ in outcomes),
            sum(passed and not exact for exact, passed, _ in outcomes),
            statistics.median(spent for _, _, spent in outcomes),
        )


def read_one(
    reader: DocumentReader, draw: Callable[[Person, Image.Image], Image.Image], person: Person, way: str
) -> tuple[bool, bool, float]:
    """Whether all five fields are exact, whether the document passed without a person, and the milliseconds."""
    pixels = decode_image(take_photograph(draw(person, astronaut()), way))
    began = time.perf_counter()
    reading = reader.read(pixels, TODAY)
    spent = (time.perf_counter() - began) * 1000
    expected = {
        "name": person.name_zh or f"{person.given_names} {person.surname}", "id_number": person.number,
        "birth_date": person.birth.isoformat(), "nationality": person.nationality, "sex": person.sex,
    }  # fmt: skip
    exact = all(reading.value(name) == text for name, text in expected.items())
    verdict = decide(Evidence(TODAY, reading), load_profiles()["sandbox"], NO_FACE_NEEDED)
    return exact, verdict.outcome == "passed", spent


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
    """Every pair of photographs, each also in four other lights, sizes and angles, at each threshold."""
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
    """Person, photograph and template, for each photograph and each way it is taken again that still shows a face."""
    again = ("plain", "grainy", "dark and grainy", "out of focus", "compressed hard")
    for person, photographs in load_photographs().items():
        for place, photograph in enumerate(photographs):
            for way in again:
                seen = decode_image(take_photograph(Image.fromarray(photograph), way))
                with suppress(ImageRefused):
                    cut, box = one_face(engine, seen, "face")
                    yield person, place, engine.encode(cut, box, 1)


@dataclass(frozen=True, slots=True)
class ClipRow:
    """One species of clip: how many, and how many were judged wrongly."""

    species: str
    clips: int
    errors: int


def count_clips(engine: FaceEngine) -> Iterator[ClipRow]:
    """Living heads first, then each attack; three people, each also mirrored, two orders of turns."""
    orders: tuple[tuple[Turn, ...], ...] = (("left", "right", "right", "left"), ("right", "left", "right", "right"))
    sources = [photographs[0] for photographs in (load_photographs()[name] for name in ("collins", "obama"))]
    sources.append(load_photographs()["obama"][2])
    people = [picture for source in sources for picture in (source, np.ascontiguousarray(source[:, ::-1]))]
    species = {"living head": film_living, **ATTACKS, "clip of another challenge": film_living}
    for name, film in species.items():
        passed = clips = 0
        for picture in people:
            for asked in orders:
                shown = orders[asked == orders[0]] if name == "clip of another challenge" else asked
                clip = film(build_head(picture), shown)
                clips, passed = clips + 1, passed + judged_alive(engine, clip, asked, picture)
        yield ClipRow(name, clips, clips - passed if name == "living head" else passed)


def judged_alive(engine: FaceEngine, clip: Sequence[bytes], asked: tuple[Turn, ...], portrait: Pixels) -> bool:
    """The verdict alone."""
    frames = [decode_image(frame) for frame in clip]
    return check_liveness(engine, Challenge("bench", asked, 0, 60), frames, portrait, Thresholds()).passed
