"""Compares what an authority holds with what the crowd's plan says: every person's stay once, with its days."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.books.appended import czech_visits, italian_visits, portuguese_visits
from benchmarks.books.chained import chinese_visits, sandbox_visits
from benchmarks.books.numbered import croatian_visits, ross1000_visits, slovenian_visits
from benchmarks.books.spanish import spanish_visits
from benchmarks.books.visit import Row, Visit

Reader = Callable[[Sequence[Row], str], Iterable[Visit]]
READERS: Final[Mapping[str, Reader]] = {
    "sandbox": sandbox_visits,
    "es": spanish_visits,
    "it": italian_visits,
    "ross1000": ross1000_visits,
    "pt": portuguese_visits,
    "cz": czech_visits,
    "si": slovenian_visits,
    "hr": croatian_visits,
    "cn": chinese_visits,
}
"""By registry, who reads its books; without the gateway's adapters, from the authority's own format."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the plan and the books say of those born on one day, where they differ."""

    planned: tuple[Visit, ...]
    held: tuple[Visit, ...]

    @property
    def people(self) -> int:
        """How many stays are wrong."""
        return max(len(self.planned), len(self.held))

    @property
    def kind(self) -> str:
        """`missing`, `held once too often`, or which days differ."""
        if len(self.planned) != len(self.held):
            return "missing" if len(self.planned) > len(self.held) else "held once too often"
        days = (
            name
            for name in ("arrives", "leaves")
            if [getattr(one, name) for one in self.planned] != [getattr(one, name) for one in self.held]
        )
        return " and ".join(days)


def differences(planned: Iterable[Visit], held: Iterable[Visit]) -> Iterator[Difference]:
    """What is in one of both and not in the other, by day of birth; and what is in it more often than it may be."""
    wanted, found = Counter(planned := list(planned)), Counter(held := list(held))
    missing, surplus = _by_birth(wanted - found), _by_birth(found - wanted)
    for visit in sorted(wanted & found):
        if found[visit] <= wanted[visit] and _records(visit, held) > _records(visit, planned):
            yield Difference((), tuple(one for one in held if one == visit)[:1])
    for born in sorted({*missing, *surplus}):
        yield Difference(tuple(missing[born]), tuple(surplus[born]))


def _records(visit: Visit, listed: Iterable[Visit]) -> int:
    return sum(one.records for one in listed if one == visit)


def _by_birth(visits: Counter[Visit]) -> defaultdict[str, list[Visit]]:
    found: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in sorted(visits.elements()):
        found[visit.born].append(visit)
    return found
