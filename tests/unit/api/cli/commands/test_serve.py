"""Where the gateway listens, and the address it says it has."""

import socket
from contextlib import closing
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from api.cli.commands.serve import listen, server_config
from gateway.settings import Settings
from tests.parts.house import House


@pytest.mark.parametrize(
    ("host", "public_url", "address"),
    [
        ("127.0.0.1", "", "http://127.0.0.1:8080"),
        ("127.0.0.1", "https://Lodgekey.Example:443", "https://lodgekey.example"),  # authentik#10994
        ("127.0.0.1", "https://lodgekey.example:8443/", "https://lodgekey.example:8443"),
        ("127.0.0.1", "http://lodgekey.example:80/house/", "http://lodgekey.example/house"),
        ("127.0.0.1", "https://[2001:DB8::1]/", "https://[2001:db8::1]"),
    ],
)
def test_outside_28_the_address_is_written_as_browsers_write_it(host: str, public_url: str, address: str) -> None:
    assert Settings(host=host, public_url=public_url).address == address


@pytest.mark.parametrize("public_url", ["lodgekey.example", "ftp://lodgekey.example", "https://", "/house"])
def test_what_is_no_address_is_refused(public_url: str) -> None:
    with pytest.raises(ValidationError, match="public_url is an address like"):
        Settings(public_url=public_url)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_outside_31_the_gateway_listens_on_addresses_of_both_kinds(host: str) -> None:
    with listen(host, 0) as listener, closing(socket.create_connection((host, listener.getsockname()[1]), 5)) as caller:
        assert caller.getpeername()[1] == listener.getsockname()[1]


def test_outside_31_an_address_of_ipv6_is_shown_in_brackets() -> None:
    """uvicorn#782."""
    assert Settings(host="::1").address == "http://[::1]:8080"


async def sign_ins(house: House, proxy: str, trusted: str, callers: list[str]) -> list[int]:
    """The statuses of wrong passwords that a proxy passes on for these callers."""
    config = server_config(house.app, Settings(trusted_proxies=trusted))
    config.load()
    served: Any = config.loaded_app
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(served, client=(proxy, 1)), base_url="http://lodgekey.test"
    ) as client:
        body = {"login": "landlord-a", "password": "wrong"}
        headers = [{"X-Forwarded-For": caller} for caller in callers]
        return [(await client.post("/api/v1/sessions", json=body, headers=one)).status_code for one in headers]


THIRTEEN = [f"198.51.100.{number}" for number in range(13)]


@pytest.mark.parametrize("trusted", ["127.0.0.2", "127.0.0.1, 127.0.0.2", "127.0.0.0/24"])
async def test_outside_25_callers_behind_a_trusted_proxy_have_a_limit_each(house: House, trusted: str) -> None:
    """securo#801."""
    assert await sign_ins(house, "127.0.0.2", trusted, THIRTEEN) == [401] * 13
    assert await sign_ins(house, "127.0.0.2", trusted, [THIRTEEN[0]] * 10) == [401] * 9 + [429]


@pytest.mark.parametrize("trusted", ["", "127.0.0.1, ::1"])
async def test_outside_25_who_is_no_trusted_proxy_does_not_evade_the_limit(house: House, trusted: str) -> None:
    assert await sign_ins(house, "127.0.0.2", trusted, THIRTEEN) == [401] * 10 + [429] * 3


@pytest.mark.parametrize("trusted", ["*", "0.0.0.0/0", "::/0", "proxy.example", "127.0.0.1/8"])
def test_everybody_and_names_are_no_trusted_proxies(trusted: str) -> None:
    with pytest.raises(ValidationError):
        Settings(trusted_proxies=trusted)
