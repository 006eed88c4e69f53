"""Catalog of the simulated registries, by the name that settings and units use."""

from importlib import import_module
from typing import cast

from firmware_sim.registries.simulator import Simulator


def _simulator_of(folder: str) -> Simulator:
    return cast("Simulator", import_module(f"firmware_sim.registries.{folder}.service").SIMULATOR)


# One line a registry: its folder beside this file.
SIMULATORS: dict[str, Simulator] = {
    simulator.name: simulator
    for simulator in (
        _simulator_of("sandbox"),
        _simulator_of("spain"),
        _simulator_of("italy"),
        _simulator_of("ross1000"),
        _simulator_of("portugal"),
        _simulator_of("czechia"),
        _simulator_of("slovenia"),
        _simulator_of("croatia"),
        _simulator_of("china"),
        _simulator_of("webhook"),
    )
}
