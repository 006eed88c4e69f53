"""Passive authentication of a travel document's chip: ICAO 9303 (8th edition) part 11, 5.1; formats: part 10.

Country certificate → document signer → security object → data groups. It proves that the contents come from the
issuer and are unaltered, not that the chip is no copy (that is active authentication).
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from asn1crypto import cms, core  # type: ignore[import-untyped] # the library has no types
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from gateway.domain.verification.chip import ChipContents, ChipRefused
from gateway.domain.verification.field_sources import NAMES
from gateway.domain.verification.mrz import LAYOUTS, BadMachineZone, MachineZone, parse_mrz
from gateway.domain.verification.port import DocumentReading, FieldReading, ImageRefused
from gateway.domain.verification.zone_facts import zone_days, zone_facts, zone_kind
from gateway.identity.images.containers import open_container

SECURITY_OBJECT = "2.23.136.1.1.1"
DIGESTS: Mapping[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha224": hashes.SHA224(),
}
"""Without SHA-1, for which collisions can be produced."""
NEEDED_GROUPS = (1, 2)


class DataGroupHash(core.Sequence):  # type: ignore[misc] # asn1crypto has no types
    """DataGroupHash (ICAO 9303 part 10, 4.6.2.3)."""

    _fields = [("number", core.Integer), ("value", core.OctetString)]  # noqa: RUF012 - the library's way to declare


class DataGroupHashes(core.SequenceOf):  # type: ignore[misc] # asn1crypto has no types
    """DataGroupHashValues (ICAO 9303 part 10, 4.6.2.3)."""

    _child_spec = DataGroupHash


class SecurityObject(core.Sequence):  # type: ignore[misc] # asn1crypto has no types
    """LDSSecurityObject, version 0; the field that version 1 adds is not needed here."""

    _fields = [  # noqa: RUF012 - the library's way to declare
        ("version", core.Integer),
        ("algorithm", cms.DigestAlgorithm),
        ("hashes", DataGroupHashes),
        ("versions", core.Any, {"optional": True}),
    ]


# raised when reading untrusted bytes; the errors of x509 are no ValueErrors
UNREADABLE: Final = (
    *(ValueError, KeyError, TypeError, IndexError, UnsupportedAlgorithm),
    *(x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)


def check_chip(contents: ChipContents, countries: Sequence[x509.Certificate], now: int) -> DocumentReading:
    """The chip's reading, every field certain. Raises ChipRefused. `countries`: trusted CSCA certificates."""
    try:
        signed = cms.ContentInfo.load(unwrap(contents.security_object, 0x77), strict=True)["content"]
        signer, attributes = _signer(signed)
        certificate = _certificate_of(signed, signer)
        stated = SecurityObject.load(signed["encap_content_info"]["content"].contents, strict=True)
        _check_signature(signed, signer, attributes, certificate)
        _check_issuer(certificate, countries, now)
        _check_groups(stated, contents.groups)
        zone = read_zone_group(contents.groups[1])
        portrait = read_face_group(contents.groups[2])
    except UNREADABLE:
        raise ChipRefused("chip_unreadable") from None
    return _reading(zone, portrait, datetime.fromtimestamp(now, UTC).date())


def unwrap(data: bytes, tag: int) -> bytes:
    """The value of a single BER element with this tag and no trailing data. Raises ValueError."""
    found, value, rest = next_element(data)
    if found != tag or rest:
        raise ValueError("unexpected BER element")
    return value


def next_element(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag, value and remaining bytes of a BER element with a tag of one or two bytes. Raises ValueError."""
    wide = 2 if data[0] & 0x1F == 0x1F else 1
    tag, length, start = int.from_bytes(data[:wide]), data[wide], wide + 1
    if length & 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(data[start : start + size]), start + size
    value = data[start : start + length]
    if len(value) != length:
        raise ValueError("a BER element is truncated")
    return tag, value, data[start + length :]


def _signer(signed: Any) -> tuple[Any, dict[str, Any]]:
    """The only signer and its signed attributes by name. Raises ValueError for other content or several signers."""
    if signed["encap_content_info"]["content_type"].dotted != SECURITY_OBJECT or len(signed["signer_infos"]) != 1:
        raise ValueError("not a security object with one signer")
    signer = signed["signer_infos"][0]
    attributes = {item["type"].native: item["values"] for item in signer["signed_attrs"]}
    if len(attributes) != len(signer["signed_attrs"]) or any(len(values) != 1 for values in attributes.values()):
        raise ValueError("an attribute appears twice")
    return signer, attributes


def _certificate_of(signed: Any, signer: Any) -> x509.Certificate:
    """The signer's certificate from the signed data. Raises ValueError where it is missing."""
    wanted = signer["sid"]
    for choice in signed["certificates"]:
        given = choice.chosen
        if wanted.name == "issuer_and_serial_number":
            same = (given.issuer, given.serial_number) == (
                wanted.chosen["issuer"],
                wanted.chosen["serial_number"].native,
            )
        else:
            same = given.key_identifier == wanted.chosen.native
        if same:
            return x509.load_der_x509_certificate(given.dump())
    raise ValueError("the signer's certificate is missing")


def _check_signature(signed: Any, signer: Any, attributes: dict[str, Any], certificate: x509.Certificate) -> None:
    """RFC 5652 section 5.4: the attributes contain the content's digest, and the signature covers the attributes."""
    digest = DIGESTS[signer["digest_algorithm"]["algorithm"].native]
    content = signed["encap_content_info"]["content"].contents
    fits = attributes["message_digest"][0].native == hashlib.new(digest.name, content).digest()
    if not fits or attributes["content_type"][0].dotted != SECURITY_OBJECT:
        raise ChipRefused("chip_signature_wrong")
    covered = b"\x31" + signer["signed_attrs"].dump()[1:]
    try:
        _verify(certificate.public_key(), signer["signature"].native, covered, digest, signer["signature_algorithm"])
    except InvalidSignature:
        raise ChipRefused("chip_signature_wrong") from None


def _verify(key: object, signature: bytes, covered: bytes, digest: hashes.HashAlgorithm, algorithm: Any) -> None:
    """Verify an ECDSA or RSA signature. Raises InvalidSignature, or ValueError for another kind of key."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, covered, ec.ECDSA(digest))
    elif isinstance(key, rsa.RSAPublicKey):
        probabilistic = algorithm["algorithm"].native == "rsassa_pss"
        scheme = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO) if probabilistic else padding.PKCS1v15()
        key.verify(signature, covered, scheme, digest)
    else:
        raise ValueError("unsupported kind of key")


def _check_issuer(signer: x509.Certificate, countries: Sequence[x509.Certificate], now: int) -> None:
    """Check that the document signer was valid and was issued by a trusted CSCA that may sign certificates."""
    moment = datetime.fromtimestamp(now, UTC)
    if not signer.not_valid_before_utc <= moment <= signer.not_valid_after_utc:
        raise ChipRefused("chip_issuer_unknown")
    for country in countries:
        if country.subject == signer.issuer and _may_issue(country):
            try:
                signer.verify_directly_issued_by(country)
            except (InvalidSignature, ValueError, TypeError):
                continue
            return
    raise ChipRefused("chip_issuer_unknown")


def _may_issue(country: x509.Certificate) -> bool:
    """Whether the certificate is that of a certificate authority."""
    try:
        return country.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _check_groups(stated: Any, groups: Mapping[int, bytes]) -> None:
    """Check every data group read against its signed hash; machine-readable zone and face are required."""
    algorithm = DIGESTS[stated["algorithm"]["algorithm"].native].name
    expected = {item["number"].native: item["value"].native for item in stated["hashes"]}
    for number in {*NEEDED_GROUPS, *groups}:
        if number not in groups or expected.get(number) != hashlib.new(algorithm, groups[number]).digest():
            raise ChipRefused("chip_altered")


def read_zone_group(group: bytes) -> MachineZone:
    """DG1 (part 10, 4.7.1): the machine-readable zone as one string. Raises ValueError."""
    text = unwrap(unwrap(group, 0x61), 0x5F1F).decode("ascii")
    for layout in LAYOUTS.values():
        if len(text) == layout.width * layout.lines:
            return parse_mrz([text[start : start + layout.width] for start in range(0, len(text), layout.width)])
    raise BadMachineZone("the machine-readable zone has another length")


def read_face_group(group: bytes) -> bytes | None:
    """DG2 (part 10, 4.7.2; ISO/IEC 19794-5:2005): the first face as plain JPEG; None if it is JPEG 2000."""
    templates = unwrap(unwrap(group, 0x75), 0x7F61)
    _, _, rest = next_element(templates)
    tag, template, _ = next_element(rest)
    while tag in (0x7F60, 0xA1) and template:
        tag, value, template = next_element(template)
        if tag in (0x5F2E, 0x7F2E):
            return _face_image(value)
        tag = 0xA1
    raise ValueError("no face in the group")


def _face_image(record: bytes) -> bytes | None:
    """The picture after a header of 14 bytes, face of 20, 8 for each feature point, and image header of 12."""
    if record[:4] != b"FAC\x00":
        raise ValueError("not a face record")
    points = int.from_bytes(record[18:20])
    image = record[14 + 20 + 8 * points + 12 :]
    return _plain(image) if image.startswith(b"\xff\xd8\xff") else None


def _plain(image: bytes) -> bytes:
    """The picture without comments and EXIF, as it may be stored and shown to a person. Raises ValueError."""
    try:
        return open_container(image).data
    except ImageRefused:
        raise ValueError("the face is no picture") from None


def _reading(zone: MachineZone, portrait: bytes | None, today: date) -> DocumentReading:
    """The fields signed by the issuer. Not certain: a birth date that fits two centuries, a name that may be cut."""
    cut = zone.name_may_be_cut
    fields = {name: FieldReading(text, not (cut and name in NAMES)) for name, text in zone_facts(zone).items()}
    days = zone_days(zone, today)
    if days.births:
        fields["birth_date"] = FieldReading(str(days.births[0]), certain=len(days.births) == 1)
    if days.expiry:
        fields["expiry_date"] = FieldReading(days.expiry.isoformat(), certain=True)
    problems = (("name_unconfirmed",) if cut else ()) + (() if portrait else ("no_portrait",))
    return DocumentReading(zone_kind(zone), fields, problems, portrait)
