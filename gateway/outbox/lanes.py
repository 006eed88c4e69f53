"""Names of lanes. Deliveries in one lane keep their order."""


def keys(device_id: str) -> str:
    """Keys put on and dropped from one lock."""
    return f"keys:{device_id}"


def clock(device_id: str) -> str:
    """The time for one device; separate, so that it never waits behind a key."""
    return f"clock:{device_id}"


def certificates(device_id: str) -> str:
    """Roots and certificates for one device; separate, so that they never wait behind a key."""
    return f"certificates:{device_id}"


def firmware(device_id: str) -> str:
    """Firmware for one device; separate, so that no key, unlock or certificate ever waits behind an image."""
    return f"firmware:{device_id}"


def unlock(command_id: str) -> str:
    """One unlock, in a lane of its own: it waits for nothing, and nothing waits for it."""
    return f"unlock:{command_id}"


def slot(device_id: str, number: int) -> str:
    """The PINs of one slot of one lock: one is removed before the next is put."""
    return f"slot:{device_id}:{number}"


def screen(device_id: str) -> str:
    """Screens for one kiosk."""
    return f"screen:{device_id}"


def registry(name: str, stay_id: str) -> str:
    """The records of one stay at one registry."""
    return f"registry:{name}:{stay_id}"


def of_device(device_id: str) -> tuple[str, ...]:
    """All permanent lanes of a device."""
    return keys(device_id), clock(device_id), certificates(device_id), firmware(device_id), screen(device_id)
