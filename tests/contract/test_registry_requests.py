"""The bytes each adapter sends for its case, compared with registries/sent (REWRITE_SENT=1 rewrites them)."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.domain.filings.record import Registration, RegistryUnreachable
from gateway.registries import open_registry
from tests.contract.registries import CASES
from tests.contract.registry_cases import DAY, RegistryCase
from tests.contract.request_recorder import recording

NOW: Final = 1_772_000_000  # 2026-02-25 06:13:20 UTC
SENT: Final = Path(__file__).parent / "registries" / "sent"
KINDS: Final = ("check_in", "change", "check_out", "annulment")


def fixed(case: RegistryCase, kind: Any) -> Registration:
    """The record of the case, with fixed dates."""
    record = case.record()
    return dataclasses.replace(
        record,
        id=f"id-{kind}",
        reference=f"reference-{kind}",
        kind=kind,
        people=case.fixed_people or record.people,
        corrects=None if kind == "check_in" else "receipt-1",
        stay=dataclasses.replace(
            record.stay, id="stay-1", from_at=NOW - 3600, until_at=NOW + 2 * DAY, agreed_at=NOW - DAY
        ),
        late=kind == "check_out",
    )


async def sent_by(case: RegistryCase) -> dict[str, Any]:
    """Every request, by operation of the adapter."""
    found = {}
    for kind in (*KINDS, "poll", "cancel"):
        async with recording(case.answers) as recorder:
            settings = {"url": recorder.url, "token": "secret", **case.settings}
            adapter = open_registry(case.name, settings, lambda: NOW)
            try:
                if kind == "poll":
                    await adapter.poll("reference-1")
                elif kind == "cancel":
                    await adapter.cancel("receipt-1")
                else:
                    await adapter.submit(fixed(case, kind))
            except RegistryUnreachable:
                pass  # the test compares only what was sent
            finally:
                await adapter.close()
            found[kind] = recorder.requests
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_what_is_sent_to_an_authority_stays_the_same_byte_for_byte(case: RegistryCase) -> None:
    sent, file = await sent_by(case), SENT / f"{case.name}.json"
    if "REWRITE_SENT" in os.environ:
        file.write_text(json.dumps(sent, ensure_ascii=False, indent=1) + "\n")
    assert sent == json.loads(file.read_text())
    assert sent["check_in"]
