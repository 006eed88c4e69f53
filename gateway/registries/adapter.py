"""Common to all adapters: check before sending, hash receipts, combine answers by person, list differences."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gateway.domain.filings.record import (
    NOT_TAKEN,
    Accepted,
    AcceptedInPart,
    Answer,
    Difference,
    FieldProblem,
    Filed,
    Held,
    OutcomeUnknown,
    PersonAnswer,
    PersonFacts,
    Refused,
    Registration,
)
from gateway.outbound.http import LostAnswer

Clock = Callable[[], int]  # UTC seconds


class Outcome(NamedTuple):
    """A registry's answer for one person: accepted, or its code and sentence."""

    taken: bool
    code: str = ""
    sentence: str = ""


class SendOnly:
    """Base of the adapters of services that only take records: no query by reference, and no cancellation."""

    can_be_queried = False
    compares = 0

    async def poll(self, reference: str) -> Answer:  # noqa: ARG002 - the port's shape
        """OutcomeUnknown: the service has no query."""
        return OutcomeUnknown("cannot_be_queried")

    async def cancel(self, receipt: str) -> Answer:  # noqa: ARG002 - the port's shape
        """Refused: the service has no cancellation; where it takes annulments, they are records sent by submit."""
        return Refused(NOT_TAKEN)

    async def holdings(self, filed: Sequence[Filed]) -> Mapping[str, Held]:  # noqa: ARG002 - the port's shape
        """Nothing is known of any record."""
        return {}


def refused_before_sending(problems: tuple[FieldProblem, ...]) -> Refused:
    """The refusal before sending, with the first field and its rule."""
    first = problems[0]
    more: dict[str, int] = {"more": len(problems) - 1} if len(problems) > 1 else {}
    return Refused(first.rule, None, {"field": first.field, **more})


def unknown(lost: LostAnswer) -> Answer:
    """The answer to a lost response: the outcome is unknown, and it must not be sent again blindly."""
    return OutcomeUnknown(lost.code, lost.details)


def settled_by_person(record: Registration, outcomes: Sequence[Outcome], receipt: str, digest: str, at: int) -> Answer:
    """The answer for a record from one outcome per person, in the record's order.

    The first refusal if all are refused.
    """
    if all(outcome.taken for outcome in outcomes):
        return Accepted(receipt, digest, at)
    if not any(outcome.taken for outcome in outcomes):
        return Refused(outcomes[0].code, outcomes[0].sentence)
    people = tuple(
        PersonAnswer(person.id, outcome.taken, receipt if outcome.taken else "", outcome.code, outcome.sentence)
        for person, outcome in zip(record.people, outcomes, strict=True)
    )
    return AcceptedInPart(receipt, people, digest, at)


def sha256_of(raw: bytes) -> str:
    """Hex SHA-256 of a receipt as received."""
    return hashlib.sha256(raw).hexdigest()


def name_differences(
    record: Registration, sent: Callable[[PersonFacts, str], str], *, one_name_twice: bool = False
) -> tuple[Difference, ...]:
    """Every name the registry receives otherwise than given, to be shown before sending.

    `one_name_twice`: the registry requires both names, so a person's only name is filed in both.
    """
    found = []
    for index, person in enumerate(record.people):
        for field in ("surname", "second_surname", "given_names"):
            given: str = getattr(person, field)
            if (written := sent(person, given)) != given:
                found.append(Difference(f"people[{index}].{field}", given, written))
        if one_name_twice and person.surname and not person.given_names:
            found.append(Difference(f"people[{index}].given_names", "", sent(person, person.surname)))
    return tuple(found)


def held(receipt: str, *, cancelled: bool, sent: Mapping[str, str] | None, found: Mapping[str, str]) -> Held:
    """What is held, from the contents as `sent` and as `found`, by path; nothing differs where `sent` is None.

    Only paths in both are compared, besides whole people.
    """
    differing: list[str] = []
    if sent is not None:
        if found and _people(sent) != _people(found):
            differing.append("people")
        differing += sorted(path for path in sent.keys() & found.keys() if sent[path] != found[path])
    text = repr((receipt, cancelled, sorted(found.items())))
    return Held(receipt, cancelled, tuple(differing), hashlib.sha256(text.encode()).hexdigest())


def _people(contents: Mapping[str, str]) -> set[str]:
    return {path.partition(".")[0] for path in contents if path.startswith("people[")}
