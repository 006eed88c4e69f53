"""Comparing what was filed with what a registry holds: which records are compared, and what a person decides then."""

from collections.abc import Sequence
from typing import Final, NamedTuple, cast

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, aliased

from gateway.domain.errors import Conflict
from gateway.domain.filings.record import NOTHING, Filed, Held, Kind
from gateway.journey.filings.answers import FoundOut, settle_outcome
from gateway.journey.filings.destinations import destination_of
from gateway.journey.filings.held_records import BOOKED, NOT_DONE, REGISTERED_BY_HAND, REPORTED
from gateway.journey.filings.parties import Group, group_of, people_of
from gateway.journey.filings.records import file_again, report
from gateway.journey.filings.sealed_records import open_record, parts_of
from gateway.journey.keys.keyring import Keyring
from gateway.outbox.events import record
from gateway.store import Delivery, Registration, Stay
from gateway.store.sealing import Erased, Vault
from gateway.texts.marks import N_

PAGE: Final = 50
SETTLED_FOR: Final = 3600  # seconds since the answer, by which every part of a registry knows the record
ANNULMENT: Final = "annulment"
NOTHING_HELD, ANOTHER = "registry_holds_nothing", "registry_holds_another"
CANCELLED, CHANGED, NOT_ANNULLED = "registry_cancelled", "registry_changed", "registry_holds_annulled"
DIFFERENCES: Final = (NOTHING_HELD, ANOTHER, CANCELLED, CHANGED, NOT_ANNULLED)
SHOWN: Final = 3  # fields of a difference that are named


class Compared(NamedTuple):
    """A record to compare: `row` becomes a case where it differs. Of an annulment, `filed` is what it annulled."""

    row: str
    filed: Filed
    annulled: bool


def records_to_compare(session: Session, registry: str, after: str, now: int, vault: Vault) -> list[Compared]:
    """The next PAGE records of stays that have not ended which this registry accepted, in order of id.

    Of records that say where a person stays, or that were booked, those that no other one changed or annulled:
    registries differ in what they keep of these. Of accepted annulments, what they annulled. What a person registered
    there by hand is not known by our reference.
    """
    rows = session.execute(_accepted(registry, after, now).limit(PAGE)).all()
    about = [earlier if row.kind == ANNULMENT else row for row, earlier in rows]
    parts = parts_of(session, [one.id for one in about])
    found = []
    for (row, _), one in zip(rows, about, strict=True):
        try:
            contents = open_record(parts.get(one.id, ()), vault)
        except Erased:
            contents = None
        found.append(Compared(row.id, Filed(one.id, one.receipt or "", contents), row.kind == ANNULMENT))
    return found


def _accepted(registry: str, after: str, now: int) -> Select[Registration, Registration]:
    later, earlier = aliased(Registration), aliased(Registration)
    replaced = select(later.id).where(later.corrects_id == Registration.id, later.state.not_in(NOT_DONE))
    held = Registration.kind.in_((*REPORTED, *BOOKED)) & ~replaced.exists()
    annulment = (Registration.kind == ANNULMENT) & (earlier.state == "accepted") & earlier.receipt.is_not(None)
    return (
        select(Registration, earlier)
        .join(Stay, Registration.stay_id == Stay.id)
        .outerjoin(earlier, (Registration.corrects_id == earlier.id) & (Registration.kind == ANNULMENT))
        .where(
            Registration.registry_name == registry,
            Registration.state == "accepted",
            Registration.answer_code.is_distinct_from(REGISTERED_BY_HAND),
            held | annulment,
            Registration.answered_at <= now - SETTLED_FOR,
            Registration.id > after,
            Stay.until_at > now,
        )
        .order_by(Registration.id)
    )


def record_differences(session: Session, compared: Sequence[tuple[Compared, Held]], now: int) -> int:
    """Make every record that differs one of unknown outcome; how many there were.

    A person then settles it or has it filed again. What a person has settled is no difference until it is another.
    """
    return sum(_record_difference(session, one, held, now) for one, held in compared)


def _record_difference(session: Session, compared: Compared, held: Held, now: int) -> bool:
    row = session.get_one(Registration, compared.row)
    difference = _difference(compared, held)
    if row.state != "accepted" or difference is None or row.held_sha256 == held.sha256:
        return False
    code, args = difference
    row.state, row.answer_code, row.answer_text, row.answer_args = "unknown", code, None, args
    row.held_sha256 = held.sha256
    done = update(Delivery).where(Delivery.work == "submit", Delivery.about == row.id, Delivery.state == "done")
    session.execute(done.values(state="unknown", outcome=code, outcome_args=args))
    data = {"registration": row.id, "kind": row.kind, "code": code}
    record(session, "OutcomeUnknown", now, stay=row.stay, registration=row, data=data)
    return True


def _difference(compared: Compared, held: Held) -> tuple[str, dict[str, str | int]] | None:
    """The code and the arguments of a difference; None if there is none."""
    if compared.annulled:
        still_held = held != NOTHING and not held.cancelled
        return (NOT_ANNULLED, {"receipt": compared.filed.receipt}) if still_held else None
    if held == NOTHING:
        return NOTHING_HELD, {}
    if held.cancelled:
        return CANCELLED, {"receipt": held.receipt}
    if compared.filed.receipt and held.receipt != compared.filed.receipt:
        return ANOTHER, {"receipt": held.receipt}
    if held.differing:
        return CHANGED, {"fields": ", ".join(held.differing[:SHOWN]), "count": len(held.differing)}
    return None


FILED_ANEW: Final = (NOTHING_HELD, CANCELLED, CHANGED, NOT_ANNULLED)
"""Differences after which the same record under the same reference would be taken for a repeat."""


def settle(
    session: Session, row: Registration, outcome: FoundOut, receipt: str, by: str, keyring: Keyring, now: int
) -> Registration:
    """Settle a record of unknown outcome as a person found out; the record, or the one filed in its place.

    What the daily comparison found is left as the registry has it ("accepted"), or filed again as a record of its own:
    a correction of what was changed there, else one anew. Raises Conflict if the outcome is known, or Erased.
    """
    code = row.answer_code or ""
    if outcome == "accepted" or row.state != "unknown" or code not in FILED_ANEW:
        settle_outcome(session, row, outcome, receipt, by, now)
        return row
    data = {"registration": row.id, "outcome": outcome, "by": by}
    record(session, "OutcomeSettled", now, stay=row.stay, registration=row, data=data)
    waiting = update(Delivery).where(Delivery.work == "submit", Delivery.about == row.id, Delivery.state == "unknown")
    session.execute(waiting.values(state="done", outcome="settled_by_person", outcome_args={}, settled_at=now))
    if code != CHANGED:
        row.state = "refused"
        return file_again(session, row, keyring, now)
    row.state, row.answer_code, row.answer_args = "accepted", None, {}
    return _correct(session, row, keyring, now)


def _correct(session: Session, row: Registration, keyring: Keyring, now: int) -> Registration:
    """File what is known here as a correction of a record that the registry has otherwise."""
    people = people_of(session, row.stay, row)
    if not people:
        raise Erased
    if row.stay.ended_at is not None:
        raise Conflict(N_("The stay has ended. Confirm what the registry has."))
    destination = destination_of(row)
    if row.kind in REPORTED:
        group = group_of(session, row.stay, people[-1], destination)
        return report(session, row.stay, group, people[-1], "change", keyring, now)
    group = Group(destination, tuple(people))
    return report(session, row.stay, group, people[-1], cast("Kind", row.kind), keyring, now, corrects=row)
