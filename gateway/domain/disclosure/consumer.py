"""A consumer's grant to follow registrations: one purpose, its areas, named fields, an expiry date."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from gateway.domain.errors import InputRefused, NotAllowed
from gateway.texts.marks import N_

ConsumerStanding = Literal["in_force", "awaits_approval", "expired"]
MAX_GRANT_SECONDS: Final = 366 * 86_400  # seconds; the longest a grant lasts before a person has to renew it

# Fields a grant may name, as paths in a feed record. The person's part is always masked: unmasked values are read one
# record at a time, with a reason, and never through the feed.
FIELDS: Final = frozenset(
    {
        "kind", "at", "from", "until", "state", "receipt", "deadline",
        "unit.code", "unit.label", "unit.address", "unit.area",
        "person.name", "person.id_number", "person.birth_date", "person.nationality", "person.document_kind",
    }
)  # fmt: skip
ALWAYS: Final = frozenset({"id", "kind"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a grant covers. `areas` are prefixes of grid areas, `expires_at` is UTC seconds, `rows_a_day` limits the
    records disclosed in a day.
    """

    purpose: str
    areas: tuple[str, ...]
    fields: frozenset[str]
    expires_at: int
    rows_a_day: int = 10_000


@dataclass(frozen=True, slots=True)
class Consumer:
    """A grant with who requested it and who approved it; the two must differ."""

    id: str
    scope: Scope
    requested_by: str
    approved_by: str | None = None


def request_grant(consumer_id: str, scope: Scope, by: str, now: int) -> Consumer:
    """A grant awaiting approval. Raises InputRefused if it is too wide, too long or without a purpose."""
    if not scope.purpose.strip():
        raise InputRefused(N_("State what the registrations are needed for."), field="purpose")
    if not scope.areas or not all(scope.areas):
        raise InputRefused(N_("Name at least one area. A grant for all areas is not possible."), field="areas")
    if unknown := scope.fields - FIELDS:
        raise InputRefused(
            N_("The field {field} cannot be granted: it does not exist."), {"field": sorted(unknown)[0]}, field="fields"
        )
    if not now < scope.expires_at <= now + MAX_GRANT_SECONDS:
        raise InputRefused(N_("A grant lasts one year at most; it can be requested again."), field="expires_at")
    if scope.rows_a_day < 1:
        raise InputRefused(N_("A grant must allow at least one record a day."), field="rows_a_day")
    return Consumer(consumer_id, scope, by)


def approve(consumer: Consumer, by: str) -> Consumer:
    """The approved grant. Raises NotAllowed if the approver is the requester."""
    if by == consumer.requested_by:
        raise NotAllowed(N_("A second person must approve a new consumer of the feed."))
    return replace(consumer, approved_by=by)


def standing(consumer: Consumer, now: int) -> ConsumerStanding:
    """Whether the grant is in force at `now`."""
    if consumer.approved_by is None or consumer.approved_by == consumer.requested_by:
        return "awaits_approval"
    return "in_force" if now < consumer.scope.expires_at else "expired"


def scoped(record: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """The record reduced to id, kind and the granted fields. The person's part must be masked by the caller."""
    shown: dict[str, Any] = {}
    for name, value in record.items():
        if name in ALWAYS or name in scope.fields:
            shown[name] = value
        elif isinstance(value, Mapping):
            inner = {part: value[part] for part in value if f"{name}.{part}" in scope.fields}
            if inner:
                shown[name] = inner
    return shown
