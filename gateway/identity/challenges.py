"""Challenges that wait for their clips: in memory, one an offer, gone when answered or late."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.domain.identity import Challenge, ImageRefused, Turn
from gateway.domain.liveness import challenge_problem, issue_challenge

KEPT: Final = 10_000
TRIES_LAST: Final = 3600
"""Seconds until an offer's used-up tries are forgotten."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An offer's challenge, answered or not, and the clips judged since `since`."""

    challenge: Challenge
    answered: bool
    tries: int
    since: int


class ChallengeBook:
    """Issues a challenge an offer at a time and lets each be answered once."""

    def __init__(self, now: Callable[[], int], choose: Callable[[Sequence[Turn]], Turn] = secrets.choice) -> None:
        self._now, self._choose = now, choose
        self._waiting: OrderedDict[str, Waiting] = OrderedDict()

    def issue(self, offer_id: str) -> Challenge:
        """A new challenge; an earlier one of the same offer can no longer be answered."""
        now, known = self._now(), self._waiting.pop(offer_id, None)
        last = known.challenge if known else None
        challenge = issue_challenge(secrets.token_urlsafe(16), now, self._choose, last)
        fresh = known is None or now - known.since >= TRIES_LAST
        tries, since = (0, now) if fresh or known is None else (known.tries, known.since)
        self._waiting[offer_id] = Waiting(challenge, answered=False, tries=tries, since=since)
        while len(self._waiting) > KEPT:
            self._waiting.popitem(last=False)
        return challenge

    def take(self, offer_id: str, nonce: str) -> Challenge:
        """The challenge a clip answers, once; raises ImageRefused about the clip, and counts the try."""
        known = self._waiting.get(offer_id)
        challenge = known.challenge if known and not known.answered else None
        problem = challenge_problem(challenge, nonce, self._now(), known.tries if known else 0)
        if known is None or challenge is None or problem:
            raise ImageRefused(problem or "liveness_other_challenge", "clip")
        self._waiting[offer_id] = Waiting(challenge, answered=True, tries=known.tries + 1, since=known.since)
        return challenge
