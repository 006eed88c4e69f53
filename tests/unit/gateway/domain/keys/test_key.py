"""Displayed states of a key, and the bytes a holder signs."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.keys.key import EXPIRING_BEFORE, KEY_STATES, Proof, read_statement, state_of, unlock_statement

EXPIRES = 1_000_000_000
LONG_BEFORE = EXPIRES - 10 * EXPIRING_BEFORE
TEXT = st.text("abcXYZ019-_ .", max_size=40)


def test_every_desired_and_every_reported_state_has_a_state() -> None:
    assert set(KEY_STATES) == set(product(("present", "absent"), ("unasked", "absent", "present", "not_needed")))


def test_on_the_lock_and_revoked_are_shown_only_after_the_locks_own_word() -> None:
    for (desired, observed), state in KEY_STATES.items():
        assert (state == "on_lock") == (observed == "present" and desired == "present")
        assert (state == "revoked") == (observed == "absent" and desired == "absent")


@pytest.mark.parametrize(
    ("observed", "at", "shown"),
    [
        ("unasked", LONG_BEFORE, "issued"),
        ("absent", LONG_BEFORE, "delivering"),
        ("present", LONG_BEFORE, "on_lock"),
        ("present", EXPIRES - EXPIRING_BEFORE - 1, "on_lock"),
        ("present", EXPIRES - EXPIRING_BEFORE, "expiring"),
        ("unasked", EXPIRES - 1, "issued"),
        ("present", EXPIRES - 1, "expiring"),
        ("present", EXPIRES, "expired"),
        ("unasked", EXPIRES, "expired"),
    ],
)
def test_a_wanted_key_is_shown_by_the_locks_word_and_the_clock(observed: str, at: int, shown: str) -> None:
    assert state_of("present", observed, EXPIRES, at) == shown


@pytest.mark.parametrize("at", [LONG_BEFORE, EXPIRES - 1, EXPIRES, EXPIRES + 1])
def test_a_revoked_key_is_shown_as_such_at_any_time(at: int) -> None:
    shown = [state_of("absent", observed, EXPIRES, at) for observed in ("unasked", "present", "absent")]
    assert shown == ["revoking", "revoking", "revoked"]


@given(TEXT, TEXT, TEXT, TEXT, st.integers(0, 2**40), st.integers(0, 2**40))
def test_no_two_requests_are_signed_as_the_same_bytes(
    key: str, other: str, nonce: str, another: str, at: int, later: int
) -> None:
    one, two = Proof(at, nonce, b""), Proof(later, another, b"")
    same = (key, at, nonce) == (other, later, another)
    assert (unlock_statement(key, one) == unlock_statement(other, two)) is same
    assert unlock_statement(key, one) != read_statement(other, two)


def test_what_is_signed_is_what_the_phones_were_shown() -> None:
    assert unlock_statement("k", Proof(5, "n", b"x")) == b"lodgekey-unlock\nk\n5\nn"
    assert read_statement("k", Proof(5, "n", b"x")) == b"lodgekey-read\nk\n5\nn"
