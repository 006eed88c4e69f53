"""Contract of every face engine, tested on photographs of real people that are fetched at test time."""

from functools import cache

import numpy as np
import pytest

from firmware_sim.specimens.documents import ANNA, astronaut, print_passport
from firmware_sim.specimens.heads import build_head, turn_head
from gateway.domain.verification.port import Challenge, ImageRefused
from gateway.identity.faces.compare import (
    ENGINES,
    FaceBox,
    FaceEngine,
    band_of,
    compare_faces,
    distance,
    find_faces,
    one_face,
    shrink,
)
from gateway.identity.faces.liveness import DETECTION_WIDTH, check_liveness
from gateway.identity.images.decode import Pixels
from gateway.identity.settings import DEFAULT_THRESHOLDS, Thresholds
from tests.specimens.photographs import load_photographs

LIMITS = Thresholds()


@cache
def load_engine(name: str) -> FaceEngine:
    """Load an engine once for all tests of this file."""
    return ENGINES[name]()


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> FaceEngine:
    """Each engine of the catalog."""
    return load_engine(request.param)


def refusal(engine: FaceEngine, portrait: Pixels, probe: Pixels) -> tuple[str, str]:
    """Refusal code, and the picture it refers to."""
    with pytest.raises(ImageRefused) as refused:
        compare_faces(engine, LIMITS, portrait, probe)
    return refused.value.code, refused.value.part


def test_every_engine_has_thresholds_and_says_its_version(engine: FaceEngine) -> None:
    assert DEFAULT_THRESHOLDS[engine.name].accept < DEFAULT_THRESHOLDS[engine.name].refuse
    assert engine.version


def test_two_photographs_of_one_person_pass(engine: FaceEngine) -> None:
    first, second, *_ = load_photographs()["obama"]
    found = compare_faces(engine, LIMITS, first, second)
    assert (found.band, found.model) == ("pass", engine.version)


def test_photographs_of_two_people_are_refused(engine: FaceEngine) -> None:
    photographs = load_photographs()
    assert compare_faces(engine, LIMITS, photographs["obama"][0], photographs["biden"][0]).band == "refuse"


def test_the_portrait_of_a_passport_is_its_holder(engine: FaceEngine) -> None:
    page = np.asarray(print_passport(ANNA, astronaut()), np.uint8)
    photographs = load_photographs()
    assert compare_faces(engine, LIMITS, page, photographs["collins"][0]).band == "pass"
    assert compare_faces(engine, LIMITS, page, photographs["biden"][0]).band == "refuse"


def test_a_picture_without_a_face_says_which_one_it_is(engine: FaceEngine) -> None:
    wall, face = np.full((400, 400, 3), 190, np.uint8), load_photographs()["obama"][0]
    assert refusal(engine, wall, face) == ("no_face", "portrait")
    assert refusal(engine, face, wall) == ("no_face", "face")


def test_two_people_in_one_picture_are_refused(engine: FaceEngine) -> None:
    face = load_photographs()["collins"][0]
    assert refusal(engine, face, np.hstack([face, face])) == ("two_faces", "face")


def test_a_face_of_a_few_pixels_is_refused(engine: FaceEngine) -> None:
    face = load_photographs()["collins"][0]
    far = np.full((1200, 1200, 3), 190, np.uint8)
    far[400:545, 400:525] = face[::2, ::2]
    assert refusal(engine, face, far)[0] in ("face_too_small", "no_face")


def test_a_face_is_found_in_the_pixels_of_the_whole_picture(engine: FaceEngine) -> None:
    large = np.repeat(np.repeat(load_photographs()["collins"][0], 6, axis=0), 6, axis=1)
    assert find_faces(engine, large)[0].side > 400


@pytest.mark.parametrize(
    ("far", "band"), [(0.0, "pass"), (0.45, "pass"), (0.46, "unsure"), (0.60, "unsure"), (0.61, "refuse")]
)
def test_bands_follow_the_thresholds(far: float, band: str) -> None:
    assert band_of(far, LIMITS) == band


def test_a_head_turned_too_far_to_be_sure_of_is_found_only_where_the_face_was_before(engine: FaceEngine) -> None:
    head = build_head(np.asarray(astronaut(), np.uint8))
    front, turned = (shrink(turn_head(head, angle), DETECTION_WIDTH)[0] for angle in (0, -54))
    before = engine.find_turned(front, None)
    assert before is not None
    assert engine.find(turned) == []
    assert engine.find_turned(turned, None) is None
    assert engine.find_turned(turned, FaceBox(0, 0, 60, 60)) is None
    found = engine.find_turned(turned, before)
    assert found is not None
    assert found.overlap(before) > 0.4


def test_of_two_faces_the_turned_search_takes_the_larger(engine: FaceEngine) -> None:
    large = load_photographs()["collins"][0]
    small = shrink(large, max(large.shape) * 2 // 3)[0]
    both = np.full((large.shape[0], small.shape[1] + large.shape[1], 3), 190, np.uint8)
    both[: small.shape[0], : small.shape[1]], both[:, small.shape[1] :] = small, large
    found = engine.find_turned(both, None)
    assert found is not None
    assert found.left > small.shape[1]


def test_a_template_is_128_numbers_and_jitter_moves_it_little(engine: FaceEngine) -> None:
    cut = one_face(engine, load_photographs()["collins"][0], "face")
    once, averaged = (engine.encode(*cut, jitters) for jitters in (1, 5))
    assert (once.shape, averaged.shape) == ((128,), (128,))
    assert 0 <= np.linalg.norm(once - averaged) < 0.3
    assert distance(engine, [cut, cut], 1) == 0


def test_an_engine_has_the_68_points_or_leaves_liveness_to_a_person(engine: FaceEngine) -> None:
    face = load_photographs()["collins"][0]
    points = engine.landmarks(face, find_faces(engine, face)[0])
    if engine.has_landmarks:
        assert points is not None
        assert points.shape == (68, 2)
        return
    assert points is None
    found = check_liveness(engine, Challenge("nonce", ("left",) * 4, 0, 60), [face] * 10, face, LIMITS)
    assert (found.passed, found.model, found.problems) == (False, engine.version, ("liveness_not_available",))


def test_some_engine_can_judge_liveness_and_some_engine_is_free_of_the_68_point_model() -> None:
    assert {load_engine(name).has_landmarks for name in ENGINES} == {True, False}
