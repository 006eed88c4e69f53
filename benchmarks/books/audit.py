"""Compares what an authority holds with what the crowd's plan says: every person's stay once, with its days."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.books.chained import chinese_visits, sandbox_visits
from benchmarks.books.visit import Row, Visit

Reader = Callable[[Sequence[Row], str], Iterable[Visit]]
READERS: Final[Mapping[str, Reader]] = {"sandbox": sandbox_visits, "cn": chinese_visits}
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
        """`missing`, `held without a plan`, or which days differ."""
        if len(self.planned) != len(self.held):
            return "missing" if len(self.planned) > len(self.held) else "held once too often"
        days = (
            name
            for name in ("arrives", "leaves")
            if [getattr(one, name) for one in self.planned] != [getattr(one, name) for one in self.held]
        )
        return " and ".join(days)


def differences(planned: Iterable[Visit], held: Iterable[Visit]) -> Iterator[Difference]:
    """What is in one of both and not in the other, by day of birth."""
    wanted, found = Counter(planned), Counter(held)
    missing, surplus = _by_birth(wanted - found), _by_birth(found - wanted)
    for born in sorted({*missing, *surplus}):
        yield Difference(tuple(missing[born]), tuple(surplus[born]))


def _by_birth(visits: Counter[Visit]) -> defaultdict[str, list[Visit]]:
    found: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in sorted(visits.elements()):
        found[visit.born].append(visit)
    return found
