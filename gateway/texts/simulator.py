"""Names of behaviours, faults and messages of simulated devices in the tester's console."""

from collections.abc import Mapping
from typing import Final

from gateway.texts.marks import N_, NP_

MESSAGE_WAY: Final[Mapping[str, str]] = {
    "in": N_("received"),
    "out": NP_("message", "sent"),
    "lost": N_("lost"),
}
ACTION: Final[Mapping[str, str]] = {
    "knob": N_("Turn the knob"),
    "reset": N_("Factory reset"),
}
BEHAVIOUR: Final[Mapping[str, str]] = {
    "normal": N_("Normal"),
    "refuse": N_("Rejects"),
    "partial": N_("Accepts in part"),
    "late": N_("Decides later"),
    "silent": N_("Receives, then disconnects"),
    "hang": N_("Receives, does not answer"),
    "twice": N_("Answers twice"),
    "two_receipts": N_("Two contradicting receipts"),
    "down": N_("Down"),
    "broken": N_("Error page"),
    "huge": N_("Endless answer"),
    "malformed": N_("Unreadable answer"),
    "redirect": N_("Redirects to an internal address"),
}
FAULT: Final[Mapping[str, str]] = {
    "range": N_("Out of Bluetooth range"),
    "offline": NP_("fault", "Offline"),
    "battery": N_("Low battery"),
    "jam": N_("Jammed"),
    "ajar": N_("Door ajar"),
    "skew": N_("Clock skew"),
    "drop": N_("Drop messages"),
    "duplicate": N_("Duplicate messages"),
    "delay": N_("Delay messages"),
    "reorder": N_("Reorder messages"),
    "lost": N_("Lose acknowledgement"),
    "clock": N_("Lose the time"),
    "none": N_("Clear faults"),
}
