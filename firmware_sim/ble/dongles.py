"""Virtual HCI dongles over TCP (H4): a gateway in another process connects with `tcp-client:host:port`.

Fault worked around: Bumble's own `tcp-server:` shares one controller between successive clients, and HCI Reset
clears nothing. Here every client gets its own controller, which is removed from the air with the client.
"""

from __future__ import annotations

import asyncio

from bumble.transport.common import StreamPacketSource

from firmware_sim.ble.air import Air, SimController


async def serve_dongles(air: Air, host: str = "127.0.0.1", port: int = 0) -> asyncio.Server:
    """Listen on `port`; 0 takes a free one."""

    async def plug_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        source = StreamPacketSource()
        controller = SimController("dongle", host_source=source, host_sink=_Sink(writer), link=air)
        try:
            while data := await reader.read(65536):
                source.data_received(data)
        except ConnectionError:
            return  # client disconnected
        finally:
            controller.drop_links()
            air.remove_controller(controller)
            writer.close()

    return await asyncio.start_server(plug_in, host, port)


class _Sink:
    """Sink for the packets of a controller."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def on_packet(self, packet: bytes) -> None:
        """Send one HCI packet to the host."""
        self._writer.write(packet)
