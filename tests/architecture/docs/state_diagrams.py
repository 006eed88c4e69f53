"""Writes docs/states.md from the state tables in the code: `python -m tests.architecture.docs.state_diagrams`."""

from collections.abc import Iterable, Mapping
from typing import Final

from certs.authority.generations import NEXT_PHASE
from devices.wire.firmware.states import NEXT
from gateway.domain.firmware import ROLL_OUT_STATES, UPDATE_STATES
from gateway.domain.keys.key import KEY_STATES
from gateway.domain.stays.offer import OFFER_STATES
from gateway.domain.stays.stay import STAY_STATES
from gateway.journey.filings.answers import SETTLED_BY_A_PERSON
from gateway.outbox.deliveries import SETTLED
from tests.architecture.source import ROOT

PAGE: Final = ROOT / "docs" / "states.md"
HEAD: Final = """# States

Drawn from the tables in the code; a test fails where page and table differ
(`python -m tests.architecture.docs.state_diagrams` writes the page).
"""


def followers_diagram(states: Mapping[str, Iterable[str]], first: str) -> list[str]:
    """Mermaid state diagram of a table that maps each state to those that may follow it."""
    lines = ["stateDiagram-v2", f"  [*] --> {first}"]
    for state, following in states.items():
        after = sorted(following)
        lines += [f"  {state} --> {name}" for name in after] or [f"  {state} --> [*]"]
    return lines


def key_table() -> str:
    """Table of the displayed key state by desired and observed state of the lock."""
    rows = ["| wanted | the lock said | shown as |", "|---|---|---|"]
    rows += [f"| {desired} | {observed} | {state} |" for (desired, observed), state in KEY_STATES.items()]
    return "\n".join(rows)


def section(title: str, where: str, text: str, lines: list[str]) -> str:
    """One heading with its diagram."""
    return f"\n## {title}\n\n`{where}`. {text}\n\n```mermaid\n" + "\n".join(lines) + "\n```\n"


def firmware_sections() -> list[str]:
    """The three tables of an update of firmware."""
    return [
        section(
            "Firmware on a lock",
            "devices/wire/firmware/states.py",
            "The lock's own states, which it reports; section 17 of the wire protocol says what leads to each.",
            followers_diagram(NEXT, "idle"),
        ),
        section(
            "Update of a lock in a roll-out",
            "gateway/domain/firmware.py",
            "A lock that is away, in use or short of battery waits. Only its own reports confirm or fail it.",
            followers_diagram(UPDATE_STATES, "waiting"),
        ),
        section(
            "Roll-out of firmware",
            "gateway/domain/firmware.py",
            "It stops by itself above its limit of failures, and goes on only when a person resumes it.",
            followers_diagram(ROLL_OUT_STATES, "running"),
        ),
    ]


def page() -> str:
    """Content of docs/states.md."""
    deliveries = {"owed": [*SETTLED.values(), "owed"], "unknown": [*SETTLED_BY_A_PERSON.values()]}
    deliveries |= {state: [] for state in SETTLED.values() if state not in deliveries}
    phases: dict[str, list[str]] = {phase: [following] for phase, following in NEXT_PHASE.items()}
    return "".join(
        (
            HEAD,
            section(
                "Stay",
                "gateway/domain/stays/stay.py",
                "The first opening of the door makes an offered stay active.",
                followers_diagram(STAY_STATES, "offered"),
            ),
            section(
                "Offer",
                "gateway/domain/stays/offer.py",
                "One registration uses an offer up.",
                followers_diagram(OFFER_STATES, "open"),
            ),
            section(
                "Delivery",
                "gateway/outbox/deliveries.py",
                "An attempt that failed stays owed and is made again; an unknown outcome waits for a person, who "
                "settles it or has it sent again.",
                followers_diagram(deliveries, "owed"),
            ),
            section(
                "Rotation of the certificate authority",
                "certs/authority/generations.py",
                "Each step can be rolled back until the last.",
                followers_diagram(phases, "standby"),
            ),
            *firmware_sections(),
            "\n## Key\n\n`gateway/domain/keys/key.py`. A key has no table of steps: its state is what is wanted of the "
            "lock against what the lock itself said last.\n\n",
            key_table(),
            "\n",
        )
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
