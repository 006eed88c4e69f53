"""A flood of the same fault does not fill the log."""

import logging
from collections.abc import Iterator

import pytest

from gateway.operations.log_limit import RECORDS, WINDOW, LogLimit


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def log(now: list[float], caplog: pytest.LogCaptureFixture) -> Iterator[logging.Logger]:
    limit = LogLimit(elapsed=lambda: now[0])
    caplog.handler.addFilter(limit)
    caplog.set_level(logging.WARNING)
    yield logging.getLogger("flooded")
    caplog.handler.removeFilter(limit)


def test_a_flood_is_cut_and_counted(log: logging.Logger, now: list[float], caplog: pytest.LogCaptureFixture) -> None:
    def fault(number: int) -> None:
        log.error("out of file handles: %s", number)

    for number in range(1000):
        fault(number)
    assert len(caplog.messages) == RECORDS
    log.error("another line of the program")
    now[0] += WINDOW
    fault(1000)
    assert caplog.messages[RECORDS:] == [
        "another line of the program",
        f"out of file handles: 1000 ({1000 - RECORDS} more like this were left out)",
    ]
    fault(1001)
    assert caplog.messages[-1] == "out of file handles: 1001"
