"""Signed heads of the disclosure log, and the audit that anyone with an older head can run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric import ec

from certs import cbor, cose
from certs.errors import BadSignature
from gateway.domain.disclosure.merkle import HASH_LENGTH, Frontier, verify_consistency

CONTEXT = b"lodgekey tree head 1"
_SIZE, _ROOT, _AT = 1, 2, 3


class BadHead(Exception):
    """The bytes are not a valid signed tree head of this log."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The log's size (at least 1), its root, and the time of signing in UTC seconds."""

    size: int
    root: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Fault:
    """An audit finding: its code (truncated, altered, backwards or restored) and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Restore:
    """The log says that it was restored from a backup `at` this time, with its first `size` entries."""

    size: int
    at: int

    def explains(self, head: TreeHead) -> bool:
        """Whether a head has entries that the backup did not: signed before the restore, of a longer log."""
        return head.size > self.size and head.at < self.at


def sign_head(head: TreeHead, key: ec.EllipticCurvePrivateKey, kid: bytes = b"") -> bytes:
    """The head as COSE_Sign1 over {1: size, 2: root, 3: at}. Raises BadHead for an empty log."""
    if head.size < 1 or len(head.root) != HASH_LENGTH:
        raise BadHead("an empty log has no head")
    payload = cbor.encode({_SIZE: head.size, _ROOT: head.root, _AT: head.at})
    return cose.sign1(payload, key, kid=kid, external_aad=CONTEXT)


def read_head(raw: bytes, public: ec.EllipticCurvePublicKey) -> TreeHead:
    """The head in a COSE_Sign1 signed with this key. Raises BadHead."""
    try:
        fields = cbor.decode(cose.verify1(raw, public, external_aad=CONTEXT))
    except (BadSignature, cbor.NotCanonical) as error:
        raise BadHead("not signed as a head of this log") from error
    if not isinstance(fields, dict) or set(fields) != {_SIZE, _ROOT, _AT}:
        raise BadHead("not a tree head")
    size, root, at = fields[_SIZE], fields[_ROOT], fields[_AT]
    if type(size) is not int or size < 1 or type(at) is not int or not isinstance(root, bytes):
        raise BadHead("not a tree head")
    if len(root) != HASH_LENGTH:
        raise BadHead("not a tree head")
    return TreeHead(size, root, at)


def verify_extension(older: TreeHead, newer: TreeHead, proof: Sequence[bytes]) -> None:
    """Raises BadProof unless the newer head's log extends the older one's. Needs no log entries."""
    verify_consistency(older.size, older.root, newer.size, newer.root, proof)


def audit(leaves: Iterable[bytes], heads: Iterable[TreeHead], restores: Sequence[Restore] = ()) -> tuple[Fault, ...]:
    """Compare the log with earlier heads; returns one fault for each mismatch. Reads the leaves once.

    A head that one of the log's `restores` explains is a fault of its own kind: what it had beyond the backup is lost.
    """
    held = sorted(heads, key=lambda head: (head.at, head.size))
    faults = [
        Fault("backwards", f"The head of {later.size} entries is younger than the head of {earlier.size}.")
        for earlier, later in pairwise(held)
        if later.size < earlier.size and not any(each.explains(earlier) and each.at <= later.at for each in restores)
    ]
    roots = _roots(leaves, {head.size for head in held})
    for head in held:
        restore = next((each for each in restores if each.explains(head)), None)
        if restore is not None and roots.get(head.size) != head.root:
            faults.append(Fault("restored", _restored_sentence(head, restore)))
        elif head.size not in roots:
            faults.append(Fault("truncated", f"The log held {head.size} entries and holds fewer now."))
        elif roots[head.size] != head.root:
            faults.append(Fault("altered", f"One of the first {head.size} entries was altered, removed or moved."))
    return tuple(faults)


def _restored_sentence(head: TreeHead, restore: Restore) -> str:
    when = datetime.fromtimestamp(restore.at, UTC).strftime("%Y-%m-%d %H:%M")
    return (
        f"The log was restored at {when} UTC from a backup of its first {restore.size} entries; "
        f"{head.size - restore.size} entries of the head of {head.size} are lost."
    )


def _roots(leaves: Iterable[bytes], sizes: set[int]) -> dict[int, bytes]:
    tree, roots = Frontier(), {}
    for leaf in leaves:
        tree.append(leaf)
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    return roots
