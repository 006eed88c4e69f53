"""Description of a simulated registry; each has one SIMULATOR, in the `service` of its folder."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI

from firmware_sim.registries.behaviour import BehaviourSwitch
from firmware_sim.registries.store import RecordStore


@dataclass(frozen=True, slots=True)
class Simulator:
    """One simulated registry: application, path and adapter settings.

    `settings`: the adapter's, besides url and token_file. `secrets`: adapter settings that hold the secret's path too.
    `signs`: the adapter signs with the secret and reads it as whsec_…, not raw. `facts`: those that a record needs and
    a passport lacks, by path.
    """

    name: str
    app: Callable[[RecordStore, str, BehaviourSwitch], FastAPI]
    path: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    signs: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
