"""A family on one phone, from the link to the authority: `lodgekey demo --once --party family`."""

from pathlib import Path

import pytest

from api.cli.demo.demo import photograph, running
from api.cli.demo.journey_run import JourneyRun

# kinds of the records that the authority accepted of an adult with two children: one where it takes them together
ACCEPTED = {
    "es": ["check_in"],
    "it": ["check_in"],
    "cn": ["check_in", "check_in", "check_in"],
    "pt": ["check_in", "check_in", "check_in"],
    "sandbox": ["check_in", "check_in", "check_in"],
}


@pytest.mark.slow
@pytest.mark.parametrize("registry", ACCEPTED)
async def test_a_family_is_registered_on_one_phone(tmp_path: Path, registry: str) -> None:
    said: list[str] = []
    async with running(tmp_path / "demo", 0, said.append, registry) as parts:
        pictures = await photograph(tmp_path / "demo")
        journey = JourneyRun(parts.url, parts.logins, pictures, said.append, parts.tenant_facts)
        walked = await journey.run("HS7-101", "family")
    assert walked["people"] == 3
    accepted = [row["kind"] for row in walked["records"] if row["state"] == "accepted"]
    assert accepted == ACCEPTED[registry]
