"""The claim file for the installer of one device (0600): the device enrols itself with it, once and within hours.

JSON: {"url", "site", "device", "kind", "broker": {"host", "port"}, "gateway": {name: JWK for each of GATEWAY_KEYS},
"anchors", "claim", "claim_key"}, the last three in PEM, and "publisher" (JWK) where firmware is published. It contains
everything the device must trust about its gateway, so that nothing received during enrolment has to be trusted.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from certs.authority.ca import CLAIM_DAYS, Authority
from certs.authority.profiles import Kind
from certs.enrolment.claim import write_enrolment
from certs.enrolment.device_folder import describe_device
from certs.enrolment.renewal import check_chain, read_certificates
from certs.errors import BadFolder
from certs.files import PUBLIC, SECRET, write_atomic
from certs.keys import load_private_key, new_private_key, save_private_key

USED = "claim.txt"  # serial of the claim with which the device was enrolled


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """A claim with its key, and the gateway that issued it."""

    url: str
    described: dict[str, Any]  # contents of device.json
    anchors: bytes
    claim: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def issue(
        cls, authority: Authority, site: str, device: str, kind: Kind, *, url: str, host: str, port: int,
        days: int = CLAIM_DAYS,
    ) -> Self:  # fmt: skip
        """A new claim for one device of this gateway; raises BadRequest."""
        key = new_private_key()
        claim = authority.issue_claim(key.public_key(), site, device, kind, days).certificate
        described = describe_device(authority, site, device, kind, host=host, port=port)
        return cls(url, described, authority.ca_pem, claim, key)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The claim in a file; raises BadFolder with the reason."""
        try:
            said = json.loads(path.read_text())
            described = {name: said[name] for name in ("site", "device", "kind", "broker", "gateway")}
            described |= {"publisher": said["publisher"]} if "publisher" in said else {}
            key = load_pem_private_key(said["claim_key"].encode(), password=None)
            claim = x509.load_pem_x509_certificate(said["claim"].encode())
            url, anchors = str(said["url"]), said["anchors"].encode()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadFolder(f"{path.name} is not a claim: {type(error).__name__}") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise BadFolder(f"{path.name} is not a claim: its key is of another kind")
        return cls(url, described, anchors, claim, key)

    def write(self, path: Path) -> None:
        """Write the file with mode 0600."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        said = {"url": self.url, **self.described, "anchors": self.anchors.decode(), "claim_key": key}
        said["claim"] = self.claim.public_bytes(Encoding.PEM).decode()
        write_atomic(path, json.dumps(said, indent=2).encode(), SECRET)

    @property
    def expires(self) -> int:
        """End of validity in UTC seconds."""
        return int(self.claim.not_valid_after_utc.timestamp())

    def is_used(self, folder: Path) -> bool:
        """Whether the device in this folder was enrolled with this claim."""
        used = folder / USED
        return used.exists() and used.read_text() == str(self.claim.serial_number)

    def enrolment_for(self, folder: Path) -> bytes:
        """Enrolment message of the device in this folder; its key is created on first use and never leaves it."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if not (folder / "key.pem").exists():
            save_private_key(folder / "key.pem", new_private_key())
        return write_enrolment(self.key, self.claim, load_private_key(folder / "key.pem"), self.described["device"])

    def complete(self, folder: Path, chain: bytes, now: int) -> None:
        """Store the received chain if it is this device's and leads to the gateway's root; raises BadRequest."""
        named = self.described
        urn = f"urn:lodgekey:{named['kind']}:{named['site']}:{named['device']}"
        public = load_private_key(folder / "key.pem").public_key()
        check_chain(read_certificates(chain), read_certificates(self.anchors), public, urn, now)
        write_atomic(folder / "cert.pem", chain, PUBLIC)
        write_atomic(folder / "ca.pem", self.anchors, PUBLIC)
        write_atomic(folder / "device.json", json.dumps(named, indent=2).encode(), PUBLIC)
        write_atomic(folder / USED, str(self.claim.serial_number).encode(), PUBLIC)
