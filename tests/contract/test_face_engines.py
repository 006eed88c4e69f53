"""What every face engine must do, on photographs of real people fetched at test time."""

from functools import cache

import numpy as np
import pytest

from firmware_sim.specimens import ANNA, astronaut, print_passport
from gateway.domain.identity import ImageRefused
from gateway.identity.faces import ENGINES, FaceEngine, band_of, compare_faces, find_faces
from gateway.identity.images import Pixels
from gateway.identity.settings import DEFAULT_THRESHOLDS, Thresholds
from tests.specimens.photographs import load_photographs

LIMITS = Thresholds()


@cache
def load_engine(name: str) -> FaceEngine:
    """Loaded once for all tests of this file."""
    return ENGINES[name]()


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> FaceEngine:
    """Each engine of the catalog."""
    return load_engine(request.param)


def refusal(engine: FaceEngine, portrait: Pixels, probe: Pixels) -> tuple[str, str]:
    """The code and the picture it is about."""
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


def test_only_the_engine_with_the_68_point_model_has_landmarks() -> None:
    face = load_photographs()["collins"][0]
    points = {}
    for name in ENGINES:
        engine = load_engine(name)
        points[name] = engine.landmarks(face, find_faces(engine, face)[0])
    assert points["five_point"] is None
    assert points["face_recognition"] is not None
    assert points["face_recognition"].shape == (68, 2)
