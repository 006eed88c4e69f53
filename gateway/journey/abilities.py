"""What a lock can do, as its driver declares it."""

from devices.driver import Ability
from devices.drivers import DRIVERS
from gateway.store import Device


def can(device: Device, ability: Ability) -> bool:
    """Whether the device's driver claims this ability."""
    return ability in DRIVERS[device.driver].abilities
