"""Facts that an authority takes as codes of a table of its own: searched by name, and a name turned into its code."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import Final, cast

from gateway.domain.errors import InputRefused
from gateway.registries import REGISTRIES
from gateway.registries.fetched_tables import changes
from gateway.texts.identity import REASON

MAX_FOUND: Final = 20
MIN_LETTERS: Final = 2
SHORT_TABLE: Final = 60  # entries, which a form lists whole


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an authority's table: its code, its name with what tells namesakes apart, and its words folded."""

    code: str
    name: str
    words: tuple[str, ...]


def has_table(registries: Sequence[str], path: str) -> bool:
    """Whether one of these registries takes a code of a table at this path of a person."""
    return _place(registries, path) is not None


def short_tables(registries: Sequence[str], on: date) -> dict[str, tuple[Entry, ...]]:
    """By path, the entries in force on this day, or () where the table is too long to be listed whole."""
    paths = dict.fromkeys(path for name in registries for path in REGISTRIES[name].code_tables)
    tables = {path: _entries(_place(registries, path), on) for path in paths}
    return {path: entries if len(entries) <= SHORT_TABLE else () for path, entries in tables.items()}


def all_names(registry: str, path: str, on: date) -> list[str]:
    """The names of the entries in force on this day, in the order of the table."""
    return [entry.name for entry in _entries(_place([registry], path), on)]


def search_codes(
    registries: Sequence[str], path: str, text: str, on: date, limit: int = MAX_FOUND
) -> tuple[Entry, ...]:
    """Entries in force on this day with a word that begins with each word of `text`; the closest names come first.

    Empty for fewer than two letters. `limit` is at most 20.
    """
    words = _fold(text)
    if sum(map(len, words)) < MIN_LETTERS:
        return ()
    found = [entry for entry in _entries(_place(registries, path), on) if _begins(entry.words, words)]
    found.sort(key=lambda entry: (*_distance(entry, words), entry.words))
    return tuple(islice(found, min(limit, MAX_FOUND)))


def coded(registries: Sequence[str], facts: Mapping[str, str], on: date) -> dict[str, str]:
    """The facts with the name of an entry replaced by its code.

    Raises InputRefused with the fields whose text is no entry's code or name, or the name of several.
    """
    given, problems = dict(facts), []
    for path, text in facts.items():
        if not text.strip() or not has_table(registries, path):
            continue
        entries = _entries(_place(registries, path), on)
        codes = _codes_of(entries, text)
        if len(codes) == 1:
            given[path] = codes[0]
        else:
            unread = "code_unknown" if entries else "code_table_unread"
            problems.append({"field": path, "code": "code_of_several" if codes else unread})
    if problems:
        raise InputRefused(REASON[problems[0]["code"]], fields=problems)
    return given


def _codes_of(entries: tuple[Entry, ...], text: str) -> list[str]:
    words = _fold(text)
    exact = [entry.code for entry in entries if entry.code == text.strip() or entry.words == words]
    return exact[:1] or [entry.code for entry in entries if _same(entry, words)]


def _same(entry: Entry, words: tuple[str, ...]) -> bool:
    """Whether these are all words of the name, or of one of the names of a bilingual place, in any order."""
    own = own_name(entry)
    return any(sorted(_fold(name)) == sorted(words) for name in (entry.name, own, *own.split("/")))


def _distance(entry: Entry, words: tuple[str, ...]) -> tuple[bool, bool, bool]:
    """The order of found entries: the name itself, names that begin so, then other words of names, then the rest."""
    own = _fold(own_name(entry))
    begins = len(own) >= len(words) and all(word.startswith(start) for word, start in zip(own, words, strict=False))
    return not _same(entry, words), not begins, not _begins(own, words)


def own_name(entry: Entry) -> str:
    """The name without what tells namesakes apart: "Alicante/Alacant"."""
    return entry.name.rpartition(" (")[0] or entry.name


def _begins(words: tuple[str, ...], begun: tuple[str, ...]) -> bool:
    return all(any(word.startswith(start) for word in words) for start in begun)


def _fold(text: str) -> tuple[str, ...]:
    """The words of a name, without case, accents and signs."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return tuple("".join(char if char.isalnum() else " " for char in plain.casefold()).split())


def _place(registries: Sequence[str], path: str) -> str | None:
    """Where the first of these registries with a table at this path has it, as "module:function"."""
    return next((found for name in registries if (found := REGISTRIES[name].code_tables.get(path))), None)


def _entries(place: str | None, on: date) -> tuple[Entry, ...]:
    return _folded(place, on, changes()) if place else ()


@lru_cache(maxsize=16)
def _folded(place: str, on: date, _changes: int) -> tuple[Entry, ...]:
    module, _, name = place.partition(":")
    named = cast("Iterable[tuple[str, str]]", getattr(import_module(module), name)(on))
    return tuple(Entry(code, text, _fold(text)) for code, text in named)
