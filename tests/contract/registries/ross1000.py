"""Italy's statistics, ROSS1000: an Italian who lives in Milan and her German child, in Rome."""

import dataclasses

from gateway.domain.filings.record import Address
from tests.contract.registries.italy import CARLA, DIEGO, ROME
from tests.contract.registry_cases import RegistryCase, base_record

FACILITY = dataclasses.replace(ROME, registered_as="A00927P", beds="4")
CARLA_OF_MILAN = dataclasses.replace(CARLA, residence=Address(municipality_code="403015146", country="ITA"))
DIEGO_OF_KOELN = dataclasses.replace(DIEGO, residence=Address(municipality="Köln", country="DEU"))

CASE = RegistryCase(
    "ross1000",
    lambda: base_record(FACILITY, CARLA_OF_MILAN, DIEGO_OF_KOELN),
    lambda: base_record(
        FACILITY, dataclasses.replace(CARLA_OF_MILAN, residence=Address(country="ITA")), DIEGO_OF_KOELN
    ),
    resends_safely=True,
    can_cancel=False,
    decides_late=False,
    settings={"user": "demo"},
)
