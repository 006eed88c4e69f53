"""How MQTT topics name sites, devices and channels: ours here, a vendor's beside its driver."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from devices.wire.topics import PREFIX, Channel, Topic, format_topic, parse_topic

Place = tuple[str, str, str]  # site, device, channel
REPORT_CHANNELS = ("ack", "event", "state", "online")


class Addressing(Protocol):
    """One vendor's topics. Site and device ids match ^[a-z0-9-]{1,36}$, whatever the vendor uses."""

    def subscriptions(self) -> Sequence[str]:
        """Topic filters on which devices publish."""

    def topic_of(self, place: Place) -> str:
        """Topic to publish to. Raises BadTopic."""

    def place_of(self, topic: str) -> Place:
        """Site, device and channel of a received message. Raises BadTopic."""


@dataclass(frozen=True, slots=True)
class LodgekeyTopics:
    """`lodgekey/v1/<site>/<device>/<channel>`; no sites means all sites."""

    sites: tuple[str, ...] = ()

    def subscriptions(self) -> list[str]:
        """Topic filters of the devices of these sites."""
        return [f"{PREFIX}/{site}/+/{name}" for site in self.sites or ("+",) for name in REPORT_CHANNELS]

    def topic_of(self, place: Place) -> str:
        """See devices.wire.topics."""
        site, device, channel = place
        return format_topic(Topic(site, device, cast("Channel", channel)))

    def place_of(self, topic: str) -> Place:
        """See devices.wire.topics."""
        parsed = parse_topic(topic)
        return parsed.site, parsed.device, parsed.channel
