"""Counts for the table of clips: living heads and attacks, filmed from photographs.

The rules and thresholds were chosen on the development heads, which include the heads that earlier rules were counted
on. The held-out heads (benchmarks/tables/photographs.py) were not filmed before the rules of the version they are
published with were final. Both are filmed in random orders of turns, light and grain, and with an unsteady hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from random import Random

import cv2
import numpy as np

from benchmarks.tables.kept_outcomes import KeptOutcomes, Outcome
from benchmarks.tables.photographs import load_filmed, load_held_out
from firmware_sim.specimens.camera import encode_jpeg
from firmware_sim.specimens.documents import astronaut
from firmware_sim.specimens.heads import (
    Head,
    build_head,
    film_bent_print,
    film_living,
    film_sliding,
    film_still,
    film_turned_print,
    find_points,
    turn_head,
)
from gateway.domain.verification.liveness import TURN_COUNT, TURNS
from gateway.domain.verification.port import Challenge, ImageRefused, Turn
from gateway.identity.faces.compare import FaceEngine
from gateway.identity.faces.liveness import RULES, check_liveness
from gateway.identity.images.decode import Pixels, decode_image
from gateway.identity.settings import Thresholds
from tests.specimens.photographs import load_photographs

LIVING_TAKES, ATTACK_TAKES = 3, 2
"""Of every head: clips of the living head, and of each attack."""
LIVING = "living head"
SOURCES = (
    *(f"gateway/identity/{name}.py" for name in ("liveness", "liveness_nose", "faces", "images")),
    "firmware_sim/specimens/camera.py", "firmware_sim/specimens/heads.py", "benchmarks/tables/clips.py",
    "benchmarks/tables/photographs.py",
)  # fmt: skip
Film = Callable[[Head, Sequence[Turn], Random], list[bytes]]
SPECIES: dict[str, Film] = {
    LIVING: lambda head, turns, dice: film_living(head, turns, dice.uniform(30, 45)),
    "still photograph": lambda head, turns, _: film_still(head, turns),
    "sliding photograph": lambda head, turns, _: film_sliding(head, turns),
    "flat print, turned by 40° to 65°": lambda head, turns, dice: film_turned_print(head, turns, dice.uniform(40, 65)),
    "print bent by 60° to 160°, turned by 35° to 60°": lambda head, turns, dice: film_bent_print(
        head, turns, dice.uniform(60, 160), dice.uniform(35, 60)
    ),
    "print bent by 60° to 160° about a leaning axis, turned by 35° to 60°": lambda head, turns, dice: film_bent_print(
        head, turns, dice.uniform(60, 160), dice.uniform(35, 60), dice.choice((-1, 1)) * dice.uniform(20, 90)
    ),
    "clip of an earlier challenge": lambda head, turns, dice: film_living(
        head, another_order(turns, dice), dice.uniform(30, 45)
    ),
}


@dataclass(frozen=True, slots=True)
class ClipRow:
    """One kind of clip: number of clips, and number judged wrongly."""

    species: str
    clips: int
    errors: int


def count_clips(
    engine: Callable[[], FaceEngine], people: Mapping[str, Pixels], kept: KeptOutcomes | None = None
) -> list[ClipRow]:
    """Count living heads first, then each attack; `engine` is called only if a clip has to be judged.

    An interrupt (Ctrl-C) ends the count there.
    """
    kept = kept or KeptOutcomes("clips", SOURCES)
    counted: dict[str, list[bool]] = {species: [] for species in SPECIES}
    head = cache(lambda person: build_head(people[person]))
    with suppress(KeyboardInterrupt):
        for species, person, take in order_clips(list(people)):
            name = f"{species} | {person} | {take}"
            found = kept.look_up(name, lambda: judge_take(engine(), name, head(person), people[person]))  # noqa: B023
            counted[species].append(found["passed"])
    return [
        ClipRow(species, len(passed), (len(passed) - sum(passed)) if species == LIVING else sum(passed))
        for species, passed in counted.items()
        if passed
    ]


def order_clips(people: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Yield kind, head and take: every living head, then attacks, about equally many of each wherever it stops."""
    attacks = [species for species in SPECIES if species != LIVING]
    for take in range(LIVING_TAKES):
        yield from ((LIVING, person, take) for person in people)
        for shift in range(len(attacks) if take < ATTACK_TAKES else 0):
            yield from ((attacks[(at + shift) % len(attacks)], person, take) for at, person in enumerate(people))


def load_development() -> dict[str, Pixels]:
    """Return the development heads; two that look aside are turned to the front first, no filmed one is."""
    found = load_photographs()
    obama = found["obama"]
    return {
        "collins": np.asarray(astronaut(), np.uint8),
        "obama": obama[0],
        "obama3": obama[2],
        "biden": face_forward(found["biden"][0]),
        "obama2": face_forward(obama[1]),
        **load_filmed(),
    }


HEADS: dict[str, Callable[[], dict[str, Pixels]]] = {"held-out": load_held_out, "development": load_development}


def face_forward(photograph: Pixels) -> Pixels:
    """Turn a head that looks aside until its nose is between its eyes; mirrors the visible half."""
    head = build_head(photograph)
    views = [np.ascontiguousarray(turn_head(head, angle)) for angle in range(-18, 19, 3)]
    front = min(views, key=lambda view: abs(nose_aside(view)))
    middle = round(float(find_points(front)[:4, 0].mean()))
    half = min(middle, front.shape[1] - middle)
    left, right = front[:, middle - half : middle], front[:, middle : middle + half][:, ::-1]
    seen = left if nose_aside(head.pixels) > 0 else right
    return np.ascontiguousarray(np.hstack([seen, seen[:, ::-1]]))


def nose_aside(picture: Pixels) -> float:
    """Return the nose's offset to the picture's right of the eyes' middle, in eye distances."""
    points = find_points(picture)
    first, second = sorted((points[:2].mean(axis=0), points[2:4].mean(axis=0)), key=lambda eye: float(eye[0]))
    across = second - first
    return float((points[4] - (first + second) / 2) @ across / (across @ across))


def judge_take(engine: FaceEngine, name: str, head: Head, portrait: Pixels) -> Outcome:
    """Film and judge one clip; its random values follow from its name."""
    dice = Random(f"{RULES} | {name}")
    asked = tuple(dice.choice(TURNS) for _ in range(TURN_COUNT))
    clip = SPECIES[name.split(" | ", maxsplit=1)[0]](head, asked, dice)
    frames = list(hold_unsteadily([decode_image(frame) for frame in clip], dice))
    try:
        found = check_liveness(engine, Challenge("count", asked, 0, 60), frames, portrait, Thresholds())
    except ImageRefused as refused:
        return {"passed": False, "problems": [refused.code], "turns": asked}
    return {"passed": found.passed, "problems": list(found.problems), "turns": asked}


def another_order(turns: Sequence[Turn], dice: Random) -> tuple[Turn, ...]:
    """Return any other order."""
    while (order := tuple(dice.choice(TURNS) for _ in turns)) == tuple(turns):
        pass
    return order


def hold_unsteadily(frames: Sequence[Pixels], dice: Random) -> Iterator[Pixels]:
    """Return the frames as from a hand-held camera: other light, grain, a few pixels of tremor, compressed."""
    gain, grain, tremor, quality = dice.uniform(0.6, 1.15), dice.uniform(1, 8), dice.uniform(0, 2), dice.randint(60, 90)
    noise = np.random.default_rng(dice.randrange(1 << 32))
    for frame in frames:
        x, y = noise.normal(0, tremor, 2)
        size = (frame.shape[1], frame.shape[0])
        moved = cv2.warpAffine(frame, np.array([[1, 0, x], [0, 1, y]]), size, borderMode=cv2.BORDER_REPLICATE)
        lit = np.clip(moved * gain + noise.normal(0, grain, frame.shape), 0, 255)
        yield decode_image(encode_jpeg(np.asarray(lit, np.uint8), quality))
