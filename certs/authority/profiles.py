"""Certificate profiles (X.509 v3, RFC 5280): one function per kind. No files and no clock here."""

import datetime
import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certs.errors import BadRequest

Kind = Literal["lock", "kiosk"]
BACKDATE = 300  # seconds: a device whose clock is a little behind still accepts what was issued just now
ROOT_DAYS, ISSUING_DAYS = 20 * 366, 5 * 366
CLAIM_URN = "urn:lodgekey:claim:"
CLAIM_USAGE = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # id-kp-documentSigning (RFC 9336): not accepted for TLS
IDENTIFIER = re.compile(r"[a-z0-9-]{1,36}\Z")
RESERVED = re.compile(r"gateway.*\Z")  # the broker gives these names the gateway's rights

_SIGN_ONLY = {"digital_signature": True}
_SIGN_CERTIFICATES = {"key_cert_sign": True, "crl_sign": True}
_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issuer:
    """A CA certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def root_certificate(key: ec.EllipticCurvePrivateKey, now: int, number: int) -> x509.Certificate:
    """Self-signed CA certificate of one generation: the trust anchor of devices and broker."""
    name = _name(f"Lodgekey root {number}")
    builder = _builder(name, name, key.public_key(), now, ROOT_DAYS)
    builder = _with_ca(builder, path_length=2).add_extension(_own_id(key.public_key()), critical=False)
    return builder.sign(key, hashes.SHA256())


def cross_certificate(elder: Issuer, root: x509.Certificate, now: int) -> x509.Certificate:
    """A root signed by the previous root, for parties that trust only that one."""
    public = root.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise BadRequest("roots have P-256 keys")
    builder = _builder(root.subject, elder.certificate.subject, public, now, ISSUING_DAYS)
    builder = _with_ca(builder, path_length=1).add_extension(_own_id(public), critical=False)
    return builder.add_extension(_issuer_id(elder), critical=False).sign(elder.key, hashes.SHA256())


def issuing_certificate(root: Issuer, public: ec.EllipticCurvePublicKey, now: int, number: int) -> x509.Certificate:
    """Intermediate CA certificate: signs devices, servers, gateways and the revocation list."""
    builder = _builder(_name(f"Lodgekey issuing {number}"), root.certificate.subject, public, now, ISSUING_DAYS)
    builder = _with_ca(builder, path_length=0).add_extension(_own_id(public), critical=False)
    return builder.add_extension(_issuer_id(root), critical=False).sign(root.key, hashes.SHA256())


def device_certificate(
    issuer: Issuer, public: ec.EllipticCurvePublicKey, site: str, device: str, *, kind: Kind, now: int, days: int
) -> x509.Certificate:
    """Client certificate of a lock or kiosk: CN is the device's id, URI SAN `urn:lodgekey:<kind>:<site>:<device>`."""
    _require_device(site, device, kind)
    return _client_certificate(issuer, public, device, f"urn:lodgekey:{kind}:{site}:{device}", now=now, days=days)


def gateway_certificate(
    issuer: Issuer, public: ec.EllipticCurvePublicKey, name: str, *, now: int, days: int
) -> x509.Certificate:
    """Client certificate of a gateway worker; its CN begins with `gateway`."""
    if not IDENTIFIER.match(name) or not RESERVED.match(name):
        raise BadRequest("a gateway's name begins with gateway")
    return _client_certificate(issuer, public, name, f"urn:lodgekey:gateway:{name}", now=now, days=days)


def claim_certificate(
    issuer: Issuer, public: ec.EllipticCurvePublicKey, site: str, device: str, *, kind: Kind, now: int, days: int
) -> x509.Certificate:
    """Certificate for the installer of one device: valid only for its enrolment (certs.enrolment.claim)."""
    _require_device(site, device, kind)
    name: list[x509.GeneralName] = [x509.UniformResourceIdentifier(f"{CLAIM_URN}{kind}:{site}:{device}")]
    builder = _leaf(issuer, public, "Lodgekey claim", name, now=now, days=days)
    return builder.add_extension(x509.ExtendedKeyUsage([CLAIM_USAGE]), critical=True).sign(issuer.key, hashes.SHA256())


def server_certificate(
    issuer: Issuer, public: ec.EllipticCurvePublicKey, names: Sequence[str], ips: Sequence[str], *, now: int, days: int
) -> x509.Certificate:
    """Server certificate of a broker for these DNS names and addresses (at least one)."""
    if not names and not ips:
        raise BadRequest("a server certificate needs a name or an address")
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    alternatives += [x509.IPAddress(ipaddress.ip_address(ip)) for ip in ips]
    builder = _leaf(issuer, public, (list(names) or list(ips))[0], alternatives, now=now, days=days)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return builder.add_extension(usage, critical=False).sign(issuer.key, hashes.SHA256())


def revocation_list(
    issuer: Issuer, serials: Iterable[int], number: int, now: int, days: int
) -> x509.CertificateRevocationList:
    """CRL (RFC 5280 §5) with every serial revoked as of now; `number` must rise from list to list."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(_time(now - BACKDATE))
        .next_update(_time(now + days * 86400))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_issuer_id(issuer), critical=False)
    )
    for serial in sorted(set(serials)):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(_time(now)).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(issuer.key, hashes.SHA256())


def public_of_request(csr: x509.CertificateSigningRequest) -> ec.EllipticCurvePublicKey:
    """P-256 key of a request whose signature (SHA-256) proves possession of it; raises BadRequest.

    A point off the curve is refused; P-256 has no points of low order.
    """
    try:
        public, proven = csr.public_key(), csr.is_signature_valid
        digest = csr.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadRequest("the request holds no sound key") from error
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise BadRequest("devices have P-256 keys")
    if not proven or not isinstance(digest, hashes.SHA256):
        raise BadRequest("the request is not signed by its own key")
    return public


def name_in_request(csr: x509.CertificateSigningRequest) -> str:
    """The single common name in a request; raises BadRequest. Other contents are ignored."""
    try:
        names = [str(found.value) for found in csr.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    except ValueError as error:
        raise BadRequest("the request names nobody") from error
    if len(names) != 1:
        raise BadRequest("the request names nobody, or several")
    return names[0]


def _require_device(site: str, device: str, kind: str) -> None:
    if not IDENTIFIER.match(site) or not IDENTIFIER.match(device) or kind not in ("lock", "kiosk"):
        raise BadRequest("site and device ids are 1 to 36 of a-z, 0-9 and -")
    if RESERVED.match(device):
        raise BadRequest("names that begin with gateway are the gateway's own")


def _client_certificate(
    issuer: Issuer, public: ec.EllipticCurvePublicKey, name: str, urn: str, *, now: int, days: int
) -> x509.Certificate:
    builder = _leaf(issuer, public, name, [x509.UniformResourceIdentifier(urn)], now=now, days=days)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    return builder.add_extension(usage, critical=False).sign(issuer.key, hashes.SHA256())


def _leaf(
    issuer: Issuer, public: ec.EllipticCurvePublicKey, name: str,
    alternatives: list[x509.GeneralName], *, now: int, days: int,
) -> x509.CertificateBuilder:  # fmt: skip
    if not isinstance(public.curve, ec.SECP256R1):
        raise BadRequest("keys here are P-256")
    return (
        _builder(_name(name), issuer.certificate.subject, public, now, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(_SIGN_ONLY), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(_own_id(public), critical=False)
        .add_extension(_issuer_id(issuer), critical=False)
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: int, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_time(now - BACKDATE))
        .not_valid_after(_time(now + days * 86400))
    )


def _with_ca(builder: x509.CertificateBuilder, path_length: int) -> x509.CertificateBuilder:
    constraints = x509.BasicConstraints(ca=True, path_length=path_length)
    return builder.add_extension(constraints, critical=True).add_extension(
        _key_usage(_SIGN_CERTIFICATES), critical=True
    )


def _key_usage(on: dict[str, bool]) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: on.get(usage, False) for usage in _USAGES})


def _own_id(public: ec.EllipticCurvePublicKey) -> x509.SubjectKeyIdentifier:
    return x509.SubjectKeyIdentifier.from_public_key(public)


def _issuer_id(issuer: Issuer) -> x509.AuthorityKeyIdentifier:
    own = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _time(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
