"""P-256 keys: generated, stored in files, and encoded as JWK (RFC 7518 §6.2) and COSE_Key (RFC 9053 §7.1.1)."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from certs.errors import BadKey
from certs.files import SECRET, write_atomic

CURVE = ec.SECP256R1()
KTY, CRV, X, Y = 1, -1, -2, -3
KTY_EC2, CRV_P256 = 2, 1


def new_private_key() -> ec.EllipticCurvePrivateKey:
    """A new P-256 key from the system's random source."""
    return ec.generate_private_key(CURVE)


def save_private_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """PKCS #8 PEM at `path`, mode 0600, replaced atomically."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_atomic(path, pem, SECRET)


def load_private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The P-256 key in a PEM file; raises BadKey if it is another kind, FileNotFoundError if absent."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise BadKey(f"{path.name} is not a private key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != CURVE.name:
        raise BadKey(f"{path.name} is not a P-256 key")
    return key


def public_from_point(point: bytes) -> ec.EllipticCurvePublicKey:
    """The key of a SEC 1 point, compressed (33 bytes) or not (65); raises BadKey off the curve."""
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    except ValueError as error:
        raise BadKey("not a point on P-256") from error


def compressed_point(public: ec.EllipticCurvePublicKey) -> bytes:
    """SEC 1 compressed point, 33 bytes."""
    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)


def jwk_of(public: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """Public JWK with exactly kty, crv, x and y."""
    numbers = public.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _to_base64url(numbers.x), "y": _to_base64url(numbers.y)}


def public_from_jwk(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    """The key of a public P-256 JWK; raises BadKey, also for one with a private member."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise BadKey("not a P-256 JWK")
    if "d" in jwk:
        raise BadKey("a private key must not leave its device")
    return public_from_point(b"\x04" + _from_base64url(jwk.get("x")) + _from_base64url(jwk.get("y")))


def cose_key_of(public: ec.EllipticCurvePublicKey) -> dict[int, Any]:
    """COSE_Key map with a compressed point: y is the sign bit as a bool."""
    point = compressed_point(public)
    return {KTY: KTY_EC2, CRV: CRV_P256, X: point[1:], Y: point[0] == 3}


def public_from_cose(cose_key: Any) -> ec.EllipticCurvePublicKey:
    """The key of a COSE_Key map with exactly kty, crv, x and a bool y; raises BadKey."""
    if not isinstance(cose_key, dict) or set(cose_key) != {KTY, CRV, X, Y}:
        raise BadKey("not a P-256 COSE_Key")
    x, y = cose_key[X], cose_key[Y]
    plain = type(cose_key[KTY]) is int and type(cose_key[CRV]) is int
    if not plain or (cose_key[KTY], cose_key[CRV]) != (KTY_EC2, CRV_P256) or not isinstance(x, bytes) or len(x) != 32:
        raise BadKey("not a P-256 COSE_Key")
    if not isinstance(y, bool):
        raise BadKey("only compressed points are accepted")
    return public_from_point((b"\x03" if y else b"\x02") + x)


def key_id(public: ec.EllipticCurvePublicKey) -> bytes:
    """First 8 bytes of SHA-256 over the SubjectPublicKeyInfo: an identifier, not a proof."""
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).digest()[:8]


def _to_base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def _from_base64url(text: Any) -> bytes:
    if not isinstance(text, str) or len(text) != 43:
        raise BadKey("a coordinate is 32 bytes in base64url without padding")
    try:
        raw = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey("a coordinate is 32 bytes in base64url") from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise BadKey("a coordinate has one spelling only")
    return raw
