"""One test for each fault of Bumble 0.0.236 that firmware_sim.ble works around; it fails where the fault reappears."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from bumble import hci, ll
from bumble.device import Device

from devices.wire.ble.gatt import SERVICE, tag_of
from firmware_sim.ble.adapter import SimAdapter
from firmware_sim.ble.air import Air, SimController, make_device, random_address
from firmware_sim.ble.backend import SimClient, SimScanner
from firmware_sim.ble.dongles import serve_dongles
from firmware_sim.ble.peripheral import advertisement
from tests.integration.ble_parts import TIMEOUT_SECONDS, Street, open_street

NOBODY = random_address("C0:00:00:00:99:99")


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with open_street(tmp_path) as opened:
        yield opened


async def connect(adapter: SimAdapter, device: str) -> Any:
    """A connection to the device that advertises this tag."""
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def found_data(address: str, data: Any) -> None:
        if tag_of(device) in bytes(data.data) and not found.done():
            found.set_result(address)

    await adapter.listen(found_data)
    address = await asyncio.wait_for(found, TIMEOUT_SECONDS)
    await adapter.hush(found_data)
    return await adapter.connect(adapter.seen[address], TIMEOUT_SECONDS)


async def test_after_a_connect_that_timed_out_the_next_one_succeeds(street: Street) -> None:
    await street.lock("lock-1")
    with pytest.raises(TimeoutError):
        await street.adapter.connect(NOBODY, 0.2)
    connection = await connect(street.adapter, "lock-1")
    assert connection.handle in street.adapter.device.connections


async def test_a_public_address_gets_its_data(street: Street) -> None:
    await street.lock("lock-1")
    controller = SimController("public", link=street.air, public_address="0A:00:00:00:00:01")
    central = Device.with_hci("public", hci.Address("0A:00:00:00:00:01"), controller, controller)
    await central.power_on()
    connection = await central.connect(
        random_address("C0:00:00:00:00:01"), own_address_type=hci.OwnAddressType.PUBLIC, timeout=TIMEOUT_SECONDS
    )
    mtu = await asyncio.wait_for(_mtu(connection), TIMEOUT_SECONDS)
    assert mtu > 23
    await connection.disconnect()
    await central.power_off()


async def _mtu(connection: Any) -> int:
    return int(await connection.gatt_client.request_mtu(247))


async def test_pairing_leaves_no_identity_that_makes_connecting_wait(street: Street) -> None:
    await street.lock("lock-1")
    connection = await connect(street.adapter, "lock-1")
    await asyncio.wait_for(connection.pair(), TIMEOUT_SECONDS)
    keystore = street.adapter.device.keystore
    assert keystore is not None
    assert [pair.irk for _, pair in await keystore.get_all()] == [None]
    await connection.disconnect()
    again = await street.adapter.connect(connection.peer_address, TIMEOUT_SECONDS)
    assert again.handle in street.adapter.device.connections


async def test_each_dongle_is_a_controller_of_its_own_and_leaves_nothing_behind(street: Street) -> None:
    lock = await street.lock("lock-1")
    server = await serve_dongles(street.air)
    name = f"tcp-client:127.0.0.1:{server.sockets[0].getsockname()[1]}"
    before = len(street.air.controllers)
    gone = asyncio.Event()
    lock.radio.on("disconnection", lambda *_: gone.set())
    lock.radio.on("connection", lambda c: c.on("disconnection", lambda _: gone.set()))
    for _ in range(2):
        gone.clear()
        adapter = await SimAdapter.plugged_in(name)
        assert len(street.air.controllers) == before + 1
        await connect(adapter, "lock-1")
        assert adapter._transport is not None
        await adapter._transport.close()  # the process was killed: no disconnect was sent
        await asyncio.wait_for(gone.wait(), TIMEOUT_SECONDS)
    assert len(street.air.controllers) == before
    server.close()
    await server.wait_closed()


class CountingController(SimController):
    """Counts the advertisements it receives."""

    data = 0

    def on_ll_advertising_pdu(self, packet: Any) -> None:
        """One advertisement from the air."""
        CountingController.data += not isinstance(packet, ll.ConnectInd)
        super().on_ll_advertising_pdu(packet)


async def test_only_those_who_listen_hear_advertisements() -> None:
    air = Air()
    CountingController("idle", link=air)
    advertiser, _ = make_device(air, "lock-1", "C0:00:00:00:00:01")
    adapter = await SimAdapter.on_air(air)
    advertiser.advertising_data = advertisement("lock-1")
    await advertiser.power_on()
    await advertiser.start_advertising(advertising_interval_min=20, advertising_interval_max=20)
    connection = await connect(adapter, "lock-1")
    assert CountingController.data == 0
    await connection.disconnect()
    await advertiser.power_off()
    await adapter.close()


async def test_an_advertisement_fits_and_tells_no_name(street: Street) -> None:
    assert len(advertisement("lock-1")) <= 31
    assert b"lock-1" not in advertisement("lock-1")
    await street.lock("lock-1")
    found_data: asyncio.Future[dict[str, bytes]] = asyncio.get_running_loop().create_future()

    def on_found(_: Any, data: Any) -> None:
        if not found_data.done():
            found_data.set_result(data.service_data)

    scanner = SimScanner(on_found, None, "active", dongle=street.adapter)
    await scanner.start()
    assert await asyncio.wait_for(found_data, TIMEOUT_SECONDS) == {SERVICE: tag_of("lock-1")}
    await scanner.stop()


async def test_what_is_asked_of_a_lost_connection_is_an_error_of_bleaks(street: Street) -> None:
    await street.lock("lock-1")
    link = await street.link()
    await link.publish("house-1", "lock-1", b"x", expires_in=10)
    client = link._sessions["lock-1"].client._backend
    assert isinstance(client, SimClient)
    inlet = link._sessions["lock-1"].client.services.characteristics
    characteristic = next(iter(inlet.values()))
    await street.vanish("lock-1")
    with pytest.raises(Exception, match="Not connected"):
        await client.write_gatt_char(characteristic, b"x", response=True)
