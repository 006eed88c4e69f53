"""Passcodes: valid on every night of the year, different for each stay, and invalid after their epoch."""

import datetime
import hashlib
import hmac
import secrets
import struct
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certs.agreement import passcode_secret
from certs.keys import new_private_key
from devices.wire.passcode import (
    HOUR,
    LONGEST,
    QUARTER,
    SLOTS,
    BadWindow,
    Window,
    find_once,
    find_window,
    once_code,
    spoken,
    window_around,
    window_code,
)

SECRET = bytes(range(32))
NOW = 1_790_000_000
HOURS = st.integers(1, LONGEST)


@given(
    first=st.integers(0, 2**31 // HOUR),
    hours=HOURS,
    slot=st.integers(0, SLOTS - 1),
    inside=st.floats(0, 1, exclude_max=True),
)
def test_a_code_opens_throughout_its_window(first: int, hours: int, slot: int, inside: float) -> None:
    window = Window(first, hours, slot)
    code = window_code(SECRET, 1, window)
    at = window.begins + int(inside * hours * HOUR)
    assert find_window(SECRET, 1, code, at) == window


@given(first=st.integers(LONGEST, 2**31 // HOUR), hours=HOURS)
def test_the_window_is_half_open_to_the_second(first: int, hours: int) -> None:
    window = Window(first, hours)
    code = window_code(SECRET, 1, window)
    assert find_window(SECRET, 1, code, window.begins) == window
    assert find_window(SECRET, 1, code, window.ends - 1) == window
    assert find_window(SECRET, 1, code, window.begins - 1) != window
    assert find_window(SECRET, 1, code, window.ends) != window


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"], ids=["an hour is skipped", "an hour comes twice"])
def test_a_code_is_right_on_both_clock_change_nights(night: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    day = datetime.date.fromisoformat(night)
    begins = datetime.datetime.combine(day - datetime.timedelta(days=1), datetime.time(15), zone)
    ends = datetime.datetime.combine(day, datetime.time(11), zone)
    window = window_around(int(begins.timestamp()), int(ends.timestamp()))
    assert window.hours == (19 if night == "2026-03-29" else 21)
    assert (window.begins, window.ends) == (begins.timestamp(), ends.timestamp())
    code = window_code(SECRET, 1, window)
    for at in range(window.begins, window.ends, HOUR // 2):
        assert find_window(SECRET, 1, code, at) == window
    assert find_window(SECRET, 1, code, window.ends) is None


@given(
    zone=st.sampled_from(sorted(available_timezones() - {"localtime"})),
    day=st.dates(datetime.date(2024, 1, 1), datetime.date(2037, 1, 1)),
    nights=st.integers(1, 20),
    hour=st.integers(0, 23),
)
def test_in_every_zone_a_stay_from_hour_to_hour_opens_exactly_as_long(
    zone: str, day: datetime.date, nights: int, hour: int
) -> None:
    begins, ends = (
        int(datetime.datetime.combine(on, datetime.time(at), ZoneInfo(zone)).timestamp())
        for on, at in ((day, hour), (day + datetime.timedelta(days=nights), 11))
    )
    window = window_around(begins, ends)
    assert window.begins == begins
    # Lord Howe Island moves its clocks by half an hour
    assert window.ends - ends in (0, HOUR // 2)
    assert window.ends == ends or zone in ("Australia/Lord_Howe", "Australia/LHI")
    code, edges = window_code(SECRET, 1, window), (begins - 1, begins, window.ends - 1, window.ends)
    assert [find_window(SECRET, 1, code, at) == window for at in edges] == [False, True, True, False]


@given(begins=st.integers(LONGEST * HOUR, 2**31), seconds=st.integers(1, 100 * HOUR))
def test_the_window_begins_in_the_quarter_and_is_the_shortest_from_there(begins: int, seconds: int) -> None:
    window = window_around(begins, begins + seconds)
    assert window.begins == begins - begins % QUARTER
    assert window.ends - HOUR < begins + seconds <= window.ends


def test_a_window_on_the_hour_has_the_code_it_had_before_there_were_quarters() -> None:
    first = NOW // HOUR
    digest = hmac.digest(SECRET, b"window" + struct.pack(">4I", 3, first, 20, 1), hashlib.sha256)
    offset = digest[-1] & 15
    number = (int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF) % 10**8
    assert window_code(SECRET, 3, window_around(first * HOUR, (first + 20) * HOUR, 1)) == f"020{number:08d}"


def test_no_two_stays_of_a_lock_share_a_code() -> None:
    windows = [Window(first, hours, slot) for first in range(400) for hours in (1, 24, 71) for slot in range(SLOTS)]
    codes = {window_code(SECRET, 1, window) for window in windows}
    assert len(codes) == len(windows)


def test_a_raised_epoch_kills_every_code() -> None:
    for hours in range(1, 100):
        assert find_window(SECRET, 2, window_code(SECRET, 1, Window(NOW // HOUR, hours)), NOW) is None
    assert find_once(SECRET, 2, once_code(SECRET, 1, 0), 0) is None


def test_a_code_of_one_lock_opens_no_other_of_a_thousand() -> None:
    window = Window(NOW // HOUR, 24)
    code = window_code(SECRET, 1, window)
    assert [n for n in range(1000) if find_window(n.to_bytes(32, "big"), 1, code, NOW)] == []


def test_one_time_codes_are_found_in_their_range_only() -> None:
    assert find_once(SECRET, 1, once_code(SECRET, 1, 70), 10) == 70
    assert find_once(SECRET, 1, once_code(SECRET, 1, 74), 10) is None
    assert find_once(SECRET, 1, once_code(SECRET, 1, 9), 10) is None
    assert find_window(SECRET, 1, once_code(SECRET, 1, 10), NOW) is None


def test_random_guesses_open_nothing() -> None:
    chance = [f"{secrets.randbelow(10**11):011d}" for _ in range(200)]
    assert [code for code in chance if find_window(SECRET, 1, code, NOW) or find_once(SECRET, 1, code, 0)] == []


@pytest.mark.parametrize(
    "code", ["", "1", "0" * 10, "0" * 12, "67300000000", "99912345678", "²" * 11, " " * 11, "1e312345678"]
)
def test_what_is_no_code_is_refused(code: str) -> None:
    assert find_window(SECRET, 1, code, NOW) is None
    assert find_once(SECRET, 1, code, 0) is None


@pytest.mark.parametrize(("begins", "ends"), [(NOW, NOW), (NOW, NOW - 1), (NOW, NOW + 673 * HOUR)])
def test_a_window_no_code_can_have_is_refused(begins: int, ends: int) -> None:
    with pytest.raises(BadWindow):
        window_around(begins, ends)


def test_lock_and_gateway_agree_on_a_secret_that_no_other_lock_has() -> None:
    gateway, lock = new_private_key(), new_private_key()
    ours = passcode_secret(gateway, lock.public_key(), "lock-1")
    assert ours == passcode_secret(lock, gateway.public_key(), "lock-1")
    assert ours != passcode_secret(gateway, lock.public_key(), "lock-2")
    assert ours != passcode_secret(gateway, new_private_key().public_key(), "lock-1")


def test_a_code_is_read_in_three_groups() -> None:
    assert spoken("02412345678") == "024 1234 5678"
