"""The registry records that one change produces, in order."""

from dataclasses import dataclass, replace

from gateway.domain.filings.record import Kind, Registration
from gateway.domain.filings.registry_profile import RegistryProfile

WHY_NOTHING = "not_accepted_here"


@dataclass(frozen=True, slots=True)
class Filing:
    """Records to send in order, each after the previous one is settled. `note` says why there are none."""

    records: tuple[Registration, ...]
    note: str = ""


def plan(registry: RegistryProfile, record: Registration) -> Filing:
    """The filing of a record at this registry. Each step has its own reference, so that a repeat is recognised."""
    taken = registry.changes[record.kind]
    if taken == "nothing" or (taken == "annul" and record.corrects is None):
        return Filing((), WHY_NOTHING)
    if taken == "annul_and_resend":
        kind: Kind = "booking" if record.kind == "booking" else "check_in"
        again = replace(record, kind=kind, corrects=None)
        return Filing((again,) if record.corrects is None else (_annulment(record), again))
    return Filing((record,))


def _annulment(record: Registration) -> Registration:
    return replace(record, id=f"{record.id}-a", reference=f"{record.reference}-a", kind="annulment", people=())
