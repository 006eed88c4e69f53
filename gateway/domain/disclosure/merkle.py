"""Merkle trees of RFC 9162 §2.1 with SHA-256: roots, inclusion and consistency proofs, and their verifiers."""

from collections.abc import Sequence
from hashlib import sha256

HASH_LENGTH = 32
EMPTY_ROOT = sha256(b"").digest()


class BadProof(Exception):
    """The proof does not verify, or cannot be made for these sizes."""


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf), §2.1.1."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), §2.1.1."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: append and root cost O(log size)."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # roots of the full subtrees, largest first: one for each bit of size

    def append(self, leaf: bytes) -> None:
        """Add one leaf (its bytes, not its hash)."""
        node, size = leaf_hash(leaf), self.size
        while size & 1:
            node = node_hash(self._peaks.pop(), node)
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root hash; SHA-256 of the empty string for an empty tree (§2.1.1)."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = node_hash(peak, node)
        return node


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root of a tree with these leaf hashes."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = _split(len(hashes))
    return node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(m, D[n]) of §2.1.3.1: proves that the leaf at `index` is in the tree over these leaf hashes."""
    if not 0 <= index < len(hashes):
        raise BadProof("no leaf has this index")
    if len(hashes) == 1:
        return []
    split = _split(len(hashes))
    if index < split:
        return [*inclusion_proof(hashes[:split], index), root_of(hashes[split:])]
    return [*inclusion_proof(hashes[split:], index - split), root_of(hashes[:split])]


def consistency_proof(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """PROOF(m, D[n]) of §2.1.4.1: proves that the tree over all hashes extends the tree over the first `old_size`."""
    if not 0 < old_size <= len(hashes):
        raise BadProof("no earlier tree has this size")
    return [] if old_size == len(hashes) else _subproof(hashes, old_size, whole=True)


def _subproof(hashes: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(hashes):
        return [] if whole else [root_of(hashes)]
    split = _split(len(hashes))
    if old_size <= split:
        return [*_subproof(hashes[:split], old_size, whole=whole), root_of(hashes[split:])]
    return [*_subproof(hashes[split:], old_size - split, whole=False), root_of(hashes[:split])]


def verify_consistency(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """§2.1.4.2: raises BadProof unless the newer tree extends the older one, or if the older tree is empty."""
    _check_hashes([old_root, root, *proof])
    if not 0 < old_size <= size:
        raise BadProof("the older tree must hold something and be no larger than the newer")
    if old_size == size:
        if proof or old_root != root:
            raise BadProof("trees of one size must be the same")
        return
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        raise BadProof("the proof is empty")
    if _walk(path, old_size, size) != (old_root, root):
        raise BadProof("the newer tree does not extend the older one")


def _walk(path: list[bytes], old_size: int, size: int) -> tuple[bytes, bytes]:
    """The older and the newer root computed from the path."""
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise BadProof("the proof is too long")
        if place & 1 or place == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            place, last = _to_right_edge(place, last)
        else:
            newer = node_hash(newer, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the proof is too short")
    return older, newer


def _to_right_edge(place: int, last: int) -> tuple[int, int]:
    """Skip the levels on which the node has no sibling."""
    while not place & 1 and place:
        place, last = place >> 1, last >> 1
    return place, last


def _split(size: int) -> int:
    """The largest power of two below size."""
    return 1 << ((size - 1).bit_length() - 1)


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(value) != HASH_LENGTH for value in hashes):
        raise BadProof("not a SHA-256 hash")
