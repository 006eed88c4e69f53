"""Corrections of a tenant's fields: which can be named, and what is refused when a correction is made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.domain.documents import FIELDS
from gateway.domain.errors import InputRefused
from gateway.domain.filings.choices import is_choice
from gateway.domain.filings.deadlines import deadline
from gateway.domain.filings.field_rules import arrival_day, local_time, own_arrival_day
from gateway.domain.filings.record import Address, Document, Entry, PersonFacts, Visa
from gateway.domain.filings.record import FieldProblem as RegistryProblem
from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.refusal import FieldsRefused
from gateway.domain.jurisdiction import profile_for
from gateway.domain.verification.as_typed import as_typed
from gateway.domain.verification.field_sources import FACT, conclude, correct
from gateway.domain.verification.typed_fields import ALWAYS_TAKEN, typed_problems
from gateway.journey.filings.destinations import registries_of
from gateway.journey.filings.person_fields import person_facts, person_fields, person_sources, seal_sources
from gateway.journey.filings.records import arrival_records
from gateway.journey.keys.keyring import Keyring
from gateway.registries import REGISTRIES, to_correct
from gateway.registries.code_choices import coded
from gateway.store import Person, Registration
from gateway.store.sealing import Erased
from gateway.texts.identity import REASON
from gateway.texts.marks import N_

# Fields of a submission that a registry's record names otherwise.
IN_RECORD: Final[Mapping[str, str]] = {
    "id_number": "document.number",
    "document_kind": "document.kind",
    "issuing_state": "document.issuing_country",
    "name": "surname",
    "address": "registered_address",
}
Rules = Callable[[Record], Sequence[RegistryProblem]]
Checked = tuple[Record, Rules]
"""A record, and the rules of its registry."""
REASON_PART: Final = "correction_reason"
NOT_A_FIELD: Final = ("id", "role")
TYPED_CHECKED: Final = (*ALWAYS_TAKEN, "birth_date", "nationality", "sex")


def _paths(kind: Any, before: str = "") -> list[str]:
    """The paths of every text of a dataclass."""
    parts = {"document": Document, "residence": Address, "visa": Visa, "entry": Entry}
    found: list[str] = []
    for item in fields(kind):
        inner = parts.get(item.name) if not before else None
        found += _paths(inner, f"{item.name}.") if is_dataclass(inner) else [f"{before}{item.name}"]
    return found


CORRECTABLE: Final = (
    *FIELDS,
    *(path for path in _paths(PersonFacts) if path not in (*NOT_A_FIELD, *FIELDS, *IN_RECORD.values())),
)
"""Every field a correction can name: those of a submission, and the other paths of a person in a record."""


def stored_name(field: str) -> str:
    """The name under which a field is stored. Raises InputRefused for one that does not exist."""
    if field not in CORRECTABLE:
        raise InputRefused(
            N_("The field {field} cannot be corrected: it does not exist."), {"field": field}, field=field
        )
    return field if field in FIELDS else f"{FACT}{field}"


def check_correction(
    record: Record,
    person: Person,
    changes: Mapping[str, str],
    keyring: Keyring,
    today: date,
    checked: Sequence[Checked] = (),
) -> dict[str, str]:
    """The changes by stored name. Raises InputRefused with the fields that would be wrong, or Erased.

    The name of an entry of an authority's table is stored as its code.
    `record` is the latest that named the person; `checked`: the records that the correction changes, with the rules of
    the registry of each.
    Only what the correction itself brings about is refused: other fields may still be waiting for theirs.
    """
    changes = dict.fromkeys(changes, "") | as_typed(changes)
    changes = coded(registries_of(person.stay.unit), changes, today)
    stored = {stored_name(name): text for name, text in changes.items()}
    refused = [
        (name, RegistryProblem(name, "unknown_code", N_("Choose one of the answers offered.")))
        for name, text in changes.items()
        if text and name not in FIELDS and not is_choice(name, text, today)
    ]
    before = person_sources(person, keyring)
    after = correct(before, stored)
    came = [own_arrival_day(record, one) for one in record.people if one.id == person.id]
    born_by = min([today, *(came or [arrival_day(record)])])
    profile = profile_for(record.unit.jurisdiction)
    refused += [
        (problem.field, RegistryProblem(problem.field, problem.code, REASON[problem.code]))
        for problem in typed_problems(_checked(conclude(after)), profile, born_by)
        if problem.field in changes or problem not in typed_problems(_checked(conclude(before)), profile, born_by)
    ]
    if refused:
        raise FieldsRefused(refused)
    _refuse_what_registries_refuse(person, conclude(before), conclude(after), changes, checked)
    return stored


def records_to_check(
    session: Session,
    row: Registration,
    record: Record,
    person: Person,
    rules: Mapping[str, Rules],
    keyring: Keyring,
    now: int,
) -> list[Checked]:
    """The records that a correction of this person changes, at every registry of the unit that is set up.

    `record` is what `row` reported; elsewhere it is the record in which the person arrives, if they are reported there.
    What a person is registered by hand for is no problem of the correction.
    """
    records = arrival_records(session, person.stay, person, person_fields(person, keyring), keyring)
    found = {name: one for name, one in records.items() if _is_reported(one, person, name, now)}
    reported = (found | {row.registry_name: record}).items()
    return [(one, _correctable(name, rules[name])) for name, one in reported if name in rules]


def _correctable(registry: str, rules: Rules) -> Rules:
    return lambda record: to_correct(registry, rules(record))


def _is_reported(record: Record, person: Person, registry: str, now: int) -> bool:
    alone = replace(record, people=tuple(one for one in record.people if one.id == person.id))
    return bool(alone.people) and deadline(alone, now, REGISTRIES[registry].reporting) is not None


def complete_fields(session: Session, person: Person, given: Mapping[str, str], keyring: Keyring, now: int) -> None:
    """Store fields that were missing, as whoever decides the case enters them.

    Raises InputRefused with those that would be wrong, or Erased. The registries' rules are checked on admission.
    """
    records = arrival_records(session, person.stay, person, person_fields(person, keyring), keyring)
    today = local_time(now, person.stay.unit.timezone).date()
    stored = check_correction(next(iter(records.values())), person, given, keyring, today)
    seal_sources(person, correct(person_sources(person, keyring), stored), keyring)


def note_correction(
    rows: Iterable[Registration], fields: Iterable[str], author: str, reason: str, keyring: Keyring
) -> None:
    """Note on the records of a correction who made it, which fields it names and why.

    `author` is a role and an id ("officer:<account>"); `reason` is "" for a tenant, who gives none.
    """
    named = sorted(fields)
    for row in rows:
        row.corrected_by, row.corrected_fields = author, named
        row.correction_reason = keyring.vault.seal(row.person_id, REASON_PART, reason.encode()) if reason else None


def reason_of(row: Registration, keyring: Keyring) -> str:
    """Why a record was corrected; "" where nobody said so, or the person was erased."""
    if row.correction_reason is None:
        return ""
    try:
        return keyring.vault.open(row.person_id, REASON_PART, row.correction_reason).decode()
    except Erased:
        return ""


def _refuse_what_registries_refuse(
    person: Person,
    before: Mapping[str, str],
    after: Mapping[str, str],
    changes: Mapping[str, str],
    checked: Sequence[Checked],
) -> None:
    """Raise FieldsRefused for rules that the correction breaks, or whose field it was to put right, each once."""
    meant = {IN_RECORD.get(name, name) for name in changes}
    found: dict[tuple[str, str], RegistryProblem] = {}
    for record, problems_of in checked:
        known = set(problems_of(_with(record, person, before)))
        for problem in problems_of(_with(record, person, after)):
            path = problem.field.partition("].")[2]
            if problem not in known or path in meant:
                found.setdefault((path or problem.field, problem.rule), problem)
    if found:
        named = {path: name for name, path in IN_RECORD.items() if name != "name" or name in changes}
        raise FieldsRefused([(named.get(path, path), problem) for (path, _), problem in found.items()])


def _with(record: Record, person: Person, known: Mapping[str, str]) -> Record:
    """The record with these facts of one of its people."""
    facts = person_facts(person.id, known)
    people = tuple(replace(facts, role=one.role) if one.id == person.id else one for one in record.people)
    return replace(record, people=people)


def _checked(known: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in known.items() if name in TYPED_CHECKED}
