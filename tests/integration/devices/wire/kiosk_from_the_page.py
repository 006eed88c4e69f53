"""A kiosk written from docs/wire-protocol.md alone; imports no product code. Sections (§) are those of the page."""

import secrets
from pathlib import Path
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives import serialization as files
from cryptography.hazmat.primitives.asymmetric import ec

from tests.integration.devices.wire import device_from_the_page as page
from tests.integration.devices.wire.device_from_the_page import Done, Fields, PageDevice, encode

REGISTRATION, OFFER_SHOWN = 16, 18
SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class PageKiosk(PageDevice):
    """A kiosk without a screen; `shown` holds what it had to show, by the id of its request."""

    limit = 1024 * 1024

    def __init__(self, folder: Path, permit_file: Path, protocol: int) -> None:
        super().__init__(folder, permit_file, protocol)
        self.shown: dict[bytes, Fields] = {}
        self.abilities[page.SHOW] = self.show

    def show(self, body: Fields, _command: Fields) -> Done:
        """§16.4"""
        self.shown[body.get(4, b"")] = body
        return {}, []

    def info(self, purpose: str) -> bytes:
        """§16: HPKE info that binds a seal to its purpose and to this kiosk."""
        return f"{purpose}\n{self.site}\n{self.device}".encode()

    def ask(self, offer: str) -> tuple[bytes, Any]:
        """§16.2: the request's id, and the private key for its answer."""
        name, visit = secrets.token_bytes(16), ec.generate_private_key(ec.SECP256R1())
        point = visit.public_key().public_bytes(files.Encoding.X962, files.PublicFormat.CompressedPoint)
        self.report_sealed(OFFER_SHOWN, "lodgekey-offer-v1", {1: offer, 2: point}, name)
        return name, visit

    def answer_to(self, name: bytes, visit: Any) -> Fields:
        """§16.2: the gateway's answer about the offer."""
        summary = cbor2.loads(SUITE.decrypt(self.shown[name][8], visit, info=self.info("lodgekey-offer-told-v1")))
        return dict(summary)

    def register(self, offer: str, document: bytes) -> bytes:
        """§16.1: a tenant who shows a document and requests review by a person; returns the registration's id."""
        name, agreed = secrets.token_bytes(16), {"registration": True, "face": False, "text_version": "1"}
        form: Fields = {1: name, 2: offer, 3: document, 5: {}, 6: agreed, 7: "en"}
        self.report_sealed(REGISTRATION, "lodgekey-registration-v1", form, name)
        return name

    def report_sealed(self, kind: int, purpose: str, form: Fields, name: bytes) -> None:
        """§16"""
        sealed = SUITE.encrypt(encode(form), self.gateway("intake"), info=self.info(purpose))
        self.report([(kind, {1: sealed, 2: name})])
