"""Taking devices in: only with a claim of this gateway and the device's own key; a claim is good for no more."""

import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certs import cbor
from certs.ca import Authority
from certs.claims import CONTEXT, write_enrolment
from certs.cose import sign1
from certs.errors import BadRequest, BadSignature
from certs.keys import new_private_key
from certs.renewal import certificate_request
from tests.unit.test_certs_rotation import a_broker, party, talk


class Factory:
    """An authority, a claim of it, and a device fresh from the box."""

    def __init__(self, folder: Path) -> None:
        self.time = int(time.time())
        self.authority = Authority.open(folder / "ca", lambda: self.time)
        self.claim_key, self.device_key = new_private_key(), new_private_key()
        self.claim = self.authority.issue_claim(self.claim_key.public_key(), "site-1").certificate

    def enrolment(
        self, *, claim: x509.Certificate | None = None, claim_key: ec.EllipticCurvePrivateKey | None = None
    ) -> bytes:
        return write_enrolment(claim_key or self.claim_key, claim or self.claim, self.device_key, "lock-1", "lock")

    def signed(self, **changes: object) -> bytes:
        numbers = {"csr": 1, "device": 2, "kind": 3, "claim": 4, "extra": 5}
        request = certificate_request(self.device_key, "lock-1")
        said: dict[int, object] = {1: request, 2: "lock-1", 3: "lock", 4: self.claim.public_bytes(Encoding.DER)}
        said |= {numbers[name]: value for name, value in changes.items()}
        return sign1(cbor.encode(said), self.claim_key, external_aad=CONTEXT)


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    return Factory(tmp_path)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Factory:
    return Factory(tmp_path_factory.mktemp("one"))


def test_a_claimed_device_is_read_and_gets_its_own_certificate(factory: Factory) -> None:
    found = factory.authority.read_enrolment(factory.enrolment())
    assert (found.site, found.device, found.kind) == ("site-1", "lock-1", "lock")
    assert found.claim == factory.claim.serial_number
    issued = factory.authority.issue_device(found.request, found.site, found.device, found.kind)
    assert issued.certificate.public_key() == factory.device_key.public_key()


def test_a_claim_is_no_way_into_the_broker(factory: Factory, tmp_path: Path) -> None:
    issued = factory.authority.issue_claim(factory.claim_key.public_key(), "site-1")
    claimant = party(tmp_path / "claimant", issued.chain_pem, factory.authority.ca_pem, factory.claim_key)
    assert not talk(claimant, a_broker(factory.authority, tmp_path / "broker"))


def test_a_devices_certificate_is_no_claim(factory: Factory) -> None:
    device = factory.authority.issue_device(factory.claim_key.public_key(), "site-1", "lock-9", "lock").certificate
    with pytest.raises(BadRequest):
        factory.authority.read_enrolment(factory.enrolment(claim=device))


def test_a_claim_of_another_gateway_or_without_its_key_is_refused(factory: Factory, tmp_path: Path) -> None:
    stranger = Authority.open(tmp_path / "other", lambda: factory.time)
    foreign = stranger.issue_claim(factory.claim_key.public_key(), "site-1").certificate
    for raw in (factory.enrolment(claim=foreign), factory.enrolment(claim_key=new_private_key())):
        with pytest.raises(BadSignature):
            factory.authority.read_enrolment(raw)


def test_a_claim_ends_and_survives_a_change_of_authority(factory: Factory) -> None:
    rotated = factory.authority
    for _ in range(4):
        rotated = rotated.advance_rotation()
    assert rotated.read_enrolment(factory.enrolment()).site == "site-1"
    factory.time += 31 * 86400
    with pytest.raises(BadRequest):
        rotated.read_enrolment(factory.enrolment())


@pytest.mark.parametrize(
    "change",
    [
        {"device": "#"}, {"device": "a/b"}, {"device": 7}, {"kind": "gateway"}, {"csr": b"none"}, {"csr": "text"},
        {"claim": b"none"}, {"claim": None}, {"extra": 1},
    ],
    ids=str,
)  # fmt: skip
def test_an_unsound_enrolment_is_refused(factory: Factory, change: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        factory.authority.read_enrolment(factory.signed(**change))


def test_a_request_that_another_key_signed_is_refused(factory: Factory) -> None:
    request = bytearray(certificate_request(factory.device_key, "lock-1"))
    request[-1] ^= 1
    with pytest.raises(BadRequest):
        factory.authority.read_enrolment(factory.signed(csr=bytes(request)))


def test_what_is_too_long_is_refused(factory: Factory) -> None:
    with pytest.raises(BadRequest):
        factory.authority.read_enrolment(bytes(5000))


@pytest.mark.parametrize("length", range(65))
def test_short_enrolments_are_refused(one: Factory, length: int) -> None:
    for raw in (bytes(length), one.enrolment()[:length]):
        with pytest.raises((BadRequest, BadSignature)):
            one.authority.read_enrolment(raw)


@pytest.mark.parametrize("site", ["", "#", "a/b", "x" * 37])
def test_a_claim_for_a_wildcard_site_is_not_issued(factory: Factory, site: str) -> None:
    with pytest.raises(BadRequest):
        factory.authority.issue_claim(factory.claim_key.public_key(), site)
