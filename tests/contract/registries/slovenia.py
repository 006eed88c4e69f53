"""Slovenia, eTurizem: two guests in Ljubljana."""

import dataclasses

from gateway.domain.filings.record import Address, UnitFacts
from tests.contract.registries.spain import ANA, BEN
from tests.contract.registry_cases import RegistryCase, base_record

LJUBLJANA = UnitFacts(
    code="DW-SI-1",
    address=Address("Stari trg 1", "", "1000", "Ljubljana", "", "SVN"),
    area="area-lj",
    jurisdiction="si",
    timezone="Europe/Ljubljana",
    name="Hiša na trgu",
    registered_as="20037",
    tourist_tax="2.50",
)

CASE = RegistryCase(
    "si",
    lambda: base_record(LJUBLJANA, ANA, BEN),
    lambda: base_record(LJUBLJANA, dataclasses.replace(ANA, sex="unknown"), BEN),
    resends_safely=True,
    can_cancel=False,
    decides_late=False,
    can_contradict=False,
    settings={"user": "demo"},
)
