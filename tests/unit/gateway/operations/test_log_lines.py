"""Lines of the log: one a record, with the time in UTC, whatever a stranger sends."""

import logging

import pytest

from gateway.operations.log_lines import LogLines


def line(message: str, *args: object) -> str:
    """The line of a record of a fixed moment."""
    record = logging.LogRecord("gateway.intake", logging.WARNING, __file__, 1, message, args, None)
    record.created = 1_796_083_200.25
    return LogLines().format(record)


def test_a_line_has_time_in_utc_severity_place_and_message() -> None:
    assert (
        line("set aside: %s", "unreadable") == "2026-12-01T00:00:00.250Z WARNING gateway.intake: set aside: unreadable"
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1b[2K", "\x85", "\u2028", "\u2029", "\x00"])
def test_what_a_stranger_sent_begins_no_line_of_its_own(end: str) -> None:
    written = line("set aside: %s", f"x{end}2026-12-01T00:00:00Z INFO gateway: all is well")
    assert len(written.splitlines()) == 1
    assert end not in written
    assert written.isprintable()


def test_a_traceback_keeps_its_lines() -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), (type(error), error, None))
    assert LogLines().format(record).splitlines()[-1] == "ZeroDivisionError"
