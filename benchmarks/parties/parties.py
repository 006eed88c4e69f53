"""Parties of travellers: families, groups, couples and single people, with what happens to them during the stay."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final, Literal

from benchmarks.parties.answers import answers_of, slips_of
from benchmarks.parties.documents import documents_of
from benchmarks.parties.names import countries
from benchmarks.parties.people import Person, Traveller, Way, make_person, relative_of

Kind = Literal["single", "couple", "family", "group"]
ADULTS: Final = range(19, 78)
CHILDREN: Final = range(17)
Corrector = Literal["", "landlord", "officer"]
# How a registry fails one party in twenty-five: behaviours of the simulators.
FAULTS: Final = ("refuse", "partial", "silent", "broken", "malformed", "down", "late", "twice")
FAULTY: Final = 0.04
# The country whose nationals are a sixth of the crowd at a registry; elsewhere all countries have the same share.
AT_HOME: Final = {
    "es": "ESP",
    "it": "ITA",
    "pt": "PRT",
    "cn": "CHN",
    "cz": "CZE",
    "de": "DEU",
    "hr": "HRV",
    "si": "SVN",
}


@dataclass(frozen=True, slots=True)
class Party:
    """Who stays together. The first adult registers first and declares the children on the same phone.

    `one_phone`: the other adults register on the first one's phone, and take their keys to phones of their own.
    `joins_late`: the last adult comes two days later, unannounced. `says_later`, `says_earlier`: the last adult
    registers with the others, and says on their phone that they come a day later, or leave a day earlier.
    `leaves_early`: the last adult leaves before the others; `returns`: and is back on the same day. `child_joins_late`:
    the last child comes two days later, and is declared then. `corrector`: who corrects the first adult's given names
    later. `second_phone`: the first adult adds a phone. `moves`: the landlord moves the end of the stay. `fault`: what
    the registry does when this party arrives; nothing mostly.
    """

    kind: Kind
    adults: tuple[Traveller, ...]
    children: tuple[Traveller, ...] = ()
    one_phone: bool = False
    joins_late: bool = False
    says_later: bool = False
    says_earlier: bool = False
    leaves_early: bool = False
    returns: bool = False
    child_joins_late: bool = False
    corrector: Corrector = ""
    second_phone: bool = False
    moves: bool = False
    fault: str = ""

    @property
    def people(self) -> tuple[Traveller, ...]:
        """Everybody."""
        return self.adults + self.children


def crowd(seed: int, count: int, registry: str, today: date) -> Iterator[Party]:
    """That many parties for one registry, the same for the same seed."""
    random = Random(seed)
    for _ in range(count):
        yield make_party(random, registry, today)


def make_party(random: Random, registry: str, today: date) -> Party:
    """One party that arrives on this day."""
    kind: Kind = random.choices(("single", "couple", "family", "group"), (30, 25, 35, 10))[0]
    first = make_person(random, _country(random, registry), today, ADULTS)
    adults = [first, *(_other_adults(random, kind, first, registry, today))]
    children = []
    if kind == "family":
        children = [relative_of(random, first, today, CHILDREN) for _ in range(random.choices((1, 2, 3), (4, 4, 2))[0])]
    several = len(adults) > 1
    dates = random.choices(("late", "later", "earlier", "early", ""), (10, 8, 8, 10, 64))[0] if several else ""
    return Party(
        kind,
        tuple(_traveller(random, person, registry, today) for person in adults),
        tuple(_child(random, person, first, registry, today) for person in children),
        one_phone=several and random.random() < 0.3,
        joins_late=dates == "late",
        says_later=dates == "later",
        says_earlier=dates == "earlier",
        leaves_early=dates == "early",
        returns=dates == "early" and random.random() < 0.4,
        child_joins_late=bool(children) and random.random() < 0.15,
        corrector=random.choices(("", "landlord", "officer"), (92, 4, 4))[0],
        second_phone=random.random() < 0.05,
        moves=random.random() < 0.05,
        fault=random.choice(FAULTS) if random.random() < FAULTY else "",
    )


def _other_adults(random: Random, kind: Kind, first: Person, registry: str, today: date) -> list[Person]:
    if kind == "group":
        return [make_person(random, _country(random, registry), today, ADULTS) for _ in range(random.randrange(2, 5))]
    if kind == "couple" or (kind == "family" and random.random() < 0.6):
        same = random.random() < 0.6
        make = relative_of(random, first, today, ADULTS) if same else None
        return [make or make_person(random, _country(random, registry), today, ADULTS)]
    return []


def _country(random: Random, registry: str) -> str:
    home = AT_HOME.get(registry)
    return home if home and random.random() < 1 / 6 else random.choice(list(countries()))


def _traveller(random: Random, person: Person, registry: str, today: date) -> Traveller:
    way: Way = random.choices(("face", "camera", "typed", "kiosk"), (70, 12, 12, 6))[0]
    documents = documents_of(random, person, registry, today)
    knows = answers_of(random, person, documents[0], today)
    traveller = Traveller(person, documents, knows, way)
    return replace(traveller, slips=slips_of(random, traveller)) if random.random() < 0.15 else traveller


def _child(random: Random, child: Person, adult: Person, registry: str, today: date) -> Traveller:
    documents = documents_of(random, child, registry, today)
    knows = dict(answers_of(random, replace(child, home=adult.home), documents[0], today)) | {"relation": "child"}
    return Traveller(child, documents, knows, random.choice(("camera", "typed")))
