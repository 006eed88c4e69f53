"""Where a sign-in comes from, as it is stored: a shortened address, and the names of the browser and the system."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

IPV4_BITS: Final = 24
IPV6_BITS: Final = 48
# The first that is found in a User-Agent header names it: Edge also calls itself Chrome, and Chrome Safari.
BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("MicroMessenger/", "WeChat"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python-httpx/", "Python"),
    ("Python/", "Python"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """The IP address of a request, for the limits on attempts, and its User-Agent header. Neither is stored."""

    address: str
    user_agent: str = ""

    @property
    def network(self) -> str:
        """The address without its last 8 bits (IPv4) or last 80 bits (IPv6), as a network; empty if it is none."""
        try:
            address = ip_address(self.address.partition("%")[0])
        except ValueError:
            return ""
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        bits = IPV4_BITS if address.version == 4 else IPV6_BITS
        return str(ip_network(f"{address}/{bits}", strict=False))

    @property
    def device(self) -> str:
        """Browser and system, such as "Firefox, Windows"; empty where neither is known."""
        found = (_first_in(self.user_agent, table) for table in (BROWSERS, SYSTEMS))
        return ", ".join(filter(None, found))


def _first_in(header: str, table: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in table if mark in header), "")
