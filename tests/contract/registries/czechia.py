"""Czechia, UbyPort: two foreigners in Prague."""

import dataclasses
import itertools

from gateway.domain.filings.record import Address, LandlordFacts, Registration, UnitFacts
from tests.contract.registries.spain import ANA, BEN
from tests.contract.registry_cases import DAY, RegistryCase, base_record

PRAGUE = UnitFacts(
    code="DW-CZ-1",
    address=Address("Lennonova 123/15", "Praha, Nusle", "140 00", "Praha", "", "CZE"),
    area="area-prg",
    jurisdiction="cz",
    timezone="Europe/Prague",
    name="U Dubu",
    registered_as="100227887600/CZGFW",
)
UBYTOVATEL = LandlordFacts("landlord-1", "Jan Novák", phone="+420210000000")
_longer = itertools.count(2)


def _record() -> Registration:
    """A record unlike the others: the same people on the same dates are a duplicate."""
    record = base_record(PRAGUE, ANA, BEN, landlord=UBYTOVATEL)
    until = record.stay.from_at + next(_longer) * DAY
    return dataclasses.replace(record, stay=dataclasses.replace(record.stay, until_at=until))


CASE = RegistryCase(
    "cz",
    _record,
    lambda: base_record(PRAGUE, dataclasses.replace(ANA, nationality="CZE"), landlord=UBYTOVATEL),
    can_cancel=False,
    decides_late=False,
    can_contradict=False,
    calls_before_filing=1,
    settings={"user": "WS_DEMO"},
)
