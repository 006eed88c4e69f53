"""Challenges in the database: answered once, in time, for their own offer, in any process."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from sqlalchemy import select

from gateway.domain.stays.offer import offer_of
from gateway.domain.verification.liveness import MAX_ATTEMPTS, VALID_SECONDS
from gateway.domain.verification.port import ImageRefused
from gateway.identity.challenges import ATTEMPT_WINDOW_SECONDS, ChallengeBook, forget_challenges
from gateway.store import LivenessChallenge
from gateway.store.database import Database
from tests.parts.world import World


class Offered:
    """The challenges of one world, and two of its offers."""

    def __init__(self, world: World) -> None:
        self.world, self.book = world, ChallengeBook(world.database, world.clock)
        self.mine, self.yours = (self.new_offer(unit) for unit in (world.unit_id, world.add_unit("102", None)[1]))

    def new_offer(self, unit_id: str) -> str:
        """Id of another offer."""
        return offer_of(self.world.offer(unit_id=unit_id), self.world.keyring.offer_secret)

    def refusal(self, offer: str, nonce: str) -> str:
        """The code with which a clip is refused."""
        with pytest.raises(ImageRefused) as refused:
            self.book.take(offer, nonce)
        assert refused.value.part == "clip"
        return refused.value.code


@pytest.fixture
def asked(world: World) -> Offered:
    return Offered(world)


def take_in_another_process(url: str, now: int, offer: str, nonce: str) -> str:
    """Answer of another gateway process to this clip: the requested turns, or the reason of a refusal."""
    database = Database(url)
    try:
        return " ".join(ChallengeBook(database, lambda: now).take(offer, nonce).turns)
    except ImageRefused as refused:
        return refused.code
    finally:
        database.close()


def test_a_challenge_can_be_answered_once(asked: Offered) -> None:
    challenge = asked.book.issue(asked.mine)
    assert asked.book.take(asked.mine, challenge.nonce) == challenge
    assert asked.refusal(asked.mine, challenge.nonce) == "liveness_other_challenge"


def test_an_earlier_challenge_is_void_once_another_is_issued(asked: Offered) -> None:
    first, second = asked.book.issue(asked.mine), asked.book.issue(asked.mine)
    assert first.turns != second.turns
    assert asked.refusal(asked.mine, first.nonce) == "liveness_other_challenge"
    assert asked.book.take(asked.mine, second.nonce) == second


def test_a_clip_of_an_earlier_challenge_is_refused_by_every_process(asked: Offered) -> None:
    url, now = asked.world.database.url, asked.world.now
    first, second = asked.book.issue(asked.mine), asked.book.issue(asked.mine)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere:
        said = [
            elsewhere.submit(take_in_another_process, url, now, asked.mine, nonce).result(timeout=120)
            for nonce in (first.nonce, second.nonce, second.nonce)
        ]
    assert said == ["liveness_other_challenge", " ".join(second.turns), "liveness_other_challenge"]
    assert asked.refusal(asked.mine, second.nonce) == "liveness_other_challenge"


def test_another_offers_challenge_does_not_count(asked: Offered) -> None:
    mine = asked.book.issue(asked.mine)
    asked.book.issue(asked.yours)
    assert asked.refusal(asked.yours, mine.nonce) == "liveness_other_challenge"
    assert asked.refusal("nobody", mine.nonce) == "liveness_other_challenge"


def test_a_late_clip_is_refused(asked: Offered) -> None:
    challenge = asked.book.issue(asked.mine)
    asked.world.now += VALID_SECONDS
    assert asked.refusal(asked.mine, challenge.nonce) == "liveness_too_late"


def test_after_three_clips_a_person_looks_for_an_hour(asked: Offered) -> None:
    for _ in range(MAX_ATTEMPTS):
        asked.book.take(asked.mine, asked.book.issue(asked.mine).nonce)
    assert asked.refusal(asked.mine, asked.book.issue(asked.mine).nonce) == "liveness_attempts_used"
    asked.world.now += ATTEMPT_WINDOW_SECONDS
    fresh = asked.book.issue(asked.mine)
    assert asked.book.take(asked.mine, fresh.nonce) == fresh


def test_rows_go_when_neither_clip_nor_attempts_need_them(asked: Offered) -> None:
    asked.book.issue(asked.mine)
    for later, left in ((VALID_SECONDS, 1), (ATTEMPT_WINDOW_SECONDS, 0)):
        with asked.world.database.writing() as session:
            forget_challenges(session, asked.world.now + later)
            assert len(session.scalars(select(LivenessChallenge)).all()) == left
