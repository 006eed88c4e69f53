"""A code table: what an authority's codes mean, from when to when, and which version of the table this is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Code:
    """One entry, valid in the closed range [since, until]; None is open."""

    code: str
    name: str
    since: date | None = None
    until: date | None = None

    def valid(self, on: date) -> bool:
        """Whether the code may be used for that day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


class CodeTable:
    """A named, versioned table; the version goes into every record written with it."""

    __slots__ = ("_codes", "_on", "name", "version")

    def __init__(self, name: str, version: str, codes: Iterable[Code]) -> None:
        self.name, self.version = name, version
        self._codes = {code.code: code for code in codes}
        self._on: tuple[date, frozenset[str]] = (date.min, frozenset())

    def __contains__(self, code: object) -> bool:
        return code in self._codes

    def __len__(self) -> int:
        return len(self._codes)

    def get(self, code: str) -> Code | None:
        """The entry of a code, whenever it was valid."""
        return self._codes.get(code)

    def valid(self, code: str, on: date) -> bool:
        """Whether the table has the code and it may be used for that day."""
        entry = self._codes.get(code)
        return entry is not None and entry.valid(on)

    def valid_on(self, on: date) -> frozenset[str]:
        """Every code that may be used for that day."""
        day, codes = self._on
        if day != on:  # one day is asked for again and again
            codes = frozenset(code for code, entry in self._codes.items() if entry.valid(on))
            self._on = (on, codes)
        return codes
