"""What became of everybody of a crowd."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select

from benchmarks.crowds.check_in import Outcome
from benchmarks.crowds.during_stay import Stayed
from benchmarks.crowds.reception import Reception
from benchmarks.crowds.ways_out import WaysOut
from gateway.journey.filings.held_records import WITH_REFUSALS, refused_people
from gateway.store import Registration, RegistrationPerson

SETTLED: Final = ("accepted", "not_due", "partly", "refused")  # refused here: another was filed in its place
Records = Sequence[Registration]


@dataclass
class Counts:
    """People by what became of them. `refused`: by the registry; `unsent`: by its rules, before sending.

    `corrected`: filed without anybody's help after the page had named a wrong answer, and the tenant had corrected it.
    `decided`: filed after a person passed the case. `mended`: filed after the registry had failed, and a person had
    sent the record again, corrected it, or found out what became of it; `acts`: how often each was done. `by_hand`:
    whom a registry's rule keeps from being sent, and the landlord registered; `hand_rules`: by which.
    `answered_once_more`, `door` and `by_registry`: refusals by field or rule. `faults`: later steps that were refused.
    `wrong_in_books`: stays that the authority holds otherwise than the crowd planned them; `books`: by what is wrong.
    """

    registry: str
    parties: int = 0
    faulty: int = 0
    countries: int = 0
    people: int = 0
    at_once: int = 0
    corrected: int = 0
    decided: int = 0
    mended: int = 0
    not_required: int = 0
    by_hand: int = 0
    refused_at_door: int = 0
    unsent: int = 0
    refused: int = 0
    stuck: int = 0
    wrong_in_books: int = 0
    records: int = 0
    seconds: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    answered_once_more: dict[str, int] = field(default_factory=dict)
    door: dict[str, int] = field(default_factory=dict)
    by_registry: dict[str, int] = field(default_factory=dict)
    hand_rules: dict[str, int] = field(default_factory=dict)
    acts: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    books: dict[str, int] = field(default_factory=dict)


def count(stays: Sequence[Stayed], reception: Reception, ways_out: WaysOut, counts: Counts) -> Counts:
    """Count what became of everybody in these stays."""
    rows = _records(reception)
    for stayed in stays:
        counts.parties += 1
        counts.faulty += bool(stayed.party.fault)
        for outcome in stayed.everybody:
            counts.people += 1
            for refusal in outcome.refused[:1] if outcome.person else outcome.refused[-1:]:
                _add(counts.answered_once_more if outcome.person else counts.door, refusal[0])
            _count_one(outcome, rows.get(outcome.person, []), ways_out, counts)
    counts.countries = len({one.person.nationality for stayed in stays for one in stayed.party.people})
    counts.records = len({row.id for listed in rows.values() for row in listed})
    counts.kinds = dict(Counter(_kinds(stays)))
    counts.acts = dict(ways_out.done)
    return counts


def _count_one(outcome: Outcome, rows: Records, ways_out: WaysOut, counts: Counts) -> None:
    """Count one person under what is worst in their records."""
    person = outcome.person
    refused = [
        row for row in rows if row.state in WITH_REFUSALS and not row.refiled_id and person in refused_people(row)
    ]
    open_ones = [row for row in rows if row.state not in SETTLED]
    if not person:
        counts.refused_at_door += 1
    elif refused:
        by_registry = any(row.answer_text or row.state == "partly" for row in refused)
        counts.refused += by_registry
        counts.unsent += not by_registry
        _add(counts.by_registry, _why(refused[0]))
    elif open_ones or not rows:
        counts.stuck += 1
        why = " ".join(sorted({f"stuck {row.kind} {row.state} {row.answer_code}" for row in open_ones}))
        _add(counts.by_registry, why or "no record")
    elif person in ways_out.by_hand:
        counts.by_hand += 1
        _add(counts.hand_rules, ways_out.by_hand[person])
    elif all(row.state == "not_due" for row in rows):
        counts.not_required += 1
    elif person in ways_out.mended:
        counts.mended += 1
    elif outcome.decided:
        counts.decided += 1
    elif outcome.refused:
        counts.corrected += 1
    else:
        counts.at_once += 1


def _why(row: Registration) -> str:
    why = f"{row.kind} {row.answer_code} {(row.answer_args or {}).get('field', '')}".strip()
    return f"{why} {row.answer_text or ''}".rstrip()


def _kinds(stays: Sequence[Stayed]) -> Iterable[str]:
    """What the crowd has of those for whom registries have rules of their own."""
    for stayed in stays:
        party = stayed.party
        yield party.kind
        yield from (
            name
            for name in (
                "joins_late",
                "says_later",
                "says_earlier",
                "leaves_early",
                "returns",
                "child_joins_late",
                "moves",
            )
            if getattr(party, name)
        )
        yield from (name for name in ("one_phone", "second_phone", "corrector", "fault") if getattr(party, name))
        for one in party.people:
            yield from ["part of a date"] * (one.person.birth_stated != one.person.born.isoformat())
            yield from ["one name"] * (one.person.given_names is None)
            yield from [one.person.nationality] * (one.person.nationality in ("XXA", "XXB", "RKS"))
        yield from (f"child, {child.way}" for child in party.children)


def _add(found: dict[str, int], what: str) -> None:
    found[what] = found.get(what, 0) + 1


def _records(reception: Reception) -> Mapping[str, list[Registration]]:
    """Every person's records."""
    found: dict[str, list[Registration]] = {}
    with reception.gateway.database.reading() as session:
        query = select(Registration, RegistrationPerson.person_id).join(
            RegistrationPerson, RegistrationPerson.registration_id == Registration.id
        )
        for row, person in session.execute(query).unique():
            assert row.parts is not None  # loaded while the session is open
            found.setdefault(person, []).append(row)
    return found
