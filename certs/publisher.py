"""The firmware publisher's key: separate from the gateway's authority; devices know its public half from enrolment.

publisher.pem (public) is in the authority's folder. publisher.key (0600) is there too, unless images are signed on
another machine.
"""

from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from certs.errors import BadKey
from certs.files import PUBLIC, write_atomic
from certs.keys import CURVE, load_private_key, new_private_key, save_private_key

PRIVATE_HALF: Final = "publisher.key"
PUBLIC_HALF: Final = "publisher.pem"


def make_publisher(folder: Path) -> ec.EllipticCurvePublicKey:
    """Create the key in `folder`; an existing one is kept."""
    if not (folder / PRIVATE_HALF).exists():
        save_private_key(folder / PRIVATE_HALF, new_private_key())
    public = load_private_key(folder / PRIVATE_HALF).public_key()
    trust_publisher(folder, public)
    return public


def trust_publisher(folder: Path, public: ec.EllipticCurvePublicKey) -> None:
    """Store the public half, for devices that are enrolled from now on."""
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    write_atomic(folder / PUBLIC_HALF, pem, PUBLIC)


def publisher_at(folder: Path) -> ec.EllipticCurvePublicKey | None:
    """The publisher's public key; None if there is none. Raises BadKey."""
    path = folder / PUBLIC_HALF
    return read_public_key(path) if path.exists() else None


def publisher_key_at(folder: Path) -> ec.EllipticCurvePrivateKey | None:
    """The publisher's private key; None if it is on another machine. Raises BadKey."""
    path = folder / PRIVATE_HALF
    return load_private_key(path) if path.exists() else None


def read_public_key(path: Path) -> ec.EllipticCurvePublicKey:
    """The P-256 key in a PEM file (SubjectPublicKeyInfo). Raises BadKey, OSError."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except ValueError as error:
        raise BadKey(f"{path.name} is not a public key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != CURVE.name:
        raise BadKey(f"{path.name} is not a P-256 key")
    return key
