"""Addresses of webhooks, checked when they are given."""

import pytest

from gateway.outbound.http import BadAddress, checked_webhook

PRIVATE = (
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "LOCALHOST", "localhost.",
    "api.localhost", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[::1]",
    "[::]", "[fd00::1]", "[fe80::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "224.0.0.1",
)  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_a_webhook_does_not_lead_into_a_network_that_is_not_public(host: str) -> None:
    for url in (f"https://{host}/hook", f"https://{host}:8443/hook", f"http://{host}/hook"):
        with pytest.raises(BadAddress):
            checked_webhook(url, "")


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/a b",
        " https://hooks.example.org/",
        "https://hooks.example.org/\n",
        "https://hooks.exam\tple.org/",
        "https://hooks.example.org/\0",
        "https://user:pass@hooks.example.org/",
        "https://user@hooks.example.org/",
        "https://hooks.example.org/?token=x",
        "https://hooks.example.org:99999/",
        "https://[::1/",
        "http://hooks.example.org/",
        "file:///etc/passwd",
        "https:///hook",
    ],
)
def test_what_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        checked_webhook(url, "")


def test_public_hosts_and_allowed_networks_are_taken() -> None:
    assert checked_webhook("https://Hooks.example.org:8443/x/", "") == "https://Hooks.example.org:8443/x"
    assert checked_webhook("https://1.1.1.1/x", "") == "https://1.1.1.1/x"
    assert checked_webhook("http://127.0.0.1:9/x", "127.0.0.0/8, 10.0.0.0/8") == "http://127.0.0.1:9/x"
    assert checked_webhook("https://10.1.2.3/x", "127.0.0.0/8, 10.0.0.0/8") == "https://10.1.2.3/x"
