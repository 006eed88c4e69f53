"""A device's connection to its broker: MQTT 5 over mutual TLS, its own certificate, its own topics."""

import logging
import socket
import ssl

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from certs.enrolment.device_folder import DeviceFolder
from devices.wire.topics import Channel, Topic, format_topic

SESSION_EXPIRY = 120  # seconds a broker keeps what was sent to a device that is away
KEEPALIVE = 20  # seconds; the broker speaks the will after one and a half of it
QUIET = logging.getLogger("firmware_sim.device.radio")
QUIET.setLevel(logging.CRITICAL)


class Radio(aiomqtt.Client):
    """An aiomqtt client that can also be cut off."""

    def cut(self) -> None:
        """Lose the connection without a goodbye, as when a router dies."""
        found = self._client.socket()
        if isinstance(found, socket.socket):
            found.shutdown(socket.SHUT_RDWR)


def topic_of(folder: DeviceFolder, channel: Channel) -> str:
    """One of the device's own topics."""
    return format_topic(Topic(folder.site, folder.device, channel))


def make_radio(folder: DeviceFolder) -> Radio:
    """A client for the device's broker; its will says that the device is gone. Raises OSError for a bad certificate."""
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
    """Subscribe so that a retained command is known for one, whether it is fresh or old."""
    options = SubscribeOptions(qos=1, retainAsPublished=True)
    await radio.subscribe(topic_of(folder, "cmd"), options=options)


def _tls(folder: DeviceFolder) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=folder.ca_file)
    context.load_cert_chain(folder.cert_file, folder.key_file)
    return context
