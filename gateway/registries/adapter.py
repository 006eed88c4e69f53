"""What every adapter does alike: check before sending, hash receipts, tell the clock."""

import hashlib
from collections.abc import Callable

from gateway.domain.filings.record import (
    Answer,
    Difference,
    FieldProblem,
    OutcomeUnknown,
    PersonFacts,
    Refused,
    Registration,
)
from gateway.outbound.http import LostAnswer

Clock = Callable[[], int]  # UTC seconds


def refused_before_sending(problems: tuple[FieldProblem, ...]) -> Refused:
    """The refusal we give ourselves, naming the first field and its rule."""
    first = problems[0]
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    return Refused(f"{first.rule}:{first.field}", first.sentence + more)


def unknown(lost: LostAnswer) -> Answer:
    """The answer never came: nobody may send it again blindly."""
    return OutcomeUnknown(str(lost))


def sha256_of(raw: bytes) -> str:
    """Hex SHA-256 of a receipt as it was received."""
    return hashlib.sha256(raw).hexdigest()


def name_differences(record: Registration, sent: Callable[[PersonFacts, str], str]) -> tuple[Difference, ...]:
    """Every name that the registry receives in other letters, to be shown before sending."""
    found = []
    for index, person in enumerate(record.people):
        for field in ("surname", "second_surname", "given_names"):
            given: str = getattr(person, field)
            if (written := sent(person, given)) != given:
                found.append(Difference(f"people[{index}].{field}", given, written))
    return tuple(found)
