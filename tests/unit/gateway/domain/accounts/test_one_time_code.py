"""Codes of an authenticator app, by RFC 6238's own values and by pyotp, another implementation."""

import pyotp
import pytest

from gateway.domain.accounts.one_time_code import (
    LETTERS,
    enrolment_uri,
    is_recovery_code,
    new_recovery_code,
    new_secret,
    secret_text,
    step_of,
    tidied,
)

RFC_SECRET = b"12345678901234567890"
NOW = 1_790_000_005


@pytest.mark.parametrize(
    ("at", "eight_digits"),
    [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238_appendix_b(at: int, eight_digits: str) -> None:
    assert step_of(RFC_SECRET, eight_digits[-6:], at, after=0) == at // 30


@pytest.mark.parametrize(("seconds", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_of_another_implementation_is_taken_within_a_step(seconds: int, fits: bool) -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret_text(secret)).at(NOW + seconds)
    assert (step_of(secret, code, NOW, after=0) is not None) is fits


def test_a_code_is_not_taken_again_nor_one_before_it() -> None:
    app = pyotp.TOTP(secret_text(RFC_SECRET))
    used = step_of(RFC_SECRET, app.at(NOW), NOW, after=0)
    assert used == NOW // 30
    assert step_of(RFC_SECRET, app.at(NOW), NOW, after=used) is None
    assert step_of(RFC_SECRET, app.at(NOW - 30), NOW, after=used) is None
    assert step_of(RFC_SECRET, app.at(NOW + 30), NOW, after=used) == used + 1


def test_an_app_reads_the_address_as_it_is_meant() -> None:
    secret = new_secret()
    read = pyotp.parse_uri(enrolment_uri(secret, "ada@example.org"))
    assert isinstance(read, pyotp.TOTP)
    assert (read.byte_secret(), read.digits, read.interval) == (secret, 6, 30)
    assert (read.issuer, read.name) == ("Lodgekey", "ada@example.org")


@pytest.mark.parametrize("wrong", ["", "12345", "0000000", "código", "１２３４５６"])
def test_what_is_no_code_is_refused(wrong: str) -> None:
    assert step_of(RFC_SECRET, wrong, NOW, after=0) is None


def test_recovery_codes_are_long_and_read_however_they_are_typed() -> None:
    code = new_recovery_code()
    assert len(set(LETTERS)) ** 24 == 2**120
    assert is_recovery_code(tidied(code))
    assert tidied(f" {code.lower().replace('-', ' ')} ") == tidied(code)
    assert len({new_recovery_code() for _ in range(100)}) == 100
