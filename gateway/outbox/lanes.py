"""Names of the lanes in which deliveries keep their order."""


def keys(device_id: str) -> str:
    """Keys put on and dropped from one lock, one after the other."""
    return f"keys:{device_id}"


def clock(device_id: str) -> str:
    """The time for one device: never behind a key that waits."""
    return f"clock:{device_id}"


def certificates(device_id: str) -> str:
    """Roots and certificates for one device: never behind a key that waits."""
    return f"certificates:{device_id}"


def unlock(command_id: str) -> str:
    """One unlock: it waits behind nothing, and nothing waits behind it."""
    return f"unlock:{command_id}"


def slot(device_id: str, number: int) -> str:
    """The PINs of one slot of one lock: what is in it is gone before another comes."""
    return f"slot:{device_id}:{number}"


def screen(device_id: str) -> str:
    """What one kiosk is to show."""
    return f"screen:{device_id}"


def registry(name: str, stay_id: str) -> str:
    """The records of one stay at one registry."""
    return f"registry:{name}:{stay_id}"


def of_device(device_id: str) -> tuple[str, ...]:
    """Every lasting lane of a device."""
    return keys(device_id), clock(device_id), certificates(device_id), screen(device_id)
