"""docs/wire-protocol.md is complete: its vectors are built and verified by its rules with third-party libraries."""

import hashlib
import hmac
import struct
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cwt import COSE, COSEKey
from cwt.exceptions import VerifyError
from lakers import (  # type: ignore[import-untyped] # lakers ships no types
    Credential,
    CredentialTransfer,
    EADItem,
    EdhocInitiator,
    EdhocResponder,
)

from tests.architecture.wire import page
from tests.architecture.wire.edhoc_from_the_page import LockSide, PhoneSide, ccs
from tests.architecture.wire.page import decode, encode, vectors

KEYS, COMMAND, CREDENTIAL = vectors("keys"), vectors("command"), vectors("credential")
LOG, STATE, PHONE = vectors("log"), vectors("state"), vectors("phone")
SIGNED = [  # message, signing key, channel
    (COMMAND["unlock message"], "command", b"cmd"),
    (COMMAND["unlock message with the signature's twin"], "command", b"cmd"),
    (CREDENTIAL["put_key message"], "command", b"cmd"),
    (CREDENTIAL["credential"], "credential", b""),
    (STATE["set_time message"], "command", b"cmd"),
    (STATE["revoke message"], "command", b"cmd"),
    (STATE["state message"], "lock", b"state"),
    (LOG["booted message"], "lock", b"event"),
    (LOG["ack message"], "lock", b"ack"),
    (LOG["unlocked message"], "lock", b"event"),
]
CHANNEL_OF = {b"ack": "ack", b"event": "event", b"state": "state", b"cmd": "command"}
Private = ec.EllipticCurvePrivateKey


def private_of(owner: str) -> Private:
    return ec.derive_private_key(int.from_bytes(KEYS[f"{owner} private key"], "big"), ec.SECP256R1())


def public_of(owner: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), KEYS[f"{owner} public key"])


def cose_key(owner: str, operation: int) -> Any:
    """`operation`: 1 to sign, 2 to verify (RFC 9052 §7.1)."""
    point = KEYS[f"{owner} public key"]
    parts: dict[int, Any] = {1: 2, 3: -7, 4: [operation], -1: 1, -2: point[1:33], -3: point[33:]}
    parts |= {-4: KEYS[f"{owner} private key"]} if operation == 1 else {}
    parts |= {2: KEYS["key id of credential"]} if owner == "credential" else {}
    return COSEKey.new(parts)


def signed(payload: bytes, owner: str, channel: bytes) -> bytes:
    raw: bytes = COSE.new().encode_and_sign(payload, cose_key(owner, 1), protected={1: -7}, external_aad=channel)
    return raw


@pytest.mark.parametrize("owner", ["command", "credential", "intake", "passcode", "lock", "holder"])
def test_the_keys_belong_together(owner: str) -> None:
    assert private_of(owner).public_key() == public_of(owner)


@pytest.mark.parametrize(("message", "owner", "channel"), SIGNED)
def test_a_signed_message_verifies_for_its_channel_and_for_no_other(message: bytes, owner: str, channel: bytes) -> None:
    parts = decode(message[1:])
    assert (message[:1], parts[0], len(parts)) == (b"\xd2", bytes.fromhex("a10126"), 4)
    assert COSE.new().decode(message, cose_key(owner, 2), external_aad=channel) == parts[2]
    with pytest.raises(VerifyError):
        COSE.new().decode(message, cose_key(owner, 2), external_aad=b"other")


@pytest.mark.parametrize(("message", "_owner", "channel"), [case for case in SIGNED if case[2]])
def test_a_message_is_what_the_tables_allow(message: bytes, _owner: str, channel: bytes) -> None:
    sort = CHANNEL_OF[channel]
    named = page.check(page.fields(sort), decode(decode(message[1:])[2]))
    assert named["version"] == 1
    if sort == "ack":
        page.check(page.fields("ack body"), named["body"])
    elif sort != "state":
        bodies = dict(page.types(f"{sort}s").values())
        page.check(bodies[named["type"]], named["body"])


def test_the_signed_bytes_are_as_section_3_1_says() -> None:
    payload, signature = COMMAND["unlock payload"], COMMAND["unlock message"][-64:]
    assert COMMAND["unlock signed bytes"] == encode(["Signature1", bytes.fromhex("a10126"), b"cmd", payload])
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public_of("command").verify(encode_dss_signature(r, s), COMMAND["unlock signed bytes"], ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        public_of("lock").verify(encode_dss_signature(r, s), COMMAND["unlock signed bytes"], ec.ECDSA(SHA256()))
    assert COMMAND["unlock digest to store"] == hashlib.sha256(payload).digest()


def test_an_unlock_command_is_built_from_the_tables() -> None:
    number, slots = page.types("commands")["unlock"]
    body = page.pack(slots, key=bytes(range(16, 32)))
    when = {"issued_at": 1_790_000_000, "expires_at": 1_790_000_010}
    built = page.pack(
        page.fields("command"), version=1, id=bytes(range(16)), device="lock-101", type=number, body=body, **when
    )
    assert encode(built) == COMMAND["unlock payload"]
    message = signed(encode(built), "command", b"cmd")
    assert message[:-64] == COMMAND["unlock message"][:-64]


def test_a_log_is_built_entry_by_entry() -> None:
    events, at, nothing = page.types("events"), 1_790_000_001, bytes(16)
    common: dict[str, Any] = {"version": 1}
    kind, slots = events["booted"]
    booted = common | {"seq": 1, "at": at - 61, "type": kind, "after": 0, "prev": nothing}
    first = encode(page.pack(page.fields("event"), body=page.pack(slots, nonce=bytes(range(32, 48))), **booted))
    found = page.pack(page.fields("ack body"), bolt="unlocked")
    answer = common | {"seq": 3, "at": at, "outcome": "done", "after": 1, "prev": digest(b"event", first)}
    second = encode(page.pack(page.fields("ack"), command_id=bytes(range(16)), body=found, **answer))
    kind, slots = events["unlocked"]
    body = page.pack(slots, key=bytes(range(16, 32)), means="gateway", command=bytes(range(16)))
    opened = common | {"seq": 4, "at": at, "type": kind, "after": 3, "prev": digest(b"ack", second)}
    third = encode(page.pack(page.fields("event"), body=body, **opened))
    assert [first, second, third] == [LOG[f"{name} payload"] for name in ("booted", "ack", "unlocked")]
    assert digest(b"event", third) == LOG["unlocked digest"]
    assert signed(second, "lock", b"ack")[:-64] == LOG["ack message"][:-64]


def digest(channel: bytes, payload: bytes) -> bytes:
    return hashlib.sha256(channel + b"\x00" + payload).digest()[:16]


def test_a_credential_is_a_cwt_within_its_limit() -> None:
    raw, holder = CREDENTIAL["credential"], KEYS["holder public key"]
    limit = next(int(row[1]) for row in page.rows("limits") if row[0] == "key credential")
    assert len(raw) <= limit
    key = {1: 2, -1: 1, -2: holder[1:33], -3: holder[-1] % 2 == 1}
    claims = {3: "lock-101", 4: 1_790_086_400, 5: 1_789_996_400, 7: bytes(range(16, 32)), 8: {1: key}}
    assert encode(claims) == CREDENTIAL["credential payload"] == decode(raw[1:])[2]
    assert decode(raw[1:])[1] == {4: KEYS["key id of credential"]}


def test_a_passcode_is_computed_step_by_step() -> None:
    vector = vectors("passcode")
    shared = private_of("lock").exchange(ec.ECDH(), public_of("passcode"))
    assert shared == private_of("passcode").exchange(ec.ECDH(), public_of("lock")) == vector["shared"]
    info = b"lodgekey-agreement-v1\npasscode\nlock-101"
    secret = HKDF(SHA256(), 32, None, info).derive(shared)
    assert secret == vector["secret"]
    asked = b"window" + struct.pack(">4I", vector["epoch"], vector["first"], vector["hours"], vector["slot"])
    assert asked == vector["window input"]
    assert f"{vector['hours']:03d}{eight_digits(secret, asked)}" == vector["window code"]
    once = b"once" + struct.pack(">2I", vector["epoch"], vector["once number"])
    assert f"000{eight_digits(secret, once)}" == vector["once code"]


def eight_digits(secret: bytes, asked: bytes) -> str:
    mac = hmac.digest(secret, asked, "sha256")
    offset = mac[31] & 0x0F
    return f"{(struct.unpack_from('>I', mac, offset)[0] & 0x7FFFFFFF) % 100_000_000:08d}"


def test_a_certificate_is_renewed_at_the_moment_that_follows_from_its_key() -> None:
    vector = vectors("renewal")
    life = vector["notAfter"] - vector["notBefore"]
    assert vector["renew"] == vector["notBefore"] + life * 2 // 3 + (life // 12) * vector["key id of lock"][0] // 256
    spki = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + KEYS["lock public key"]
    assert vector["key id of lock"] == hashlib.sha256(spki).digest()[:8]


def test_a_bluetooth_message_is_cut_and_put_together() -> None:
    vector = vectors("frames")
    assert vector["tag of lock-101"] == hashlib.sha256(b"lodgekey ble\nlock-101").digest()[:8]
    kinds = {name: int(number) for number, name, _ in page.rows("bluetooth kinds")}
    message = bytes([kinds["STATE"]]) + (7).to_bytes(2, "big") + STATE["state message"]
    pieces = [message[start : start + 59] for start in range(0, len(message), 59)]
    fragments = [bytes([place | 0x80 * (place == len(pieces) - 1)]) + piece for place, piece in enumerate(pieces)]
    assert message == vector["message"]
    assert fragments == [vector[f"fragment {place}"] for place in range(len(pieces))]


def test_a_phone_and_a_lock_shake_hands_by_the_page() -> None:
    phone = PhoneSide(private_of("holder"), private_of("phone ephemeral"), public_of("lock"))
    lock = LockSide(private_of("lock"), private_of("lock ephemeral"))
    assert phone.first() == PHONE["message 1"]
    assert lock.second(PHONE["message 1"]) == PHONE["message 2"]
    third, keys = phone.third(PHONE["message 2"], CREDENTIAL["credential"])
    assert (third, lock.third(third)) == (PHONE["message 3"], CREDENTIAL["credential"])
    assert keys == lock.prove(public_of("holder")) == (PHONE["command key"], PHONE["answer key"])


def test_the_handshake_is_the_one_that_lakers_speaks() -> None:
    named = Credential(PHONE["CRED_R"]), Credential(PHONE["CRED_I"])
    lock, initiator = LockSide(private_of("lock"), private_of("lock ephemeral")), EdhocInitiator()
    initiator.parse_message_2(lock.second(bytes(initiator.prepare_message_1())))
    initiator.verify_message_2(KEYS["holder private key"], named[1], named[0])
    third, _ = initiator.prepare_message_3(CredentialTransfer.ByReference, [EADItem(65001, True, b"credential")])
    initiator.completed_without_message_4()
    assert lock.third(bytes(third)) == b"credential"
    context = b"lodgekey-offline-v1"
    assert lock.prove(public_of("holder"))[0] == bytes(initiator.edhoc_exporter(201, context, 16))
    responder = EdhocResponder(KEYS["lock private key"], named[0])
    responder.process_message_1(PHONE["message 1"])
    phone = PhoneSide(private_of("holder"), private_of("phone ephemeral"), public_of("lock"))
    second = bytes(responder.prepare_message_2(CredentialTransfer.ByReference))
    third, keys = phone.third(second, CREDENTIAL["credential"])
    responder.parse_message_3(third)
    responder.verify_message_3(named[1])
    responder.completed_without_message_4()
    assert keys[1] == bytes(responder.edhoc_exporter(202, context, 16))


def test_what_phone_and_lock_seal_is_what_the_tables_allow() -> None:
    assert PHONE["CRED_R"] == ccs(public_of("lock"), b"\x0a")
    assert PHONE["CRED_I"] == ccs(public_of("holder"), b"\x2b")
    cases = [
        ("sealed unlock", "command key", 0, "offline command", {"order": "unlock"}),
        ("ready answer", "answer key", 0, "offline answer", {"outcome": "done", "bolt": "locked"}),
        ("result", "answer key", 1, "offline answer", {"outcome": "done", "bolt": "unlocked"}),
    ]
    for name, key, place, table, expected in cases:
        sealed, nonce = PHONE[name], place.to_bytes(13, "big")
        raw = AESCCM(PHONE[key], tag_length=8).decrypt(nonce, sealed[1:], b"lodgekey-offline-v1")
        assert sealed[:1] == b"\x01"
        assert page.check(page.fields(table), decode(raw)).items() >= expected.items()
    assert PHONE["refusal without a seal"] == b"\x00key_expired"


def test_a_sealed_registration_is_opened_by_rfc_9180_alone() -> None:
    vector = vectors("seal")
    assert vector["info"] == b"lodgekey-registration-v1\nhouse-1\nkiosk-gate"
    purpose = next(row[2] for row in page.rows("seals") if row[0] == "registration")
    assert vector["info"].split(b"\n")[0].decode() == purpose
    enc, content = vector["sealed"][:65], vector["sealed"][65:]
    cipher, nonce = hpke_schedule(private_of("intake"), enc, KEYS["intake public key"], vector["info"])
    assert cipher.decrypt(nonce, content, b"") == vector["registration"]


def test_a_registration_is_built_from_its_table_and_sealed() -> None:
    vector, holder = vectors("seal"), KEYS["holder public key"]
    form = page.pack(
        page.fields("registration"),
        registration=bytes(range(0x30, 0x40)), offer_token=vector["typed code"], document=bytes.fromhex("ffd8ffe0"),
        typed={"name": "Anna Voorbeeld", "birth_date": "1985-03-03"},
        consents={"registration": True, "face": False, "text_version": "1"},
        language="en", holder_key=bytes([2 + holder[-1] % 2]) + holder[1:33],
    )  # fmt: skip
    assert encode(form) == vector["registration"]
    visit, intake = private_of("phone ephemeral"), public_of("intake")
    enc = KEYS["phone ephemeral public key"]
    cipher, nonce = hpke_schedule(visit, enc, KEYS["intake public key"], vector["info"], other=intake)
    suite = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    sealed = enc + cipher.encrypt(nonce, encode(form), b"")
    assert suite.decrypt(sealed, private_of("intake"), info=vector["info"]) == vector["registration"]


def hpke_schedule(
    own: Private, enc: bytes, recipient: bytes, info: bytes, other: ec.EllipticCurvePublicKey | None = None
) -> tuple[AESGCM, bytes]:
    """Cipher and nonce of the single message in HPKE base mode (RFC 9180 §4.1, §5.1)."""
    kem, suite = b"KEM\x00\x10", b"HPKE\x00\x10\x00\x01\x00\x02"
    peer = other or ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), enc)
    start = labeled_extract(kem, b"", b"eae_prk", own.exchange(ec.ECDH(), peer))
    shared = labeled_expand(kem, start, b"shared_secret", enc + recipient, 32)
    context = (
        b"\x00" + labeled_extract(suite, b"", b"psk_id_hash", b"") + labeled_extract(suite, b"", b"info_hash", info)
    )
    secret = labeled_extract(suite, shared, b"secret", b"")
    key = labeled_expand(suite, secret, b"key", context, 32)
    return AESGCM(key), labeled_expand(suite, secret, b"base_nonce", context, 12)


def labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite + label + ikm, "sha256")


def labeled_expand(suite: bytes, secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return HKDFExpand(SHA256(), length, struct.pack(">H", length) + b"HPKE-v1" + suite + label + info).derive(secret)


def test_a_typed_code_carries_its_check() -> None:
    values = ["0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(sign) for sign in vectors("seal")["typed code"].replace("-", "")]
    assert values[8] == sum((2 * place + 1) * value for place, value in enumerate(values[:8])) % 32
