"""Facts of a unit and its landlord, corrected by the landlord; what follows from it is filed again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.errors import InputRefused
from gateway.domain.filings.fill import NotOffered, UnknownFact
from gateway.domain.filings.record import Document, FieldProblem, PersonFacts, StayFacts
from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.refusal import FieldsRefused
from gateway.domain.stays.stay import OCCUPYING
from gateway.journey.filings.destinations import asked_at, landlord_facts, profile_at, unit_facts
from gateway.journey.filings.held_records import REPORTED, WITH_REFUSALS
from gateway.journey.filings.records import file_again, report_correction
from gateway.journey.filings.sealed_records import open_record
from gateway.journey.keys.keyring import Keyring
from gateway.store import Destination, Registration, Stay, Unit
from gateway.store.model import new_id
from gateway.store.sealing import Erased
from gateway.texts.marks import N_

NOT_CORRECTABLE: Final = N_("The field {field} cannot be corrected here.")
DAY: Final = 86_400
# what a unit and a landlord are known by here, which is not a registry's fact
FIXED: Final = {"unit": ("code", "area", "jurisdiction", "timezone"), "landlord": ("id",)}
ROOTS: Final = ("unit.", "landlord.")
CORRECTS: Final = ("send", "annul_and_resend")  # registries that take a change of what they accepted
COLUMNS: Final = ("name", "phone", "email")  # facts of a landlord that have a column of their own
Rules = Callable[[Record], Sequence[FieldProblem]]


@dataclass(frozen=True, slots=True)
class FactsCorrected:
    """New texts by path; an empty one takes a fact away. `address` is None where it is unchanged.

    A path of the unit that begins with a registry's name and a colon ("es:registered_as") is for that registry only.
    """

    address: str | None = None
    unit: Mapping[str, str] = field(default_factory=dict)
    landlord: Mapping[str, str] = field(default_factory=dict)


def correct_unit(
    session: Session, unit: Unit, changes: FactsCorrected, rules: Mapping[str, Rules], keyring: Keyring, now: int
) -> list[Registration]:
    """Store the facts and file again what was refused for them, and accepted records of running stays as changes.

    Returns the new records. `rules` are the registries', of those that are set up. Raises InputRefused with the
    fields that the rules refuse or that no registry takes.
    """
    _refuse_fixed(changes)
    before = wrong_facts(unit, rules, now)
    _apply(unit, changes)
    wrong = [
        problem for problem in wrong_facts(unit, rules, now) if problem not in before or _is_meant(problem, changes)
    ]
    if wrong:
        raise FieldsRefused([(problem.field, problem) for problem in wrong])
    session.flush()
    filed: list[Registration] = []
    everywhere = bool(changes.landlord)
    where = Unit.landlord_id == unit.landlord_id if everywhere else Unit.id == unit.id
    for stay in session.scalars(select(Stay).join(Unit, Stay.unit_id == Unit.id).where(where)).all():
        for destination in stay.unit.destinations:
            again = _refused_for_it(session, stay, destination, rules.get(destination.registry_name), keyring)
            filed += [file_again(session, row, keyring, now) for row in again if row.refiled_id is None]
            takes = profile_at(destination).changes["change"] in CORRECTS
            if takes and not again and stay.state in OCCUPYING and stay.until_at > now:
                filed += report_correction(session, stay, destination, keyring, now)
    return filed


def facts_of_unit(unit: Unit) -> tuple[dict[str, str], dict[str, str]]:
    """What is known of the unit and of its landlord, by the paths that its registries require or that were given.

    Where the unit reports to several, each path of the unit begins with the name of the registry that it is for.
    """
    found: dict[str, str] = {}
    for destination in unit.destinations:
        known = {"name": unit.label, **destination.registry_facts}
        before = f"{destination.registry_name}:" if len(unit.destinations) > 1 else ""
        booked = () if profile_at(destination).changes["booking"] == "nothing" else ("bookings",)
        for path in dict.fromkeys((*profile_at(destination).facts.unit, *booked, *destination.registry_facts)):
            found[before + path] = known.get(path, "")
    landlord = {name: getattr(unit.landlord, name) or "" for name in COLUMNS} | unit.landlord.registry_facts
    needs = asked_at(unit).landlord
    return found, {path: landlord.get(path, "") for path in dict.fromkeys((*needs, *unit.landlord.registry_facts))}


def _refuse_fixed(changes: FactsCorrected) -> None:
    fixed = [path for path in changes.unit if path.rpartition(":")[2] in FIXED["unit"]]
    fixed += [path for path in changes.landlord if path in FIXED["landlord"]]
    if fixed:
        raise InputRefused(NOT_CORRECTABLE, {"field": fixed[0]}, field=fixed[0])
    if changes.address is not None and not changes.address.strip():
        raise InputRefused(N_("Enter the unit's address."), field="unit.address")


def _apply(unit: Unit, changes: FactsCorrected) -> None:
    if changes.address is not None:
        unit.address = changes.address.strip()
    for destination in unit.destinations:
        destination.registry_facts = _merged(destination.registry_facts, _meant_for(destination, changes.unit))
    landlord = unit.landlord
    for name in COLUMNS:
        if name in changes.landlord:
            text = changes.landlord[name].strip()
            setattr(landlord, name, text or None if name == "email" else text)
    others = {path: text for path, text in changes.landlord.items() if path not in COLUMNS}
    landlord.registry_facts = _merged(landlord.registry_facts, others)


def _meant_for(destination: Destination, facts: Mapping[str, str]) -> dict[str, str]:
    """The facts of the unit for this registry: its own, and those for every registry."""
    own = f"{destination.registry_name}:"
    return {path.removeprefix(own): text for path, text in facts.items() if path.startswith(own) or ":" not in path}


def _merged(known: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in {**known, **{p: t.strip() for p, t in changes.items()}}.items() if text}


def wrong_facts(unit: Unit, rules: Mapping[str, Rules], now: int) -> list[FieldProblem]:
    """The registries' problems with the unit and its landlord. Raises InputRefused for a path that no record has."""
    try:
        records = {destination.registry_name: _sample(destination, now) for destination in unit.destinations}
    except NotOffered as error:
        field = f"unit.{error}"
        raise FieldsRefused(
            [(field, FieldProblem(field, "unknown_code", N_("Choose one of the answers offered.")))]
        ) from error
    except UnknownFact as error:
        raise InputRefused(N_("No registry requires {field}."), {"field": str(error)}) from error
    found = [problem for name, record in records.items() if name in rules for problem in rules[name](record)]
    return [problem for problem in found if problem.field.startswith(ROOTS)]


def _sample(destination: Destination, now: int) -> Record:
    """A record of this unit for one registry, whose stay and person do not matter."""
    person = PersonFacts(
        id="sample", surname="X", given_names="X", birth_date="1990-01-01", nationality="NLD", document=Document()
    )
    period = StayFacts(id=new_id(), from_at=now, until_at=now + DAY, agreed_at=now)
    return Record(
        id="",
        kind="check_in",
        reference="",
        unit=unit_facts(destination),
        stay=period,
        people=(person,),
        landlord=landlord_facts(destination),
    )


def _is_meant(problem: FieldProblem, changes: FactsCorrected) -> bool:
    root, _, path = problem.field.partition(".")
    return path in ([name.rpartition(":")[2] for name in changes.unit] if root == "unit" else changes.landlord)


def _refused_for_it(
    session: Session, stay: Stay, destination: Destination, rules: Rules | None, keyring: Keyring
) -> list[Registration]:
    """The stay's records that this registry refused, maybe for the unit's or landlord's facts, and not erased."""
    query = select(Registration).where(
        Registration.stay_id == stay.id,
        Registration.registry_name == destination.registry_name,
        Registration.kind.in_(REPORTED),
        Registration.state.in_(WITH_REFUSALS),
        Registration.refiled_id.is_(None),
    )
    found = []
    for row in session.scalars(query.order_by(Registration.number)).all():
        try:
            record = open_record(row.parts, keyring.vault)
        except Erased:
            continue
        named = [problem.field for problem in (rules(record) if rules else ())]
        named.append(str((row.answer_args or {}).get("field", "")))
        if row.answer_text is not None or any(path.startswith(ROOTS) for path in named):
            found.append(row)
    return found
