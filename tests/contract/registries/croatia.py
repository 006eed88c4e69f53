"""Croatia, eVisitor: a guest from Germany in Split, each time with another document: nobody is checked in twice."""

import dataclasses
import itertools

from gateway.domain.filings.record import Address, PersonFacts, UnitFacts
from tests.contract.registries.spain import BEN
from tests.contract.registry_cases import RegistryCase, base_record

SPLIT = UnitFacts(
    code="DW-HR-1",
    address=Address("Riva 1", "", "21000", "Split", "", "HRV"),
    area="area-st",
    jurisdiction="hr",
    timezone="Europe/Zagreb",
    name="Kuća na rivi",
    registered_as="0000001",
)
LUKAS = dataclasses.replace(
    BEN,
    id="p1",
    birth_country="DEU",
    birth_place="Köln",
    residence=Address("Domstraße 1", "", "50668", "Köln", "", "DEU"),
)
_numbers = itertools.count(1)


def lukas() -> PersonFacts:
    """The guest with a document that nobody had before."""
    return dataclasses.replace(LUKAS, document=dataclasses.replace(LUKAS.document, number=f"C{next(_numbers):08}"))


CASE = RegistryCase(
    "hr",
    lambda: base_record(SPLIT, lukas()),
    lambda: base_record(SPLIT, dataclasses.replace(LUKAS, birth_place="")),
    resends_safely=True,
    can_cancel=False,
    in_part=False,
    decides_late=False,
    can_contradict=False,
    calls_before_filing=1,
    rows=1,
    settings={"user": "demo"},
    fixed_people=(LUKAS,),
    answers={"Login": "true", "CheckInTourist": "", "CheckOutTourist": "", "CancelTouristCheckIn": ""},
)
