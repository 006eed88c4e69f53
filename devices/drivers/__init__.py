"""Every lock vendor there is a driver for, by the name under which a lock is enrolled."""

from typing import Final

from devices.drivers.native import NativeDriver

DRIVERS: Final = {"native": NativeDriver}
