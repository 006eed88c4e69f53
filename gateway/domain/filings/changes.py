"""The registry records that one change produces, in order."""

from dataclasses import dataclass, replace

from gateway.domain.filings.record import Kind, Registration, StayFacts
from gateway.domain.filings.registry_profile import RegistryProfile

WHY_NOTHING = "not_accepted_here"


@dataclass(frozen=True, slots=True)
class Filing:
    """Records to send in order, each after the previous one is settled. `note` says why there are none."""

    records: tuple[Registration, ...]
    note: str = ""


def plan(registry: RegistryProfile, record: Registration, *, held: StayFacts | None = None) -> Filing:
    """The filing of a record at this registry. Each step has its own reference, so that a repeat is recognised.

    `held`: the registry has this stay of people who are still to arrive, or arrived otherwise where arrivals are fixed.
    It is annulled where it can be.
    """
    taken = registry.changes[record.kind]
    can_annul = registry.changes["annulment"] in ("annul", "send")
    if held is not None and can_annul and taken == "send" and record.kind == "change":
        return Filing((replace(_annulment(record), people=record.people, stay=held), _sent_again(record)))
    if taken == "nothing" or (taken == "annul" and record.corrects is None):
        return Filing((), WHY_NOTHING)
    if taken == "annul_and_resend":
        again = _sent_again(record)
        return Filing((again,) if record.corrects is None else (_annulment(record), again))
    return Filing((record,))


def _sent_again(record: Registration) -> Registration:
    kind: Kind = "booking" if record.kind == "booking" else "check_in"
    return replace(record, kind=kind, corrects=None)


def _annulment(record: Registration) -> Registration:
    return replace(record, id=f"{record.id}-a", reference=f"{record.reference}-a", kind="annulment", people=())
