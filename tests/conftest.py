"""What holds for every test: sockets reach this machine only."""

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A loaded machine is no fault of the code: examples are judged by what they show, not by how long they take.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = ("tests.parts.fixtures",)

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


def _require_loopback(sock: socket.socket, address: Any) -> None:
    if sock.family == socket.AF_UNIX:
        return
    host = str(address[0]).split("%", maxsplit=1)[0]
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        message = f"a test tried to reach {host}; tests stay on loopback"
        raise RuntimeError(message)


def _guarded_connect(sock: socket.socket, address: Any) -> None:
    _require_loopback(sock, address)
    _connect(sock, address)


def _guarded_connect_ex(sock: socket.socket, address: Any) -> int:
    _require_loopback(sock, address)
    return _connect_ex(sock, address)


@pytest.fixture(autouse=True)
def stay_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to anywhere but this machine."""
    monkeypatch.setattr(socket.socket, "connect", _guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: they may be random, and tests must have the same names in every worker."""
    return argname if isinstance(val, bytes) else None
