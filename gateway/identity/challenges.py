"""Liveness challenges, one per offer, stored in the database so that any process can judge any clip."""

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
"""After these seconds an offer's attempts are counted from 0 again."""
TURN_OF: Final[dict[str, Turn]] = {"l": "left", "r": "right"}


class ChallengeBook:
    """Issues one challenge per offer at a time; each can be answered once, in any process."""

    def __init__(
        self, database: Database, now: Callable[[], int], choose: Callable[[Sequence[Turn]], Turn] = secrets.choice
    ) -> None:
        self._database, self._now, self._choose = database, now, choose

    def issue(self, offer_id: str) -> Challenge:
        """Issue a challenge; it replaces an earlier one of the same offer."""
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
        """Use up the challenge that a clip answers and count the attempt. Raises ImageRefused for "clip"."""
        now = self._now()
        with self._database.writing() as session:
            known = _waiting(session, offer_id)
            challenge = challenge_of(known) if known and known.answered_at is None else None
            problem = challenge_problem(challenge, nonce, now, known.attempts if known else 0)
            if challenge is None or problem or not _answer(session, offer_id, nonce, now):
                raise ImageRefused(problem or "liveness_other_challenge", "clip")
        return challenge


def forget_challenges(session: Session, now: int) -> None:
    """Delete expired challenges whose offers' attempts are past ATTEMPT_WINDOW_SECONDS."""
    over = (LivenessChallenge.expires_at <= now, LivenessChallenge.since <= now - ATTEMPT_WINDOW_SECONDS)
    session.execute(delete(LivenessChallenge).where(*over))


def challenge_of(row: LivenessChallenge) -> Challenge:
    """The challenge stored in a row."""
    return Challenge(row.nonce, tuple(TURN_OF[letter] for letter in row.turns), row.issued_at, row.expires_at)


def _waiting(session: Session, offer_id: str) -> LivenessChallenge | None:
    """The offer's row, locked until the end of the transaction (SELECT … FOR UPDATE)."""
    return session.get(LivenessChallenge, offer_id, with_for_update=True)


def _answer(session: Session, offer_id: str, nonce: str, now: int) -> bool:
    """Mark the challenge as answered; False where it was answered or replaced meanwhile."""
    asked = (LivenessChallenge.offer_id == offer_id, LivenessChallenge.nonce == nonce)
    used = update(LivenessChallenge).where(*asked, LivenessChallenge.answered_at.is_(None))
    done = session.execute(used.values(answered_at=now, attempts=LivenessChallenge.attempts + 1))
    return bool(getattr(done, "rowcount", 0))
