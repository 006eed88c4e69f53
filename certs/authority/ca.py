"""The gateway's certificate authority, and the gateway's four keys that devices know.

All files are in one folder outside git (0700, keys 0600), created on first start: root.key, root.pem, issuing.key,
issuing.pem, command.key, credential.key, intake.key, passcode.key; later generations in subfolders.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certs.authority import profiles
from certs.authority.generations import Clock, Generation, Generations, destroy_keys, key_at, write_standing
from certs.authority.profiles import Issuer, Kind
from certs.publisher import publisher_at

DEVICE_DAYS = 90
SERVER_DAYS = 397
CLAIM_DAYS = 1
CRL_DAYS = 7


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate, and the chain to present with it (leaf, issuing, cross; PEM)."""

    certificate: x509.Certificate
    chain_pem: bytes

    @property
    def serial(self) -> int:
        """Serial number, as revocation lists name it."""
        return self.certificate.serial_number

    @property
    def expires(self) -> int:
        """End of validity in UTC seconds."""
        return int(self.certificate.not_valid_after_utc.timestamp())


@dataclass(frozen=True, slots=True)
class Authority:
    """Issues certificates and holds the gateway's signing, intake and passcode keys."""

    generations: Generations
    command_key: ec.EllipticCurvePrivateKey
    credential_key: ec.EllipticCurvePrivateKey
    intake_key: ec.EllipticCurvePrivateKey
    passcode_key: ec.EllipticCurvePrivateKey
    now: Clock

    @classmethod
    def open(cls, folder: Path, now: Clock) -> Self:
        """The authority stored in `folder`, created on first start; an interrupted first start is completed."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        named = (key_at(folder / f"{name}.key") for name in ("command", "credential", "intake", "passcode"))
        command, credential, intake, passcode = named
        return cls(Generations.open(folder, now), command, credential, intake, passcode, now)

    @property
    def folder(self) -> Path:
        """The folder with all keys and certificates."""
        return self.generations.folder

    @property
    def publisher(self) -> ec.EllipticCurvePublicKey | None:
        """Public key of the firmware publisher that new devices trust; None before there is one."""
        return publisher_at(self.folder)

    @property
    def root(self) -> Issuer:
        """Trust anchor of the device certificates issued now."""
        return self.generations.devices.root

    @property
    def issuing(self) -> Issuer:
        """Issuer of the device certificates issued now."""
        return self.generations.devices.issuing

    @property
    def ca_pem(self) -> bytes:
        """Root certificates (PEM) that a device has to trust: two during a rotation."""
        return b"".join(generation.anchor_pem for generation in self.generations.trusted)

    @property
    def chain_pem(self) -> bytes:
        """Root and issuing certificates (PEM) of every accepted generation, for servers that check revocation lists."""
        return b"".join(
            found.anchor_pem + found.issuing.certificate.public_bytes(Encoding.PEM)
            for found in self.generations.believed
        )

    def advance_rotation(self) -> Self:
        """The authority in the next phase (standby → init → clients → servers → standby)."""
        standing = self.generations.standing.advanced()
        Generations.of(self.folder, standing, self.now)
        write_standing(self.folder, standing)
        return type(self).open(self.folder, self.now)

    def roll_back_rotation(self) -> Self:
        """The authority with the rotation cancelled; raises BadPhase when no rotation is in progress."""
        write_standing(self.folder, self.generations.standing.rolled_back())
        return type(self).open(self.folder, self.now)

    def forget_generation(self, number: int) -> Self:
        """The authority without a retired generation, which is no longer accepted. Raises BadPhase."""
        write_standing(self.folder, self.generations.standing.without(number))
        destroy_keys(self.folder, number)
        return type(self).open(self.folder, self.now)

    def issue_device(
        self,
        proof: ec.EllipticCurvePublicKey | x509.CertificateSigningRequest,
        site: str,
        device: str,
        kind: Kind,
        days: int = DEVICE_DAYS,
    ) -> Issued:
        """Certificate of a lock or kiosk from its public key or its request; raises BadRequest."""
        public = profiles.public_of_request(proof) if isinstance(proof, x509.CertificateSigningRequest) else proof
        by, now = self.generations.devices, self.now()
        made = profiles.device_certificate(by.issuing, public, site, device, kind=kind, now=now, days=days)
        return _issued(made, by)

    def issue_claim(
        self, public: ec.EllipticCurvePublicKey, site: str, device: str, kind: Kind, days: int = CLAIM_DAYS
    ) -> Issued:
        """Claim certificate for one new device; raises BadRequest."""
        by, now = self.generations.devices, self.now()
        made = profiles.claim_certificate(by.issuing, public, site, device, kind=kind, now=now, days=days)
        return _issued(made, by)

    def issue_server(
        self,
        public: ec.EllipticCurvePublicKey,
        names: Sequence[str] = ("localhost",),
        ips: Sequence[str] = ("127.0.0.1",),
        days: int = SERVER_DAYS,
    ) -> Issued:
        """Server certificate of a broker with these names and addresses."""
        by = self.generations.servers
        made = profiles.server_certificate(by.issuing, public, names, ips, now=self.now(), days=days)
        return _issued(made, by)

    def issue_gateway(self, public: ec.EllipticCurvePublicKey, name: str, days: int = SERVER_DAYS) -> Issued:
        """Client certificate of a gateway worker; `name` begins with gateway."""
        by = self.generations.devices
        return _issued(profiles.gateway_certificate(by.issuing, public, name, now=self.now(), days=days), by)

    def crl(self, serials: Iterable[int], days: int = CRL_DAYS) -> bytes:
        """Revocation lists (PEM) with these serials, one per issuing key. The CRL number is the time, so it rises."""
        listed, now = list(serials), self.now()
        lists = (profiles.revocation_list(found.issuing, listed, now, now, days) for found in self.generations.believed)
        return b"".join(revoked.public_bytes(Encoding.PEM) for revoked in lists)


def _issued(certificate: x509.Certificate, by: Generation) -> Issued:
    return Issued(certificate, certificate.public_bytes(Encoding.PEM) + by.between_pem)
