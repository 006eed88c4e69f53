"""The system clock, the default where no clock is injected."""

import time


def utc_now() -> int:
    """UTC seconds since 1970."""
    return int(time.time())
