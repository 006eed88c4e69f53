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

    `joins_late`: the last adult comes two days later. `leaves_early`: the last adult leaves before the others.
    `corrects`: a person corrects the first adult's given names later. `second_phone`: the first adult adds a phone.
    `moves`: the landlord moves the end of the stay.
    """

    kind: Kind
    adults: tuple[Traveller, ...]
    children: tuple[Traveller, ...] = ()
    joins_late: bool = False
    leaves_early: bool = False
    corrects: bool = False
    second_phone: bool = False
    moves: bool = False

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
    return Party(
        kind,
        tuple(_traveller(random, person, registry, today) for person in adults),
        tuple(_child(random, person, first, registry, today) for person in children),
        joins_late=several and random.random() < 0.1,
        leaves_early=several and random.random() < 0.1,
        corrects=random.random() < 0.05,
        second_phone=random.random() < 0.05,
        moves=random.random() < 0.05,
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
    return Traveller(child, documents, knows, "typed")
