"""A registry's TLS certificate is accepted only under the authority that the operator configured."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from gateway.domain.filings.record import Accepted, RegistryUnreachable
from gateway.outbound.http import BadAddress, checked_address
from gateway.registries import open_registry
from tests.contract.registries.spain import ANA, MADRID
from tests.contract.registry_cases import base_record
from tests.contract.registry_simulators import SimulatedRegistry, running_registry


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedRegistry]:
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    files = folder / "server.pem", folder / "server.key", folder / "ca.pem"
    certificate.cert_chain_pems[0].write_to_path(files[0])
    certificate.private_key_pem.write_to_path(files[1])
    authority.cert_pem.write_to_path(files[2])
    with running_registry("sandbox", folder / "books", files) as simulator:
        yield simulator


def _settings(simulator: SimulatedRegistry, ca_file: str) -> dict[str, str]:
    return {"url": simulator.url, "token_file": simulator.token_file, "ca_file": ca_file}


async def test_the_right_authority_is_filed_with(secured: SimulatedRegistry) -> None:
    registry = open_registry("sandbox", _settings(secured, secured.ca_file), lambda: int(time.time()))
    assert isinstance(await registry.submit(base_record(MADRID, ANA)), Accepted)
    await registry.close()


async def test_a_certificate_of_another_authority_gets_nothing(secured: SimulatedRegistry, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    before = len(secured.books())
    registry = open_registry("sandbox", _settings(secured, str(tmp_path / "other.pem")), lambda: int(time.time()))
    with pytest.raises(RegistryUnreachable, match="certificate"):
        await registry.submit(base_record(MADRID, ANA))
    assert len(secured.books()) == before
    await registry.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://registry.example",
        "http://10.0.0.1",
        "http://localhost.example",
        "https://user:word@registry.example",
        "https://registry.example/?key=1",
        "ftp://127.0.0.1",
        "127.0.0.1:80",
        "",
    ],
)
def test_an_address_that_would_leak_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        checked_address(url)


def test_loopback_may_go_without_tls() -> None:
    assert checked_address("http://127.0.0.1:8080/") == "http://127.0.0.1:8080"
