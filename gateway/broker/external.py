"""An operator's own broker, by the folder of files it reads; whoever runs it has it read them when they change."""

from dataclasses import replace
from pathlib import Path

from gateway.broker.config import BrokerCertificates, broker_user, certificate_files, write_private


class BrokerFolder:
    """Keeps the certificates and the revocation list fresh that `lodgekey broker config` wrote first."""

    def __init__(self, folder: Path, certificates: BrokerCertificates) -> None:
        self._folder, self._certificates = folder, certificates

    async def replace_crl(self, pem: bytes) -> None:
        """A new revocation list beside the certificates. Raises OSError."""
        await self.replace_certificates(replace(self._certificates, crl=pem))

    async def replace_certificates(self, certificates: BrokerCertificates) -> None:
        """New files, each old or new and never half; the list last, which the broker's service looks at. OSError."""
        self._certificates, user = certificates, broker_user()
        for name, content in certificate_files(certificates).items():
            path = self._folder / name
            if not path.exists() or path.read_bytes() != content:
                write_private(path, content, user)
