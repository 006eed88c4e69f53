"""TLS settings of both ends of a link: TLS 1.2 or later, one authority, a certificate on each side."""

import ssl
from pathlib import Path
from typing import Final

# The suites of TLS 1.2: ephemeral keys and authenticated encryption (RFC 9325 §4.2), so none with CBC. TLS 1.3 has
# no others.
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AESCCM"


def client_tls(ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """A client's context: trusts only this CA, checks the server's name, presents the certificate chain (PEM)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.load_verify_locations(ca)
    context.load_cert_chain(certificate, key)
    return context
