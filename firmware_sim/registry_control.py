"""The way to the simulated registry that runs beside the devices: its control, for the tester's behaviours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

CONTROL_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class RegistryControl:
    """Reached at `url` with `token`, as its control.json says."""

    name: str
    url: str
    token: str

    @classmethod
    def read(cls, control_file: Path) -> "RegistryControl":
        """The one that wrote this file."""
        answered = json.loads(control_file.read_text())
        return cls(answered["registry"], answered["url"], answered["token"])

    async def set_behaviour(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Change its behaviour as {"behaviour", "times", "delay_s", "skip"}; KeyError for one it does not know."""
        async with self._control() as control:
            answer = await control.post("/control/behaviour", json=dict(form))
        if answer.status_code == 422:
            raise KeyError("behaviour")
        answer.raise_for_status()
        changed: dict[str, Any] = answer.json()
        return changed

    async def behaviour(self) -> dict[str, Any]:
        """Its behaviour now, and those it knows."""
        async with self._control() as control:
            answer = (await control.get("/control/behaviour")).raise_for_status()
        answered: dict[str, Any] = answer.json()
        return answered

    def _control(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=CONTROL_TIMEOUT_SECONDS, trust_env=False)
