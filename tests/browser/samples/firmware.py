"""The page of firmware with a fleet of two versions and a roll-out that stopped."""

from typing import Any, Final

NOW: Final = 1_790_000_000
COUNTS: Final = {"waiting": 1, "confirmed": 4, "failed": 1, "under_way": 0}
FIRMWARE_PAGE: Final[dict[str, Any]] = {
    "role": "tester",
    "versions": [
        {
            "firmware": "lodgekey-sim-lock 1",
            "devices": ["lock-101"],
            "support_ends_at": NOW,
            "past_support": True,
            "fixed": 1,
        },
        {
            "firmware": "lodgekey-sim-lock 2.0",
            "devices": ["lock-102", "lock-103"],
            "support_ends_at": None,
            "past_support": False,
            "fixed": 0,
        },
    ],
    "images": [],
    "roll_outs": [
        {
            "id": "5b1c",
            "model": "sim-lock",
            "version": "2.1",
            "state": "stopped",
            "reason": "too_many_failures",
            "percent": 50,
            "counts": COUNTS,
            "devices": [
                {"device": "lock-102", "state": "failed", "reason": "self_check_failed"},
                {"device": "lock-103", "state": "waiting", "reason": "guest"},
            ],
        },
        {
            "id": "4a0b",
            "model": "sim-lock",
            "version": "2.0",
            "state": "finished",
            "reason": None,
            "percent": 100,
            "counts": COUNTS | {"waiting": 0, "failed": 0},
            "devices": [],
        },
    ],
    "faults": [],
}
