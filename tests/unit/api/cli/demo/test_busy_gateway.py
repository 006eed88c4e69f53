"""Pictures that a busy gateway could not read in time are sent again, as its answer asks."""

from collections.abc import Iterator

import pytest

from api.cli.demo.journey_run import SUBMISSIONS, until_read
from api.client import Answer


@pytest.mark.parametrize(
    ("answers", "status", "sent"),
    [
        ([200], 200, 1),
        ([503, 503, 200], 200, 3),
        ([503] * SUBMISSIONS, 503, SUBMISSIONS),
        ([422, 200], 422, 1),
    ],
)
async def test_pictures_are_sent_again_while_the_gateway_is_busy(answers: list[int], status: int, sent: int) -> None:
    tried = 0
    left: Iterator[int] = iter(answers)

    async def submit() -> Answer:
        nonlocal tried
        tried += 1
        return Answer(next(left), b"{}")

    assert (await until_read(submit)).status == status
    assert tried == sent
