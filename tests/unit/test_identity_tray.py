"""What waits in memory: challenges that can be answered once, and pictures without what came along with them."""

import numpy as np
import pytest

from firmware_sim.camera import encode_jpeg
from gateway.domain.identity import ImageRefused
from gateway.domain.liveness import MOST_TRIES, VALID_SECONDS
from gateway.identity.challenges import KEPT, TRIES_LAST, ChallengeBook
from gateway.identity.pictures import LIFETIME, PictureTray

START = 1_800_000_000
JPEG = encode_jpeg(np.random.default_rng(3).integers(0, 255, (120, 160, 3), np.uint8))
CANARY = b"CANARY-in-a-comment"
CHATTY = JPEG[:2] + b"\xff\xfe" + (len(CANARY) + 2).to_bytes(2) + CANARY + JPEG[2:]


class SimClock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> int:
        return self.time


def refusal(book: ChallengeBook, offer: str, nonce: str) -> str:
    """The code a clip is refused with."""
    with pytest.raises(ImageRefused) as refused:
        book.take(offer, nonce)
    assert refused.value.part == "clip"
    return refused.value.code


def test_a_challenge_can_be_answered_once() -> None:
    book = ChallengeBook(SimClock())
    challenge = book.issue("offer")
    assert book.take("offer", challenge.nonce) == challenge
    assert refusal(book, "offer", challenge.nonce) == "liveness_other_challenge"


def test_an_earlier_challenge_is_void_once_another_is_issued() -> None:
    book = ChallengeBook(SimClock())
    first, second = book.issue("offer"), book.issue("offer")
    assert first.turns != second.turns
    assert refusal(book, "offer", first.nonce) == "liveness_other_challenge"
    assert book.take("offer", second.nonce) == second


def test_another_offers_challenge_does_not_count() -> None:
    book = ChallengeBook(SimClock())
    mine = book.issue("mine")
    book.issue("yours")
    assert refusal(book, "yours", mine.nonce) == "liveness_other_challenge"
    assert refusal(book, "nobody", mine.nonce) == "liveness_other_challenge"


def test_a_late_clip_is_refused() -> None:
    clock = SimClock()
    book = ChallengeBook(clock)
    challenge = book.issue("offer")
    clock.time += VALID_SECONDS
    assert refusal(book, "offer", challenge.nonce) == "liveness_too_late"


def test_after_three_clips_a_person_looks_for_an_hour() -> None:
    clock = SimClock()
    book = ChallengeBook(clock)
    for _ in range(MOST_TRIES):
        book.take("offer", book.issue("offer").nonce)
    assert refusal(book, "offer", book.issue("offer").nonce) == "liveness_tries_used"
    clock.time += TRIES_LAST
    fresh = book.issue("offer")
    assert book.take("offer", fresh.nonce) == fresh


def test_the_book_does_not_grow_without_end() -> None:
    book = ChallengeBook(SimClock())
    first = book.issue("first")
    for place in range(KEPT):
        book.issue(str(place))
    assert refusal(book, "first", first.nonce) == "liveness_other_challenge"


def test_the_tray_keeps_pictures_without_what_came_along() -> None:
    tray = PictureTray(SimClock())
    tray.put("case", CHATTY, None, b"no picture at all")
    kept = tray.get("case")
    assert kept is not None
    assert kept.document is not None
    assert CANARY not in kept.document
    assert (kept.portrait, kept.face) == (None, None)


def test_the_tray_forgets_after_two_hours_and_when_told() -> None:
    clock = SimClock()
    tray = PictureTray(clock)
    tray.put("late", JPEG, None, None)
    tray.put("decided", JPEG, None, None)
    tray.drop("decided")
    assert tray.get("decided") is None
    clock.time += LIFETIME + 1
    assert tray.get("late") is None
