"""Deliveries: created in the step's own transaction, selected and leased by the relay, and settled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from sqlalchemy import Select, Table, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from gateway.store import Delivery
from gateway.texts.outcomes import Args

# States that block a lane: owed, and unknown until a person has decided.
BLOCKING: Final = ("owed", "unknown")
MAX_BACKOFF_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Done:
    """The party has it. `code` and `args` are the outcome in all decisions: a code of texts.outcomes."""

    code: str = "delivered"
    args: Args = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Failed: try again at `at` (UTC seconds). `cut_short`: unknown how far the attempt got.

    `party_down`: the party is unreachable, so its other deliveries need not be tried meanwhile.
    """

    at: int
    code: str
    args: Args = field(default_factory=dict)
    cut_short: bool = False
    party_down: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The party refused it; shown to a person."""

    code: str
    args: Args = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Sent, with unknown outcome; a person decides."""

    code: str
    args: Args = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expired:
    """Expired before it could be delivered."""

    code: str = "expired"
    args: Args = field(default_factory=dict)


Decision = Done | RetryAt | Refused | Unknown | Expired
SETTLED: Final[dict[type, str]] = {Done: "done", Refused: "refused", Unknown: "unknown", Expired: "expired"}


def enqueue(
    session: Session,
    *,
    party: str,
    lane: str,
    work: str,
    about: str,
    now: int,
    due_at: int | None = None,
    expires_at: int | None = None,
    command_id: str | None = None,
    body: Mapping[str, Any] | None = None,
) -> Delivery:
    """Create a delivery to one party; the relay carries it out."""
    delivery = Delivery(
        party=party,
        lane=lane,
        work=work,
        about=about,
        created_at=now,
        due_at=now if due_at is None else due_at,
        expires_at=expires_at,
        command_id=command_id,
        body=dict(body) if body is not None else None,
    )
    session.add(delivery)
    return delivery


def is_pending(session: Session, work: str, about: str) -> bool:
    """Whether a delivery of this work about this row is pending."""
    query = select(Delivery.id).where(Delivery.state == "owed", Delivery.work == work, Delivery.about == about)
    return session.scalars(query.limit(1)).first() is not None


def heads() -> Select[Delivery]:
    """The first delivery of each lane, if it is owed; only these may be attempted."""
    earlier = aliased(Delivery)
    blocked = (
        select(earlier.id)
        .where(earlier.lane == Delivery.lane, earlier.id < Delivery.id, earlier.state.in_(BLOCKING))
        .exists()
    )
    return select(Delivery).where(Delivery.state == "owed", ~blocked)


def due(
    session: Session, now: int, limit: int, open_circuits: Iterable[str] = (), under_way: Iterable[int] = ()
) -> Sequence[Delivery]:
    """Up to `limit` due lane heads, longest due first; none `under_way` or of a party in `open_circuits`."""
    query = heads().where(Delivery.due_at <= now, Delivery.id.not_in(sorted(under_way)))
    if shut := sorted(open_circuits):
        query = query.where(Delivery.party.not_in(shut))
    return session.scalars(query.order_by(Delivery.due_at, Delivery.id).limit(limit)).all()


def lease(session: Session, delivery_ids: Iterable[int], now: int) -> set[int]:
    """Record the start of attempts that must not be repeated blindly; returns the ids still owed.

    An existing start time is kept: it is when the first attempt began.
    """
    ids = list(delivery_ids)
    if not ids:
        return set()
    first = func.coalesce(Delivery.started_at, now)
    pending = update(Delivery).where(Delivery.id.in_(ids), Delivery.state == "owed").values(started_at=first)
    return set(session.scalars(pending.returning(Delivery.id).execution_options(synchronize_session=False)))


def settle(session: Session, delivery_id: int, decision: Decision, now: int) -> None:
    """Apply a decision to a delivery that is still owed; one settled meanwhile is unchanged."""
    settle_many(session, [(delivery_id, decision)], now)


def settle_many(session: Session, decisions: Iterable[tuple[int, Decision]], now: int) -> None:
    """Apply several decisions, with one statement for each kind."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for delivery_id, decision in decisions:
        values = _settled(decision, now)
        alike.setdefault(tuple(values), []).append({"which": delivery_id} | {f"new_{k}": v for k, v in values.items()})
    table = cast("Table", Delivery.__table__)
    for columns, rows in alike.items():
        pending = update(table).where(table.c.id == bindparam("which"), table.c.state == "owed")
        changes: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
        session.connection().execute(pending.values(attempts=table.c.attempts + 1, **changes), rows)


def _settled(decision: Decision, now: int) -> dict[str, Any]:
    """The columns a decision sets."""
    outcome: dict[str, Any] = {"outcome": decision.code, "outcome_args": dict(decision.args)}
    if isinstance(decision, RetryAt):
        values = outcome | {"due_at": decision.at}
        return values if decision.cut_short else values | {"started_at": None}
    return outcome | {"state": SETTLED[type(decision)], "settled_at": now}


def retry_now(session: Session, lanes: Iterable[str], now: int) -> None:
    """Make the pending deliveries of these lanes due now, because their party is reachable."""
    session.execute(update(Delivery).where(Delivery.lane.in_(list(lanes)), Delivery.state == "owed").values(due_at=now))


def retry_delay(attempts: int) -> int:
    """Seconds to wait after this many failed attempts: doubles from 1 s up to five minutes."""
    return int(min(MAX_BACKOFF_SECONDS, 2 ** min(attempts, 10)))
