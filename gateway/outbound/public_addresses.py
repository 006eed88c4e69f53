"""Guard for user-supplied addresses (webhooks): no connection to private, link-local or rebound addresses.

The name is resolved for each new connection, every resolved address is checked, and the connection uses exactly the
addresses checked, while TLS still verifies the certificate for the name.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

from gateway.domain.filings.record import RegistryUnreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
NOT_PUBLIC: Final = "address_not_public"
FAMILY: Final = {4: socket.AF_INET, 6: socket.AF_INET6}


async def resolve(host: str, port: int) -> list[str]:
    """The host's addresses as texts, from the system's resolver."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise RegistryUnreachable("no_host") from None
    return [str(entry[4][0]) for entry in found]


def is_public(address: Address) -> bool:
    """Whether the address is public, including the one inside an IPv4-mapped, 6to4 or NAT64 form."""
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


class GuardedResolver(AbstractResolver):
    """Resolves to public addresses and those in `allowed` (networks, for a demonstration on one machine) only."""

    def __init__(self, allowed: Iterable[str] = (), look_up: Resolve = resolve) -> None:
        self._look_up = look_up
        self._allowed = [ipaddress.ip_network(network) for network in allowed]

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Every address of the host, for a connection to these only.

        Raises RegistryUnreachable if any is not allowed.
        """
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in await self._look_up(host, port)]
        if not addresses or not all(self._may(address) for address in addresses):
            raise RegistryUnreachable(NOT_PUBLIC)
        return [_result(host, port, address) for address in addresses if family in (FAMILY[address.version], 0)]

    def judge(self, host: str) -> None:
        """Check a host written as an IP address, which is not resolved. Raises RegistryUnreachable."""
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return
        if not self._may(address):
            raise RegistryUnreachable(NOT_PUBLIC)

    async def close(self) -> None:
        """No resources to release."""

    def _may(self, address: Address) -> bool:
        return is_public(address) or any(address in network for network in self._allowed)


def _result(host: str, port: int, address: Address) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=str(address),
        port=port,
        family=FAMILY[address.version],
        proto=0,
        flags=socket.AI_NUMERICHOST,
    )
