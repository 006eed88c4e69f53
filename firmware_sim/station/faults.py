"""Injected faults around a device, settable while it runs; all randomness comes from one seed."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from firmware_sim.device.speech import Outgoing
from firmware_sim.firmware.update import FirmwareFault

Probability = Annotated[float, Field(ge=0, le=1)]


class FaultSettings(BaseModel):
    """Faults of one device. Probabilities apply to each message it sends; delays are milliseconds."""

    model_config = ConfigDict(extra="forbid", strict=True)

    offline: bool = False
    out_of_range: bool = False
    jam: bool = False
    door_ajar: bool = False
    battery: Annotated[int, Field(ge=0, le=100)] = 100
    clock_skew: Annotated[int, Field(ge=-86400, le=86400)] = 0
    drop: Probability = 0.0
    duplicate: Probability = 0.0
    delay_ms: Annotated[int, Field(ge=0, le=60_000)] = 0
    reorder: Probability = 0.0
    lost_answers: Annotated[int, Field(ge=0, le=1000)] = 0
    firmware: FirmwareFault = "none"
    seed: int = 0


@dataclass(slots=True)
class Faults:
    """The present faults, and the random generator that decides on each message."""

    settings: FaultSettings = field(default_factory=FaultSettings)
    chance: random.Random = field(default_factory=lambda: random.Random(0))

    def set(self, changes: Mapping[str, Any]) -> FaultSettings:
        """Change settings. Raises pydantic.ValidationError and changes nothing if one is invalid."""
        self.settings = FaultSettings.model_validate({**self.settings.model_dump(), **changes})
        if "seed" in changes:
            self.chance = random.Random(self.settings.seed)
        return self.settings

    def delays(self) -> list[float]:
        """Return the delay in seconds of each copy of a message; empty if it is lost."""
        settings = self.settings
        if self.chance.random() < settings.drop:
            return []
        delay = settings.delay_ms / 1000
        if self.chance.random() < settings.reorder:
            delay += 0.05 + self.chance.random() / 10  # long enough for later ones to overtake it
        copies = 2 if self.chance.random() < settings.duplicate else 1
        return [delay] * copies

    def loses_answer(self, message: Outgoing) -> bool:
        """Return whether this ack is one of those to lose for good; each is counted once."""
        if message.channel != "ack" or message.kind != "done" or not self.settings.lost_answers:
            return False
        self.settings.lost_answers -= 1
        return True
