"""Searches for planted bytes wherever a process may have written them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

BLOCK = 1 << 20


def find_canaries(places: Iterable[Path], canaries: Sequence[bytes]) -> list[Path]:
    """Every file under these folders whose name or content holds one of the canaries."""
    found = []
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            named = any(canary in path.name.encode() for canary in canaries)
            if named or (path.is_file() and not path.is_symlink() and _holds(path, canaries)):
                found.append(path)
    return found


def _holds(path: Path, canaries: Sequence[bytes]) -> bool:
    """Whether the file holds a canary, also across two blocks; False for a file that was deleted meanwhile."""
    longest = max(len(canary) for canary in canaries)
    try:
        with path.open("rb") as file:
            tail = b""
            while block := file.read(BLOCK):
                if any(canary in tail + block for canary in canaries):
                    return True
                tail = block[-longest:]
    except (FileNotFoundError, PermissionError):
        return False
    return False
