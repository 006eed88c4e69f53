"""Ports for servers are chosen where no outgoing connection takes them first."""

import socket

from api.cli.demo.ports import PORTS, free_port


def test_no_port_is_given_twice_and_none_is_for_outgoing_connections() -> None:
    given = [free_port() for _ in range(50)]
    assert len(set(given)) == len(given)
    assert {port in PORTS for port in given} == {True}
    assert max(PORTS) < 32_768


def test_a_port_on_which_somebody_listens_is_left_out() -> None:
    after = free_port() + 1
    with socket.create_server(("127.0.0.1", PORTS[(after - PORTS.start) % len(PORTS)])):
        assert free_port() != after
