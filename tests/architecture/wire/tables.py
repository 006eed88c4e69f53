"""Prints the tables and vectors of docs/wire-protocol.md from the code: `python -m tests.architecture.wire.tables`."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from certs import cbor, credential, sealing
from certs.enrolment import claim
from devices.links.addressing import REPORT_CHANNELS
from devices.wire import catalog, chain, codec, fields, messages, offline, passcode, topics
from devices.wire.ble import fragments, gatt
from devices.wire.catalog import Shape
from devices.wire.fields import Field, Kind
from devices.wire.firmware import manifest, suit
from devices.wire.kiosk import chip, offer_question, registration
from tests.architecture.source import ROOT
from tests.architecture.wire.notes import ABOUT, KINDS, NOTES
from tests.architecture.wire.vectors import VECTORS

PAGE: Final = ROOT / "docs" / "wire-protocol.md"
BLOCK: Final = re.compile(r"<!-- (table|vectors) ([a-z ]+) -->\n.*?<!-- end of \1 -->\n", re.DOTALL)
LINE: Final = 96
_NAMED_KINDS: Final[dict[Kind, str]] = {
    fields.flag: "true or false",
    fields.code: "code",
    codec.is_map: "map",
    codec.is_device: "device id",
    codec.is_battery: "integer, 0 to 100, or null",
    chip.is_chip: f"list of 3: bytes, 1 to {chip.MAX_FILE}",
    registration.is_typed: f"map of {', '.join(f'`{name}`' for name in sorted(registration.TYPED_FIELDS))}"
    " (none needed) to text, up to 100",
    registration.is_facts: f"map of up to {registration.MAX_FACTS}: text, up to 60, to text, up to 120",
    registration.is_consents: "map, see there",
    offer_question.is_conditions: f"map of up to {offer_question.MAX_ASKS}: path, to a map of names, to lists of text",
    offer_question.is_tables: f"map of up to {offer_question.MAX_ASKS}: path, to text, up to 20",
}


def words_for(kind: Kind) -> str:
    """Permitted values of a field, in the page's wording."""
    if kind in _NAMED_KINDS:
        return _NAMED_KINDS[kind]
    made_by, given = kind.__qualname__.split(".")[0], inspect.getclosurevars(kind).nonlocals
    low, high = given.get("low"), given.get("high")
    match made_by:
        case "whole":
            return f"integer, always {low}" if low == high else f"integer, {low} to {high}"
        case "octets":
            return f"bytes, {low}" if low == high else f"bytes, {low} to {high}"
        case "text":
            return f"text, up to {high}"
        case "word":
            return "one of " + ", ".join(f"`{choice}`" for choice in given["choices"])
        case "several":
            return f"list of up to {high}: {words_for(given['kind'])}"
    raise TypeError(f"no wording for this kind of field: {made_by}")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def fields_table(name: str, listed: Sequence[Field]) -> str:
    """Table of the fields of one map."""
    rows = [
        [item.number, f"`{item.name}`", words_for(item.kind), _needed(item), NOTES[name][item.name]] for item in listed
    ]
    return table(["key", "name", "value", "needed", "meaning"], rows)


def types_table(sort: str, types: Mapping[str, Shape], about: Mapping[str, str]) -> str:
    """Table of all command or event types: one row each, followed by one row per field of its body."""
    rows: list[list[object]] = []
    for name, shape in types.items():
        notes = NOTES.get(f"{name} {sort}", NOTES.get(name, {}))
        rows.append([shape.number, f"`{name}`", "", "", "", "", about[name]])
        rows += [
            ["", "", item.number, f"`{item.name}`", words_for(item.kind), _needed(item), notes[item.name]]
            for item in shape.fields
        ]
    return table(["type", "name", "key", "field of the body", "value", "needed", "meaning"], rows)


def _needed(item: Field) -> str:
    return "" if item.optional else "yes"


def topics_table() -> str:
    """Table of channels and who publishes on them."""
    rows = [["`cmd`", f"`{topics.PREFIX}/<site>/<device>/cmd`", "gateway to device", "signed"]]
    rows += [
        [f"`{channel}`", f"`{topics.PREFIX}/<site>/<device>/{channel}`", "device to gateway",
         "`1` or `0`, not signed" if channel == "online" else "signed"]
        for channel in REPORT_CHANNELS
    ]  # fmt: skip
    return table(["channel", "topic", "direction", "payload"], rows)


def bluetooth_table() -> str:
    """Table of the GATT service."""
    rows = [
        ["service", f"`{gatt.SERVICE}`", "primary"],
        ["inlet", f"`{gatt.INLET}`", "write with response"],
        ["outlet", f"`{gatt.OUTLET}`", "notify"],
    ]
    return table(["", "UUID", "properties"], rows)


def seals_table() -> str:
    """Table of what each seal is bound to."""
    sealed_by: list[tuple[str, str, Callable[[str, str], bytes]]] = [
        ("`registration`", "the registration (16.1)", sealing.registration_context),
        ("`turns_wanted`", "the offer's token or code, UTF-8", sealing.turns_context),
        ("`offer_shown`", "the question (16.2)", sealing.question_context),
        ("screen `offer`", "the answer (16.2), sealed by the gateway", sealing.answer_context),
    ]
    rows = [[where, what, f"`{info('S', 'D').decode().split(chr(10))[0]}`"] for where, what, info in sealed_by]
    return table(["sealed in", "content", "purpose, first line of `info`"], rows)


def limits_table() -> str:
    """Table of maximum sizes and counts."""
    rows: list[tuple[str, object, str]] = [
        ("signed message from or to a lock", messages.LOCK_LIMIT, "bytes"),
        ("signed event from a kiosk, and signed command to one", messages.KIOSK_LIMIT, "bytes"),
        ("ack and state of a kiosk", messages.LOCK_LIMIT, "bytes"),
        ("key credential", credential.MAX_CREDENTIAL, "bytes"),
        ("certificates in one command", catalog.MAX_PEM, "bytes"),
        ("enrolment", claim.MAX_ENROLMENT, "bytes"),
        ("keys named in one message", catalog.MAX_KEYS, "keys"),
        ("envelope of a manifest", suit.MAX_ENVELOPE, "bytes"),
        ("image", manifest.MAX_IMAGE, "bytes"),
        ("bytes of an image in one command", catalog.MAX_CHUNK, "bytes"),
        ("nesting of CBOR", cbor.MAX_DEPTH, "levels"),
        ("digest in the log", chain.DIGEST, "bytes"),
        ("message over Bluetooth", fragments.MAX_MESSAGE, "bytes"),
        ("fragments of one", fragments.MAX_FRAGMENTS, "fragments"),
        ("carried command or ack", offline.MAX_CARRIED, "bytes"),
        ("passcode", passcode.DIGITS, "digits"),
        ("its window", passcode.LONGEST, "hours"),
        ("one-time codes looked at", passcode.ONCE_AHEAD, "from the base on"),
        ("base behind the highest used one", passcode.ONCE_SPAN, "numbers"),
        ("registration before it is sealed", registration.MAX_REGISTRATION, "bytes"),
        ("what sealing adds", sealing.OVERHEAD, "bytes"),
    ]
    return table(["what", "at most", "unit"], rows)


TABLES: Final[dict[str, Callable[[], str]]] = {
    "topics": topics_table,
    "command": lambda: fields_table("command", codec.COMMAND),
    "commands": lambda: types_table("command", catalog.COMMANDS, ABOUT),
    "ack": lambda: fields_table("ack", codec.ACK),
    "ack body": lambda: fields_table("ack body", catalog.ACK_BODY),
    "event": lambda: fields_table("event", codec.EVENT),
    "events": lambda: types_table("event", catalog.EVENTS, ABOUT),
    "state": lambda: fields_table("state", codec.STATE),
    "bluetooth": bluetooth_table,
    "bluetooth kinds": lambda: table(
        ["kind", "name", "meaning"], [[kind.value, f"`{kind.name}`", KINDS[kind.name]] for kind in gatt.Kind]
    ),
    "offline command": lambda: fields_table("offline command", offline.COMMAND),
    "offline answer": lambda: fields_table("offline answer", offline.ANSWER),
    "seals": seals_table,
    "registration": lambda: fields_table("registration", registration.REGISTRATION),
    "offer question": lambda: fields_table("offer question", offer_question.QUESTION),
    "offer answer": lambda: fields_table("offer answer", offer_question.SUMMARY),
    "codes": lambda: table(["code", "meaning"], [[f"`{code}`", why] for code, why in catalog.REFUSALS.items()]),
    "limits": limits_table,
}


def vectors_block(named: Mapping[str, Any]) -> str:
    """Names and values; bytes in hex, wrapped over several lines where long."""
    lines = ["```text"]
    for name, value in named.items():
        if isinstance(value, bytes):
            digits = value.hex()
            lines.append(f"{name}: {digits[:LINE]}")
            lines += [f"  {digits[start : start + LINE]}" for start in range(LINE, len(digits), LINE)]
        else:
            lines.append(f'{name}: "{value}"' if isinstance(value, str) else f"{name}: {value}")
    return "\n".join([*lines, "```\n"])


def page_as_the_code_has_it(text: str) -> str:
    """The page with every table and vector printed again; KeyError for a name that the code does not know."""

    def printed(block: re.Match[str]) -> str:
        sort, name = block.groups()
        content = TABLES[name]() if sort == "table" else vectors_block(VECTORS[name]())
        return f"<!-- {sort} {name} -->\n{content}<!-- end of {sort} -->\n"

    return BLOCK.sub(printed, text)


def names_on(text: str) -> set[str]:
    """Names of the tables and vectors that the page has markers for."""
    return {block[2] for block in BLOCK.finditer(text)}


def write_page(page: Path = PAGE) -> None:
    """Write all tables and vectors to the page."""
    page.write_text(page_as_the_code_has_it(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write_page()
