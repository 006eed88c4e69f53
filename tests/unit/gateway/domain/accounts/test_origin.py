"""What is stored of where a sign-in comes from."""

import pytest

from gateway.domain.accounts.origin import Origin

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
WECHAT = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/126.0 Mobile MicroMessenger/8.0.50"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1234:5678::9", "2001:db8:1234::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_an_address_is_shortened_to_its_network(address: str, network: str) -> None:
    assert Origin(address).network == network


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (IPHONE, "Safari, iPhone"),
        (EDGE, "Edge, Windows"),
        (WECHAT, "WeChat, Android"),
        ("curl/8.14.1", "curl"),
        ("<script>", ""),
        ("", ""),
    ],
)
def test_a_user_agent_is_reduced_to_names_from_the_tables(user_agent: str, device: str) -> None:
    assert Origin("", user_agent).device == device
