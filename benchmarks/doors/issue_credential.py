"""Issuing a key credential, against signing the same bytes by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from benchmarks.harness import Pair, cpu_seconds
from certs.credential import KeyCredential, issue_credential
from certs.keys import cose_key_of, key_id, new_private_key

NAME: Final = "issue_credential"
BAR: Final = 2.0
BETTER: Final[Literal["lower", "higher"]] = "lower"
WHAT: Final = "CPU of issuing one key credential (CWT) / CPU of the same claims by hand with cbor2 and cryptography"
N = 4000
PROTECTED = bytes.fromhex("a10126")


@contextmanager
def prepare() -> Iterator[Pair]:
    """Issue the same credential repeatedly."""
    signer, holder = new_private_key(), new_private_key().public_key()
    credential = KeyCredential(bytes(16), "lock-1", holder, 1_800_000_000, 1_800_086_400)

    def ours() -> float:
        return cpu_seconds(lambda: issue_credential(credential, signer), N)

    kid = key_id(signer.public_key())

    def by_hand() -> float:
        return cpu_seconds(lambda: sign_by_hand(credential, signer, kid), N)

    # equal except for the signature, which is randomised
    assert sign_by_hand(credential, signer, kid)[:-64] == issue_credential(credential, signer)[:-64]
    yield Pair(ours, by_hand, N)


def sign_by_hand(credential: KeyCredential, signer: ec.EllipticCurvePrivateKey, kid: bytes) -> bytes:
    """Return a COSE_Sign1 (RFC 9052 §4.2) over the claims, without checks."""
    claims = {
        3: credential.lock,
        4: credential.expires,
        5: credential.not_before,
        7: credential.id,
        8: {1: cose_key_of(credential.holder)},
    }
    payload = cbor2.dumps(claims)
    to_be_signed = cbor2.dumps(["Signature1", PROTECTED, b"", payload])
    r, s = decode_dss_signature(signer.sign(to_be_signed, ec.ECDSA(hashes.SHA256())))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return cbor2.dumps(cbor2.CBORTag(18, [PROTECTED, {4: kid}, payload, signature]))
