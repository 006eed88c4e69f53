"""Certificate renewal: when it is due, the request, and the check of the answer."""

import datetime
import hashlib
from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from certs.errors import BadRequest
from certs.keys import key_id


def renewal_time(certificate: x509.Certificate, key: ec.EllipticCurvePublicKey) -> int:
    """UTC seconds from which to ask for a new certificate: two thirds of its life, plus up to a twelfth.

    The addition is derived from the key, so that devices enrolled in the same hour do not renew in the same hour.
    """
    begins, ends = (
        int(moment.timestamp()) for moment in (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    )
    life = ends - begins
    return begins + life * 2 // 3 + life // 12 * key_id(key)[0] // 256


def certificate_request(key: ec.EllipticCurvePrivateKey, device: str) -> bytes:
    """PKCS #10 request (DER); its signature proves possession of the key."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, device)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.DER)


def read_request(der: bytes) -> x509.CertificateSigningRequest:
    """The request in these bytes, for Authority.issue_device; raises BadRequest."""
    try:
        return x509.load_der_x509_csr(der)
    except ValueError as error:
        raise BadRequest("not a certificate request") from error


def read_certificates(pem: bytes) -> list[x509.Certificate]:
    """The certificates in a PEM text, at least one; raises BadRequest."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise BadRequest("not certificates") from error


def trust_digest(anchors_pem: bytes) -> bytes:
    """16 bytes that identify a set of roots, independent of their order; raises BadRequest."""
    found = sorted(root.public_bytes(Encoding.DER) for root in read_certificates(anchors_pem))
    return hashlib.sha256(b"".join(found)).digest()[:16]


def check_chain(
    chain: list[x509.Certificate],
    anchors: Iterable[x509.Certificate],
    key: ec.EllipticCurvePublicKey,
    urn: str,
    now: int,
) -> None:
    """Raise BadRequest unless the first of `chain` is for this key, names `urn`, and leads to one of the anchors."""
    leaf, *between = chain
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if leaf.public_key() != key or names.get_values_for_type(x509.UniformResourceIdentifier) != [urn]:
        raise BadRequest("the certificate is another device's")
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    verifier = PolicyBuilder().store(Store(list(anchors))).time(moment).build_client_verifier()
    try:
        verifier.verify(leaf, between)
    except VerificationError as error:
        raise BadRequest("the certificate does not lead to an anchor") from error
