"""A real mosquitto with a certificate authority, and clients that act as gateways, devices or strangers."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt
import paho.mqtt.client as paho
from cryptography.hazmat.primitives.asymmetric import ec

from api.cli.demo.ports import free_port
from certs.authority.ca import Authority, Issued
from certs.keys import new_private_key, save_private_key
from devices.link import Received
from devices.links.mqtt import BrokerAddress, MqttLink
from devices.links.tls import client_tls
from gateway.broker.certificates import issue_broker_certificates, write_gateway_client
from gateway.broker.config import BrokerSettings, find_mosquitto
from gateway.broker.embedded import EmbeddedBroker

SITE = "house-1"
TIMEOUT_SECONDS = 30.0


def wall_clock() -> int:
    """UTC seconds; real time, because mosquitto judges certificates by the system clock."""
    return int(time.time())


@dataclass
class Party:
    """The holder of a certificate."""

    name: str
    tls: ssl.SSLContext
    issued: Issued | None = None


@dataclass
class House:
    """Broker and authority of one building."""

    folder: Path
    authority: Authority
    broker: EmbeddedBroker
    links: list[MqttLink] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Port of the broker."""
        return self.broker.settings.port

    def device(self, name: str, *, days: int = 90) -> Party:
        """A lock with a certificate of this authority."""
        key = new_private_key()
        issued = self.authority.issue_device(key.public_key(), SITE, name, "lock", days)
        return Party(name, self.context(name, key, issued.chain_pem), issued)

    def context(self, name: str, key: ec.EllipticCurvePrivateKey, chain_pem: bytes) -> ssl.SSLContext:
        """TLS client context that presents this chain and trusts this authority."""
        folder = self.folder / "clients"
        folder.mkdir(exist_ok=True)
        ca, certificate, key_file = folder / "ca.pem", folder / f"{name}.pem", folder / f"{name}.key"
        ca.write_bytes(self.authority.ca_pem)
        certificate.write_bytes(chain_pem)
        save_private_key(key_file, key)
        return client_tls(ca, certificate, key_file)

    def gateway(self, name: str = "gateway-0") -> Party:
        """Certificate of a gateway worker."""
        return Party(name, client_tls(*write_gateway_client(self.folder / "gateway", self.authority, name)))

    async def link(self, name: str = "gateway-0", *, receive_maximum: int = 1000) -> MqttLink:
        """A connected production link."""
        party = self.gateway(name)
        link = MqttLink(BrokerAddress("127.0.0.1", self.port, name, party.tls), receive_maximum=receive_maximum)
        await link.start()
        self.links.append(link)
        await asyncio.wait_for(link.until_connected(), TIMEOUT_SECONDS)
        return link

    def client(
        self,
        party: Party,
        *,
        will: aiomqtt.Will | None = None,
        identifier: str | None = None,
        clean_start: bool = True,
    ) -> aiomqtt.Client:
        """A plain MQTT 5 client, for parties that do not follow the protocol's rules."""
        return aiomqtt.Client(
            "127.0.0.1",
            self.port,
            identifier=identifier or party.name,
            protocol=aiomqtt.ProtocolVersion.V5,
            tls_context=party.tls,
            will=will,
            clean_start=clean_start,
            timeout=TIMEOUT_SECONDS,
        )


@asynccontextmanager
async def open_house(folder: Path, *, gateways: tuple[str, ...] = ("gateway-0", "gateway-1")) -> AsyncIterator[House]:
    """Start the broker; broker and links end with the test."""
    authority = Authority.open(folder / "authority", wall_clock)
    settings = BrokerSettings(free_port(), gateways=gateways)
    broker = EmbeddedBroker(folder / "broker", settings, issue_broker_certificates(authority), binary=find_mosquitto())
    await broker.start()
    house = House(folder, authority, broker)
    try:
        yield house
    finally:
        for link in house.links:
            await link.stop()
        await broker.stop()


def topic(device: str, channel: str, site: str = SITE) -> str:
    """A topic of a device."""
    return f"lodgekey/v1/{site}/{device}/{channel}"


async def read_until(link: MqttLink, payload: bytes, *, ack: bool = True) -> list[Received]:
    """Everything a link receives, up to and including this payload."""
    seen: list[Received] = []
    async with asyncio.timeout(TIMEOUT_SECONDS):
        async for batch in link.batches():
            seen += batch
            for message in batch if ack else []:
                message.ack()
            if payload in [message.payload for message in batch]:
                break
    return seen


async def hear_until(client: aiomqtt.Client, payload: bytes) -> list[tuple[str, object]]:
    """Everything a client receives, up to and including this payload."""
    seen: list[tuple[str, object]] = []
    async with asyncio.timeout(TIMEOUT_SECONDS):
        async for message in client.messages:
            seen.append((str(message.topic), message.payload))
            if message.payload == payload:
                break
    return seen


async def until_disconnected(link: MqttLink) -> None:
    """Wait until the link has detected the loss of its connection."""
    while link.connected:
        await link._lost.wait()
        await asyncio.sleep(0)  # the supervisor detects it in the same iteration of the event loop


def cut(client: paho.Client) -> None:
    """Drop a client's TCP connection without an MQTT DISCONNECT."""
    sock = client.socket()
    assert isinstance(sock, socket.socket)
    sock.shutdown(socket.SHUT_RDWR)
