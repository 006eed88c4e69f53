"""A device's broker connection: MQTT 5 over mutual TLS, with its own certificate and topics."""

import logging
import socket
import ssl

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from certs.enrolment.device_folder import DeviceFolder
from devices.wire.topics import Channel, Topic, format_topic

SESSION_EXPIRY = 120  # seconds, session expiry: how long the broker keeps messages for an offline device
KEEPALIVE = 20  # seconds, keep alive; the broker publishes the will after one and a half times this
QUIET = logging.getLogger("firmware_sim.device.radio")
QUIET.setLevel(logging.CRITICAL)


class Radio(aiomqtt.Client):
    """aiomqtt client whose connection can be cut."""

    def cut(self) -> None:
        """Cut the connection without DISCONNECT, as when a router fails."""
        found = self._client.socket()
        if isinstance(found, socket.socket):
            found.shutdown(socket.SHUT_RDWR)


def topic_of(folder: DeviceFolder, channel: Channel) -> str:
    """Return one of the device's own topics."""
    return format_topic(Topic(folder.site, folder.device, channel))


def make_radio(folder: DeviceFolder) -> Radio:
    """Create a client for the device's broker; its will reports the device as offline. Raises OSError."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's own
    properties.SessionExpiryInterval = SESSION_EXPIRY
    return Radio(
        folder.host,
        folder.port,
        identifier=folder.device,
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=False,
        properties=properties,
        keepalive=KEEPALIVE,
        logger=QUIET,
        tls_context=_tls(folder),
        will=aiomqtt.Will(topic_of(folder, "online"), b"0", qos=1),
        socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    )


async def listen_for_commands(radio: Radio, folder: DeviceFolder) -> None:
    """Subscribe with MQTT 5 Retain As Published: a retained command stays recognisable."""
    options = SubscribeOptions(qos=1, retainAsPublished=True)
    await radio.subscribe(topic_of(folder, "cmd"), options=options)


def _tls(folder: DeviceFolder) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=folder.ca_file)
    context.load_cert_chain(folder.cert_file, folder.key_file)
    return context
