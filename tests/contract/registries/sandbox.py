"""The sandbox registry, with the record of a Spanish unit."""

import dataclasses

from tests.contract.registries.spain import ANA, BEN, MADRID
from tests.contract.registry_cases import RegistryCase, base_record

CASE = RegistryCase(
    "sandbox",
    lambda: base_record(MADRID, ANA, BEN),
    lambda: base_record(MADRID, dataclasses.replace(ANA, nationality="ZZZ")),
    can_be_queried=True,
    resends_safely=True,
)
