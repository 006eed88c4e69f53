"""Answers of eTurizem: by row, of the whole report, repeats, and those that account for too few rows."""

from typing import Any, cast

import pytest

from gateway.domain.filings.record import (
    Accepted,
    AcceptedInPart,
    Answer,
    OutcomeUnknown,
    Refused,
    RegistryUnreachable,
)
from gateway.registries.slovenia.client import SloveniaRegistry
from gateway.registries.soap import SoapPort, SoapReply
from tests.contract.registries.slovenia import CASE

NOW = 4_000_000_000
RECORD = CASE.record()


class AnsweringPort:
    """Takes every report and answers with the same result."""

    def __init__(self, result: str) -> None:
        self.result = result

    async def call(self, _: str, **__: Any) -> SoapReply:
        return SoapReply(self.result, self.result.encode())


async def answer(success: object, failure: object, *rows: tuple[object, str]) -> Answer:
    """The adapter's answer for two people to a result with these rows, by number and code."""
    row_texts = "".join(f'<row rowPackageId="{number}" msg="{code}" msgTxt="Napaka"/>' for number, code in rows)
    result = f'<data packageGuid="g" time="t" success="{success}" failure="{failure}">{row_texts}</data>'
    return await answer_to(result)


async def answer_to(result: str) -> Answer:
    port = cast("SoapPort", AnsweringPort(result))
    return await SloveniaRegistry(port, "demo", "secret", lambda: NOW).submit(RECORD)


async def test_rows_are_taken_or_refused_one_by_one() -> None:
    assert isinstance(await answer(2, 0), Accepted)
    partly = await answer(1, 1, (2, "4138"))
    assert isinstance(partly, AcceptedInPart)
    assert [(person.accepted, person.code) for person in partly.people] == [(True, ""), (False, "4138")]
    assert await answer(0, 2, (1, "4137"), (2, "4138")) == Refused("4137", "Napaka")


async def test_a_row_or_a_report_that_is_already_there_is_accepted() -> None:
    first = await answer(2, 0)
    for again in (await answer(0, 2, (1, "4144"), (2, "4144")), await answer(0, 1, (0, "41395"))):
        assert isinstance(first, Accepted)
        assert isinstance(again, Accepted)
        assert again.receipt == first.receipt


async def test_a_refusal_of_the_whole_report_is_its_code_and_words() -> None:
    assert await answer(0, 1, (0, "4130")) == Refused("4130", "Napaka")


@pytest.mark.parametrize("code", ["413", "41300", "41398", "41399"])
async def test_a_refused_account_or_certificate_is_an_outage(code: str) -> None:
    with pytest.raises(RegistryUnreachable):
        await answer(0, 1, (0, code))


@pytest.mark.parametrize(
    ("success", "failure", "rows"),
    [
        (1, 0, ()),
        (1, 1, ()),
        (1, 1, ((3, "4138"),)),
        (1, 1, ((0, "4138"),)),
        (0, 2, ((1, "4138"), (1, "4138"))),
        ("", 0, ()),
        (2, 0, (("x", "4138"),)),
    ],
)
async def test_an_answer_that_does_not_account_for_every_row_is_unknown(
    success: object, failure: object, rows: tuple[tuple[object, str], ...]
) -> None:
    assert isinstance(await answer(success, failure, *rows), OutcomeUnknown)


@pytest.mark.parametrize(
    "result", ["", "OK", "<data/>", '<!DOCTYPE d [<!ENTITY e "x">]><data success="2" failure="&e;"/>']
)
async def test_anything_else_is_unknown(result: str) -> None:
    assert isinstance(await answer_to(result), OutcomeUnknown)
