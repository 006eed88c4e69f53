"""The liveness challenge: head turns in a given order, how long it is valid, and the attempt limit."""

from collections.abc import Callable, Sequence
from typing import Final, Literal, get_args

from gateway.domain.verification.port import Challenge, Turn

Level = Literal["phone", "kiosk", "person"]

TURNS: tuple[Turn, ...] = ("left", "right")
TURN_COUNT = 4
"""Sixteen orders: a clip of an earlier challenge fits a new one with a chance of 1 in 16, and never the next one."""
VALID_SECONDS = 60
MAX_ATTEMPTS = 3
MIN_FRAMES, MAX_FRAMES = 8, 120
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""Who or what checks that a tenant is present; gateway.texts.review tells what each level does not stop."""


def issue_challenge(
    nonce: str, now: int, choose: Callable[[Sequence[Turn]], Turn], previous: Challenge | None
) -> Challenge:
    """A new challenge whose order differs from the previous one's. `choose` must be a secure random choice."""
    turns = tuple(choose(TURNS) for _ in range(TURN_COUNT))
    if previous is not None and turns == previous.turns:
        turns = tuple("right" if turn == "left" else "left" for turn in turns)
    return Challenge(nonce, turns, now, now + VALID_SECONDS)


def challenge_problem(challenge: Challenge | None, nonce: str, now: int, attempts: int) -> str | None:
    """Why a clip may not be judged against this challenge (a reason code), or None. `attempts`: clips judged so far."""
    if attempts >= MAX_ATTEMPTS:
        return "liveness_attempts_used"
    if challenge is None or challenge.nonce != nonce:
        return "liveness_other_challenge"
    return None if challenge.issued_at <= now < challenge.expires_at else "liveness_too_late"
