"""The certificate folder of an operator's own broker; the operator has the broker reload changed files."""

from dataclasses import replace
from pathlib import Path

from gateway.broker.config import BrokerCertificates, broker_user, certificate_files, write_private


class BrokerFolder:
    """Keeps the certificates and the revocation list of `lodgekey broker config` up to date."""

    def __init__(self, folder: Path, certificates: BrokerCertificates) -> None:
        self._folder, self._certificates = folder, certificates

    async def replace_crl(self, pem: bytes) -> None:
        """Write a new revocation list beside the certificates. Raises OSError."""
        await self.replace_certificates(replace(self._certificates, crl=pem))

    async def replace_certificates(self, certificates: BrokerCertificates) -> None:
        """Replace changed files, each atomically, the revocation list last. Raises OSError.

        The broker's service watches the revocation list, so it must see the other files complete.
        """
        self._certificates, user = certificates, broker_user()
        for name, content in certificate_files(certificates).items():
            path = self._folder / name
            if not path.exists() or path.read_bytes() != content:
                write_private(path, content, user)
