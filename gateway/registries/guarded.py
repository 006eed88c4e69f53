"""Addresses that anybody may name (webhooks): private, link-local and rebinding ones are never connected to.

The name is resolved once, every address it has is judged, and the connection goes to the very address that was
judged, while TLS still checks the certificate for the name.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable

import httpx

from gateway.domain.registration import RegistryUnreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """The host's addresses as texts, by the system's resolver."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise RegistryUnreachable("the address has no host") from None
    return [str(entry[4][0]) for entry in found]


def is_public(address: Address) -> bool:
    """Whether the address is on the public internet, also inside IPv4-mapped, 6to4 and NAT64 forms."""
    inner = _embedded(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends only to addresses that are public or in `allowed` (networks, for a demonstration on one machine)."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, allowed: Iterable[str] = (), look_up: Resolve = resolve
    ) -> None:
        self._inner, self._resolve = inner, look_up
        self._allowed = [ipaddress.ip_network(network) for network in allowed]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in await self._resolve(host, port)]
        if not addresses or not all(self._may(address) for address in addresses):
            raise RegistryUnreachable("the address is not on the public internet")
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=str(addresses[0])),
            headers=request.headers,  # the Host header still names the host
            stream=request.stream,
            extensions=request.extensions | {"sni_hostname": host},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _may(self, address: Address) -> bool:
        return is_public(address) or any(address in network for network in self._allowed)
