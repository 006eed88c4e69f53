"""Tables of an authority that only an account can read: fetched once a day, and kept for this process.

An authority's table is the same for everybody, so it is kept once for all gateways of a process.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

Entries = tuple[tuple[str, str], ...]  # the code and the name of each entry, or the authority's own identifier


@dataclass(slots=True)
class _Kept:
    tables: dict[str, Entries] = field(default_factory=dict)
    changes: int = 0


_KEPT: Final = _Kept()


@runtime_checkable
class ReadsTables(Protocol):
    """A registry with tables that its account reads."""

    async def read_tables(self) -> Mapping[str, Entries]:
        """Every such table by name. Raises RegistryUnreachable."""
        ...


def keep(tables: Mapping[str, Entries]) -> None:
    """Use these tables from now on."""
    _KEPT.tables.update(tables)
    _KEPT.changes += 1


def forget() -> None:
    """Use none, as before the first was read."""
    _KEPT.tables.clear()
    _KEPT.changes += 1


def kept(name: str) -> Entries:
    """The entries of a table; () if it was never read."""
    return _KEPT.tables.get(name, ())


def version(name: str) -> str:
    """The start of the hash of a table; "" if it was never read."""
    entries = kept(name)
    return hashlib.sha256(repr(entries).encode()).hexdigest()[:16] if entries else ""


def changes() -> int:
    """How often tables were kept or forgotten: what is worked out from one holds until this number changes."""
    return _KEPT.changes


def all_kept() -> dict[str, Entries]:
    """Every table by name."""
    return dict(_KEPT.tables)
