"""Statements that carry out rules of domain.retention.rules, for the rows of one ended stay or by age."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    CursorResult,
    Delete,
    LargeBinary,
    Table,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from gateway.domain.retention.rules import ACCOUNT_EVENTS, DOOR_EVENTS, RULES, Period, Rows, Rule
from gateway.domain.retention.times import DAY, USE_DAYS
from gateway.store import Model

TABLES: Final[Mapping[str, Table]] = Model.metadata.tables
ORDER: Final[Mapping[str, int]] = {  # rows that refer to others go before those
    table.name: place for place, table in enumerate(reversed(Model.metadata.sorted_tables))
}
TIME: Final = "at"
SAID: Final = "answer_text"  # empty text says that the code beside it is the registry's own


@dataclass(frozen=True, slots=True)
class Scope:
    """Rows of one ended stay: of some of its people and of the links they had, or of the whole stay.

    `about` are the ids that deliveries may be about.
    """

    stay: str
    people: Sequence[str]
    offers: Sequence[str]
    whole: bool = False
    about: Sequence[str] = ()


def rules_of(period: Period) -> list[Rule]:
    """The rules of a period, in an order in which no row is deleted before those that refer to it."""
    return sorted((rule for rule in RULES if rule.when == period), key=lambda rule: ORDER[rule.table])


def carry_out(session: Session, rule: Rule, scope: Scope, now: int, limit: int) -> int:
    """Carry out a rule on at most `limit` rows of an ended stay; returns how many."""
    table = TABLES[rule.table]
    mine = and_(rows_of(table, scope), which(rule.rows, table, now), _not_done(rule, table))
    if rule.table == "events" and rule.act == "delete":
        mine = and_(mine, _not_newest(table))
    if rule.table == "offers" and rule.act == "delete":
        mine = and_(mine, ~exists().where(TABLES["keys"].c.offer_id == table.c.id))
    if rule.act == "delete":
        return _count(session, delete(table).where(_some(table, mine, limit)))
    values = {each: _empty(table.c[each]) for each in rule.columns if each != TIME}
    if TIME in rule.columns:
        return _empty_by_month(session, table, mine, values, limit)
    return _count(session, update(table).where(mine).values(values))


def carry_out_aged(session: Session, rule: Rule, now: int, limit: int) -> int:
    """Carry out a rule by age on at most `limit` rows, the oldest first; returns how many."""
    table = TABLES[rule.table]
    old = table.c[rule.by] < now - rule.days * DAY
    done = 0
    for kind in which_kinds(rule.rows, table):
        mine = and_(old, kind, which(rule.rows, table, now), _not_done(rule, table))
        if rule.table == "events":
            mine = and_(mine, ~table.c.for_feed, _not_newest(table))
        keys = list(table.primary_key)
        found = session.execute(select(*keys).where(mine).order_by(table.c[rule.by]).limit(limit - done)).all()
        if not found:
            continue
        chosen = tuple_(*keys).in_([tuple(row) for row in found])
        values = {each: _empty(table.c[each]) for each in rule.columns}
        statement = delete(table).where(chosen) if rule.act == "delete" else update(table).where(chosen).values(values)
        session.execute(statement.execution_options(synchronize_session=False))
        done += len(found)
        if done >= limit:
            break
    return done


def rows_of(table: Table, scope: Scope) -> ColumnElement[bool]:
    """Which rows of a table belong to the people of an ended stay, or to the whole stay. Raises KeyError."""
    name, columns, keys = table.name, table.c, TABLES["keys"]
    ways: Sequence[tuple[bool, Callable[[], ColumnElement[bool]]]] = (
        (name == "stays", lambda: columns.id == scope.stay),
        (name == "deliveries", lambda: and_(columns.about.in_(scope.about), columns.state != "owed")),
        (scope.whole and "stay_id" in columns, lambda: columns.stay_id == scope.stay),
        (name == "offers", lambda: columns.id.in_(scope.offers)),
        (name == "people", lambda: columns.id.in_(scope.people)),
        ("person_id" in columns and name != "verifications", lambda: columns.person_id.in_(scope.people)),
        ("offer_id" in columns, lambda: columns.offer_id.in_(scope.offers)),
        ("key_id" in columns, lambda: columns.key_id.in_(select(keys.c.id).where(rows_of(keys, scope)))),
    )
    for fits, condition in ways:
        if fits:
            return condition()
    raise KeyError(name)


def which(rows: Rows, table: Table, now: int) -> ColumnElement[bool]:
    """Which rows a rule is about, of those found otherwise."""
    columns = table.c
    match rows:
        case "in the feed":
            return columns.for_feed
        case "in no feed":
            return ~columns.for_feed
        case "settled":
            return and_(literal_column("work <> 'submit'"), columns.state != "unknown")
        case "ended":
            return columns.name != ""
        case "off the lock":
            return off_the_lock(table, now)
        case _:
            return literal_column("1 = 1")


def which_kinds(rows: Rows, table: Table) -> Sequence[ColumnElement[bool]]:
    """Conditions each of which an index serves together with the time; events are looked for type by type."""
    kinds = {"of doors": DOOR_EVENTS, "of accounts": ACCOUNT_EVENTS}.get(rows)
    return [table.c.type == kind for kind in sorted(kinds)] if kinds else [literal_column("1 = 1")]


def off_the_lock(table: Table, now: int) -> ColumnElement[bool]:
    """Whether a key or a PIN is not on its lock any more, and nothing is pending for it: until then its row stays."""
    columns, devices, deliveries = table.c, TABLES["devices"], TABLES["deliveries"]
    revoked = columns.device_id.in_(select(devices.c.id).where(devices.c.revoked_at.is_not(None)))
    pending = exists().where(deliveries.c.about == columns.id, deliveries.c.state == "owed")
    if table.name == "slot_codes":
        return or_(revoked, and_(columns.removed_at.is_not(None), ~pending))
    expired = columns.expires_at <= now - USE_DAYS * DAY  # a lock drops it by itself
    return or_(revoked, and_(or_(columns.observed != "present", expired), ~pending))


def month_start(at: int) -> int:
    """The first second of the month, UTC."""
    return int(datetime.fromtimestamp(at, UTC).replace(day=1, hour=0, minute=0, second=0).timestamp())


def _not_newest(events: Table) -> ColumnElement[bool]:
    """The newest event stays: by its number a gateway knows a database that was restored to an earlier time."""
    return events.c.id < select(func.max(events.c.id)).scalar_subquery()


def _some(table: Table, mine: ColumnElement[bool], limit: int) -> ColumnElement[bool]:
    """At most `limit` of these rows. Tables whose rows of one stay are few are taken whole."""
    if table.name not in ("events", "commands"):
        return mine
    return table.c.id.in_(select(table.c.id).where(mine).order_by(table.c.id).limit(limit))


def _not_done(rule: Rule, table: Table) -> ColumnElement[bool]:
    """Of rules that empty columns: rows in which something is left, so that a repeated run changes nothing."""
    if rule.act != "empty":
        return literal_column("1 = 1")
    if rule.table == "events":
        return table.c.stay_id.is_not(None)
    return or_(*(_is_left(table.c[each]) for each in rule.columns))


def _is_left(column: Column[Any]) -> ColumnElement[bool]:
    if isinstance(column.type, JSON):
        return literal_column("1 = 0")  # goes with the other columns of its rule
    if column.name == SAID:
        return and_(column.is_not(None), column != "")
    return column.is_not(None) if column.nullable else column != _empty(column)


def _empty(column: Column[Any]) -> Any:
    """What an emptied column holds."""
    if column.name == SAID:
        return case((column.is_not(None), ""), else_=None)
    if column.name == "login":
        return column.table.c.id  # unique, and nobody's
    if isinstance(column.type, JSON):
        return None if column.nullable else {}
    if column.nullable:
        return None
    return b"" if isinstance(column.type, LargeBinary) else ""


def _empty_by_month(
    session: Session, table: Table, mine: ColumnElement[bool], values: Mapping[str, Any], limit: int
) -> int:
    """Empty columns, and make the time the first second of its month."""
    found = session.execute(select(table.c.id, table.c[TIME]).where(mine).order_by(table.c.id).limit(limit)).all()
    if found:
        changes = {**values, TIME: bindparam("month")}
        rows = [{"which": row_id, "month": month_start(at)} for row_id, at in found]
        session.connection().execute(update(table).where(table.c.id == bindparam("which")).values(changes), rows)
    return len(found)


def _count(session: Session, statement: Delete | Update) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", done).rowcount
