"""A webhook receiver, with the record of a Spanish unit."""

from tests.contract.registries.spain import ANA, BEN, MADRID
from tests.contract.registry_cases import RegistryCase, base_record

CASE = RegistryCase(
    "webhook",
    lambda: base_record(MADRID, ANA, BEN),
    lambda: base_record(MADRID, ANA, ANA),
    resends_safely=True,
    can_cancel=False,
    in_part=False,
    decides_late=False,
    can_contradict=False,
    rows=1,
    wrong_token="whsec_d3Jvbmc=",
    settings={"token": "whsec_c2VjcmV0", "allowed": "127.0.0.0/8"},
)
