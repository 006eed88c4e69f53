"""What every adapter does alike: check before sending, hash receipts, tell the clock."""

import hashlib
from collections.abc import Callable

from gateway.domain.registration import Answer, FieldProblem, OutcomeUnknown, Refused
from gateway.registries.transport import LostAnswer

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
