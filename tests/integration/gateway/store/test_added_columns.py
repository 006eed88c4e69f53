"""Migrations 0022, 0025 to 0029 and 0038 on both databases: what the columns they add say of rows that are there."""

import time

from alembic import command
from sqlalchemy import Engine, inspect, text

from tests.integration.gateway.store.stepwise import all_of, config_of
from tests.integration.gateway.store.test_codes_of_outcomes import PARENTS
from tests.integration.gateway.store.test_who_corrected_a_record import INSERT


def test_a_record_is_kept_and_can_have_differed(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0015")
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
    command.upgrade(config_of(engine), "0021")
    with engine.begin() as connection:
        connection.execute(text(INSERT))
    command.upgrade(config_of(engine), "0022")
    assert all_of(engine, "SELECT id, held_sha256 FROM registrations") == [("r1", None)]
    with engine.begin() as connection:
        connection.execute(text("UPDATE registrations SET held_sha256 = :held"), {"held": "a" * 64})
    command.downgrade(config_of(engine), "0021")
    assert all_of(engine, "SELECT id FROM registrations") == [("r1",)]


def test_the_people_of_a_stay_are_a_family_until_somebody_says_otherwise(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0015")
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
    command.upgrade(config_of(engine), "0025")
    assert [bool(found) for (found,) in all_of(engine, "SELECT party_is_group FROM stays")] == [False]
    command.downgrade(config_of(engine), "0024")
    assert len(all_of(engine, "SELECT id FROM stays")) == 1


def test_an_entry_of_the_log_keeps_what_its_leaf_covered(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0025")
    insert = text(
        "INSERT INTO disclosures (seq, at, consumer, purpose, subject, fields, leaf, rows)"
        " VALUES (:seq, 1, 'c', 'p', 's', 'f', :leaf, 1)"
    )
    leaves = [b'{"at":1,"seq":0}', b'{"at":1,"rows":1,"seq":1}', b'{"at":1,"purpose":"\\"rows\\":","seq":2}']
    with engine.begin() as connection:
        for seq, leaf in enumerate(leaves):
            connection.execute(insert, {"seq": seq, "leaf": leaf})
    command.upgrade(config_of(engine), "0026")
    versions = "SELECT leaf_version FROM disclosures ORDER BY seq"
    assert [version for (version,) in all_of(engine, versions)] == [1, 2, 1]
    command.downgrade(config_of(engine), "0025")
    assert [bytes(leaf) for (leaf,) in all_of(engine, "SELECT leaf FROM disclosures ORDER BY seq")] == leaves


def test_sessions_that_nothing_is_known_of_end(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0026")
    account = "INSERT INTO accounts (id, role, login, password_hash, name) VALUES ('a', 'tester', 'ada', 'h', 'Ada')"
    old = "INSERT INTO sign_ins (token_hash, account_id, expires_at) VALUES ('t', 'a', 9)"
    with engine.begin() as connection:
        connection.execute(text(account))
        connection.execute(text(old))
    command.upgrade(config_of(engine), "0027")
    assert all_of(engine, "SELECT * FROM sign_ins") == []
    new = (
        "INSERT INTO sign_ins (token_hash, id, account_id, method, device, network, begun_at, used_at, expires_at)"
        " VALUES ('t', 's1', 'a', 'passkey', 'Firefox, Linux', '203.0.113.0/24', 1, 2, 9)"
    )
    with engine.begin() as connection:
        connection.execute(text(new))
    command.downgrade(config_of(engine), "0026")
    assert all_of(engine, "SELECT login FROM accounts") == [("ada",)]


def test_of_people_who_are_there_it_is_not_known_when_they_came(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0015")
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
    people = all_of(engine, "SELECT id FROM people")
    assert people
    command.upgrade(config_of(engine), "0029")
    assert all_of(engine, "SELECT id, came_at FROM people") == [(*row, None) for row in people]
    with engine.begin() as connection:
        connection.execute(text("UPDATE people SET came_at = 1800000000"))
    command.downgrade(config_of(engine), "0028")
    assert all_of(engine, "SELECT id FROM people") == people


def test_passwords_that_exist_are_taken_as_chosen_by_their_owners(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0030")
    account = "INSERT INTO accounts (id, role, login, password_hash, name) VALUES ('a', 'tester', 'ada', 'h', 'Ada')"
    with engine.begin() as connection:
        connection.execute(text(account))
    command.upgrade(config_of(engine), "0031")
    assert [bool(first) for (first,) in all_of(engine, "SELECT password_is_first FROM accounts")] == [False]
    command.downgrade(config_of(engine), "0030")
    assert all_of(engine, "SELECT login FROM accounts") == [("ada",)]


def test_offers_that_exist_have_no_link_to_show_again(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0015")
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
    command.upgrade(config_of(engine), "0032")
    offers = all_of(engine, "SELECT id FROM offers")
    command.upgrade(config_of(engine), "0033")
    assert all_of(engine, "SELECT id, hand_over_until FROM offers") == [(*row, None) for row in offers]
    command.downgrade(config_of(engine), "0032")
    assert all_of(engine, "SELECT id FROM offers") == offers


def test_accounts_that_exist_have_no_second_factor(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0034")
    assert all_of(engine, "SELECT * FROM second_factors") == []
    command.downgrade(config_of(engine), "0033")
    assert "second_factors" not in inspect(engine).get_table_names()


def test_a_first_password_that_exists_counts_from_the_migration(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0037")
    insert = text(
        "INSERT INTO accounts (id, role, login, password_hash, password_is_first, name)"
        " VALUES (:id, 'tester', :id, 'h', :first, 'Ada')"
    )
    with engine.begin() as connection:
        for name, first in (("new", True), ("old", False)):
            connection.execute(insert, {"id": name, "first": first})
    before = int(time.time())
    command.upgrade(config_of(engine), "0038")
    new, old = all_of(engine, "SELECT first_password_at FROM accounts ORDER BY id")
    assert before <= new[0] <= time.time()
    assert old == (None,)
    command.downgrade(config_of(engine), "0037")
    assert all_of(engine, "SELECT login FROM accounts ORDER BY id") == [("new",), ("old",)]
