"""The states of a firmware update on a device, and what may follow each."""

from typing import Final, Literal

FirmwareState = Literal["idle", "receiving", "received", "installing", "trial", "confirmed", "rolled_back", "refused"]
# idle: never updated. A manifest begins the reception anew in every state without a boot under way.
NEXT: Final[dict[str, tuple[FirmwareState, ...]]] = {
    "idle": ("receiving",),
    "receiving": ("receiving", "received"),
    "received": ("receiving", "installing", "refused"),
    "installing": ("trial", "rolled_back"),
    "trial": ("confirmed", "rolled_back"),
    "confirmed": ("receiving",),
    "rolled_back": ("receiving",),
    "refused": ("receiving",),
}
BOOTING: Final = ("installing", "trial")
