"""Starts a simulated registry as a process of its own and provides its control interface."""

import json
import os
import selectors
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

_READY_WITHIN_S = 60.0  # a process that starts on a machine with all its cores busy


@dataclass(frozen=True, slots=True)
class SimulatedRegistry:
    """One running simulator: address, secret, behaviour and books."""

    url: str
    token: str
    token_file: str
    ca_file: str = ""
    settings: dict[str, str] = field(default_factory=dict)  # settings of the adapter
    facts: dict[str, str] = field(default_factory=dict)  # facts of a record that was read from a passport

    @property
    def adapter_settings(self) -> dict[str, str]:
        """The settings that have a value."""
        return {key: text for key, text in self.settings.items() if text}

    def set_behaviour(self, behaviour: str, *, times: int | None = None, delay_s: float = 0.0, skip: int = 0) -> None:
        """Set its behaviour."""
        self._post("behaviour", {"behaviour": behaviour, "times": times, "delay_s": delay_s, "skip": skip})

    def decide(self) -> None:
        """Decide all pending records."""
        self._post("decide", {})

    def alter(self, receipt: str, done: str, *, old: str = "", new: str = "") -> None:
        """Have somebody else change a record."""
        self._post("alter", {"receipt": receipt, "done": done, "old": old, "new": new})

    def books(self) -> list[dict[str, Any]]:
        """All rows of its books."""
        answer = httpx.get(
            f"{self.url}/control/records", headers=self._headers(), verify=self._trust(), trust_env=False
        )
        rows: list[dict[str, Any]] = answer.raise_for_status().json()
        return rows

    def _post(self, what: str, body: dict[str, Any]) -> None:
        answer = httpx.post(
            f"{self.url}/control/{what}", json=body, headers=self._headers(), verify=self._trust(), trust_env=False
        )
        answer.raise_for_status()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _trust(self) -> ssl.SSLContext | bool:
        return ssl.create_default_context(cafile=self.ca_file) if self.ca_file else True


@contextmanager
def running_registry(
    name: str, folder: Path, tls: tuple[Path, Path, Path] | None = None
) -> Iterator[SimulatedRegistry]:
    """A simulator that runs until the block ends; tls: certificate, key, CA."""
    command = [sys.executable, "-m", "firmware_sim.registries", name, "--dir", str(folder)]
    if tls:
        command += ["--cert", str(tls[0]), "--key", str(tls[1])]
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            ready = json.loads(_first_line(process))
            token = Path(ready["token_file"]).read_text()
            ca_file = str(tls[2]) if tls else ""
            settings = {**ready["settings"], "ca_file": ca_file, "timeout_s": "5"}
            yield SimulatedRegistry(ready["url"], token, ready["token_file"], ca_file, settings, ready["facts"])
        finally:
            process.terminate()
            process.wait(10)


def _first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(_READY_WITHIN_S):
            raise TimeoutError("the simulated registry did not become ready")
    return process.stdout.readline()
