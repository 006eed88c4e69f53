"""Clips made from photographs: a head that turns as requested passes, an imitation does not."""

from functools import cache

import numpy as np
import pytest

from firmware_sim.specimens.documents import SWEDE, astronaut, print_passport
from firmware_sim.specimens.heads import ATTACKS, Head, build_head, film_bent_print, film_living, film_still
from gateway.domain.verification.port import Challenge, ImageRefused, LivenessResult, Turn
from gateway.identity.faces.compare import FaceRecognitionEngine
from gateway.identity.faces.liveness import check_liveness
from gateway.identity.images.decode import Pixels, decode_image
from gateway.identity.settings import Thresholds
from gateway.texts.identity import REASON
from tests.specimens.photographs import load_photographs

ASKED: tuple[Turn, ...] = ("left", "right", "right", "left")
PORTRAIT = np.asarray(print_passport(SWEDE, astronaut()), np.uint8)


@cache
def load_engine() -> FaceRecognitionEngine:
    """Load the engine once for this file."""
    return FaceRecognitionEngine()


@cache
def collins() -> Head:
    """Pictures of the head of the passport's holder."""
    return build_head(np.asarray(astronaut(), np.uint8))


def judge(clip: list[bytes], turns: tuple[Turn, ...] = ASKED, portrait: Pixels | None = PORTRAIT) -> LivenessResult:
    """Verdict on a clip."""
    frames = [decode_image(frame) for frame in clip]
    return check_liveness(load_engine(), Challenge("nonce", turns, 0, 60), frames, portrait, Thresholds())


def test_a_head_that_turns_as_asked_is_alive() -> None:
    found = judge(film_living(collins(), ASKED))
    assert (found.passed, found.problems) == (True, ())


def test_a_head_that_looks_aside_at_rest_and_turns_twice_to_one_side_is_alive() -> None:
    aside = load_photographs()["obama"][2]
    turns: tuple[Turn, ...] = ("right", "right", "left", "left")
    assert judge(film_living(build_head(aside), turns), turns, aside).problems == ()


def test_a_print_bent_and_turned_so_far_that_its_landmarks_look_like_a_head_is_refused() -> None:
    turns: tuple[Turn, ...] = ("right", "right", "left", "right")
    bent = film_bent_print(build_head(load_photographs()["obama"][0]), turns, 135, 54)
    assert judge(bent, turns, None).problems == ("liveness_flat",)


@pytest.mark.parametrize("species", ATTACKS)
def test_what_only_looks_like_a_head_is_refused(species: str) -> None:
    found = judge(ATTACKS[species](collins(), ASKED))
    assert not found.passed
    assert set(found.problems) <= set(REASON)


def test_a_clip_of_an_earlier_challenge_is_refused() -> None:
    assert judge(film_living(collins(), ("right", "left", "right", "left"))).problems == ("liveness_other_order",)


def test_a_turn_too_many_or_too_few_is_refused() -> None:
    assert judge(film_living(collins(), (*ASKED, "left"))).problems == ("liveness_other_order",)
    assert judge(film_living(collins(), ASKED[:3])).problems == ("liveness_other_order",)


def test_a_living_head_that_is_not_the_holder_is_refused() -> None:
    other = build_head(load_photographs()["obama"][0])
    assert judge(film_living(other, ASKED)).problems == ("liveness_face_changed",)


def test_a_clip_that_changes_the_face_halfway_is_refused() -> None:
    other = build_head(load_photographs()["obama"][0])
    first, second = film_living(collins(), ASKED[:2]), film_living(other, ASKED[2:])
    assert not judge(first[:-2] + second[3:], portrait=None).passed


def test_a_clip_without_a_face_most_of_the_time_is_refused() -> None:
    clip = film_living(collins(), ASKED)
    from_wall = film_still(
        Head(np.full((480, 420, 3), 150, np.uint8), (210.0, 200.0), 70.0, collins().relief), ("left",)
    )
    assert judge(clip[:20] + from_wall).problems == ("liveness_face_lost",)


@pytest.mark.parametrize(("frames", "code"), [(3, "too_few_frames"), (130, "too_many_frames")])
def test_a_clip_of_the_wrong_length_says_so(frames: int, code: str) -> None:
    with pytest.raises(ImageRefused, match=code):
        check_liveness(load_engine(), Challenge("n", ASKED, 0, 60), [PORTRAIT] * frames, None, Thresholds())
