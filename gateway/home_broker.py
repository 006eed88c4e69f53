"""The operator's own MQTT broker: where it is, and as whom the gateway comes."""

import ssl
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from devices.links.mqtt import BrokerAddress


class HomeBroker(BaseModel):
    """The operator's own MQTT 5 broker, where Nuki locks, Zigbee2MQTT and Home Assistant are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    port: int = Field(default=1883, ge=1, le=65535)
    site: str = Field(default="home", pattern=r"^[a-z0-9-]{1,36}$")
    user: str = ""
    password_file: Path | None = None
    tls: bool = False
    ca_file: Path | None = None
    home_assistant: bool = False  # whether our locks are told to Home Assistant there
    home_assistant_commands: bool = False  # and whether it may lock them, and unlock those that ask for no key

    def address(self, client_id: str, will: tuple[str, bytes] | None = None) -> BrokerAddress:
        """As whom to come. Files are read now."""
        password = self.password_file.read_text().strip() if self.password_file else ""
        tls = ssl.create_default_context(cafile=self.ca_file) if self.tls or self.ca_file else None
        return BrokerAddress(self.host, self.port, client_id, tls, self.user, password, will)
