"""The tenant's phone: creates a key pair, gives its public key, stores a credential, signs requests.

The private key never leaves its file (0600). Signed content is plain text in lines; signatures are r || s in
base64url.
"""

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from certs.credential import KeyCredential, read_credential
from certs.files import SECRET, write_atomic
from certs.keys import jwk_of, load_private_key, new_private_key, save_private_key
from firmware_sim.client import request

UNLOCK, READ, RENEW = "lodgekey-unlock", "lodgekey-read", "lodgekey-renew"
CREDENTIAL = "credential.cbor"
GATEWAY_TIMEOUT_SECONDS = 5.0


class GatewayRefused(Exception):
    """The gateway answered with a refusal; the text is its body."""


@dataclass(frozen=True, slots=True)
class Holder:
    """One phone; `now` returns UTC seconds, `new_nonce` a text used once."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    now: Callable[[], int]
    new_nonce: Callable[[], str] = lambda: secrets.token_urlsafe(16)

    @classmethod
    def open(cls, folder: Path, now: Callable[[], int]) -> Self:
        """Open the phone kept in `folder`; creates its key pair on first use."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "holder.pem"
        if not file.exists():
            save_private_key(file, new_private_key())
        return cls(folder, load_private_key(file), now)

    @property
    def jwk(self) -> dict[str, str]:
        """Public key as JWK, as a verification form takes it."""
        return jwk_of(self.key.public_key())

    def take(self, raw: bytes, issuer: ec.EllipticCurvePublicKey) -> KeyCredential:
        """Store a credential signed for this phone. Raises BadSignature, BadCredential or ValueError."""
        credential = read_credential(raw, issuer)
        if jwk_of(credential.holder) != self.jwk:
            raise ValueError("the credential is for another phone")
        self.keep(raw)
        return credential

    def keep(self, raw: bytes) -> None:
        """Store a credential unchecked; the lock verifies it."""
        write_atomic(self.folder / CREDENTIAL, raw, SECRET)

    @property
    def credential(self) -> bytes | None:
        """The stored credential, as signed."""
        file = self.folder / CREDENTIAL
        return file.read_bytes() if file.exists() else None

    def sign(self, purpose: str, key_id: str) -> dict[str, Any]:
        """Return {at, nonce, signature} over purpose, key id, time and nonce, one a line."""
        at, nonce = self.now(), self.new_nonce()
        signed = self.key.sign(f"{purpose}\n{key_id}\n{at}\n{nonce}".encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(signed)
        raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return {"at": at, "nonce": nonce, "signature": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}

    def proof(self, key_id: str) -> str:
        """Return the Holder-Proof header of a reading request."""
        signed = self.sign(READ, key_id)
        return f"{signed['at']}.{signed['nonce']}.{signed['signature']}"

    async def unlock(self, gateway: str, key_id: str) -> dict[str, Any]:
        """Send an unlock request to the gateway at this base URL. Raises GatewayRefused, RequestFailed."""
        return await _ask("POST", f"{gateway.rstrip('/')}/api/v1/keys/{key_id}/unlock", json=self.sign(UNLOCK, key_id))

    async def read_key(self, gateway: str, key_id: str) -> dict[str, Any]:
        """Read the key from the gateway, its credential renewed if due. Raises GatewayRefused, RequestFailed."""
        url = f"{gateway.rstrip('/')}/api/v1/keys/{key_id}"
        found = await _ask("GET", url, headers={"Holder-Proof": self.proof(key_id)})
        if not found["renewal_due"]:
            return found
        return await _ask("POST", f"{url}/renewal", json=self.sign(RENEW, key_id))


async def _ask(
    method: str, url: str, *, json: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    answer = await request(method, url, json=json, headers=headers, timeout_s=GATEWAY_TIMEOUT_SECONDS, trust_env=True)
    if not answer.ok:
        raise GatewayRefused(answer.text)
    found = answer.json()
    if not isinstance(found, dict):
        raise TypeError("the answer is not a JSON object")
    return found
