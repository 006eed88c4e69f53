"""Runs the devices of one folder in one process, with the actions of a tester."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from certs.enrolment.device_folder import find_device_folders, read_device_folder
from devices.wire.kiosk.registration import KioskRegistration
from firmware_sim.lock.lock import SimLock
from firmware_sim.registry_control import RegistryControl
from firmware_sim.station.assembly import assemble
from firmware_sim.station.faults import FaultSettings
from firmware_sim.station.kiosk import SimKiosk
from firmware_sim.station.station import Station


@dataclass(slots=True)
class Building:
    """Stations by device id, and the simulated registry beside them if there is one."""

    stations: dict[str, Station]
    auto_lock: float = 0.0
    registry: RegistryControl | None = None
    _moved_in: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def open(cls, folders: Iterable[Path], *, auto_lock: float = 0.0) -> "Building":
        """Create one station a device folder. Raises certs.errors.BadFolder."""
        building = cls({}, auto_lock)
        building.move_in(folders)
        return building

    def move_in(self, folders: Iterable[Path]) -> list[str]:
        """Add the devices of these folders not present yet; return their ids. Raises certs.errors.BadFolder."""
        read = [read_device_folder(path) for path in folders]
        new = {
            folder.device: Station(folder, assemble(folder), auto_lock=self.auto_lock)
            for folder in read
            if folder.device not in self.stations
        }
        self.stations |= new
        self._moved_in.set()
        return list(new)

    async def run(self) -> None:
        """Run every device until cancelled, including those added later."""
        started: set[str] = set()
        async with asyncio.TaskGroup() as group:
            while True:
                self._moved_in.clear()
                for device in self.stations.keys() - started:
                    group.create_task(self.stations[device].run())
                    started.add(device)
                await self._moved_in.wait()

    async def set_behaviour(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Change the registry's behaviour. Raises KeyError without a registry or for an unknown behaviour."""
        if self.registry is None:
            raise KeyError("registry")
        return await self.registry.set_behaviour(form)

    async def set_faults(self, device: str, changes: Mapping[str, Any], clock_lost: bool = False) -> FaultSettings:
        """Change a device's faults. Raises KeyError or pydantic.ValidationError."""
        station = self.stations[device]
        settings = station.faults.set(changes)
        if isinstance(station.mind, SimLock):
            await _touch_lock(station, station.mind, settings, changes)
        if "clock_skew" in changes:
            station.mind.clock.skew = settings.clock_skew
        if clock_lost:
            await station.play(station.mind.lose_clock())
        if "offline" in changes:
            await station.set_offline(settings.offline)
        if "out_of_range" in changes and station.air is not None:
            await station.air.set_in_range(not settings.out_of_range)
        return settings

    async def turn_knob(self, device: str) -> None:
        """Turn a lock's inside knob. Raises KeyError for an unknown lock."""
        station, mind = self._lock(device)
        await station.play(mind.turn_knob())

    async def enter_code(self, device: str, code: str) -> str | None:
        """Type a passcode: None if it opened, else the reason. Raises KeyError."""
        return await self.stations[device].enter_code(code)

    async def reset(self, device: str) -> None:
        """Press a device's pin hole: factory reset."""
        station = self.stations[device]
        await station.play(station.mind.factory_reset())

    async def register(self, device: str, registration: KioskRegistration) -> None:
        """Hand in a tenant's registration at a kiosk. Raises KeyError, QueueFull or BadMessage."""
        station = self.stations[device]
        if not isinstance(station.mind, SimKiosk):
            raise KeyError(device)
        await station.play(station.mind.register(registration))

    def _lock(self, device: str) -> tuple[Station, SimLock]:
        station = self.stations[device]
        if not isinstance(station.mind, SimLock):
            raise KeyError(device)
        return station, station.mind


def device_folders_at(path: Path) -> list[Path]:
    """Return the folder itself if it is a device's, else the device folders directly under it."""
    return [path] if (path / "device.json").exists() else find_device_folders(path)


def describe(station: Station) -> dict[str, Any]:
    """Return state, counters and last messages of a device, for a tester."""
    mind, folder = station.mind, station.folder
    reported: dict[str, Any] = {
        "device": folder.device,
        "site": folder.site,
        "kind": folder.kind,
        "online": station.online.is_set(),
        "clock": {"known": mind.clock.known, "now": mind.clock.now()},
        "waiting": mind.flash.waiting_count(),
        "counters": dict(station.counters),
        "faults": station.faults.settings.model_dump(),
        "log": list(station.log),
    }
    if isinstance(mind, SimLock):
        door = mind.door
        reported |= {"bolt": door.bolt, "door": door.door, "battery": door.battery, "movements": len(door.movements)}
        reported["firmware"] = mind.firmware.report()
        return reported | {"keys": [key.hex() for key in mind.flash.held_keys()], "epoch": mind.keyring.epoch}
    registration = mind.screen.get("registration", b"")
    return reported | {"screen": {**mind.screen, "registration": registration.hex()}}


async def _touch_lock(station: Station, lock: SimLock, settings: FaultSettings, changes: Mapping[str, Any]) -> None:
    if "jam" in changes:
        lock.door.jammed = settings.jam
    if "door_ajar" in changes:
        await station.play(lock.sense_door(settings.door_ajar))
    if "firmware" in changes:
        lock.firmware.fault = settings.firmware
    if "battery" in changes:
        await station.play(lock.sense_battery(settings.battery))
