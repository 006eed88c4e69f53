"""Access to the control of simulated devices that run beside a gateway."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from api.client import Answer, Client

CONTROL_FILE = "control.json"


@dataclass(frozen=True, slots=True)
class Control:
    """The address of a building's control, and its bearer token."""

    url: str
    token: str

    @classmethod
    def read(cls, devices: Path) -> Self | None:
        """Return the control of the building that runs from this folder; None if none runs."""
        try:
            control = json.loads((devices / CONTROL_FILE).read_text())
            return cls(control["url"], control["token"])
        except (OSError, ValueError):
            return None

    async def ask(self, method: str, path: str, given: Any = None, *, timeout_s: float) -> Answer:
        """Return the answer, whatever the status, within `timeout_s` seconds. Raises RequestFailed without one."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with Client(self.url, timeout_s=timeout_s, headers=headers) as client:
            return await client.request(method, path, json=given)
