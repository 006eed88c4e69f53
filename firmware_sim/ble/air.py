"""The air: Bumble's LocalLink and Controller (0.0.236), with their faults worked around one by one.

Each fault is named where it is met and has a test in tests/integration/firmware_sim/test_ble_air.py. Not modelled:
signal strength, loss of single packets, encryption on the air. A radio that goes away is simulated at the controller.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from bumble import core, hci, ll
from bumble.controller import Controller
from bumble.device import Device
from bumble.keys import MemoryKeyStore
from bumble.link import LocalLink
from bumble.pairing import PairingConfig, PairingDelegate


class Air(LocalLink):
    """State that all controllers in range share."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Bumble leaves it untyped

    def send_acl_data(self, sender: Any, destination: Any, transport: Any, data: bytes) -> None:
        """Fault: LocalLink names the random address as sender, so that data from a public address is lost."""
        connection = sender.le_connections.get(destination)
        receiver = self.find_le_controller(destination)
        if connection and receiver:
            _soon(receiver.on_link_acl_data, connection.self_address, transport, data)

    def send_advertising_pdu(self, sender: Any, packet: Any) -> None:
        """Fault: LocalLink passes every advertisement to every controller; only scanning controllers need it."""
        for controller in self.controllers:
            listens = controller.le_scan_enable or controller.pending_le_connection
            if controller is not sender and (listens or isinstance(packet, ll.ConnectInd)):
                _soon(controller.on_ll_advertising_pdu, packet)


class SimController(Controller):
    """One Bluetooth controller."""

    def on_hci_le_create_connection_cancel_command(self, _command: Any) -> Any:
        """Fault: Controller ignores the cancel, so that after one timeout every later connect is refused."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        _soon(self.send_hci_packet, _no_connection(pending.peer_address))
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def drop_links(self) -> None:
        """Drop all links: both ends see a supervision timeout."""
        reason = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
        for connection in list(self.le_connections.values()):
            with contextlib.suppress(core.InvalidArgumentError):
                connection.send_ll_control_pdu(ll.TerminateInd(reason))
            self.send_hci_packet(
                hci.HCI_Disconnection_Complete_Event(
                    status=hci.HCI_ErrorCode.SUCCESS, connection_handle=connection.handle, reason=reason
                )
            )
        self.le_connections.clear()


def make_device(air: Air, name: str, address: str) -> tuple[Device, SimController]:
    """Create a host and its controller on this air, with a random static address; not powered on."""
    controller = SimController(name, link=air)
    device = Device.with_hci(name, random_address(address), controller, controller)
    pair_without_person(device)
    return device, controller


def pair_without_person(device: Device) -> None:
    """Pair without user interaction and without an identity key.

    Fault: after an identity key exchange, Device.connect scans without a timeout first.
    """
    keys = PairingDelegate.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY
    delegate = PairingDelegate(PairingDelegate.NO_OUTPUT_NO_INPUT, keys, keys)
    device.pairing_config_factory = lambda _: PairingConfig(sc=True, mitm=False, bonding=True, delegate=delegate)
    device.keystore = MemoryKeyStore()


def random_address(text: str) -> hci.Address:
    """Return `text` as a random static device address."""
    return hci.Address(text, hci.Address.RANDOM_DEVICE_ADDRESS)


def _no_connection(peer: hci.Address) -> hci.HCI_LE_Connection_Complete_Event:
    """Return the event of a cancelled connect (Bluetooth Core 5.4, Vol 4 Part E §7.7.65.1)."""
    return hci.HCI_LE_Connection_Complete_Event(
        status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
        connection_handle=0,
        role=0,
        peer_address_type=peer.address_type,
        peer_address=peer,
        connection_interval=0,
        peripheral_latency=0,
        supervision_timeout=0,
        central_clock_accuracy=0,
    )


def _soon(call: Callable[..., object], *arguments: object) -> None:
    asyncio.get_running_loop().call_soon(call, *arguments)
