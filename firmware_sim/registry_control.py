"""Client of the simulated registry's control, which runs beside the devices."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware_sim.client import Answer, request

CONTROL_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class RegistryControl:
    """Control at `url` with `token`, as read from its control.json."""

    name: str
    url: str
    token: str

    @classmethod
    def read(cls, control_file: Path) -> "RegistryControl":
        """Read the control.json of a registry."""
        answered = json.loads(control_file.read_text())
        return cls(answered["registry"], answered["url"], answered["token"])

    async def set_behaviour(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Set the behaviour from {"behaviour", "times", "delay_s", "skip"}. Raises KeyError for an unknown one."""
        answer = await self._ask("POST", dict(form))
        if answer.status == 422:
            raise KeyError("behaviour")
        changed: dict[str, Any] = answer.require_ok().json()
        return changed

    async def behaviour(self) -> dict[str, Any]:
        """Return the present behaviour, and the supported ones."""
        answered: dict[str, Any] = (await self._ask("GET")).require_ok().json()
        return answered

    async def _ask(self, method: str, form: Mapping[str, Any] | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.url}/control/behaviour"
        return await request(method, url, json=form, headers=headers, timeout_s=CONTROL_TIMEOUT_SECONDS)
