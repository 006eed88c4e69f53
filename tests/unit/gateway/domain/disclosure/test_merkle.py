"""The disclosure log's tree, compared with a naive implementation of RFC 9162: proofs, tree heads and audit."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.disclosure.merkle import (
    EMPTY_ROOT,
    BadProof,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
)
from gateway.domain.disclosure.tree_head import BadHead, TreeHead, audit, read_head, sign_head, verify_extension
from tests.unit.gateway.domain.disclosure.inclusion import is_included

KEY = ec.generate_private_key(ec.SECP256R1())
sizes = st.integers(min_value=1, max_value=70)


def leaves_of(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH as RFC 9162 §2.1.1 defines it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def test_the_test_vectors_of_certificate_transparency() -> None:
    """Eight leaves and their roots, from the tests of Certificate Transparency's reference implementation."""
    leaves = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    leaves.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
    assert root_of([leaf_hash(leaf) for leaf in leaves]).hex() == (
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )
    assert root_of([leaf_hash(leaf) for leaf in leaves[:3]]).hex() == (
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    )


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_growing_tree_and_the_whole_tree_have_the_naive_root(leaves: list[bytes]) -> None:
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    assert tree.size == len(leaves)
    assert tree.root() == root_of([leaf_hash(leaf) for leaf in leaves]) == naive_root(leaves)


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert Frontier().root() == EMPTY_ROOT == naive_root([])


@given(sizes, st.data())
def test_every_leaf_is_shown_to_be_in_its_place_and_in_no_other(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    hashes = [leaf_hash(leaf) for leaf in leaves]
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(hashes, index)
    assert is_included(leaves[index], index, size, proof, root_of(hashes))
    other = data.draw(st.integers(0, size + 2).filter(lambda number: number != index))
    assert not is_included(leaves[index], other, size, proof, root_of(hashes))
    assert not is_included(b"another entry", index, size, proof, root_of(hashes))


@given(sizes, sizes)
def test_a_tree_is_shown_to_extend_every_earlier_one(one: int, other: int) -> None:
    old_size, size = sorted((one, other))
    hashes = [leaf_hash(leaf) for leaf in leaves_of(size)]
    verify_consistency(old_size, root_of(hashes[:old_size]), size, root_of(hashes), consistency_proof(hashes, old_size))


@given(sizes, sizes, st.data())
def test_a_changed_history_has_no_consistency_proof(one: int, other: int, data: st.DataObject) -> None:
    old_size, size = sorted((one, other))
    hashes = [leaf_hash(leaf) for leaf in leaves_of(size)]
    old_root = root_of(hashes[:old_size])
    altered = list(hashes)
    altered[data.draw(st.integers(0, old_size - 1))] = leaf_hash(b"altered")
    with pytest.raises(BadProof):
        verify_consistency(old_size, old_root, size, root_of(altered), consistency_proof(altered, old_size))


@given(st.integers(2, 40), st.data())
def test_a_proof_altered_in_any_way_proves_nothing(size: int, data: st.DataObject) -> None:
    hashes = [leaf_hash(leaf) for leaf in leaves_of(size)]
    old_size = data.draw(st.integers(1, size - 1))
    proof = consistency_proof(hashes, old_size)
    place = data.draw(st.integers(0, len(proof) - 1))
    wrong = data.draw(st.sampled_from([proof[:place] + proof[place + 1 :], [*proof, proof[0]], _flipped(proof, place)]))
    with pytest.raises(BadProof):
        verify_consistency(old_size, root_of(hashes[:old_size]), size, root_of(hashes), wrong)


def _flipped(proof: list[bytes], place: int) -> list[bytes]:
    return [*proof[:place], bytes(byte ^ 1 for byte in proof[place]), *proof[place + 1 :]]


def test_an_empty_earlier_tree_proves_nothing() -> None:
    hashes = [leaf_hash(leaf) for leaf in leaves_of(3)]
    for proof in ([], hashes):
        with pytest.raises(BadProof):
            verify_consistency(0, EMPTY_ROOT, 3, root_of(hashes), proof)
    with pytest.raises(BadProof):
        verify_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    with pytest.raises(BadProof):
        consistency_proof(hashes, 0)


def test_a_larger_tree_never_extends_into_a_smaller_one() -> None:
    hashes = [leaf_hash(leaf) for leaf in leaves_of(5)]
    with pytest.raises(BadProof):
        verify_consistency(5, root_of(hashes), 3, root_of(hashes[:3]), [])


def head_of(leaves: list[bytes], at: int) -> TreeHead:
    return TreeHead(len(leaves), naive_root(leaves), at)


def test_a_signed_head_is_read_back_and_no_other_keys_is() -> None:
    head = head_of(leaves_of(5), 1_700_000_000)
    assert read_head(sign_head(head, KEY), KEY.public_key()) == head
    with pytest.raises(BadHead):
        read_head(sign_head(head, ec.generate_private_key(ec.SECP256R1())), KEY.public_key())
    with pytest.raises(BadHead):
        read_head(sign_head(head, KEY) + b"\x00", KEY.public_key())


def test_an_empty_log_has_no_head() -> None:
    with pytest.raises(BadHead):
        sign_head(TreeHead(0, EMPTY_ROOT, 1), KEY)


def test_a_log_that_only_grew_passes_its_audit() -> None:
    leaves = leaves_of(20)
    assert audit(leaves, [head_of(leaves[:7], 1), head_of(leaves[:20], 2)]) == ()


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ([b"altered", *leaves_of(20)[1:]], "altered"),
        (leaves_of(20)[1:], "altered"),
        ([leaves_of(20)[1], leaves_of(20)[0], *leaves_of(20)[2:]], "altered"),
        (leaves_of(9), "truncated"),
        ([], "truncated"),
    ],
)
def test_whoever_holds_an_older_head_notices(now: list[bytes], code: str) -> None:
    assert [fault.code for fault in audit(now, [head_of(leaves_of(10), 1)])] == [code]


def test_two_heads_that_go_backwards_are_noticed() -> None:
    leaves = leaves_of(10)
    assert "backwards" in [fault.code for fault in audit(leaves, [head_of(leaves, 1), head_of(leaves[:4], 2)])]


def test_heads_alone_show_that_one_extends_the_other() -> None:
    leaves = leaves_of(13)
    proof = consistency_proof([leaf_hash(leaf) for leaf in leaves], 6)
    verify_extension(head_of(leaves[:6], 1), head_of(leaves, 2), proof)
    with pytest.raises(BadProof):
        verify_extension(head_of([*leaves[:5], b"altered"], 1), head_of(leaves, 2), proof)
