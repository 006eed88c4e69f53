"""A running gateway collects garbage rarely, and still frees unreachable objects."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from gateway.operations.collector import THRESHOLDS, collect_seldom


class Ring:
    """Refers to itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Restore the collector's settings for other tests."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_was_loaded_is_left_out_and_a_ring_nobody_holds_still_goes() -> None:
    collect_seldom()
    assert gc.get_freeze_count() > 10_000
    ring = weakref.ref(Ring())
    assert ring() is not None
    made = [[number] for number in range(THRESHOLDS[0] + 10)]
    assert (len(made), ring()) == (THRESHOLDS[0] + 10, None)
