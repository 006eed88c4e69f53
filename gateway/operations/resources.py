"""What the process asks of the operating system: file handles, and memory that is given back."""

import ctypes
import resource
import sys
from typing import Final

WANTED_FILES: Final = 65_536
M_MMAP_THRESHOLD: Final = -3  # mallopt(3)
OWN_MAPPING_BYTES: Final = 1 << 20


def raise_file_limit() -> int:
    """Raise the number of files that this process and its children may open as far as allowed; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if limit > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return max(limit, soft)


def give_back_memory() -> None:
    """Have glibc return the memory of each body or picture to the system when it is freed.

    By default it raises the size from which it does so, up to 32 MB, and keeps freed blocks below it.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none, and does not need it
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, OWN_MAPPING_BYTES)
