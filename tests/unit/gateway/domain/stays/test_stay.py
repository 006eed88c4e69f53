"""A stay's window: local times on ordinary days and clock changes, half-open intervals, the state table."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import Conflict, InputRefused, StayBackwards, TimeDoesNotExist, TimeIsAmbiguous
from gateway.domain.stays.stay import MAX_STAY_SECONDS, OCCUPYING, STAY_STATES, Window, follow, instant, wall_clock

# zone, a skipped local time, the beginning of the gap, an ambiguous local time: all in 2026
CLOCK_CHANGES = [
    ("Europe/Rome", "2026-03-29T02:30", "02:00", "2026-10-25T02:30"),
    ("America/New_York", "2026-03-08T02:15", "02:00", "2026-11-01T01:15"),
    ("Australia/Lord_Howe", "2026-10-04T02:10", "02:00", "2026-04-05T01:40"),
    ("America/Santiago", "2026-09-06T00:30", "00:00", "2026-04-04T23:30"),
]
WITHOUT_CLOCK_CHANGE = ["Asia/Shanghai", "Asia/Kolkata", "Africa/Lagos", "Asia/Kathmandu", "UTC"]
SECONDS = st.integers(1_600_000_000, 1_600_000_000 + 10_000)


@pytest.mark.parametrize(("zone", "skipped", "begins", "_twice"), CLOCK_CHANGES)
def test_a_time_the_clocks_skip_is_refused_with_a_time_that_exists(
    zone: str, skipped: str, begins: str, _twice: str
) -> None:
    with pytest.raises(TimeDoesNotExist) as refusal:
        instant(skipped, zone, "from")
    assert refusal.value.extra["field"] == "from"
    assert f"before {begins}" in refusal.value.detail


@pytest.mark.parametrize(("zone", "_skipped", "_begins", "twice"), CLOCK_CHANGES)
def test_a_time_that_comes_twice_is_refused_with_both_choices_and_each_choice_is_taken(
    zone: str, _skipped: str, _begins: str, twice: str
) -> None:
    with pytest.raises(TimeIsAmbiguous) as refusal:
        instant(twice, zone, "until")
    choices = refusal.value.extra["choices"]
    assert isinstance(choices, list)
    early, late = (instant(choice, zone, "until") for choice in choices)
    change = 1800 if zone == "Australia/Lord_Howe" else 3600
    assert late - early == change
    assert [wall_clock(at, zone) for at in (early, late)] == choices


@pytest.mark.parametrize(("zone", "skipped", "_begins", "twice"), CLOCK_CHANGES)
def test_the_seconds_around_a_clock_change_are_taken(zone: str, skipped: str, _begins: str, twice: str) -> None:
    for text in (skipped, twice):
        night = datetime.fromisoformat(text)
        before, after = night - timedelta(hours=3), night + timedelta(hours=3)
        elapsed = instant(after.isoformat(), zone, "until") - instant(before.isoformat(), zone, "from")
        change = 1800 if zone == "Australia/Lord_Howe" else 3600
        assert elapsed == 6 * 3600 + (change if text == twice else -change)


@pytest.mark.parametrize("zone", WITHOUT_CLOCK_CHANGE)
@given(moment=st.datetimes(datetime(2020, 1, 1), datetime(2034, 12, 31)))
def test_where_clocks_never_change_every_wall_clock_time_is_taken(zone: str, moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert wall_clock(instant(moment.isoformat(), zone, "from"), zone)[:19] == moment.isoformat()


@given(
    moment=st.datetimes(datetime(2015, 1, 1), datetime(2034, 12, 31)),
    zone=st.sampled_from([row[0] for row in CLOCK_CHANGES]),
)
def test_a_wall_clock_time_means_exactly_one_second_or_is_refused(moment: datetime, zone: str) -> None:
    moment = moment.replace(microsecond=0)
    try:
        at = instant(moment.isoformat(), zone, "from")
    except (TimeDoesNotExist, TimeIsAmbiguous):
        shown = [_shown(moment, zone, fold) for fold in (0, 1)]
        assert shown[0] != shown[1]
        return
    assert wall_clock(at, zone)[:19] == moment.isoformat()


def _shown(moment: datetime, zone: str, fold: int) -> datetime:
    return moment.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01T10:00", "2026-02-30T10:00", "15:00", "٢٠٢٦-01-01", "NaN"])
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputRefused, match="2026-03-28T15:00"):
        instant(text, "Europe/Rome", "from")


@given(text=st.one_of(st.text(max_size=30), st.datetimes(timezones=st.timezones()).map(datetime.isoformat)))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    try:
        at = instant(text, "America/New_York", "from")
    except InputRefused:
        return
    assert wall_clock(at, "Pacific/Kiritimati")


def test_a_date_too_far_away_to_show_on_a_clock_is_refused() -> None:
    for text in ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(InputRefused):
            instant(text, "Europe/Rome", "until")


@pytest.mark.parametrize("length", [0, -1, -86_400])
def test_a_stay_that_ends_before_it_begins_is_refused(length: int) -> None:
    with pytest.raises(StayBackwards):
        Window(1_000_000, 1_000_000 + length)


def test_a_stay_lasts_ten_years_at_most() -> None:
    assert Window(0, MAX_STAY_SECONDS).holds(MAX_STAY_SECONDS - 1)
    with pytest.raises(InputRefused):
        Window(0, MAX_STAY_SECONDS + 1)


def test_a_window_holds_its_first_second_and_not_its_last() -> None:
    window = Window(100, 200)
    assert [window.holds(at) for at in (99, 100, 199, 200)] == [False, True, True, False]


@pytest.mark.parametrize("state", STAY_STATES)
@pytest.mark.parametrize("following", STAY_STATES)
def test_a_stay_follows_its_table_and_nothing_else(state: str, following: str) -> None:
    if following in STAY_STATES[state]:
        assert follow(state, following) == following
    else:
        with pytest.raises(Conflict):
            follow(state, following)


def test_the_states_that_take_a_unit_are_those_that_can_still_end() -> None:
    assert set(OCCUPYING) == {state for state, following in STAY_STATES.items() if "ended" in following}
