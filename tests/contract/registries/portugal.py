"""Portugal, SIBA: two foreigners in Lisbon."""

import dataclasses

from gateway.domain.filings.record import Address, LandlordFacts, UnitFacts
from tests.contract.registries.spain import ANA, BEN
from tests.contract.registry_cases import RegistryCase, base_record

LISBON = UnitFacts(
    code="DW-PT-1",
    address=Address("Rua Augusta 1", "", "1100-053", "Lisboa", "", "PRT"),
    area="area-lx",
    jurisdiction="pt",
    timezone="Europe/Lisbon",
    name="Casa da Praça",
    registered_as="1",
)

SENHORIO = LandlordFacts("landlord-1", "João Simões", "500000000", "+351210000000", "joao@example.org")

CASE = RegistryCase(
    "pt",
    lambda: base_record(LISBON, ANA, BEN, landlord=SENHORIO),
    lambda: base_record(LISBON, dataclasses.replace(ANA, nationality="PRT"), landlord=SENHORIO),
    can_cancel=False,
    decides_late=False,
    can_contradict=False,
)
