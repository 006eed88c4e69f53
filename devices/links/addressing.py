"""How MQTT topics name sites, devices and channels: ours here, a vendor's beside its driver."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from devices.wire.topics import PREFIX, Channel, Topic, format_topic, parse_topic

Place = tuple[str, str, str]  # site, device, channel
REPORT_CHANNELS = ("ack", "event", "state", "online")


class Addressing(Protocol):
    """One vendor's topics. Ids of sites and devices match ^[a-z0-9-]{1,36}$ whatever the vendor writes."""

    def subscriptions(self) -> Sequence[str]:
        """Topic filters under which devices speak."""

    def topic_of(self, place: Place) -> str:
        """Where to publish. Raises BadTopic."""

    def place_of(self, topic: str) -> Place:
        """Who spoke, and on which channel. Raises BadTopic."""


@dataclass(frozen=True, slots=True)
class LodgekeyTopics:
    """`lodgekey/v1/<site>/<device>/<channel>`; no sites means all."""

    sites: tuple[str, ...] = ()

    def subscriptions(self) -> list[str]:
        """What devices tell, of these sites."""
        return [f"{PREFIX}/{site}/+/{name}" for site in self.sites or ("+",) for name in REPORT_CHANNELS]

    def topic_of(self, place: Place) -> str:
        """As devices.wire says."""
        site, device, channel = place
        return format_topic(Topic(site, device, cast("Channel", channel)))

    def place_of(self, topic: str) -> Place:
        """As devices.wire says."""
        parsed = parse_topic(topic)
        return parsed.site, parsed.device, parsed.channel
