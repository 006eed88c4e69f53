"""Certificates for both ends of the embedded broker, issued by the gateway's own authority at each start."""

from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certs.authority.ca import Authority
from certs.files import PUBLIC, write_atomic
from certs.keys import new_private_key, save_private_key
from gateway.broker.config import GATEWAY_NAME, BrokerCertificates


def issue_broker_certificates(
    authority: Authority, revoked: Iterable[int] = (), *, names: tuple[str, ...] = ("localhost",),
    ips: tuple[str, ...] = ("127.0.0.1",),
) -> BrokerCertificates:  # fmt: skip
    """Issue a new server key and certificate for these names and addresses, and the list of revoked serials."""
    key = new_private_key()
    issued = authority.issue_server(key.public_key(), names, ips)
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return BrokerCertificates(authority.chain_pem, issued.chain_pem, key_pem, authority.crl(revoked))


def write_gateway_client(folder: Path, authority: Authority, name: str = GATEWAY_NAME) -> tuple[Path, Path, Path]:
    """Issue a gateway worker's client certificate into `folder`, replacing the one there.

    Returns CA, certificate, key.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca, certificate, key_file = folder / "ca.pem", folder / "gateway.pem", folder / "gateway.key"
    key = new_private_key()
    save_private_key(key_file, key)
    write_atomic(certificate, authority.issue_gateway(key.public_key(), name).chain_pem, PUBLIC)
    write_atomic(ca, authority.ca_pem, PUBLIC)
    return ca, certificate, key_file
