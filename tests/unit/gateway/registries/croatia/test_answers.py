"""Answers of eVisitor: of the sign-in and of each action, repeats, and those that are neither yes nor no."""

import dataclasses
import json
from typing import Any, cast

import pytest

from gateway.domain.filings.record import (
    Accepted,
    AcceptedInPart,
    Address,
    Answer,
    Entry,
    OutcomeUnknown,
    Refused,
    RegistryUnreachable,
)
from gateway.outbound.http import Client, LostAnswer, Reply
from gateway.registries.croatia.client import CroatiaRegistry, EvisitorSettings
from gateway.registries.croatia.lookups import CROSSINGS, DOCUMENT_IDS, crossings_of
from gateway.registries.fetched_tables import forget
from tests.contract.registries.croatia import LUKAS, SPLIT
from tests.contract.registry_cases import base_record

NOW = 4_000_000_000
RECORD = base_record(SPLIT, LUKAS, dataclasses.replace(LUKAS, id="p2"))
SIGNED_IN = Reply(200, b"true", cookies=((".ASPXAUTH", "A1"), ("language", "hr")))
TAKEN = Reply(200, b"")
SETTINGS = EvisitorSettings.model_validate({"url": "https://example.org/api", "user": "demo", "token": "secret"})


def message(user: str | None, system: str | None = None, status: int = 400) -> Reply:
    return Reply(status, json.dumps({"UserMessage": user, "SystemMessage": system}).encode())


class AnsweringClient:
    """Answers each request with the next of `replies` and keeps what was sent."""

    def __init__(self, *replies: Reply | LostAnswer) -> None:
        self.replies, self.sent = list(replies), list[tuple[str, dict[str, Any], dict[str, str]]]()

    async def exchange(self, _: str, url: str, *, content: bytes = b"null", headers: dict[str, str]) -> Reply:
        self.sent.append((url, json.loads(content), headers))
        reply = self.replies.pop(0)
        if isinstance(reply, LostAnswer):
            raise reply
        return reply

    ask = exchange


async def answer(*replies: Reply | LostAnswer, kind: Any = "check_in") -> Answer:
    client = cast("Client", AnsweringClient(*replies))
    return await CroatiaRegistry(client, SETTINGS, lambda: NOW).submit(dataclasses.replace(RECORD, kind=kind))


async def test_the_cookies_of_the_sign_in_are_sent_with_every_action() -> None:
    client = AnsweringClient(SIGNED_IN, TAKEN, TAKEN)
    settings = SETTINGS.model_copy(update={"apikey": "K1"})
    assert isinstance(await CroatiaRegistry(cast("Client", client), settings, lambda: NOW).submit(RECORD), Accepted)
    (login, account, _), *actions = client.sent
    assert login == "https://example.org/api/Resources/AspNetFormsAuth/Authentication/Login"
    assert account == {"userName": "demo", "password": "secret", "persistCookie": False, "apikey": "K1"}
    assert [headers["Cookie"] for _, _, headers in actions] == [".ASPXAUTH=A1; language=hr"] * 2


def listed(*rows: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps({"Records": [{"Active": True, **row} for row in rows]}).encode())


CROSSING: dict[str, Any] = {"CodeMI": "7", "Name": "Split", "BorderCrossingType": "Pomorski"}
DOCUMENT = {"Code": "002", "ID": "70A188B6-6E4D-4A72-A30A-905F05942F4F"}


async def test_the_lists_are_read_before_the_first_record_that_needs_them_and_then_kept() -> None:
    forget()
    outside = dataclasses.replace(
        LUKAS, residence=Address(municipality="Bern", country="CHE"), entry=Entry("7", "2026-01-01")
    )
    client = AnsweringClient(SIGNED_IN, listed(CROSSING), listed(DOCUMENT), SIGNED_IN, TAKEN, SIGNED_IN, TAKEN)
    registry = CroatiaRegistry(cast("Client", client), SETTINGS, lambda: NOW)
    record = dataclasses.replace(RECORD, people=(outside,))
    assert all([isinstance(await registry.submit(record), Accepted) for _ in range(2)])
    assert [url.removeprefix("https://example.org/api/") for url, _, _ in client.sent[1:3]] == [
        "Rest/Htz/BorderCrossingHRlookup/", "Rest/Htz/DocumentTtypeLookup/"
    ]  # fmt: skip
    assert {name for name in registry.tables() if name.startswith("evisitor-")} > {CROSSINGS, DOCUMENT_IDS}
    wrong = dataclasses.replace(record, people=(dataclasses.replace(outside, entry=Entry("8", "2026-01-01")),))
    assert isinstance(await registry.submit(wrong), Refused)
    forget()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<html/>"),
        Reply(200, b"{}"),
        Reply(200, b'{"Records": ["Split"]}'),
        message(None, "You are not authorized for action 'Read'."),
        listed({"CodeMI": "", "Name": "Split"}),
        listed({"CodeMI": 7, "Name": "Split"}),
    ],
)
async def test_a_list_that_cannot_be_read_is_an_outage(reply: Reply) -> None:
    client = cast("Client", AnsweringClient(SIGNED_IN, reply, listed(DOCUMENT)))
    with pytest.raises(RegistryUnreachable):
        await CroatiaRegistry(client, SETTINGS, lambda: NOW).read_tables()


def test_crossings_of_one_name_are_distinguished_and_those_out_of_use_left_out() -> None:
    rows = [CROSSING, {**CROSSING, "CodeMI": "8", "BorderCrossingType": "Zračni"}, {**CROSSING, "CodeMI": "9"},
            {"CodeMI": "1", "Name": "Bregana", "BorderCrossingType": None}, {**CROSSING, "Active": False}]  # fmt: skip
    assert crossings_of({"Records": [{"Active": True, **row} for row in rows]}) == (
        ("1", "Bregana"), ("7", "Split (Pomorski) (7)"), ("8", "Split (Zračni)"), ("9", "Split (Pomorski) (9)")
    )  # fmt: skip


async def test_people_are_taken_or_refused_one_by_one() -> None:
    assert isinstance(await answer(SIGNED_IN, TAKEN, TAKEN), Accepted)
    partly = await answer(SIGNED_IN, TAKEN, message("[[[Grad rođenja nije zadan.]]]"))
    assert isinstance(partly, AcceptedInPart)
    assert [(person.accepted, person.text) for person in partly.people] == [
        (True, ""), (False, "Grad rođenja nije zadan.")
    ]  # fmt: skip
    refused = message(None, "Neispravan zahtjev.")
    assert await answer(SIGNED_IN, refused, refused) == Refused("SystemMessage", "Neispravan zahtjev.")


async def test_a_message_in_an_answer_of_status_200_is_a_refusal_too() -> None:
    refused = message("Turist je već prijavljen u navedenom objektu.", status=200)
    assert await answer(SIGNED_IN, refused, refused) == Refused(
        "UserMessage", "Turist je već prijavljen u navedenom objektu."
    )


@pytest.mark.parametrize(
    ("kind", "text", "taken"),
    [
        ("check_out", "Odjavljuje se ista prijava više puta.", True),
        ("annulment", "Prijava sa zadanim ID-jem je već poništena.", True),
        ("check_in", "Prijava sa zadanim ID-jem je već poništena.", False),
        ("check_out", "Prijava sa zadanim ID-jem je već poništena.", False),
    ],
)
async def test_what_was_done_before_is_accepted(kind: str, text: str, taken: bool) -> None:
    found = await answer(SIGNED_IN, message(text), message(text), kind=kind)
    assert isinstance(found, Accepted) is taken


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"false"),
        Reply(200, b""),
        Reply(500, b"<html/>"),
        message(None, "Application is not registered or is deactivated or API key has expired."),
    ],
)
async def test_a_failed_sign_in_is_an_outage(reply: Reply) -> None:
    with pytest.raises(RegistryUnreachable):
        await answer(reply)


async def test_a_session_that_has_ended_is_an_outage_and_no_refusal() -> None:
    with pytest.raises(RegistryUnreachable):
        await answer(SIGNED_IN, TAKEN, message(None, "User is not authenticated."))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"true"),
        Reply(200, b"{}"),
        Reply(400, b""),
        Reply(500, b""),
        Reply(200, b"<html/>"),
        message("", ""),
        LostAnswer("no_answer", error="TimeoutError"),
    ],
)
async def test_an_answer_that_is_neither_yes_nor_no_is_an_unknown_outcome(reply: Reply | LostAnswer) -> None:
    assert isinstance(await answer(SIGNED_IN, TAKEN, reply), OutcomeUnknown)
