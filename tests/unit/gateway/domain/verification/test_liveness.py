"""The challenge: random, different each time, valid for one minute and three attempts."""

import secrets

import pytest

from gateway.domain.verification.liveness import (
    LEVELS,
    MAX_ATTEMPTS,
    TURN_COUNT,
    VALID_SECONDS,
    challenge_problem,
    issue_challenge,
)
from gateway.domain.verification.port import Challenge
from gateway.texts.identity import REASON
from gateway.texts.review import LEVEL_LIMITS
from gateway.texts.translator import translator

NOW = 1_800_000_000


def test_a_challenge_is_random_and_lasts_a_minute() -> None:
    issued = [issue_challenge(str(place), NOW, secrets.choice, None) for place in range(200)]
    assert len({challenge.turns for challenge in issued}) > 8
    assert all(len(challenge.turns) == TURN_COUNT for challenge in issued)
    assert {challenge.expires_at - challenge.issued_at for challenge in issued} == {VALID_SECONDS}


def test_the_next_challenge_is_never_the_same_as_the_last() -> None:
    last = issue_challenge("a", NOW, lambda turns: turns[0], None)
    assert issue_challenge("b", NOW, lambda turns: turns[0], last).turns != last.turns


@pytest.mark.parametrize(
    ("nonce", "later", "attempts", "code"),
    [
        ("a", 0, 0, None),
        ("a", VALID_SECONDS - 1, MAX_ATTEMPTS - 1, None),
        ("a", VALID_SECONDS, 0, "liveness_too_late"),
        ("a", -1, 0, "liveness_too_late"),
        ("b", 0, 0, "liveness_other_challenge"),
        ("a", 0, MAX_ATTEMPTS, "liveness_attempts_used"),
    ],
)
def test_a_clip_is_judged_only_in_time_for_its_own_challenge(
    nonce: str, later: int, attempts: int, code: str | None
) -> None:
    challenge = Challenge("a", ("left", "right"), NOW, NOW + VALID_SECONDS)
    assert challenge_problem(challenge, nonce, NOW + later, attempts) == code
    assert code is None or code in REASON


def test_no_challenge_is_no_permission() -> None:
    assert challenge_problem(None, "a", NOW, 0) == "liveness_other_challenge"


def test_every_level_says_what_it_does_not_stop() -> None:
    assert LEVEL_LIMITS.keys() == set(LEVELS)
    for text in LEVEL_LIMITS.values():
        assert "does not stop" in text
        assert "不能" in translator("zh-CN").translate(text)
