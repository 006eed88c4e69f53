"""Challenges that wait for their clips: one an offer, in the database, so that any process may judge what any asked."""

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from gateway.domain.verification.liveness import challenge_problem, issue_challenge
from gateway.domain.verification.port import Challenge, ImageRefused, Turn
from gateway.store import LivenessChallenge
from gateway.store.database import Database

ATTEMPT_WINDOW_SECONDS: Final = 3600
"""Seconds until an offer's used-up tries are forgotten."""
TURN_OF: Final[dict[str, Turn]] = {"l": "left", "r": "right"}


class ChallengeBook:
    """Issues a challenge an offer at a time and lets each be answered once, whichever process is asked."""

    def __init__(
        self, database: Database, now: Callable[[], int], choose: Callable[[Sequence[Turn]], Turn] = secrets.choice
    ) -> None:
        self._database, self._now, self._choose = database, now, choose

    def issue(self, offer_id: str) -> Challenge:
        """A new challenge; an earlier one of the same offer can no longer be answered."""
        now = self._now()
        with self._database.writing() as session:
            known = _waiting(session, offer_id)
            last = challenge_of(known) if known else None
            challenge = issue_challenge(secrets.token_urlsafe(16), now, self._choose, last)
            fresh = known is None or now - known.since >= ATTEMPT_WINDOW_SECONDS
            attempts, since = (0, now) if fresh or known is None else (known.attempts, known.since)
            session.merge(
                LivenessChallenge(
                    offer_id=offer_id,
                    nonce=challenge.nonce,
                    turns="".join(turn[0] for turn in challenge.turns),
                    issued_at=challenge.issued_at,
                    expires_at=challenge.expires_at,
                    answered_at=None,
                    attempts=attempts,
                    since=since,
                )
            )
        return challenge

    def take(self, offer_id: str, nonce: str) -> Challenge:
        """The challenge a clip answers, once; raises ImageRefused about the clip, and counts the try."""
        now = self._now()
        with self._database.writing() as session:
            known = _waiting(session, offer_id)
            challenge = challenge_of(known) if known and known.answered_at is None else None
            problem = challenge_problem(challenge, nonce, now, known.attempts if known else 0)
            if challenge is None or problem or not _answer(session, offer_id, nonce, now):
                raise ImageRefused(problem or "liveness_other_challenge", "clip")
        return challenge


def forget_challenges(session: Session, now: int) -> None:
    """Challenges too late for any clip, once their offers' tries are forgotten too."""
    over = (LivenessChallenge.expires_at <= now, LivenessChallenge.since <= now - ATTEMPT_WINDOW_SECONDS)
    session.execute(delete(LivenessChallenge).where(*over))


def challenge_of(row: LivenessChallenge) -> Challenge:
    """The value a row holds."""
    return Challenge(row.nonce, tuple(TURN_OF[letter] for letter in row.turns), row.issued_at, row.expires_at)


def _waiting(session: Session, offer_id: str) -> LivenessChallenge | None:
    """The offer's row, which no other transaction changes until this one is over."""
    return session.get(LivenessChallenge, offer_id, with_for_update=True)


def _answer(session: Session, offer_id: str, nonce: str, now: int) -> bool:
    """Use the challenge up; False where it was used or replaced meanwhile."""
    asked = (LivenessChallenge.offer_id == offer_id, LivenessChallenge.nonce == nonce)
    used = update(LivenessChallenge).where(*asked, LivenessChallenge.answered_at.is_(None))
    done = session.execute(used.values(answered_at=now, attempts=LivenessChallenge.attempts + 1))
    return bool(getattr(done, "rowcount", 0))
