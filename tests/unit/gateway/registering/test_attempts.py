"""Limits of how often one name may do something."""

import pytest

from gateway.domain.errors import TooManyAttempts
from gateway.registering.attempts import RATES, AttemptLimiter
from tests.parts.world import NOW

UNLOCKS_PER_MINUTE = 3


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the limiter reads, to be moved by the test."""
    now = [float(NOW)]
    monkeypatch.setattr("time.time", lambda: now[0])
    return now


def hit_up_to(attempts: AttemptLimiter, action: str, amount: int) -> None:
    for _ in range(amount):
        attempts.hit(action, "a")


@pytest.mark.parametrize("action", sorted(RATES))
def test_every_action_is_refused_beyond_its_rate_until_its_window_has_passed(action: str, clock: list[float]) -> None:
    attempts = AttemptLimiter(UNLOCKS_PER_MINUTE)
    hit_up_to(attempts, action, RATES[action].amount)
    with pytest.raises(TooManyAttempts):
        attempts.hit(action, "a")
    clock[0] += RATES[action].get_expiry() + 1
    attempts.hit(action, "a")


def test_one_name_does_not_use_up_the_limit_of_another(clock: list[float]) -> None:
    attempts = AttemptLimiter(UNLOCKS_PER_MINUTE)
    hit_up_to(attempts, "unlock", UNLOCKS_PER_MINUTE)
    attempts.hit("unlock", "b")


def test_one_action_does_not_use_up_the_limit_of_another(clock: list[float]) -> None:
    attempts = AttemptLimiter(UNLOCKS_PER_MINUTE)
    hit_up_to(attempts, "unlock", UNLOCKS_PER_MINUTE)
    attempts.hit("sign_in", "a")


def test_two_gateways_in_one_process_count_apart(clock: list[float]) -> None:
    hit_up_to(AttemptLimiter(UNLOCKS_PER_MINUTE), "enrolment", RATES["enrolment"].amount)
    AttemptLimiter(UNLOCKS_PER_MINUTE).hit("enrolment", "a")


def test_a_check_counts_nothing_and_is_refused_once_the_limit_is_reached(clock: list[float]) -> None:
    attempts, amount = AttemptLimiter(UNLOCKS_PER_MINUTE), RATES["wrong_kiosk_code"].amount
    for _ in range(amount + 1):
        attempts.check("wrong_kiosk_code", "a")
    hit_up_to(attempts, "wrong_kiosk_code", amount)
    with pytest.raises(TooManyAttempts):
        attempts.check("wrong_kiosk_code", "a")
