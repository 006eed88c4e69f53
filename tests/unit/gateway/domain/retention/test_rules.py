"""Every table and column has a line in the catalog, and every rule names rows that exist."""

import pytest
from sqlalchemy import Table, UniqueConstraint

from gateway.domain.events import EVENT_TYPES
from gateway.domain.retention.columns import COLUMNS, NOTHING
from gateway.domain.retention.rules import ACCOUNT_EVENTS, DOOR_EVENTS, RULES, STAY_EVENTS, Rule
from gateway.store import Model

TABLES = Model.metadata.tables
DELETED = {rule.table for rule in RULES if rule.act == "delete"}


def names(table: str) -> list[str]:
    return [name for names in COLUMNS[table] for name in names.split()]


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_column_of_every_table_has_a_line(table: str) -> None:
    assert sorted(names(table)) == sorted(TABLES[table].columns.keys()), "say what it holds of a person"


def test_the_catalog_names_no_table_that_is_gone() -> None:
    assert set(COLUMNS) == set(TABLES)


@pytest.mark.parametrize("table", sorted(name for name in TABLES if any(COLUMNS[name].values())))
def test_whatever_says_something_of_a_person_has_a_rule(table: str) -> None:
    rules = [rule for rule in RULES if rule.table == table]
    assert any(rule.act in ("delete", "keep") or "name" in rule.columns for rule in rules)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.table}-{rule.when}-{rule.act}")
def test_a_rule_names_columns_of_its_table_and_says_when(rule: Rule) -> None:
    columns = TABLES[rule.table].columns.keys()
    assert set(rule.columns) <= set(columns)
    assert bool(rule.columns) == (rule.act == "empty")
    assert (rule.when == "aged") == bool(rule.by and rule.days)
    assert not rule.by or rule.by in columns
    assert bool(rule.note) == (rule.when in ("elsewhere", "for good"))
    said = {name for line, text in COLUMNS[rule.table].items() if text != NOTHING for name in line.split()}
    assert set(rule.columns) <= said, "what is emptied says something of a person"


def test_every_kind_of_event_has_one_period() -> None:
    kinds = [DOOR_EVENTS, ACCOUNT_EVENTS, STAY_EVENTS]
    assert frozenset().union(*kinds) == EVENT_TYPES
    assert sum(len(kind) for kind in kinds) == len(EVENT_TYPES)


def begins_with(table: Table, name: str) -> bool:
    """Whether an index or the primary key begins with the column."""
    first = [next(iter(index.columns)).name for index in table.indexes]
    first += [next(iter(each.columns)).name for each in table.constraints if isinstance(each, UniqueConstraint)]
    return name in [*first, next(iter(table.primary_key.columns)).name]


@pytest.mark.parametrize("table", sorted(DELETED))
def test_rows_that_refer_to_a_deleted_one_are_found_by_an_index(table: str) -> None:
    missing = [
        f"{other.name}.{key.parent.name}"
        for other in TABLES.values()
        for key in other.foreign_keys
        if key.column.table.name == table and not begins_with(other, key.parent.name)
    ]
    assert missing == [], "deleting a row would read the whole table for each"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.when == "aged"], ids=lambda rule: rule.table)
def test_what_goes_by_age_is_found_by_an_index(rule: Rule) -> None:
    table = TABLES[rule.table]
    assert any(rule.by in [column.name for column in index.columns][:2] for index in table.indexes)
