"""Applies to every test: sockets can reach this machine only."""

import gc
import ipaddress
import os
import socket
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# No deadline for examples: on a loaded machine, slowness is not a fault of the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# Officers of tests sign in by password alone, except where a test is about the second factor.
os.environ["LODGEKEY_SECOND_FACTOR_ROLES"] = "[]"

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
    """Refuse connections to addresses other than loopback."""
    monkeypatch.setattr(socket.socket, "connect", _guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)


def pytest_collection_finish() -> None:
    """Leave what was imported out of every later garbage collection: it took a quarter of the time of tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name byte parameters by their argument: random values would give different test ids in each worker."""
    return argname if isinstance(val, bytes) else None
