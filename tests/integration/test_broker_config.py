"""Configuration for an operator's own mosquitto: complete, and good wherever it is started from."""

import asyncio
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from certs.ca import Authority
from gateway.broker_certificates import issue_broker_certificates
from gateway.broker_config import (
    BrokerMissing,
    BrokerSettings,
    find_mosquitto,
    render_acl,
    render_config,
    write_files,
)
from tests.integration.broker_parts import PATIENCE, free_port, wall_clock


@pytest.fixture
def out() -> Iterator[Path]:
    """A folder that mosquitto, which is not us, can walk to from the root."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "out"


async def test_a_broker_started_from_elsewhere_finds_its_files(tmp_path: Path, out: Path) -> None:
    authority = Authority.open(tmp_path / "authority", wall_clock)
    write_files(out, BrokerSettings(free_port()), issue_broker_certificates(authority), absolute=True)
    process = await asyncio.create_subprocess_exec(
        find_mosquitto(), "-c", out / "mosquitto.conf", cwd="/", stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    lines: list[bytes] = []
    async with asyncio.timeout(PATIENCE):
        async for line in process.stderr:
            lines.append(line)
            if b"running" in line:
                break
    process.kill()
    await process.wait()
    assert b"running" in lines[-1]


def test_what_a_device_may_do_is_four_lines_and_one() -> None:
    patterns = [line for line in render_acl(BrokerSettings(1)).splitlines() if line.startswith("pattern")]
    assert patterns == [
        "pattern read lodgekey/v1/+/%u/cmd",
        "pattern write lodgekey/v1/+/%u/ack",
        "pattern write lodgekey/v1/+/%u/event",
        "pattern write lodgekey/v1/+/%u/state",
        "pattern write lodgekey/v1/+/%u/online",
    ]


def test_every_gateway_worker_has_rights_of_its_own_and_none_is_anonymous() -> None:
    settings = BrokerSettings(8883, gateways=("gateway-0", "gateway-1"))
    assert [line for line in render_acl(settings).splitlines() if line.startswith("user")] == [
        "user gateway-0",
        "user gateway-1",
    ]
    assert render_acl(settings).splitlines()[0].startswith("user")  # nothing before the first user: that is for all
    lines = render_config(settings).splitlines()
    needed = ("require_certificate true", "use_username_as_clientid true", "allow_anonymous false", "persistence true")
    assert set(needed) <= set(lines)


def test_a_missing_mosquitto_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(BrokerMissing, match="install it or name it"):
        find_mosquitto(tmp_path / "nowhere")


def test_a_named_mosquitto_is_taken(tmp_path: Path) -> None:
    named = tmp_path / "mosquitto"
    named.write_text("#!/bin/sh\n")
    with pytest.raises(BrokerMissing):
        find_mosquitto(named)
    named.chmod(stat.S_IRWXU)
    assert find_mosquitto(named) == named
