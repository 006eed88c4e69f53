"""The wall clock of this machine, for whoever is not handed another one."""

import time


def utc_now() -> int:
    """UTC seconds since 1970."""
    return int(time.time())
