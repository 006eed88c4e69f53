"""MQTT topics: `lodgekey/v1/<site>/<device>/<channel>`. Ids contain no wildcard and no separator."""

import re
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from devices.wire.errors import BadTopic

Channel = Literal["cmd", "ack", "event", "state", "online"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
IDENTIFIER = re.compile(r"[a-z0-9-]{1,36}\Z")
PREFIX = "lodgekey/v1"


@dataclass(frozen=True, slots=True)
class Topic:
    """Site, device and channel of a message; raises BadTopic for an invalid one."""

    site: str
    device: str
    channel: Channel

    def __post_init__(self) -> None:
        """Refuse wildcards, separators and unknown channels."""
        if not IDENTIFIER.match(self.site) or not IDENTIFIER.match(self.device):
            raise BadTopic("ids are 1 to 36 of a-z, 0-9 and -")
        if self.channel not in CHANNELS:
            raise BadTopic("no such channel")


def format_topic(topic: Topic) -> str:
    """The topic as text."""
    return f"{PREFIX}/{topic.site}/{topic.device}/{topic.channel}"


def parse_topic(text: str) -> Topic:
    """The Topic whose `format_topic` is this text; raises BadTopic."""
    parts = text.split("/")
    if len(parts) != 5 or parts[:2] != PREFIX.split("/"):
        raise BadTopic("not a topic of this program")
    return Topic(parts[2], parts[3], cast("Channel", parts[4]))
