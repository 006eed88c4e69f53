"""The way out of every state of a registration: what a person can do, and who can correct which field."""

import re
from collections.abc import Mapping
from typing import Final, Literal

Mender = Literal["tenant", "landlord", "officer"]
Action = Literal["correct", "send_again", "settle_outcome", "register_adult", "register_by_hand"]

# root of a field's path in the record -> who can correct it
MENDERS: Final[Mapping[str, tuple[Mender, ...]]] = {
    "people": ("tenant", "landlord", "officer"),
    "stay": ("landlord",),
    "unit": ("landlord",),
    "landlord": ("landlord",),
}
EVERYBODY: Final[tuple[Mender, ...]] = ("tenant", "landlord", "officer")
# state of a registration -> what a person can do; () where the gateway itself acts, or nothing is left to do
ACTIONS: Final[Mapping[str, tuple[Action, ...]]] = {
    "not_due": (),
    "waiting": ("register_adult", "correct"),
    "queued": (),
    "asking": (),
    "pending": (),
    "accepted": ("correct",),
    "partly": ("correct", "send_again"),
    "refused": ("correct", "send_again", "register_by_hand"),
    "unknown": ("settle_outcome",),
    "by_hand": ("register_by_hand", "correct"),
    "lapsed": (),
}


def menders_of(field: str) -> tuple[Mender, ...]:
    """Who can correct this field of a record; everybody where the registry named no field."""
    return MENDERS.get(re.split(r"[.\[]", field, maxsplit=1)[0], EVERYBODY)


def actions_for(state: str, *, replaced: bool) -> tuple[Action, ...]:
    """What a person can do about a record in this state; nothing once another was filed in its place."""
    return () if replaced else ACTIONS[state]
