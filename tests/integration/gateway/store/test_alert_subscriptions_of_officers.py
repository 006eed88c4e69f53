"""Migration 0019 on both databases: a landlord's subscription and its open alerts are kept under the landlord's id."""

from alembic import command
from sqlalchemy import Engine, text

from tests.integration.gateway.store.stepwise import all_of, config_of

LANDLORDS = "INSERT INTO landlords (id, name, phone, registry_facts) VALUES ('l', 'L', '', '{}'), ('m', 'M', '', '{}')"
SUBSCRIBED = (
    "INSERT INTO alert_subscriptions (landlord_id, codes, language, email)"
    " VALUES ('l', '[\"jam\"]', 'en', 'mira@example.org')"
)
OPEN = "INSERT INTO open_alerts (landlord_id, what, since, notified_at) VALUES ('l', 'jam:lock-a', 1, 2)"


def test_subscriptions_and_open_alerts_survive_both_ways(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0018")
    with engine.begin() as connection:
        for statement in (LANDLORDS, SUBSCRIBED, OPEN):
            connection.execute(text(statement))
    command.upgrade(config_of(engine), "0019")
    kept = [("l", "l", None, "en", "mira@example.org")]
    assert all_of(engine, "SELECT id, landlord_id, account_id, language, email FROM alert_subscriptions") == kept
    assert all_of(engine, "SELECT subscription_id, what, since, notified_at FROM open_alerts") == [
        ("l", "jam:lock-a", 1, 2)
    ]
    with engine.begin() as connection:
        account = "'a', 'officer', 'officer', '', 'Officer'"
        connection.execute(text(f"INSERT INTO accounts (id, role, login, password_hash, name) VALUES ({account})"))
        connection.execute(
            text("INSERT INTO alert_subscriptions (id, account_id, codes, language) VALUES ('a', 'a', '[]', 'en')")
        )
        connection.execute(text("INSERT INTO open_alerts (subscription_id, what, since) VALUES ('a', 'x', 1)"))
    command.downgrade(config_of(engine), "0018")
    assert all_of(engine, "SELECT landlord_id, email FROM alert_subscriptions") == [("l", "mira@example.org")]
    assert all_of(engine, "SELECT landlord_id, what FROM open_alerts") == [("l", "jam:lock-a")]
