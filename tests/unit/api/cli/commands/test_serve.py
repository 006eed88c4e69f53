"""Where the gateway listens, and the address it says it has."""

import socket
from contextlib import closing

import pytest
from pydantic import ValidationError

from api.cli.commands.serve import listen
from gateway.settings import Settings


@pytest.mark.parametrize(
    ("host", "public_url", "address"),
    [
        ("127.0.0.1", "", "http://127.0.0.1:8080"),
        ("::1", "", "http://[::1]:8080"),  # uvicorn#782
        ("127.0.0.1", "https://Lodgekey.Example:443", "https://lodgekey.example"),  # authentik#10994
        ("127.0.0.1", "https://lodgekey.example:8443/", "https://lodgekey.example:8443"),
        ("127.0.0.1", "http://lodgekey.example:80/house/", "http://lodgekey.example/house"),
        ("127.0.0.1", "https://[2001:DB8::1]/", "https://[2001:db8::1]"),
    ],
)
def test_the_address_is_written_as_browsers_write_it(host: str, public_url: str, address: str) -> None:
    assert Settings(host=host, public_url=public_url).address == address


@pytest.mark.parametrize("public_url", ["lodgekey.example", "ftp://lodgekey.example", "https://", "/house"])
def test_what_is_no_address_is_refused(public_url: str) -> None:
    with pytest.raises(ValidationError, match="public_url is an address like"):
        Settings(public_url=public_url)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_gateway_listens_on_addresses_of_both_kinds(host: str) -> None:
    with listen(host, 0) as listener, closing(socket.create_connection((host, listener.getsockname()[1]), 5)) as caller:
        assert caller.getpeername()[1] == listener.getsockname()[1]
