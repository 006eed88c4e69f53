"""The records that a change becomes at a registry, in order."""

from dataclasses import dataclass, replace

from gateway.domain.filings.record import Registration
from gateway.domain.filings.registry_profile import RegistryProfile

WHY_NOTHING = "This registry takes no such record; it is kept here and shown, and nothing is sent."


@dataclass(frozen=True, slots=True)
class Filing:
    """The records to send one after the other, each only once the one before is settled; a note where none is."""

    records: tuple[Registration, ...]
    note: str = ""


def plan(registry: RegistryProfile, record: Registration) -> Filing:
    """How a registry hears of a record; references stay distinct so that each step is recognised on its own."""
    taken = registry.changes[record.kind]
    if taken == "nothing" or (taken == "annul" and record.corrects is None):
        return Filing((), WHY_NOTHING)
    if taken == "annul_and_resend":
        again = replace(record, kind="check_in", corrects=None)
        return Filing((again,) if record.corrects is None else (_annulment(record), again))
    return Filing((record,))


def _annulment(record: Registration) -> Registration:
    return replace(record, id=f"{record.id}-a", reference=f"{record.reference}-a", kind="annulment", people=())
