"""Migration 0012 on both databases: sentences become codes with arguments, and nothing is lost."""

import json
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, text

from gateway.texts.outcomes import answer_text, outcome_text
from tests.integration.gateway.store.stepwise import all_of, config_of

# work, state, what was written -> the code and its arguments
DELIVERIES: list[tuple[str, str, str | None, str | None, dict[str, Any] | None]] = [
    ("put_key", "owed", "the link is down", "link_down", {}),
    ("put_key", "owed", "the lock is not listening", "lock_not_listening", {}),
    ("put_key", "owed", "the lock said clock_lost", "lock_refused", {"code": "clock_lost"}),
    ("put_key", "refused", "key_expired", "lock_refused", {"code": "key_expired"}),
    ("put_key", "done", "on the lock", "on_lock", {}),
    ("tell_consumer", "done", "told up to 1234", "delivered_up_to", {"entry": 1234}),
    ("tell_consumer", "owed", "the receiver answered with status 500", "receiver_status", {"status": 500}),
    (
        "tell_consumer",
        "owed",
        "receiver unreachable: no answer (ClientConnectorError)",
        "receiver_unreachable",
        {"cause": "no_answer", "error": "ClientConnectorError"},
    ),
    ("submit", "refused", "SBX-900", "registry_refused", {"code": "SBX-900"}),
    ("submit", "owed", "the registry es is not set up", "registry_not_set_up", {"registry": "es"}),
    (
        "submit",
        "owed",
        "asking: the registry answered with a fault (soap:Client)",
        "registry_asked_again",
        {"cause": "answered_fault", "code": "soap:Client"},
    ),
    ("submit", "unknown", "the answer is empty", "outcome_unknown", {"cause": "answer_empty"}),
    (
        "submit",
        "expired",
        "The stay was cancelled before this record was sent, so nothing is sent.",
        "stay_cancelled",
        {},
    ),
    ("unlock", "owed", "internal trouble: ZeroDivisionError", "internal_error", {"error": "ZeroDivisionError"}),
    ("unlock", "refused", "words that nobody knows {n}", "other", {"text": "words that nobody knows {n}"}),
    ("unlock", "owed", None, None, None),
]
# state, code and sentence of before -> code, the authority's own words, arguments
ANSWERS: list[tuple[str, str | None, str | None, str | None, str | None, dict[str, Any] | None]] = [
    ("refused", "SBX-900", "This one is not taken.", "SBX-900", "This one is not taken.", None),
    (
        "refused",
        "missing:people[0].phone",
        "The phone is missing. (2 more)",
        "missing",
        None,
        {"field": "people[0].phone", "more": 2},
    ),
    (
        "unknown",
        "outcome_unknown",
        "no answer (TimeoutError)",
        "outcome_unknown",
        None,
        {"cause": "no_answer", "error": "TimeoutError"},
    ),
    (
        "unknown",
        "outcome_unknown",
        "a strange thing",
        "outcome_unknown",
        None,
        {"cause": "other", "text": "a strange thing"},
    ),
    (
        "not_due",
        None,
        "This registry takes no such record; it is kept here and shown, and nothing is sent.",
        "not_accepted_here",
        None,
        {},
    ),
    ("refused", "410", "The receiver refused the record.", "receiver_refused", None, {"status": 410}),
    ("accepted", None, None, None, None, None),
]
PARENTS = (
    "INSERT INTO landlords (id, name, phone, registry_facts) VALUES ('l', 'L', '', '{}')",
    "INSERT INTO units (id, landlord_id, code, label, address, area, timezone, jurisdiction, registry_name,"
    " registry_facts) VALUES ('u', 'l', 'c', 'u', 'a', '33', 'UTC', 'sandbox', 'sandbox', '{}')",
    "INSERT INTO stays (id, unit_id, from_at, until_at, state, created_at, revision)"
    " VALUES ('s', 'u', 1, 2, 'offered', 1, 1)",
    "INSERT INTO people (id, stay_id, created_at) VALUES ('p', 's', 1)",
)


@pytest.fixture
def before(engine: Engine) -> Engine:
    """A database at revision 0011 with a row for each sentence."""
    command.upgrade(config_of(engine), "0011")
    delivery = text(
        "INSERT INTO deliveries (party, lane, work, about, created_at, due_at, attempts, state, outcome)"
        " VALUES ('p', 'l', :work, 'a', 1, 1, 0, :state, :outcome)"
    )
    answer = text(
        "INSERT INTO registrations (id, stay_id, person_id, number, kind, registry_name, state, created_at,"
        " answer_code, answer_sentence) VALUES (:id, 's', 'p', 0, 'check_in', 'sandbox', :state, 1, :code, :sentence)"
    )
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
        for work, state, outcome, _code, _args in DELIVERIES:
            connection.execute(delivery, {"work": work, "state": state, "outcome": outcome})
        for number, (state, known, sentence, *_) in enumerate(ANSWERS):
            row = {"id": f"r-{number}", "state": state, "code": known, "sentence": sentence}
            connection.execute(answer, row)
    return engine


def read(value: object) -> Any:
    """A JSON column of either database."""
    return json.loads(value) if isinstance(value, str) else value


def test_sentences_become_codes_with_arguments(before: Engine) -> None:
    command.upgrade(config_of(before), "0012")
    rows = all_of(before, "SELECT work, state, outcome, outcome_args FROM deliveries ORDER BY id")
    assert [(*row[:3], read(row[3])) for row in rows] == [
        (work, state, code, args) for work, state, _, code, args in DELIVERIES
    ]
    answers = all_of(before, "SELECT state, answer_code, answer_text, answer_args FROM registrations ORDER BY id")
    assert [(*row[:3], read(row[3])) for row in answers] == [
        (state, code, words, args) for state, _, _, code, words, args in ANSWERS
    ]
    for _work, _state, _text, code, args in DELIVERIES:
        if code is not None:
            assert "{" not in outcome_text("en", code, args).replace("{n}", "")
    for _state, _code, _sentence, code, words, args in ANSWERS:
        assert (answer_text("en", code, words, args) is None) == (code is None)


def test_the_way_back_tells_the_same_in_sentences(before: Engine) -> None:
    command.upgrade(config_of(before), "0012")
    command.downgrade(config_of(before), "0011")
    said = [row[0] for row in all_of(before, "SELECT outcome FROM deliveries ORDER BY id")]
    assert said[0] == "the link is down"
    assert said[2] == "the lock said clock_lost"
    assert said[7] == "receiver unreachable: no answer (ClientConnectorError)"
    assert said[14:] == ["words that nobody knows {n}", None]
    answers = all_of(before, "SELECT answer_code, answer_sentence FROM registrations ORDER BY id")
    assert answers[0] == ("SBX-900", "This one is not taken.")
    assert answers[1][0] == "missing:people[0].phone"
    assert answers[5:] == [("410", "The receiver refused the record."), (None, None)]
    command.upgrade(config_of(before), "0012")
    assert all_of(before, "SELECT outcome FROM deliveries ORDER BY id")[0] == ("link_down",)
