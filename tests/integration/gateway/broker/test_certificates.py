"""Which certificates the broker accepts."""

import asyncio
import datetime
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certs.authority.ca import Authority
from certs.keys import new_private_key
from tests.integration.broker_parts import (
    TIMEOUT_SECONDS,
    House,
    Party,
    hear_until,
    open_house,
    read_until,
    topic,
    wall_clock,
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


CONNECT = bytes.fromhex("10 10 0004 4d515454 05 02 003c 00 0003 616263")  # MQTT 5 §3.1, clean start, client id abc
CONNACK = 0x20


def knock(house: House, party: Party) -> bytes:
    """The broker's reply to a CONNECT; empty where it closes the connection instead. Raises ssl.SSLError."""
    sock = socket.create_connection(("127.0.0.1", house.port), TIMEOUT_SECONDS)
    with sock, party.tls.wrap_socket(sock, server_hostname="localhost") as secured:
        secured.sendall(CONNECT)
        return secured.recv(1)


async def assert_refused(house: House, party: Party) -> None:
    """The broker answers a bad certificate with a TLS alert (in TLS 1.3, after the client's side of the handshake)."""
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        await asyncio.to_thread(knock, house, party)


async def assert_welcome(house: House, party: Party) -> None:
    assert (await asyncio.to_thread(knock, house, party))[0] == CONNACK


async def test_a_certificate_of_the_house_is_let_in(house: House) -> None:
    await assert_welcome(house, house.device("lock-a"))


async def test_no_certificate_is_refused(house: House) -> None:
    bare = ssl.create_default_context(cadata=house.authority.ca_pem.decode())
    await assert_refused(house, Party("lock-a", bare))


async def test_a_foreign_authoritys_certificate_is_refused(house: House, tmp_path: Path) -> None:
    foreign = Authority.open(tmp_path / "foreign", wall_clock)
    key = new_private_key()
    chain = foreign.issue_device(key.public_key(), "house-1", "lock-a", "lock").chain_pem
    await assert_refused(house, Party("lock-a", house.context("foreign", key, chain)))


async def test_an_expired_certificate_is_refused(house: House, tmp_path: Path) -> None:
    def last_year() -> int:
        return wall_clock() - 365 * 86_400

    past = Authority.open(house.authority.folder, last_year)
    key = new_private_key()
    chain = past.issue_device(key.public_key(), "house-1", "lock-a", "lock").chain_pem
    await assert_refused(house, Party("lock-a", house.context("expired", key, chain)))


async def test_a_server_certificate_does_not_make_a_device(house: House) -> None:
    key = new_private_key()
    chain = house.authority.issue_server(key.public_key(), names=("lock-a",)).chain_pem
    await assert_refused(house, Party("lock-a", house.context("server", key, chain)))


async def test_old_tls_is_refused(house: House) -> None:
    party = house.device("lock-a")
    party.tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="deprecated"):
        party.tls.maximum_version = ssl.TLSVersion.TLSv1_1
    party.tls.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", house.port)) as sock, pytest.raises(ssl.SSLError, match="VERSION"):
        party.tls.wrap_socket(sock, server_hostname="localhost")


async def test_cbc_is_refused(house: House) -> None:
    party = house.device("lock-a")
    party.tls.maximum_version = ssl.TLSVersion.TLSv1_2
    party.tls.set_ciphers("ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA")
    with socket.create_connection(("127.0.0.1", house.port)) as sock, pytest.raises(ssl.SSLError, match="HANDSHAKE"):
        party.tls.wrap_socket(sock, server_hostname="localhost")
    party.tls.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
    with (
        socket.create_connection(("127.0.0.1", house.port)) as sock,
        party.tls.wrap_socket(sock, server_hostname="localhost") as spoken,
    ):
        assert spoken.version() == "TLSv1.2"


def test_a_device_offers_no_cbc(house: House) -> None:
    offered = [str(suite["description"]) for suite in house.device("lock-a").tls.get_ciphers()]
    assert offered
    assert all("Mac=AEAD" in suite for suite in offered)


async def test_a_revoked_certificate_is_refused_without_a_restart_and_others_are_not(house: House) -> None:
    stolen, kept = house.device("lock-a"), house.device("lock-b")
    await assert_welcome(house, stolen)
    pid = house.broker.pid
    assert stolen.issued is not None
    await house.broker.replace_crl(house.authority.crl([stolen.issued.serial]))
    await assert_refused(house, stolen)
    await assert_welcome(house, kept)
    await assert_welcome(house, house.device("lock-a"))  # the new certificate of the same device
    assert house.broker.pid == pid


async def test_a_revoked_certificate_stays_refused_after_a_restart(house: House) -> None:
    stolen = house.device("lock-a")
    assert stolen.issued is not None
    await house.broker.replace_crl(house.authority.crl([stolen.issued.serial]))
    await house.broker.stop()
    await house.broker.start()
    await assert_refused(house, stolen)


@pytest.mark.parametrize("name", ["+", "#", "lock-a/../lock-b", "%u"])
async def test_a_wildcard_as_a_certificates_name_opens_nothing(house: House, name: str) -> None:
    """CVE-2017-7650. The authority refuses such names, so the test signs a certificate with one itself."""
    link = await house.link()
    async with house.client(house.device("lock-a")) as lock:
        try:
            async with house.client(_named_at_will(house, name)) as attacker:
                await attacker.subscribe("#", qos=1)
                await attacker.publish(topic("lock-a", "event"), b"forged", qos=1)
                await lock.subscribe(topic("lock-a", "cmd"), qos=1)
                await link.publish("house-1", "lock-a", b"for a", expires_in=10)
                await hear_until(lock, b"for a")
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(attacker.messages), 0.3)
        except aiomqtt.MqttError:
            pass  # no session is created
        await lock.publish(topic("lock-a", "event"), b"true", qos=1)
        assert [m.payload for m in await asyncio.wait_for(read_until(link, b"true"), TIMEOUT_SECONDS)] == [b"true"]


def _named_at_will(house: House, name: str) -> Party:
    """A certificate with any common name, signed by the issuing key."""
    key, issuing = new_private_key(), house.authority.issuing
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuing.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(issuing.key, hashes.SHA256())
    )
    chain = certificate.public_bytes(Encoding.PEM) + issuing.certificate.public_bytes(Encoding.PEM)
    return Party("anybody", house.context("wild", key, chain))
