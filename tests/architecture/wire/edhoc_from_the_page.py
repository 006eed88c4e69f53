"""EDHOC as docs/wire-protocol.md section 15.2 defines it, both roles; uses P-256 arithmetic and hashes only."""

import hashlib
import hmac
from dataclasses import dataclass

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

LOCK, PHONE = b"\x0a", b"\x2b"  # key ids of both roles; one byte each, also used to send the identity
EAD_LABEL = bytes.fromhex("39fde8")
CONTEXT = b"lodgekey-offline-v1"
Private = ec.EllipticCurvePrivateKey
Public = ec.EllipticCurvePublicKey


def ccs(public: Public, kid: bytes) -> bytes:
    """CRED_R or CRED_I."""
    numbers = public.public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    return cbor2.dumps({2: kid.hex(), 8: {1: {1: 2, 2: kid, -1: 1, -2: x, -3: y}}}, canonical=True)


def x_of(public: Public) -> bytes:
    """G_X or G_Y."""
    return public.public_numbers().x.to_bytes(32, "big")


def point_at(x: bytes) -> Public:
    """A point with this x coordinate; both candidates give the same shared secret."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x02" + x)


def kdf(secret: bytes, label: int, context: bytes, length: int) -> bytes:
    """EDHOC_KDF with the two deviations that docs/wire-protocol.md names."""
    head = bytes([0x40 | len(context)]) if len(context) < 24 else bytes([0x58, len(context) % 256])
    return HKDFExpand(SHA256(), length, bytes([label]) + head + context + cbor2.dumps(length)).derive(secret)


def extract(salt: bytes, own: Private, other: Public) -> bytes:
    """HKDF-Extract of the shared secret of two keys."""
    return hmac.digest(salt, own.exchange(ec.ECDH(), other), "sha256")


def digest(*parts: bytes) -> bytes:
    """SHA-256 over these CBOR items."""
    return hashlib.sha256(b"".join(parts)).digest()


bstr = cbor2.dumps


@dataclass
class Session:
    """Values shared by both roles after message 2."""

    th2: bytes
    prk2: bytes
    prk3: bytes
    name: bytes  # C_R
    credential: bytes  # CRED_R

    @property
    def mac2(self) -> bytes:
        """MAC_2: proves possession of the lock's static key."""
        named = self.name + cbor2.dumps({4: LOCK}) + bstr(self.th2) + self.credential
        return kdf(self.prk3, 2, named, 8)

    @property
    def plain2(self) -> bytes:
        """PLAINTEXT_2, which message 2 encrypts."""
        return self.name + LOCK + bstr(self.mac2)

    @property
    def th3(self) -> bytes:
        """TH_3, the transcript hash up to message 2."""
        return digest(bstr(self.th2), self.plain2, self.credential)

    def cipher3(self) -> tuple[AESCCM, bytes, bytes]:
        """Cipher, nonce and associated data of message 3."""
        key, nonce = kdf(self.prk3, 3, self.th3, 16), kdf(self.prk3, 4, self.th3, 13)
        return AESCCM(key, tag_length=8), nonce, cbor2.dumps(["Encrypt0", b"", self.th3])

    def mac3(self, prk4: bytes, phone: Public, ead: bytes) -> bytes:
        """MAC_3: proves possession of the phone's static key."""
        return kdf(prk4, 6, cbor2.dumps({4: PHONE}) + bstr(self.th3) + ccs(phone, PHONE) + ead, 8)

    def export(self, prk4: bytes, phone: Public, plain3: bytes) -> tuple[bytes, bytes]:
        """Command key and answer key of the session."""
        th4 = digest(bstr(self.th3), plain3, ccs(phone, PHONE))
        exporter = kdf(kdf(prk4, 7, th4, 32), 10, b"", 32)
        return kdf(exporter, 201, CONTEXT, 16), kdf(exporter, 202, CONTEXT, 16)


class LockSide:
    """The responder; call order: second, third, prove."""

    def __init__(self, key: Private, ephemeral: Private, name: bytes = b"\x02") -> None:
        self._key, self._ephemeral, self._name = key, ephemeral, name

    def second(self, first: bytes) -> bytes:
        """Message 2, in answer to message 1."""
        assert first[:4] == bytes.fromhex("03025820"), "method 3, suite 2"
        gx, gy = point_at(first[4:36]), x_of(self._ephemeral.public_key())
        th2 = digest(bstr(gy), bstr(digest(first)))
        prk2 = extract(th2, self._ephemeral, gx)
        prk3 = extract(kdf(prk2, 1, th2, 32), self._key, gx)
        self.session = Session(th2, prk2, prk3, self._name, ccs(self._key.public_key(), LOCK))
        return bstr(gy + _stream(self.session, self.session.plain2))

    def third(self, message: bytes) -> bytes:
        """The credential carried in message 3."""
        cipher, nonce, extra = self.session.cipher3()
        self.plain3 = cipher.decrypt(nonce, cbor2.loads(message), extra)
        self.mac, self.ead = self.plain3[2:10], self.plain3[10:]
        assert (self.plain3[:2], self.ead[:3]) == (PHONE + b"\x48", EAD_LABEL)
        credential: bytes = cbor2.loads(self.ead[3:])
        return credential

    def prove(self, phone: Public) -> tuple[bytes, bytes]:
        """Session keys, after the phone has proven possession of this key."""
        session = self.session
        prk4 = extract(kdf(session.prk3, 5, session.th3, 32), self._ephemeral, phone)
        assert hmac.compare_digest(session.mac3(prk4, phone, self.ead), self.mac), "not the holder"
        return session.export(prk4, phone, self.plain3)


class PhoneSide:
    """The initiator; call order: first, third."""

    def __init__(self, key: Private, ephemeral: Private, lock: Public, name: bytes = b"\x01") -> None:
        self._key, self._ephemeral, self._lock, self._name = key, ephemeral, lock, name

    def first(self) -> bytes:
        """Message 1."""
        return b"\x03\x02" + bstr(x_of(self._ephemeral.public_key())) + self._name

    def third(self, second: bytes, credential: bytes) -> tuple[bytes, tuple[bytes, bytes]]:
        """Message 3 and the session keys."""
        content: bytes = cbor2.loads(second)
        gy = content[:32]
        th2 = digest(bstr(gy), bstr(digest(self.first())))
        prk2 = extract(th2, self._ephemeral, point_at(gy))
        prk3 = extract(kdf(prk2, 1, th2, 32), self._ephemeral, self._lock)
        session = Session(th2, prk2, prk3, b"", ccs(self._lock, LOCK))
        plain2 = _stream(session, content[32:])
        session.name = plain2[:-10]
        assert plain2 == session.plain2, "another lock"
        own, ead = self._key.public_key(), EAD_LABEL + bstr(credential)
        prk4 = extract(kdf(prk3, 5, session.th3, 32), self._key, point_at(gy))
        plain3 = PHONE + bstr(session.mac3(prk4, own, ead)) + ead
        cipher, nonce, extra = session.cipher3()
        return bstr(cipher.encrypt(nonce, plain3, extra)), session.export(prk4, own, plain3)


def _stream(session: Session, data: bytes) -> bytes:
    """Content of message 2, encrypted or decrypted (XOR with the key stream)."""
    stream = kdf(session.prk2, 0, session.th2, len(data))
    return bytes(one ^ other for one, other in zip(data, stream, strict=True))
