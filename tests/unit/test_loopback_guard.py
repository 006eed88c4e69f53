"""The guard of tests/conftest.py."""

import socket

import pytest


def test_a_test_that_leaves_the_machine_is_stopped() -> None:
    with socket.socket() as sock, pytest.raises(RuntimeError, match="loopback"):
        sock.connect(("192.0.2.1", 9))
    with socket.socket() as sock, pytest.raises(RuntimeError, match="loopback"):
        sock.connect_ex(("192.0.2.1", 9))


def test_loopback_and_unix_sockets_stay_open_to_tests() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
    near, far = socket.socketpair()
    with near, far:
        near.sendall(b"x")
        assert far.recv(1) == b"x"
