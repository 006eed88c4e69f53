"""Device enrolment: a claim issued for one device, and the device's proof of possession of its own key.

A claim names one device and is valid for hours. It gives no other access: its extended key usage is signing, which no
TLS server accepts from a client. The enrolment is signed by the claim's key and carries a PKCS #10 request signed by
the device's key. The gateway accepts each claim once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certs import cbor
from certs.authority.ca import Authority
from certs.authority.profiles import CLAIM_URN, CLAIM_USAGE, Issuer, Kind, name_in_request, public_of_request
from certs.cose import payload_unverified, sign1, verify1
from certs.enrolment.renewal import certificate_request, read_request
from certs.errors import BadRequest, BadSignature

CONTEXT = b"lodgekey-enrolment-v1"
MAX_ENROLMENT = 4096
CSR, CLAIM = 1, 2


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A device that asks to be enrolled: site, device id, kind, certificate request, serial of the claim."""

    site: str
    device: str
    kind: Kind
    request: x509.CertificateSigningRequest
    claim: int


def write_enrolment(
    claim_key: ec.EllipticCurvePrivateKey, claim: x509.Certificate, key: ec.EllipticCurvePrivateKey, device: str
) -> bytes:
    """Enrolment message: COSE_Sign1 by the claim's key over the device's request and the claim."""
    said = {CSR: certificate_request(key, device), CLAIM: claim.public_bytes(Encoding.DER)}
    return sign1(cbor.encode(said), claim_key, external_aad=CONTEXT)


def read_enrolment(raw: bytes, authority: Authority) -> Enrolment:
    """The enrolment, with claim, signatures and proof of possession verified; raises BadRequest or BadSignature.

    The caller refuses used claims and devices that are out of service.
    """
    if len(raw) > MAX_ENROLMENT:
        raise BadRequest("too long for an enrolment")
    claim = _claim_in(_said(payload_unverified(raw)))
    issuers = [generation.issuing for generation in authority.generations.believed]
    (kind, site, device), public = _check_claim(claim, issuers, authority.now())
    said = _said(verify1(raw, public, external_aad=CONTEXT))
    request = read_request(said[CSR])
    if public_of_request(request) == public:
        raise BadRequest("the claim's key passes through other hands: it is nobody's own")
    if name_in_request(request) != device:
        raise BadRequest("the request is for another device than the claim")
    return Enrolment(site, device, kind, request, claim.serial_number)


def _said(payload: bytes) -> dict[int, Any]:
    try:
        said = cbor.decode(payload)
    except cbor.NotCanonical as error:
        raise BadRequest("not an enrolment") from error
    if not isinstance(said, dict) or set(said) != {CSR, CLAIM}:
        raise BadRequest("not an enrolment")
    if not isinstance(said[CSR], bytes) or not isinstance(said[CLAIM], bytes):
        raise BadRequest("not an enrolment")
    return said


def _claim_in(said: dict[int, Any]) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(said[CLAIM])
    except ValueError as error:
        raise BadRequest("the claim is no certificate") from error


def _check_claim(
    claim: x509.Certificate, issuers: Iterable[Issuer], now: int
) -> tuple[tuple[Kind, str, str], ec.EllipticCurvePublicKey]:
    if not any(_issued_by(claim, issuer) for issuer in issuers):
        raise BadSignature("the claim is not of this gateway")
    if not claim.not_valid_before_utc.timestamp() <= now < claim.not_valid_after_utc.timestamp():
        raise BadRequest("the claim is over")
    usages = claim.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    names = claim.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    public = claim.public_key()
    if list(usages) != [CLAIM_USAGE] or not isinstance(public, ec.EllipticCurvePublicKey):
        raise BadRequest("a device's certificate is no claim")
    kind, site, device = names.get_values_for_type(x509.UniformResourceIdentifier)[0].removeprefix(CLAIM_URN).split(":")
    return (cast("Kind", kind), site, device), public


def _issued_by(claim: x509.Certificate, issuer: Issuer) -> bool:
    try:
        claim.verify_directly_issued_by(issuer.certificate)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
