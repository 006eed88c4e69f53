"""The authority: created once, stored, and certificates limited to their holder's purpose."""

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certs.authority.ca import Authority, Issued
from certs.authority.profiles import Kind
from certs.enrolment.device_folder import find_device_folders, read_device_folder, write_device_folder
from certs.errors import BadFolder, BadRequest
from certs.keys import jwk_of, new_private_key

NOW = 1_790_000_000


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.open(tmp_path / "ca", lambda: NOW)


def usages(issued: Issued) -> list[x509.ObjectIdentifier]:
    return list(issued.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def alternatives(issued: Issued) -> x509.SubjectAlternativeName:
    return issued.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def request(key: ec.EllipticCurvePrivateKey, name: str = "x") -> x509.CertificateSigningRequest:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())


def test_the_second_start_finds_what_the_first_made(authority: Authority) -> None:
    again = Authority.open(authority.folder, lambda: NOW + 86400)
    assert again.ca_pem == authority.ca_pem
    assert again.command_key.private_numbers() == authority.command_key.private_numbers()


def test_keys_are_the_owners_only_and_all_different(authority: Authority) -> None:
    files = sorted(authority.folder.glob("*.key"))
    names = ["command.key", "credential.key", "intake.key", "issuing.key", "passcode.key", "root.key"]
    assert [file.name for file in files] == names
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len({file.read_bytes() for file in files}) == len(files)
    assert stat.S_IMODE(authority.folder.stat().st_mode) == 0o700


def test_a_lock_gets_a_client_certificate_with_its_name(authority: Authority) -> None:
    issued = authority.issue_device(new_private_key().public_key(), "site-1", "lock-1", "lock")
    issued.certificate.verify_directly_issued_by(authority.issuing.certificate)
    authority.issuing.certificate.verify_directly_issued_by(authority.root.certificate)
    assert issued.certificate.subject.rfc4514_string() == "CN=lock-1"
    uris = alternatives(issued).get_values_for_type(x509.UniformResourceIdentifier)
    assert uris == ["urn:lodgekey:lock:site-1:lock-1"]
    assert usages(issued) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert issued.expires == NOW + 90 * 86400
    assert len(x509.load_pem_x509_certificates(issued.chain_pem)) == 2


def test_no_leaf_can_issue_certificates(authority: Authority) -> None:
    public = new_private_key().public_key()
    device, server = authority.issue_device(public, "s", "l", "lock"), authority.issue_server(public)
    leaves = [device, server, authority.issue_gateway(public, "gateway")]
    for leaf in leaves:
        assert not leaf.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        usage = leaf.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        assert usage.digital_signature
        assert not usage.key_cert_sign


def test_a_server_certificate_is_no_client_certificate(authority: Authority) -> None:
    issued = authority.issue_server(new_private_key().public_key(), ["broker.example"], ["127.0.0.1", "::1"])
    assert usages(issued) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert alternatives(issued).get_values_for_type(x509.DNSName) == ["broker.example"]
    assert len(alternatives(issued).get_values_for_type(x509.IPAddress)) == 2


def test_a_server_without_a_name_is_refused(authority: Authority) -> None:
    with pytest.raises(BadRequest):
        authority.issue_server(new_private_key().public_key(), [], [])


def test_a_request_gives_its_key_and_not_its_name(authority: Authority) -> None:
    key = new_private_key()
    issued = authority.issue_device(request(key, "gateway"), "site-1", "lock-1", "lock")
    assert issued.certificate.public_key() == key.public_key()
    assert issued.certificate.subject.rfc4514_string() == "CN=lock-1"


def test_a_request_signed_by_another_key_is_refused(authority: Authority) -> None:
    good = bytearray(request(new_private_key()).public_bytes(Encoding.DER))
    good[-1] ^= 1
    with pytest.raises(BadRequest):
        authority.issue_device(x509.load_der_x509_csr(bytes(good)), "site-1", "lock-1", "lock")


def test_a_request_for_another_curve_is_refused(authority: Authority) -> None:
    with pytest.raises(BadRequest):
        authority.issue_device(request(ec.generate_private_key(ec.SECP384R1())), "site-1", "lock-1", "lock")


@pytest.mark.parametrize("name", ["", "#", "+", "a/b", "A", "x" * 37, "é", "a\n", "gateway", "gateway-2"])
def test_a_device_name_that_could_mean_another_is_refused(authority: Authority, name: str) -> None:
    with pytest.raises(BadRequest):
        authority.issue_device(new_private_key().public_key(), "site-1", name, "lock")


@pytest.mark.parametrize("site", ["", "#", "+", "a/b", "x" * 37])
def test_a_wildcard_site_is_refused(authority: Authority, site: str) -> None:
    with pytest.raises(BadRequest):
        authority.issue_device(new_private_key().public_key(), site, "lock-1", "lock")


@pytest.mark.parametrize("name", ["lock-1", "Gateway", "gateway/1"])
def test_a_gateway_name_says_that_it_is_one(authority: Authority, name: str) -> None:
    with pytest.raises(BadRequest):
        authority.issue_gateway(new_private_key().public_key(), name)


def test_a_revocation_list_names_exactly_the_revoked(authority: Authority) -> None:
    first, second = (authority.issue_device(new_private_key().public_key(), "s", f"l-{n}", "lock") for n in (1, 2))
    crl = x509.load_pem_x509_crl(authority.crl([first.serial]))
    issuing = authority.issuing.certificate.public_key()
    assert isinstance(issuing, ec.EllipticCurvePublicKey)
    assert crl.is_signature_valid(issuing)
    assert crl.get_revoked_certificate_by_serial_number(first.serial) is not None
    assert crl.get_revoked_certificate_by_serial_number(second.serial) is None


@pytest.mark.parametrize("kind", ["lock", "kiosk"])
def test_a_device_folder_is_read_as_written(authority: Authority, tmp_path: Path, kind: Kind) -> None:
    folder = tmp_path / "devices" / "door-1"
    issued = write_device_folder(folder, authority, "site-1", "door-1", kind, host="127.0.0.1", port=8883)
    found = read_device_folder(folder)
    assert (found.site, found.device, found.kind) == ("site-1", "door-1", kind)
    assert (found.host, found.port) == ("127.0.0.1", 8883)
    assert jwk_of(found.gateway.command) == jwk_of(authority.command_key.public_key())
    assert found.key.public_key() == issued.certificate.public_key()
    assert stat.S_IMODE(found.key_file.stat().st_mode) == 0o600
    assert find_device_folders(tmp_path / "devices") == [folder]


def test_a_refreshed_folder_keeps_its_key_and_gets_a_new_certificate(authority: Authority, tmp_path: Path) -> None:
    write = [write_device_folder(tmp_path / "d", authority, "s", "l", "lock", host="h", port=1) for _ in range(2)]
    assert write[0].certificate.public_key() == write[1].certificate.public_key()
    assert write[0].serial != write[1].serial


@pytest.mark.parametrize(
    "damage", ['{"site": 1}', "[]", "", '{"site": "../x", "device": "a", "kind": "lock"}', '{"a": NaN}']
)
def test_a_damaged_folder_is_refused(authority: Authority, tmp_path: Path, damage: str) -> None:
    write_device_folder(tmp_path / "d", authority, "s", "l", "lock", host="h", port=1)
    (tmp_path / "d" / "device.json").write_text(damage)
    with pytest.raises(BadFolder):
        read_device_folder(tmp_path / "d")


def test_a_folder_with_a_wildcard_name_is_refused(authority: Authority, tmp_path: Path) -> None:
    write_device_folder(tmp_path / "d", authority, "s", "l", "lock", host="h", port=1)
    file = tmp_path / "d" / "device.json"
    file.write_text(file.read_text().replace('"site": "s"', '"site": "+"'))
    with pytest.raises(BadFolder):
        read_device_folder(tmp_path / "d")


def test_a_thousand_devices_share_no_serial(authority: Authority) -> None:
    public = new_private_key().public_key()
    serials = {authority.issue_device(public, "s", f"l-{n}", "lock").serial for n in range(1000)}
    assert len(serials) == 1000
