"""Country certificates (CSCA) trusted by the operator, and the reading of chips they authenticate."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from cryptography import x509

from gateway.domain.verification.chip import ChipContents
from gateway.domain.verification.port import DocumentReading
from gateway.identity.chips.passive_authentication import check_chip

ENDINGS: Final = (".pem", ".crt", ".cer", ".der")


class BadCountry(ValueError):
    """A file among the country certificates is not a certificate; the message names the file."""


class TrustedCountries:
    """Checks chips against these certificates only; without any, every chip is refused."""

    def __init__(self, certificates: Sequence[x509.Certificate], now: Callable[[], int]) -> None:
        self.certificates, self._now = tuple(certificates), now

    def read_chip(self, contents: ChipContents) -> DocumentReading:
        """The reading of an authentic chip, every field certain. Raises ChipRefused."""
        return check_chip(contents, self.certificates, self._now())


def load_countries(folder: Path | None) -> list[x509.Certificate]:
    """All certificates in a folder (PEM, also several in one file, or DER); none without a folder. Raises BadCountry.

    The operator adds the CSCA certificates of the states whose documents are accepted, from a trusted source: a
    state's own publication, or an ICAO master list verified elsewhere.
    """
    found: list[x509.Certificate] = []
    for path in sorted(folder.iterdir()) if folder else ():
        if path.suffix.lower() in ENDINGS:
            try:
                found += _certificates_in(path.read_bytes())
            except ValueError:
                raise BadCountry(f"{path.name} holds no certificate") from None
    return found


def _certificates_in(data: bytes) -> list[x509.Certificate]:
    if data.lstrip().startswith(b"-----BEGIN"):
        return x509.load_pem_x509_certificates(data)
    return [x509.load_der_x509_certificate(data)]
