"""The disclosure log as anybody may verify it: its signed tree head, and proofs that one head extends another."""

from base64 import urlsafe_b64encode

from pydantic import BaseModel

from certs.keys import jwk_of
from gateway.disclosure import DisclosureLog


class HeadShown(BaseModel):
    """A tree head (RFC 9162): `head` is COSE_Sign1 in base64url, `key` the public key that signed it, as a JWK."""

    size: int
    root: str
    at: int
    head: str
    key: dict[str, str]


class ConsistencyShown(BaseModel):
    """RFC 9162 §2.1.4: `proof` (hex hashes) shows that the log of `size` entries begins with its first `from_size`."""

    from_size: int
    head: HeadShown
    proof: list[str]


def read_head(log: DisclosureLog) -> HeadShown:
    """Return the newest signed tree head: `root` in hex, `at` in UTC seconds. Raises NotFound for an empty log."""
    head, signed = log.head()
    return HeadShown(
        size=head.size,
        root=head.root.hex(),
        at=head.at,
        head=urlsafe_b64encode(signed).rstrip(b"=").decode(),
        key=jwk_of(log.public_key),
    )


def read_consistency(log: DisclosureLog, from_size: int) -> ConsistencyShown:
    """Return the newest head and the proof that it extends the head of `from_size` entries.

    Raises NotFound for an empty log, or InputRefused for a `from_size` of less than 1 or beyond the newest head.
    """
    head = read_head(log)
    proof = log.consistency(from_size, head.size)
    return ConsistencyShown(from_size=from_size, head=head, proof=[node.hex() for node in proof])
