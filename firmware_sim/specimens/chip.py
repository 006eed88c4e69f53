"""Simulated travel document chip: country, document signer, data groups and their signature (EF.SOD)."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import algos, cms, core  # type: ignore[import-untyped] # the library has no types
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from firmware_sim.specimens.documents import Person, td3_lines

SECURITY_OBJECT = "2.23.136.1.1.1"


def wrap(tag: int, value: bytes) -> bytes:
    """Encode one BER element."""
    name = tag.to_bytes(2 if tag > 0xFF else 1)
    if len(value) < 0x80:
        return name + bytes([len(value)]) + value
    size = (len(value).bit_length() + 7) // 8
    return name + bytes([0x80 | size]) + len(value).to_bytes(size) + value


@dataclass(frozen=True, slots=True)
class SimCountry:
    """An issuing country: its CSCA certificate and one document signer."""

    certificate: x509.Certificate
    signer: x509.Certificate
    signer_key: ec.EllipticCurvePrivateKey


def found_country(code: str, now: int) -> SimCountry:
    """Create a country with fresh keys."""
    country_key, signer_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, code),
                      x509.NameAttribute(x509.NameOID.COMMON_NAME, "CSCA")])  # fmt: skip
    signer_name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, code),
                             x509.NameAttribute(x509.NameOID.COMMON_NAME, "Document Signer")])  # fmt: skip
    country = _certify(name, name, country_key.public_key(), country_key, now, authority=True)
    signer = _certify(signer_name, name, signer_key.public_key(), country_key, now, authority=False)
    return SimCountry(country, signer, signer_key)


def _certify(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    by: ec.EllipticCurvePrivateKey,
    now: int,
    *,
    authority: bool,
) -> x509.Certificate:
    """Issue a certificate valid for ten years from yesterday."""
    began = datetime.fromtimestamp(now, UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number())
    builder = builder.not_valid_before(began).not_valid_after(began + timedelta(days=3650))
    builder = builder.add_extension(
        x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True
    )
    return builder.sign(by, hashes.SHA256())


def write_zone_group(person: Person) -> bytes:
    """Encode DG1."""
    return wrap(0x61, wrap(0x5F1F, "".join(td3_lines(person)).encode()))


def write_face_group(jpeg: bytes) -> bytes:
    """Encode DG2 with one face."""
    image = bytes(12) + jpeg
    face = (len(image) + 20).to_bytes(4) + bytes(16)
    record = b"FAC\x00010\x00" + (14 + len(face) + len(image)).to_bytes(4) + (1).to_bytes(2) + face + image
    template = wrap(0xA1, bytes.fromhex("800200018101028701018801 08".replace(" ", ""))) + wrap(0x5F2E, record)
    return wrap(0x75, wrap(0x7F61, wrap(0x02, b"\x01") + wrap(0x7F60, template)))


def sign_groups(country: SimCountry, groups: dict[int, bytes]) -> bytes:
    """Encode EF.SOD over the groups."""
    stated = _state_hashes(groups)
    content_type = cms.ContentType(SECURITY_OBJECT)
    attributes = cms.CMSAttributes([
        {"type": "content_type", "values": [content_type]},
        {"type": "message_digest", "values": [hashlib.sha256(stated).digest()]},
    ])  # fmt: skip
    signature = country.signer_key.sign(b"\x31" + attributes.dump()[1:], ec.ECDSA(hashes.SHA256()))
    certificate = asn1_x509.Certificate.load(country.signer.public_bytes(Encoding.DER))
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = cms.SignerInfo({
        "version": "v1",
        "sid": {"issuer_and_serial_number": {"issuer": certificate.issuer, "serial_number": certificate.serial_number}},
        "digest_algorithm": sha256, "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": "sha256_ecdsa"}, "signature": signature,
    })  # fmt: skip
    signed = cms.SignedData({
        "version": "v3", "digest_algorithms": [sha256], "certificates": [certificate], "signer_infos": [signer],
        "encap_content_info": {"content_type": SECURITY_OBJECT, "content": core.ParsableOctetString(stated)},
    })  # fmt: skip
    return wrap(0x77, cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def _state_hashes(groups: dict[int, bytes]) -> bytes:
    """Encode LDSSecurityObject, version 0, DER."""
    stated = b"".join(
        wrap(0x30, core.Integer(number).dump() + wrap(0x04, hashlib.sha256(group).digest()))
        for number, group in sorted(groups.items())
    )
    algorithm = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
    return wrap(0x30, core.Integer(0).dump() + algorithm + wrap(0x30, stated))
