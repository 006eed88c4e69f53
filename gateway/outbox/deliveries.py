"""Events and what is owed because of them, written in the step's own transaction; and settling what was delivered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Select, Table, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from gateway.store import Delivery

# A lane waits behind these: what is owed, and what a person has to look at first.
BLOCKING: Final = ("owed", "unknown")
MAX_BACKOFF_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Done:
    """The party has it."""

    outcome: str = "delivered"


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Not yet: try again at `at` (UTC seconds). `cut_short`: nobody knows how far the attempt got.

    `party_down`: not this delivery but its party is the trouble, so the others for it need not be tried meanwhile.
    """

    at: int
    reason: str
    cut_short: bool = False
    party_down: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The party will not take it; a person sees why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was sent and nobody can tell what became of it; a person decides."""

    reason: str


@dataclass(frozen=True, slots=True)
class Expired:
    """Its time was over before it could be delivered."""

    reason: str = "expired before it could be delivered"


Decision = Done | RetryAt | Refused | Unknown | Expired
SETTLED: Final[dict[type, str]] = {Done: "done", Refused: "refused", Unknown: "unknown", Expired: "expired"}


def owe(
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
    """Write down one thing owed to one party; the relay takes it from there."""
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


def is_owed(session: Session, work: str, about: str) -> bool:
    """Whether this work about this row is still owed."""
    query = select(Delivery.id).where(Delivery.state == "owed", Delivery.work == work, Delivery.about == about)
    return session.scalars(query.limit(1)).first() is not None


def heads() -> Select[Delivery]:
    """The first delivery of each lane, where it is owed: only these may go."""
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
    """Up to `limit` lane heads whose time has come, the longest due first; none `under_way`, of no resting party."""
    query = heads().where(Delivery.due_at <= now, Delivery.id.not_in(sorted(under_way)))
    if shut := sorted(open_circuits):
        query = query.where(Delivery.party.not_in(shut))
    return session.scalars(query.order_by(Delivery.due_at, Delivery.id).limit(limit)).all()


def lease(session: Session, delivery_ids: Iterable[int], now: int) -> set[int]:
    """Note that attempts begin which must not be repeated blindly; returns those that are still owed.

    A note that is there already stays: it says when the first attempt began.
    """
    ids = list(delivery_ids)
    if not ids:
        return set()
    first = func.coalesce(Delivery.started_at, now)
    owed = update(Delivery).where(Delivery.id.in_(ids), Delivery.state == "owed").values(started_at=first)
    return set(session.scalars(owed.returning(Delivery.id).execution_options(synchronize_session=False)))


def settle(session: Session, delivery_id: int, decision: Decision, now: int) -> None:
    """Write the decision on a delivery that is still owed; one settled meanwhile stays as it is."""
    settle_many(session, [(delivery_id, decision)], now)


def settle_many(session: Session, decisions: Iterable[tuple[int, Decision]], now: int) -> None:
    """The same for several at once: one statement for each kind of decision."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for delivery_id, decision in decisions:
        values = _settled(decision, now)
        alike.setdefault(tuple(values), []).append({"which": delivery_id} | {f"new_{k}": v for k, v in values.items()})
    table = cast("Table", Delivery.__table__)
    for columns, rows in alike.items():
        owed = update(table).where(table.c.id == bindparam("which"), table.c.state == "owed")
        changes: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
        session.connection().execute(owed.values(attempts=table.c.attempts + 1, **changes), rows)


def _settled(decision: Decision, now: int) -> dict[str, Any]:
    """The columns a decision sets."""
    if isinstance(decision, RetryAt):
        values: dict[str, Any] = {"due_at": decision.at, "outcome": decision.reason}
        return values if decision.cut_short else values | {"started_at": None}
    outcome = decision.outcome if isinstance(decision, Done) else decision.reason
    return {"state": SETTLED[type(decision)], "outcome": outcome, "settled_at": now}


def hurry(session: Session, lanes: Iterable[str], now: int) -> None:
    """Make what is owed in these lanes due now: the party was just heard of."""
    session.execute(update(Delivery).where(Delivery.lane.in_(list(lanes)), Delivery.state == "owed").values(due_at=now))


def pause(attempts: int) -> int:
    """Seconds to wait after this many failed attempts: doubling from 1 to five minutes."""
    return int(min(MAX_BACKOFF_SECONDS, 2 ** min(attempts, 10)))
