"""Reads tables and test vectors of docs/wire-protocol.md as a firmware author would; imports no product code."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import cbor2

PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "wire-protocol.md"
_BLOCK: Final = r"<!-- {} {} -->\n(.*?)<!-- end of {} -->"
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_DEVICE: Final = re.compile(r"[a-z0-9-]{1,36}")


def block(sort: str, name: str) -> str:
    """Text between the markers of a table or of vectors; AssertionError where the page has none."""
    found = re.search(_BLOCK.format(sort, re.escape(name), sort), PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"the page has no {sort} {name}"
    return found[1]


@cache
def vectors(name: str) -> dict[str, Any]:
    """Values of a block of vectors: bytes, texts and integers."""
    lines = block("vectors", name).replace("\n  ", "").splitlines()
    pairs = (line.split(": ", 1) for line in lines if ": " in line)
    return {key: _value(text) for key, text in pairs}


def _value(text: str) -> bytes | str | int:
    if text.startswith('"'):
        return text.strip('"')
    return int(text) if text.isdigit() and len(text) in (1, 2, 6, 10) else bytes.fromhex(text)


@cache
def rows(name: str) -> list[list[str]]:
    """Cells of a table, without its header."""
    lines = [line.strip("|\n").split("|") for line in block("table", name).splitlines()]
    return [[cell.strip().strip("`") for cell in line] for line in lines[2:]]


@dataclass(frozen=True)
class Slot:
    """One row of a field table."""

    number: int
    name: str
    value: str
    needed: bool


@cache
def fields(name: str) -> dict[str, Slot]:
    """Fields of a map, by name."""
    return {row[1]: Slot(int(row[0]), row[1], row[2], row[3] == "yes") for row in rows(name)}


@cache
def types(name: str) -> dict[str, tuple[int, dict[str, Slot]]]:
    """Command or event types by name: number and fields of the body."""
    found: dict[str, tuple[int, dict[str, Slot]]] = {}
    slots: dict[str, Slot] = {}
    for number, type_, key, field, value, needed, _ in rows(name):
        if number:
            slots = {}
            found[type_] = (int(number), slots)
        else:
            slots[field] = Slot(int(key), field, value, needed == "yes")
    return found


def pack(slots: dict[str, Slot], **values: Any) -> dict[int, Any]:
    """Map from field numbers to values; AssertionError for values the page does not permit."""
    numbered = {slots[name].number: value for name, value in values.items()}
    check(slots, numbered)
    return numbered


def check(slots: dict[str, Slot], numbered: Any) -> dict[str, Any]:
    """Map from field names to values; AssertionError for values the page does not permit."""
    named: dict[str, Any] = {}
    for slot in slots.values():
        assert slot.number in numbered or not slot.needed, f"{slot.name} is needed"
        if slot.number in numbered:
            named[slot.name] = numbered[slot.number]
            assert allows(slot.value, named[slot.name]), f"{slot.name}: {slot.value}"
    assert len(named) == len(numbered), "a field that the page does not have"
    return named


def allows(words: str, value: Any) -> bool:
    """Whether a value has the form that a table describes."""
    if "list of" in words[:7]:
        head, _, inner = words.partition(": ")
        high = int(head.split()[-1])
        return type(value) is list and len(value) <= high and all(allows(inner, item) for item in value)
    if words.endswith(", or null"):
        return value is None or allows(words.removesuffix(", or null"), value)
    numbers = [int(number) for number in re.findall(r"-?\d+", words)]
    sort = words.split(maxsplit=1)[0].strip(",")
    if sort in ("map", "true", "one", "code", "device"):
        return _is_named(sort, words, value)
    low, high = (numbers[0], numbers[-1]) if sort != "text" else (0, numbers[0])
    kinds: dict[str, type] = {"integer": int, "bytes": bytes, "text": str}
    size = value if type(value) is int else len(value)
    return type(value) is kinds[sort] and bool(low <= size <= high)


def _is_named(sort: str, words: str, value: Any) -> bool:
    match sort:
        case "map":
            return type(value) is dict
        case "true":
            return type(value) is bool
        case "one":
            return value in re.findall(r"[a-z]+", words.removeprefix("one of"))
    pattern = _CODE if sort == "code" else _DEVICE
    return type(value) is str and pattern.fullmatch(value) is not None


def encode(value: Any) -> bytes:
    """Encode, as section 3 of the page defines."""
    return cbor2.dumps(value, canonical=True)


def decode(raw: bytes) -> Any:
    """Decode, as section 3 of the page defines; AssertionError for any other encoding."""
    value = cbor2.loads(raw)
    assert encode(value) == raw, "not the deterministic encoding"
    return value
