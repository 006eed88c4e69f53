"""Configuration for an operator's own mosquitto: complete, and independent of the working directory."""

import asyncio
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from typer.testing import CliRunner

from api.cli.demo.ports import free_port
from api.cli.main import app
from certs.authority.ca import Authority
from gateway.bootstrap import Gateway
from gateway.broker.access import BrokerAccess, split_names
from gateway.broker.certificates import issue_broker_certificates
from gateway.broker.config import BrokerMissing, BrokerSettings, find_mosquitto, render_acl, render_config, write_files
from gateway.settings import Settings
from tests.integration.broker_parts import TIMEOUT_SECONDS, wall_clock
from tests.parts.identity import MemoryIdentity


@pytest.fixture
def out() -> Iterator[Path]:
    """A folder whose parents mosquitto's user may all traverse."""
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
    async with asyncio.timeout(TIMEOUT_SECONDS):
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
    assert (
        render_acl(settings).splitlines()[0].startswith("user")
    )  # nothing before the first user: such rules would apply to all
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


async def test_a_gateway_keeps_the_files_of_an_operators_own_broker_fresh(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    own = {"folder": tmp_path / "gateway", "broker_port": port, "broker_listen": "127.0.0.1", "broker_names": ("door",)}
    for name, value in own.items():
        monkeypatch.setenv(f"LODGEKEY_{name.upper()}", '["door"]' if name == "broker_names" else str(value))
    reported = await asyncio.to_thread(CliRunner().invoke, app, ["broker", "config", "--out", str(out)])
    assert reported.exit_code == 0, reported.output
    assert f"LODGEKEY_BROKER_FOLDER={out}" in reported.stdout
    names = x509.load_pem_x509_certificate((out / "server.pem").read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert "door" in names.value.get_values_for_type(x509.DNSName)
    process = await asyncio.create_subprocess_exec(find_mosquitto(), "-c", out / "mosquitto.conf", cwd="/")
    try:
        gateway = Gateway(Settings(broker_host="127.0.0.1", broker_folder=out), identity=MemoryIdentity())
        assert gateway.broker is None
        async with gateway, asyncio.timeout(TIMEOUT_SECONDS):
            while not gateway.link.connected:  # noqa: ASYNC110 - paho's thread tells nobody
                await asyncio.sleep(0.05)
            before = (out / "crl.pem").read_bytes()
            await gateway.revocation.enforce(renew=True)
        listed = x509.load_pem_x509_crl((out / "crl.pem").read_bytes())
        assert (out / "crl.pem").read_bytes() != before
        assert listed.is_signature_valid(_issuing_key(gateway.authority))
    finally:
        process.kill()
        await process.wait()


def _issuing_key(authority: Authority) -> EllipticCurvePublicKey:
    key = authority.issuing.certificate.public_key()
    assert isinstance(key, EllipticCurvePublicKey)
    return key


def test_host_names_and_addresses_are_distinguished() -> None:
    given = ("localhost", "127.0.0.1", "door.example", "localhost", "::1")
    assert split_names(given) == (("localhost", "door.example"), ("127.0.0.1", "::1"))


@pytest.mark.parametrize("durable", [True, False])
def test_whether_the_store_is_written_at_each_change_is_the_operators_choice(tmp_path: Path, durable: bool) -> None:
    authority = Authority.open(tmp_path / "authority", wall_clock)
    access = BrokerAccess(Settings(folder=tmp_path, broker_durable=durable), lambda: authority, list)
    assert f"autosave_on_changes {str(durable).lower()}" in render_config(access.settings()).splitlines()
