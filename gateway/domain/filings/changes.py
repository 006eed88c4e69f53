"""What each registry can take of a change, and the records that a change becomes, in order."""

from dataclasses import dataclass, replace
from typing import Literal

from gateway.domain.filings.record import Kind, Registration

Taken = Literal["send", "annul_and_resend", "new_record", "annul", "nothing"]

CHANGES: dict[str, dict[Kind, Taken]] = {
    "sandbox": {"check_in": "send", "change": "send", "check_out": "send", "annulment": "annul"},
    "webhook": {"check_in": "send", "change": "send", "check_out": "send", "annulment": "send"},
    "cn": {"check_in": "send", "change": "send", "check_out": "send", "annulment": "annul"},
    "es": {"check_in": "send", "change": "annul_and_resend", "check_out": "nothing", "annulment": "annul"},
    "it": {"check_in": "send", "change": "new_record", "check_out": "nothing", "annulment": "nothing"},
    "pt": {"check_in": "send", "change": "new_record", "check_out": "send", "annulment": "nothing"},
}
# These take an arrival only once the day has come: their records wait until the stay begins.
ON_ARRIVAL = frozenset({"it"})
WHY_NOTHING = "This registry takes no such record; it is kept here and shown, and nothing is sent."


@dataclass(frozen=True, slots=True)
class Filing:
    """The records to send one after the other, each only once the one before is settled; a note where none is."""

    records: tuple[Registration, ...]
    note: str = ""


def plan(registry: str, record: Registration) -> Filing:
    """How a registry hears of a record; references stay distinct so that each step is recognised on its own."""
    taken = CHANGES[registry][record.kind]
    if taken == "nothing" or (taken == "annul" and record.corrects is None):
        return Filing((), WHY_NOTHING)
    if taken == "annul_and_resend":
        again = replace(record, kind="check_in", corrects=None)
        return Filing((again,) if record.corrects is None else (_annulment(record), again))
    return Filing((record,))


def _annulment(record: Registration) -> Registration:
    return replace(record, id=f"{record.id}-a", reference=f"{record.reference}-a", kind="annulment", people=())
