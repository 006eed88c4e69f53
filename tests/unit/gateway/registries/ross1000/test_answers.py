"""Answers of ROSS1000: by guest, and those that account for too few guests or contradict."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.domain.filings.record import Accepted, AcceptedInPart, Answer, OutcomeUnknown, Refused
from gateway.registries.ross1000.client import Ross1000Registry
from gateway.registries.ross1000.record import guest_number
from gateway.registries.soap import SoapPort, SoapReply
from tests.contract.registries.ross1000 import CASE

NOW = 4_000_000_000
RECORD = CASE.record()
CARLA, DIEGO = (guest_number(RECORD, person) for person in RECORD.people)
Result = tuple[str, bool | None]


class AnsweringPort:
    """Takes every report and answers with the same days."""

    def __init__(self, days: Any) -> None:
        self.days = days

    async def call(self, _: str, **__: Any) -> SoapReply:
        return SoapReply(self.days, b"raw")


def day(*results: Result) -> SimpleNamespace:
    """A day with one result for each number."""
    said = [
        SimpleNamespace(idswh=number, successo=done, errore=None if done else "scartato") for number, done in results
    ]
    return SimpleNamespace(arrivi=SimpleNamespace(arrivo=said), partenze=None, retifiche=None)


async def answer(*days: Any) -> Answer:
    port = cast("SoapPort", AnsweringPort([*days] or None))
    return await Ross1000Registry(port, lambda: NOW).submit(RECORD)


async def test_guests_are_taken_or_refused_one_by_one() -> None:
    assert isinstance(await answer(day((CARLA, True), (DIEGO, True))), Accepted)
    assert isinstance(await answer(day((DIEGO, True), (CARLA, True))), Accepted)
    partly = await answer(day((CARLA, True), (DIEGO, False)))
    assert isinstance(partly, AcceptedInPart)
    assert [(one.accepted, one.code, one.text) for one in partly.people] == [
        (True, "", ""),
        (False, "errore", "scartato"),
    ]
    assert await answer(day((CARLA, False), (DIEGO, False))) == Refused("errore", "scartato")


@pytest.mark.parametrize(
    "results",
    [
        (),
        ((CARLA, True),),
        ((CARLA, True), ("another", True)),
        ((CARLA, True), (DIEGO, True), ("another", True)),
        ((CARLA, True), (DIEGO, None)),
        ((CARLA, True), (DIEGO, True), (DIEGO, False)),
        ((CARLA, True), (DIEGO, True), (DIEGO, True)),
    ],
)
async def test_an_answer_that_does_not_account_for_every_guest_once_is_unknown(results: tuple[Result, ...]) -> None:
    assert isinstance(await answer(day(*results)), OutcomeUnknown)


async def test_an_answer_without_days_is_unknown() -> None:
    assert isinstance(await answer(), OutcomeUnknown)
    assert isinstance(await answer(None), OutcomeUnknown)
