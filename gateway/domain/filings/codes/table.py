"""An authority's code table: codes, names, validity dates, and the table's version."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Code:
    """One code, valid in the closed date range [since, until]; None means open-ended."""

    code: str
    name: str
    since: date | None = None
    until: date | None = None

    def valid(self, on: date) -> bool:
        """Whether the code is valid on this date."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


class CodeTable:
    """A named, versioned table. The version is stored with every record that uses it."""

    __slots__ = ("_codes", "_on", "name", "version")

    def __init__(self, name: str, version: str, codes: Iterable[Code]) -> None:
        self.name, self.version = name, version
        self._codes = {code.code: code for code in codes}
        self._on: tuple[date, frozenset[str]] = (date.min, frozenset())

    def __contains__(self, code: object) -> bool:
        return code in self._codes

    def __iter__(self) -> Iterator[Code]:
        return iter(self._codes.values())

    def __len__(self) -> int:
        return len(self._codes)

    def get(self, code: str) -> Code | None:
        """The entry of a code regardless of its validity, or None."""
        return self._codes.get(code)

    def valid(self, code: str, on: date) -> bool:
        """Whether the table has the code and it is valid on this date."""
        entry = self._codes.get(code)
        return entry is not None and entry.valid(on)

    def valid_on(self, on: date) -> frozenset[str]:
        """All codes valid on this date."""
        day, codes = self._on
        if day != on:  # cached: callers ask for the same day repeatedly
            codes = frozenset(code for code, entry in self._codes.items() if entry.valid(on))
            self._on = (on, codes)
        return codes
