"""The abilities of a lock, as its driver declares them."""

from typing import Final

from devices.driver import Ability
from devices.drivers import DRIVERS
from gateway.store import Device


def can(device: Device, ability: Ability) -> bool:
    """Whether the device's driver has this ability."""
    return ability in DRIVERS[device.driver].abilities


CODE_DRIVERS: Final = frozenset({"native"})


def takes_codes(device: Device) -> bool:
    """Whether the device is a lock in service that checks derived passcodes itself."""
    return device.kind == "lock" and device.revoked_at is None and device.driver in CODE_DRIVERS
