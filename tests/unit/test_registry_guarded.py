"""An address that anybody may name leads to the public internet or nowhere."""

import ipaddress

import httpx
import pytest

from gateway.domain.registration import RegistryUnreachable
from gateway.registries.guarded import GuardedTransport, Resolve, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1",
    ],
)  # fmt: skip
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


class SimTransport(httpx.AsyncBaseTransport):
    """Answers everything and remembers where it was asked to connect."""

    def __init__(self) -> None:
        self.seen: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        return httpx.Response(204)


def answering(*rounds: list[str]) -> Resolve:
    left = list(rounds)

    async def look_up(host: str, port: int) -> list[str]:
        return left.pop(0)

    return look_up


async def post(transport: GuardedTransport, url: str = "https://hook.example/in") -> int:
    async with httpx.AsyncClient(transport=transport) as client:
        return (await client.post(url)).status_code


async def test_the_connection_goes_to_the_address_that_was_judged() -> None:
    inner = SimTransport()
    assert await post(GuardedTransport(inner, look_up=answering(["8.8.8.8"]))) == 204
    (request,) = inner.seen
    assert request.url.host == "8.8.8.8"
    assert request.headers["host"] == "hook.example"
    assert request.extensions["sni_hostname"] == "hook.example"


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["fe80::1%eth0"], []])
async def test_one_private_address_is_enough_to_refuse(addresses: list[str]) -> None:
    inner = SimTransport()
    with pytest.raises(RegistryUnreachable):
        await post(GuardedTransport(inner, look_up=answering(addresses)))
    assert inner.seen == []


async def test_a_name_that_turns_private_between_two_requests_is_refused_the_second_time() -> None:
    inner = SimTransport()
    transport = GuardedTransport(inner, look_up=answering(["8.8.8.8"], ["127.0.0.1"]))
    assert await post(transport) == 204
    with pytest.raises(RegistryUnreachable):
        await post(transport)
    assert len(inner.seen) == 1


async def test_loopback_is_reached_only_where_it_was_allowed_by_name() -> None:
    inner = SimTransport()
    allowed = GuardedTransport(inner, ["127.0.0.0/8"], answering(["127.0.0.1"], ["10.0.0.1"]))
    assert await post(allowed) == 204
    with pytest.raises(RegistryUnreachable):
        await post(allowed)


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/"])
async def test_an_address_written_as_a_number_is_judged_too(url: str) -> None:
    with pytest.raises(RegistryUnreachable):
        await post(GuardedTransport(SimTransport()), url)
