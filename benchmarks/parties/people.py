"""One traveller of the crowd: who they are, the documents they carry, and what they know when they are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final, Literal

from benchmarks.parties.names import Name, countries

Way = Literal["face", "camera", "typed", "kiosk"]
STATELESS: Final = ("XXA", "XXB")
HOSTS: Final = (
    "DEU",
    "FRA",
    "SWE",
    "ITA",
    "ESP",
)  # states that issue travel documents to the stateless and to refugees
# States of the names' table whose passports name another state.
PASSPORT_STATE: Final = {"HKG": "CHN"}
ZONE_CODE: Final = {"DEU": "D"}  # Doc 9303 part 3, section 5, part A
NO_X: Final = ("CHN", "HKG", "TWN")  # whose documents in China say male or female
ONE_NAME: Final = {"IDN": 0.4, "MMR": 0.3, "AFG": 0.3, "IND": 0.15, "ETH": 0.1}


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its kind (of gateway.domain.documents), number, issuer (ISO 3166-1 or RKS) and zone.

    `lines` are empty for a document without a zone. `known`: what only this document says, by path of a record.
    """

    kind: str
    number: str
    issuer: str
    expiry: date
    lines: tuple[str, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """A traveller without documents. Names as written by hand, and as the zone prints them.

    `birth_stated`: what documents state of the date of birth, YYYY-MM-DD, YYYY-MM, YYYY or nothing.
    `nationality`: ISO 3166-1 alpha-3, RKS, XXA or XXB. `home`: the country of residence. Spaniards have two surnames.
    """

    surname: Name
    second_surname: Name | None
    given_names: Name | None
    sex: str
    born: date
    birth_stated: str
    nationality: str
    home: str
    place: str = ""  # HKG and TWN have documents of their own in China

    @property
    def zone_surname(self) -> str:
        """All surnames as the zone prints them."""
        return " ".join(name.zone for name in (self.surname, self.second_surname) if name)

    @property
    def zone_given_names(self) -> str:
        """The given names as the zone prints them; empty for a person of one name."""
        return self.given_names.zone if self.given_names else ""


@dataclass(frozen=True, slots=True)
class Traveller:
    """A person with documents in the order they are shown, and answers by path of a person's record.

    `way`: how they register. `slips`: paths that are first answered as a hurried person answers them, by the answer.
    """

    person: Person
    documents: tuple[Document, ...]
    knows: Mapping[str, str]
    way: Way = "face"
    slips: Mapping[str, str] = field(default_factory=dict)

    def document(self, kinds: tuple[str, ...], after: Document | None = None) -> Document | None:
        """The first document of these kinds, or the next one after a document that was not accepted."""
        start = self.documents.index(after) + 1 if after else 0
        return next((document for document in self.documents[start:] if document.kind in kinds), None)


def make_person(random: Random, code: str, today: date, age: range) -> Person:
    """A person of this country of the names' table, of an age in this range on that day."""
    country = countries()[code]
    sex = random.choice("MF")
    given = random.choice(country.male if sex == "M" else country.female)
    surname: Name = random.choice(country.surnames)
    second = random.choice(country.surnames) if code == "ESP" else None
    one_name = random.random() < ONE_NAME.get(code, 0.0)
    born = today - timedelta(days=random.choice(age) * 365 + random.randrange(2, 360) + 30)
    return Person(
        surname=given if one_name else surname,
        second_surname=second,
        given_names=None if one_name else given,
        sex="X" if code not in NO_X and random.random() < 0.01 else sex,
        born=born,
        birth_stated=_stated(random, code, born),
        nationality=PASSPORT_STATE.get(code, code),
        home=random.choice(HOSTS) if code in STATELESS else PASSPORT_STATE.get(code, code),
        place=code if code in ("HKG", "TWN") else "",
    )


def _stated(random: Random, code: str, born: date) -> str:
    """Some documents of some states have only the year of a birth, only year and month, or no date at all."""
    if code not in ("AFG", "SYR", "ETH"):
        return born.isoformat()
    return random.choices((born.isoformat(), f"{born:%Y}", f"{born:%Y-%m}", ""), (80, 10, 6, 4))[0]


def relative_of(random: Random, adult: Person, today: date, age: range) -> Person:
    """Somebody of the same family: the adult's nationality and surnames, and a given name of their own."""
    code = adult.place or adult.nationality
    other = make_person(random, code, today, age)
    if adult.given_names is None or other.given_names is None:
        return other
    return Person(
        adult.surname, adult.second_surname, other.given_names, other.sex, other.born, other.birth_stated,
        adult.nationality, adult.home, adult.place,
    )  # fmt: skip
