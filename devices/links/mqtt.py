"""The MQTT 5 link (OASIS MQTT 5.0). The only file that crosses between paho's thread and the event loop.

paho's thread appends to a deque and wakes the loop; everything else here runs on the loop. Only the reader acks
messages. The number of waiting messages is bounded by twice the receive maximum (§3.1.2.11.3): the broker sends no
more QoS 1 messages than that before one is acked, so a stopped reader makes the broker wait instead of filling
memory.
"""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from devices.link import LinkDown, NobodyListens, Received
from devices.links.addressing import Addressing, LodgekeyTopics
from devices.wire.errors import BadTopic

log = logging.getLogger(__name__)

SESSION_SECONDS = 7 * 86_400  # how long the broker queues messages for a gateway that is down
KEEPALIVE_SECONDS = 15
FIRST_PAUSE, MAX_BACKOFF_SECONDS = 0.1, 30.0
NO_MATCHING_SUBSCRIBERS = 0x10
_DICE = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """The broker's address and our identity there; on our own broker the client id is the name in the certificate.

    An operator's own broker may require a user name and password instead, and may run without TLS on a private network.
    `will` (topic, payload) is published by the broker, retained, when the connection is lost.
    """

    host: str
    port: int
    client_id: str
    tls: ssl.SSLContext | None
    user: str = ""
    password: str = field(default="", repr=False)
    will: tuple[str, bytes] | None = None


class MqttLink:
    """Publishes commands and receives messages over one persistent session; `addressing` names the topics."""

    def __init__(
        self,
        address: BrokerAddress,
        *,
        addressing: Addressing | None = None,
        as_published: bool = False,
        receive_maximum: int = 1000,
        draw: Callable[[], float] = _DICE.random,
    ) -> None:
        self.dropped = 0  # QoS 0 messages beyond the bound; QoS 0 has no delivery guarantee
        self.misaddressed = 0  # messages on topics of no known device
        self._address = address
        self._addressing = addressing or LodgekeyTopics()
        self._receive_maximum = receive_maximum
        self._draw = draw
        self._as_published = as_published  # MQTT 5 Retain As Published
        self._client = self._new_client()
        self._queue: deque[Received] = deque()
        self._woken = False
        self._generation = 0
        self._untaken: dict[int, asyncio.Future[ReasonCode]] = {}
        self._arrived, self._drained, self._lost, self._up, self._stopping = (asyncio.Event() for _ in range(5))
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Connected and subscribed, so that an answer to a command cannot be missed."""
        return self._up.is_set()

    @property
    def address(self) -> BrokerAddress:
        """The broker's address, with the certificates of the next connection."""
        return self._address

    def present(self, tls: ssl.SSLContext | None) -> None:
        """Use these certificates from the next connection on; the present connection stays."""
        self._address = replace(self._address, tls=tls)

    async def until_connected(self) -> None:
        """Wait for the (next) connection."""
        await self._up.wait()

    async def start(self) -> None:
        """Connect, and reconnect with growing, jittered back-off."""
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._stay_connected())

    async def stop(self) -> None:
        """Disconnect and end batches(); the broker keeps the session."""
        self._stopping.set()
        self._client.disconnect()
        self._lost.set()
        self._drained.set()
        if self._task:
            await self._task
        self._client.reinitialise()
        self._arrived.set()

    async def publish(self, site: str, device: str, payload: bytes, *, expires_in: int, channel: str = "cmd") -> None:
        """Publish one command at QoS 1, never retained and never resent. Raises LinkDown.

        A connection lost before the PUBACK leaves it open whether the command was delivered.
        """
        if not self.connected:
            raise LinkDown("there is no connection to the broker")
        properties = _dead_after(expires_in)
        topic = self._addressing.topic_of((site, device, channel))
        info = self._client.publish(topic, payload, qos=1, retain=False, properties=properties)
        if info.rc != paho.MQTT_ERR_SUCCESS:
            raise LinkDown("the connection to the broker has just ended")
        reason = await self._answer_to(info.mid, expires_in)
        if reason.value == NO_MATCHING_SUBSCRIBERS:
            raise NobodyListens("the device has no session at the broker")
        if reason.is_failure:
            raise LinkDown(f"the broker refused the command: {reason}")

    async def announce(self, topic: str, payload: bytes) -> None:
        """Publish a retained message on a topic that no device subscribes to. Raises LinkDown."""
        if not self.connected:
            raise LinkDown("there is no connection to the broker")
        info = self._client.publish(topic, payload, qos=1, retain=True)
        reason = await self._answer_to(info.mid, KEEPALIVE_SECONDS)
        if reason.is_failure:
            raise LinkDown(f"the broker refused it: {reason}")

    async def is_answered(self, seconds: float) -> bool:
        """Whether the broker acknowledges a message that no device gets, within these seconds."""
        if not self.connected:
            return False
        topic = self._addressing.topic_of(("gateway", self._address.client_id, "cmd"))  # no device may have this name
        info = self._client.publish(topic, b"", qos=1, retain=False, properties=_dead_after(1))
        if info.rc != paho.MQTT_ERR_SUCCESS:
            return False
        try:
            await self._answer_to(info.mid, seconds)
        except LinkDown:
            return False
        return True  # a refusal is an answer

    async def batches(self) -> AsyncIterator[list[Received]]:
        """Yield the messages that have arrived, oldest first, at most the receive maximum at once."""
        while not self._stopping.is_set():
            await self._arrived.wait()
            self._arrived.clear()
            self._woken = False
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), self._receive_maximum))]
            if self._queue:
                self._arrived.set()
            self._drained.set()
            if batch:
                yield batch

    async def _answer_to(self, mid: int, seconds: float) -> ReasonCode:
        """The broker's PUBACK to one publish."""
        taken: asyncio.Future[ReasonCode] = self._loop.create_future()
        self._untaken[mid] = taken
        try:
            async with asyncio.timeout(seconds):
                return await taken
        except TimeoutError as error:
            raise LinkDown("the broker did not answer in time") from error
        finally:
            self._untaken.pop(mid, None)

    async def _stay_connected(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            await self._begin_generation()
            try:
                await asyncio.to_thread(self._connect)
                self._client.loop_start()
                await self._lost.wait()
            except Exception as error:  # noqa: BLE001 - whatever ended a connection, the next one is due
                log.warning("no connection to the broker: %s", error)
            if self.connected:
                pause = FIRST_PAUSE
            self._forget_connection()
            await asyncio.to_thread(self._client.loop_stop)
            await self._rest(pause * (0.5 + self._draw() / 2))
            pause = min(pause * 2, MAX_BACKOFF_SECONDS)

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _begin_generation(self) -> None:
        """Start a new numbering of messages, once the waiting messages of the old one are within the bound.

        Waiting messages are kept although the broker sends them again: a broker that was killed may have lost them
        (mosquitto saves queued and acked messages, not those in flight). Readers recognise duplicates by the device's
        own sequence number.
        """
        while len(self._queue) > self._receive_maximum and not self._stopping.is_set():
            self._drained.clear()
            await self._drained.wait()
        self._generation += 1
        self._client.reinitialise()  # closes the pipe to paho's thread, which paho leaves to the garbage collector
        self._client = self._new_client()  # paho would resend messages in flight, however late
        self._lost.clear()
        if self._stopping.is_set():
            self._lost.set()

    def _forget_connection(self) -> None:
        self._up.clear()
        for taken in self._untaken.values():
            if not taken.done():
                taken.set_exception(LinkDown("the connection ended before the broker answered"))

    def _connect(self) -> None:
        properties = _properties(
            PacketTypes.CONNECT, SessionExpiryInterval=SESSION_SECONDS, ReceiveMaximum=self._receive_maximum
        )
        self._client.connect(
            self._address.host, self._address.port, KEEPALIVE_SECONDS, clean_start=False, properties=properties
        )

    def _new_client(self) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            self._address.client_id,
            protocol=paho.MQTTv5,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        if self._address.tls:
            client.tls_set_context(self._address.tls)
        if self._address.user:
            client.username_pw_set(self._address.user, self._address.password)
        if self._address.will:
            client.will_set(*self._address.will, qos=1, retain=True)
        client.max_inflight_messages_set(1000)
        client.on_socket_open = _send_at_once
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    # The following methods are called in paho's thread.

    def _on_connect(self, client: paho.Client, _u: Any, _f: Any, reason: ReasonCode, _p: Any) -> None:
        if reason.is_failure:
            log.warning("the broker refused the connection: %s", reason)
            return
        # retain handling 1 (§3.8.3.1): retained messages are sent once per session, not at each reconnect
        options = SubscribeOptions(
            qos=1,
            retainAsPublished=self._as_published,
            retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB,
        )
        client.subscribe([(pattern, options) for pattern in self._addressing.subscriptions()])

    def _on_subscribe(self, _c: paho.Client, _u: Any, _m: int, _reasons: Any, _p: Any) -> None:
        self._loop.call_soon_threadsafe(self._up.set)

    def _on_disconnect(self, _c: paho.Client, _u: Any, _f: Any, _reason: ReasonCode, _p: Any) -> None:
        self._loop.call_soon_threadsafe(self._lost.set)

    def _on_publish(self, _c: paho.Client, _u: Any, mid: int, reason: ReasonCode, _p: Any) -> None:
        self._loop.call_soon_threadsafe(self._resolve, mid, reason)

    def _on_message(self, client: paho.Client, _u: Any, message: paho.MQTTMessage) -> None:
        if message.qos == 0 and len(self._queue) >= self._receive_maximum:
            self.dropped += 1
            return
        try:
            site, device, channel = self._addressing.place_of(message.topic)
        except BadTopic:
            self.misaddressed += 1
            client.ack(message.mid, message.qos)
            return
        ack = partial(self._ack, self._generation, message.mid, message.qos)
        self._queue.append(Received(site, device, channel, bytes(message.payload), message.retain, ack))
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._arrived.set)

    # The following methods run on the event loop.

    def _resolve(self, mid: int, reason: ReasonCode) -> None:
        taken = self._untaken.get(mid)
        if taken and not taken.done():
            taken.set_result(reason)

    def _ack(self, generation: int, mid: int, qos: int) -> None:
        """PUBACK the message; on a later connection its number denotes another message."""
        if generation == self._generation:
            self._client.ack(mid, qos)


def _send_at_once(_c: paho.Client, _u: Any, sock: Any) -> None:
    """TCP_NODELAY: without it a command's round trip takes 44 ms instead of 1."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@lru_cache(maxsize=64)
def _dead_after(seconds: int) -> Properties:
    """Properties of a command (message expiry), cached: paho takes longer to build than to send them."""
    return _properties(PacketTypes.PUBLISH, MessageExpiryInterval=seconds)


def _properties(packet: int, **values: int) -> Properties:
    """MQTT 5 properties of one packet (§2.2.2.2), by paho's names."""
    make: Any = Properties  # untyped in paho
    properties: Properties = make(packet)
    for name, value in values.items():
        setattr(properties, name, value)
    return properties
