"""Enrolment requires this gateway's claim and the device's own key; a claim permits nothing else."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from certs import cbor
from certs.authority.ca import Authority
from certs.cose import sign1
from certs.enrolment.claim import CONTEXT, read_enrolment, write_enrolment
from certs.enrolment.claim_file import ClaimFile
from certs.enrolment.device_folder import read_device_folder
from certs.enrolment.renewal import certificate_request
from certs.errors import BadFolder, BadRequest, BadSignature
from certs.keys import new_private_key
from tests.unit.certs.authority.test_generations import a_broker, party, talk


class Factory:
    """An authority, one of its claims, and a new device."""

    def __init__(self, folder: Path) -> None:
        self.time = int(time.time())
        self.authority = Authority.open(folder / "ca", lambda: self.time)
        self.claim_key, self.device_key = new_private_key(), new_private_key()
        self.claim = self.authority.issue_claim(self.claim_key.public_key(), "site-1", "lock-1", "lock").certificate

    def enrolment(
        self, *, claim: x509.Certificate | None = None, claim_key: ec.EllipticCurvePrivateKey | None = None
    ) -> bytes:
        return write_enrolment(claim_key or self.claim_key, claim or self.claim, self.device_key, "lock-1")

    def signed(self, **changes: object) -> bytes:
        numbers = {"csr": 1, "claim": 2, "extra": 3}
        request = certificate_request(self.device_key, "lock-1")
        said: dict[int, object] = {1: request, 2: self.claim.public_bytes(Encoding.DER)}
        said |= {numbers[name]: value for name, value in changes.items()}
        return sign1(cbor.encode(said), self.claim_key, external_aad=CONTEXT)


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    return Factory(tmp_path)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Factory:
    return Factory(tmp_path_factory.mktemp("one"))


def test_a_claimed_device_is_read_and_gets_its_own_certificate(factory: Factory) -> None:
    found = read_enrolment(factory.enrolment(), factory.authority)
    assert (found.site, found.device, found.kind) == ("site-1", "lock-1", "lock")
    assert found.claim == factory.claim.serial_number
    issued = factory.authority.issue_device(found.request, found.site, found.device, found.kind)
    assert issued.certificate.public_key() == factory.device_key.public_key()


def test_a_claim_is_no_way_into_the_broker(factory: Factory, tmp_path: Path) -> None:
    issued = factory.authority.issue_claim(factory.claim_key.public_key(), "site-1", "lock-1", "lock")
    claimant = party(tmp_path / "claimant", issued.chain_pem, factory.authority.ca_pem, factory.claim_key)
    assert not talk(claimant, a_broker(factory.authority, tmp_path / "broker"))


def test_a_devices_certificate_is_no_claim(factory: Factory) -> None:
    device = factory.authority.issue_device(factory.claim_key.public_key(), "site-1", "lock-9", "lock").certificate
    with pytest.raises(BadRequest):
        read_enrolment(factory.enrolment(claim=device), factory.authority)


def test_a_claim_of_another_gateway_or_without_its_key_is_refused(factory: Factory, tmp_path: Path) -> None:
    stranger = Authority.open(tmp_path / "other", lambda: factory.time)
    foreign = stranger.issue_claim(factory.claim_key.public_key(), "site-1", "lock-1", "lock").certificate
    for raw in (factory.enrolment(claim=foreign), factory.enrolment(claim_key=new_private_key())):
        with pytest.raises(BadSignature):
            read_enrolment(raw, factory.authority)


def test_a_claim_ends_and_survives_a_change_of_authority(factory: Factory) -> None:
    rotated = factory.authority
    for _ in range(4):
        rotated = rotated.advance_rotation()
    assert read_enrolment(factory.enrolment(), rotated).site == "site-1"
    factory.time += 86400
    with pytest.raises(BadRequest):
        read_enrolment(factory.enrolment(), rotated)


@pytest.mark.parametrize(
    "change",
    [
        {"csr": b"none"}, {"csr": "text"}, {"csr": None}, {"claim": b"none"}, {"claim": None}, {"extra": 1},
    ],
    ids=str,
)  # fmt: skip
def test_an_unsound_enrolment_is_refused(factory: Factory, change: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        read_enrolment(factory.signed(**change), factory.authority)


def test_a_request_that_another_key_signed_is_refused(factory: Factory) -> None:
    request = bytearray(certificate_request(factory.device_key, "lock-1"))
    request[-1] ^= 1
    with pytest.raises(BadRequest):
        read_enrolment(factory.signed(csr=bytes(request)), factory.authority)


def test_what_is_too_long_is_refused(factory: Factory) -> None:
    with pytest.raises(BadRequest):
        read_enrolment(bytes(5000), factory.authority)


@pytest.mark.parametrize("length", range(65))
def test_short_enrolments_are_refused(one: Factory, length: int) -> None:
    for raw in (bytes(length), one.enrolment()[:length]):
        with pytest.raises((BadRequest, BadSignature)):
            read_enrolment(raw, one.authority)


@pytest.mark.parametrize("name", ["", "#", "+", "a/b", "x" * 37, "gateway-1"])
def test_a_claim_for_a_wildcard_or_the_gateways_own_name_is_not_issued(factory: Factory, name: str) -> None:
    public = factory.claim_key.public_key()
    with pytest.raises(BadRequest):
        factory.authority.issue_claim(public, "site-1", name, "lock")
    if name != "gateway-1":
        with pytest.raises(BadRequest):
            factory.authority.issue_claim(public, name, "lock-1", "lock")


@pytest.mark.parametrize("name", ["lock-2", "+", "#", "lock-1/cmd", "LOCK-1", "lock-1 ", ""])
def test_a_request_for_another_name_than_the_claims_is_refused(factory: Factory, name: str) -> None:
    with pytest.raises(BadRequest):
        read_enrolment(factory.signed(csr=named_request(factory.device_key, [name] if name else [])), factory.authority)


def test_a_request_that_names_two_devices_is_refused(factory: Factory) -> None:
    both = named_request(factory.device_key, ["lock-1", "lock-2"])
    with pytest.raises(BadRequest):
        read_enrolment(factory.signed(csr=both), factory.authority)


def test_the_claims_own_key_is_no_devices_key(factory: Factory) -> None:
    """The claim's private key is known to everyone who carried the claim, so it may not become a device key."""
    with pytest.raises(BadRequest):
        read_enrolment(factory.signed(csr=certificate_request(factory.claim_key, "lock-1")), factory.authority)


def named_request(key: ec.EllipticCurvePrivateKey, names: list[str]) -> bytes:
    """A certificate request for any subject names."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name) for name in names])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.DER)


def off_the_curve(factory: Factory) -> bytes:
    """The device's request with a public key off the curve: both coordinates are 1."""
    point = factory.device_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    one = (1).to_bytes(32, "big")
    return certificate_request(factory.device_key, "lock-1").replace(point, b"\x04" + one + one)


def at_infinity(factory: Factory) -> bytes:
    """The point at infinity, written as 64 zeros: the only point of low order of P-256."""
    point = factory.device_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return certificate_request(factory.device_key, "lock-1").replace(point, b"\x04" + bytes(64))


def of_another_kind(key: Any, digest: Any = None) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lock-1")])
    return x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, digest).public_bytes(Encoding.DER)


ODD: dict[str, Callable[[Factory], bytes]] = {
    "a point off the curve": off_the_curve,
    "the point at infinity": at_infinity,
    "Ed25519": lambda _: of_another_kind(ed25519.Ed25519PrivateKey.generate()),
    "P-384": lambda _: of_another_kind(ec.generate_private_key(ec.SECP384R1()), hashes.SHA256()),
    "RSA": lambda _: of_another_kind(rsa.generate_private_key(65537, 2048), hashes.SHA256()),
    "another digest": lambda factory: of_another_kind(factory.device_key, hashes.SHA512()),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_or_low_order_key_is_refused(factory: Factory, odd: str) -> None:
    with pytest.raises(BadRequest):
        read_enrolment(factory.signed(csr=ODD[odd](factory)), factory.authority)


def test_a_claim_file_tells_all_but_the_devices_key_and_is_read_by_its_owner_only(
    factory: Factory, tmp_path: Path
) -> None:
    path, folder = tmp_path / "lock-1.claim", tmp_path / "lock-1"
    ClaimFile.issue(factory.authority, "site-1", "lock-1", "lock", url="http://g", host="b", port=1).write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    claim = ClaimFile.read(path)
    found = read_enrolment(claim.enrolment_for(folder), factory.authority)
    chain = factory.authority.issue_device(found.request, found.site, found.device, found.kind).chain_pem
    assert not claim.is_used(folder)
    claim.complete(folder, chain, factory.time)
    assert claim.is_used(folder)
    device = read_device_folder(folder)
    assert (device.site, device.device, device.host, device.port) == ("site-1", "lock-1", "b", 1)
    assert device.gateway.command == factory.authority.command_key.public_key()
    assert device.key.public_key() == found.request.public_key()


def test_a_chain_from_somebody_else_ends_an_enrolment(factory: Factory, tmp_path: Path) -> None:
    claim = ClaimFile.issue(factory.authority, "site-1", "lock-1", "lock", url="http://g", host="b", port=1)
    raw = claim.enrolment_for(tmp_path / "lock-1")
    found = read_enrolment(raw, factory.authority)
    stranger = Authority.open(tmp_path / "other", lambda: factory.time)
    with pytest.raises(BadRequest):
        claim.complete(
            tmp_path / "lock-1",
            stranger.issue_device(found.request, "site-1", "lock-1", "lock").chain_pem,
            factory.time,
        )
    assert not (tmp_path / "lock-1" / "device.json").exists()


def test_what_is_no_claim_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "claim"
    for text in ("", "[]", "{}"):
        path.write_text(text)
        with pytest.raises(BadFolder):
            ClaimFile.read(path)
