"""SUIT envelopes and manifests (draft-ietf-suit-manifest-37): one accepted encoding each, every command by its table.

Bounded: MAX_ENVELOPE bytes, MAX_COMMANDS commands in a sequence, MAX_NESTING sequences within one another. Parameters
and commands outside the tables are refused, also custom ones; so are parameters whose number exceeds 23.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from certs import cbor
from certs.cose import sign1, verify1_detached
from devices.wire.errors import BadManifest
from devices.wire.fields import whole
from devices.wire.firmware import suit_commands
from devices.wire.firmware.suit_commands import Sequence, digest_of, read_digest, whole_map

TAG_ENVELOPE: Final = b"\xd8\x6b"  # tag 107
MAX_ENVELOPE: Final = 2048
AUTHENTICATION, MANIFEST = 2, 3
VERSION, NUMBER, COMMON, REFERENCE, TEXT = 1, 2, 3, 4, 23
COMPONENTS, SHARED = 2, 4
MEMBERS: Final[dict[int, str]] = {7: "validate", 8: "load", 9: "invoke", 16: "payload_fetch", 20: "install"}
SEVERABLE: Final = frozenset({16, 20, TEXT})
MAX_COMPONENTS: Final = 8

Component = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest. `sequences` by name: shared and those of MEMBERS; `text` is the decoded map, language tag first.

    `severed`: the numbers of the members that the envelope carries beside the manifest, which names their digests.
    """

    number: int
    components: tuple[Component, ...]
    sequences: Mapping[str, Sequence]
    reference: str | None = None
    text: Mapping[str, Any] = field(default_factory=dict)
    severed: frozenset[int] = frozenset()


def sign_envelope(manifest: Manifest, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Tagged envelope of a manifest with one COSE_Sign1 (ES256, detached) over its digest."""
    beside = {number: body for number, body in _severable(manifest).items() if number in manifest.severed}
    raw = encode_manifest(manifest)
    digest = cbor.encode(digest_of(cbor.encode(raw)))
    blocks = cbor.encode([digest, sign1(digest, key, detached=True)])
    return TAG_ENVELOPE + cbor.encode({AUTHENTICATION: blocks, MANIFEST: raw, **beside})


def read_envelope(raw: bytes, public: ec.EllipticCurvePublicKey) -> Manifest:
    """The manifest in an envelope that this key signed. Raises BadSignature or BadManifest."""
    if len(raw) > MAX_ENVELOPE or not raw.startswith(TAG_ENVELOPE):
        raise BadManifest("not a tagged envelope")
    found = whole_map(raw[len(TAG_ENVELOPE) :], {AUTHENTICATION, MANIFEST}, SEVERABLE)
    if not all(type(member) is bytes for member in found.values()):
        raise BadManifest("a member of the envelope that is no byte string")
    _require_signed(found[AUTHENTICATION], found[MANIFEST], public)
    beside = {number: member for number, member in found.items() if number in SEVERABLE}
    return decode_manifest(found[MANIFEST], beside)


def encode_manifest(manifest: Manifest) -> bytes:
    """Bytes of a manifest, without its severed members."""
    common: dict[int, Any] = {COMPONENTS: [list(component) for component in manifest.components]}
    if "shared" in manifest.sequences:
        common[SHARED] = suit_commands.encode(manifest.sequences["shared"])
    made: dict[int, Any] = {VERSION: 1, NUMBER: manifest.number, COMMON: cbor.encode(common)}
    if manifest.reference is not None:
        made[REFERENCE] = manifest.reference
    for number, body in (_kept(manifest) | _severable(manifest)).items():
        made[number] = digest_of(cbor.encode(body)) if number in manifest.severed else body
    return cbor.encode(made)


def decode_manifest(raw: bytes, beside: Mapping[int, bytes]) -> Manifest:
    """The manifest in exactly these bytes and the severed members beside it. Raises BadManifest."""
    found = whole_map(raw, {VERSION, NUMBER, COMMON}, {REFERENCE, TEXT, *MEMBERS})
    if not whole(1, 1)(found[VERSION]) or not whole(0, 2**32 - 1)(found[NUMBER]):
        raise BadManifest("another version, or no sequence number")
    if type(found.get(REFERENCE, "")) is not str:
        raise BadManifest("a reference that is no text")
    severed = frozenset(number for number in SEVERABLE if type(found.get(number)) is list)
    if severed != set(beside):
        raise BadManifest("members are severed that are not here, or here and not severed")
    for number in severed:
        if read_digest(found[number]) != hashlib.sha256(cbor.encode(beside[number])).digest():
            raise BadManifest("a severed member is another one")
    bodies = {**found, **beside}
    components, sequences = _common(found[COMMON])
    sequences |= {name: suit_commands.decode(bodies[number]) for number, name in MEMBERS.items() if number in bodies}
    text = _text(bodies[TEXT]) if TEXT in bodies else {}
    return Manifest(found[NUMBER], components, sequences, found.get(REFERENCE), text, severed)


def _require_signed(wrapper: bytes, manifest: bytes, public: ec.EllipticCurvePublicKey) -> None:
    """Raise unless the wrapper has this manifest's digest and exactly one signature over it."""
    blocks = _decoded(wrapper)
    if type(blocks) is not list or len(blocks) != 2 or not all(type(block) is bytes for block in blocks):
        raise BadManifest("not a digest with one signature")
    digest, signature = blocks
    verify1_detached(signature, digest, public)
    if read_digest(_decoded(digest)) != hashlib.sha256(cbor.encode(manifest)).digest():
        raise BadManifest("the signature is of another manifest")


def _common(raw: Any) -> tuple[tuple[Component, ...], dict[str, Sequence]]:
    found = whole_map(raw, {COMPONENTS}, {SHARED})
    listed = found[COMPONENTS]
    if type(listed) is not list or not 0 < len(listed) <= MAX_COMPONENTS:
        raise BadManifest("no components, or too many")
    if not all(type(one) is list and all(type(part) is bytes for part in one) for one in listed):
        raise BadManifest("a component that is no list of byte strings")
    shared = {"shared": suit_commands.decode(found[SHARED], shared=True)} if SHARED in found else {}
    return tuple(tuple(one) for one in listed), shared


def _text(raw: Any) -> dict[str, Any]:
    """The texts for people. Only their encoding is checked: a device needs none of them."""
    found = _decoded(raw, identifiers=True)
    if type(found) is not dict or not all(type(tag) is str and type(of) is dict for tag, of in found.items()):
        raise BadManifest("not texts by language")
    return found


def _kept(manifest: Manifest) -> dict[int, bytes]:
    return dict(_encoded(manifest, set(MEMBERS) - SEVERABLE))


def _severable(manifest: Manifest) -> dict[int, bytes]:
    texts = {TEXT: cbor.encode(dict(manifest.text))} if manifest.text else {}
    return dict(_encoded(manifest, set(MEMBERS) & SEVERABLE)) | texts


def _encoded(manifest: Manifest, numbers: set[int]) -> Iterator[tuple[int, bytes]]:
    for number in sorted(numbers):
        if MEMBERS[number] in manifest.sequences:
            yield number, suit_commands.encode(manifest.sequences[MEMBERS[number]])


def _decoded(raw: Any, *, identifiers: bool = False) -> Any:
    try:
        return cbor.decode(raw, identifiers=identifiers)
    except cbor.NotCanonical as error:
        raise BadManifest("not deterministic CBOR") from error
