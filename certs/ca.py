"""The gateway's authority: a root, an issuing key, and the four keys devices know the gateway by.

Everything lives in one folder outside git (0700, keys 0600), made on first start. File names: root.key, root.pem,
issuing.key, issuing.pem, command.key, credential.key, intake.key, passcode.key.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certs import profiles
from certs.files import PUBLIC, write_atomic
from certs.keys import load_private_key, new_private_key, save_private_key
from certs.profiles import Issuer, Kind

Clock = Callable[[], int]
DEVICE_DAYS = 90
SERVER_DAYS = 397
CRL_DAYS = 7


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate, and the chain to present with it (leaf, then issuing; PEM)."""

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
    """Who may speak: issues certificates and holds the gateway's signing, intake and passcode keys."""

    folder: Path
    root: Issuer
    issuing: Issuer
    command_key: ec.EllipticCurvePrivateKey
    credential_key: ec.EllipticCurvePrivateKey
    intake_key: ec.EllipticCurvePrivateKey
    passcode_key: ec.EllipticCurvePrivateKey
    now: Clock

    @classmethod
    def open(cls, folder: Path, now: Clock) -> Self:
        """The authority kept in `folder`, made there on first start; an interrupted first start is completed."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        root_key, issuing_key = _key_at(folder / "root.key"), _key_at(folder / "issuing.key")
        root_pem = _certificate_at(folder / "root.pem", lambda: profiles.root_certificate(root_key, now()))
        root = Issuer(root_pem, root_key)
        issuing_pem = _certificate_at(
            folder / "issuing.pem", lambda: profiles.issuing_certificate(root, issuing_key.public_key(), now())
        )
        named = {name: _key_at(folder / f"{name}.key") for name in ("command", "credential", "intake", "passcode")}
        issuing = Issuer(issuing_pem, issuing_key)
        command, credential, intake, passcode = named.values()
        return cls(folder, root, issuing, command, credential, intake, passcode, now)

    @property
    def ca_pem(self) -> bytes:
        """The root certificate (PEM): all that a device or broker has to trust."""
        return self.root.certificate.public_bytes(Encoding.PEM)

    @property
    def chain_pem(self) -> bytes:
        """Root and issuing certificates (PEM), for servers that check revocation lists."""
        return self.ca_pem + self.issuing.certificate.public_bytes(Encoding.PEM)

    def issue_device(
        self,
        proof: ec.EllipticCurvePublicKey | x509.CertificateSigningRequest,
        site: str,
        device: str,
        kind: Kind,
        days: int = DEVICE_DAYS,
    ) -> Issued:
        """Certificate of a lock or kiosk from its key or its request; raises BadRequest."""
        public = profiles.public_of_request(proof) if isinstance(proof, x509.CertificateSigningRequest) else proof
        return self._issued(
            profiles.device_certificate(self.issuing, public, site, device, kind=kind, now=self.now(), days=days)
        )

    def issue_server(
        self,
        public: ec.EllipticCurvePublicKey,
        names: Sequence[str] = ("localhost",),
        ips: Sequence[str] = ("127.0.0.1",),
        days: int = SERVER_DAYS,
    ) -> Issued:
        """Certificate of a broker at these names and addresses."""
        return self._issued(profiles.server_certificate(self.issuing, public, names, ips, now=self.now(), days=days))

    def issue_gateway(self, public: ec.EllipticCurvePublicKey, name: str, days: int = SERVER_DAYS) -> Issued:
        """Client certificate of a gateway worker; `name` begins with gateway."""
        return self._issued(profiles.gateway_certificate(self.issuing, public, name, now=self.now(), days=days))

    def crl(self, serials: Iterable[int], days: int = CRL_DAYS) -> bytes:
        """Revocation list (PEM) naming these serials; its number is the time, so later lists are higher."""
        revoked = profiles.revocation_list(self.issuing, serials, self.now(), self.now(), days)
        return revoked.public_bytes(Encoding.PEM)

    def _issued(self, certificate: x509.Certificate) -> Issued:
        chain = certificate.public_bytes(Encoding.PEM) + self.issuing.certificate.public_bytes(Encoding.PEM)
        return Issued(certificate, chain)


def _key_at(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        save_private_key(path, new_private_key())
    return load_private_key(path)


def _certificate_at(path: Path, make: Callable[[], x509.Certificate]) -> x509.Certificate:
    if not path.exists():
        write_atomic(path, make().public_bytes(Encoding.PEM), PUBLIC)
    return x509.load_pem_x509_certificate(path.read_bytes())
