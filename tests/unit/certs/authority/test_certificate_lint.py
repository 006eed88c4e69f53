"""Certificates and revocation lists checked against RFC 5280 by pkilint.

pkilint's URI library does not support URNs (it rejects RFC 8141's own examples): only that finding is expected,
for the names of devices.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certs.authority.ca import Authority
from certs.keys import new_private_key

URN_UNKNOWN = {"pkix.invalid_uri_syntax"}
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("ca"), lambda: int(time.time()))


def findings(command: str, *arguments: str) -> set[str]:
    """Codes of all pkilint findings of severity warning or above."""
    line = [str(BIN / command), "lint", "-s", "WARNING", "-f", "JSON", *arguments]
    said = json.loads(subprocess.run(line, capture_output=True, check=False).stdout)
    return {finding["code"] for result in said["results"] for finding in result["finding_descriptions"]}


def device(authority: Authority) -> x509.Certificate:
    return authority.issue_device(new_private_key().public_key(), "site-1", "lock-1", "lock").certificate


def server(authority: Authority) -> x509.Certificate:
    return authority.issue_server(new_private_key().public_key(), ["broker.example.org"]).certificate


def gateway(authority: Authority) -> x509.Certificate:
    return authority.issue_gateway(new_private_key().public_key(), "gateway-0").certificate


def claim(authority: Authority) -> x509.Certificate:
    return authority.issue_claim(new_private_key().public_key(), "site-1", "lock-1", "lock").certificate


MADE: dict[str, tuple[Callable[[Authority], x509.Certificate], set[str]]] = {
    "root": (lambda authority: authority.root.certificate, set()),
    "issuing": (lambda authority: authority.issuing.certificate, set()),
    "device": (device, URN_UNKNOWN),
    "claim": (claim, URN_UNKNOWN),
    "server": (server, set()),
    "gateway": (gateway, URN_UNKNOWN),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_certificate_follows_rfc_5280(authority: Authority, tmp_path: Path, kind: str) -> None:
    make, expected = MADE[kind]
    (tmp_path / "c.pem").write_bytes(make(authority).public_bytes(Encoding.PEM))
    assert findings("lint_pkix_cert", str(tmp_path / "c.pem")) == expected


def test_a_device_certificate_fits_its_issuer(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "issuer.pem").write_bytes(authority.issuing.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "device.pem").write_bytes(device(authority).public_bytes(Encoding.PEM))
    assert (
        findings("lint_pkix_signer_signee_cert_chain", str(tmp_path / "issuer.pem"), str(tmp_path / "device.pem"))
        == set()
    )


def test_a_revocation_list_follows_rfc_5280(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "crl.pem").write_bytes(authority.crl([1, 2**100]))
    assert findings("lint_crl", "-t", "CRL", "-p", "PKIX", str(tmp_path / "crl.pem")) == set()
