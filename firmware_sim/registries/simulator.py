"""What a simulated registry says of itself; each has one SIMULATOR, in the `service` of its folder."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI

from firmware_sim.registries.behaviour import BehaviourSwitch
from firmware_sim.registries.store import RecordStore


@dataclass(frozen=True, slots=True)
class Simulator:
    """One simulated registry: its application, its path, how an adapter is set up for it and whom it knows.

    `settings`: the adapter's, besides url and token_file. `secrets`: its settings that are the path of the secret too.
    `signs`: an adapter signs with the secret and reads it as whsec_…, not as it is. `facts`: what a passport does not
    say and a record must, by path.
    """

    name: str
    app: Callable[[RecordStore, str, BehaviourSwitch], FastAPI]
    path: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    signs: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
