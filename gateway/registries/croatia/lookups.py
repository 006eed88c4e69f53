"""eVisitor's lists that only an account can read: border crossings, and the codes of kinds of document."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from gateway.registries.fetched_tables import Entries, kept

CROSSINGS: Final = "evisitor-border-crossings"
DOCUMENT_IDS: Final = "evisitor-document-ids"
CROSSINGS_AT: Final = "Rest/Htz/BorderCrossingHRlookup/"
DOCUMENTS_AT: Final = "Rest/Htz/DocumentTtypeLookup/"
CROATIAN_PASSPORT: Final = "f0fd87a5-1b1a-480d-8393-8427a8d42bc1"
"""The identifier of "Osobna putovnica (domaća)" in eVisitor: its code is in no public copy of the list."""


class BadList(ValueError):
    """The answer is not a list of eVisitor."""


def crossing_names(_: date) -> Entries:
    """The border crossings in use, by code."""
    return kept(CROSSINGS)


def croatian_passport() -> str:
    """The code of a Croatian passport; "" while the list was not read, or where it has none."""
    return next((code for code, identifier in kept(DOCUMENT_IDS) if identifier == CROATIAN_PASSPORT), "")


def crossings_of(answer: Any) -> Entries:
    """The code and the name of each crossing in use; namesakes with their type or code. Raises BadList."""
    rows = [(*_texts(row, "CodeMI", "Name"), str(row.get("BorderCrossingType") or "")) for row in _active(answer)]
    names = Counter(name for _, name, _ in rows)
    typed = [(code, f"{name} ({kind})" if kind and names[name] > 1 else name) for code, name, kind in rows]
    twice = Counter(name for _, name in typed)
    return tuple(sorted((code, f"{name} ({code})" if twice[name] > 1 else name) for code, name in typed))


def document_ids_of(answer: Any) -> Entries:
    """The code and the identifier of each kind of document in use. Raises BadList."""
    rows = (_texts(row, "Code", "ID") for row in _active(answer))
    return tuple(sorted((code, identifier.lower()) for code, identifier in rows))


def _active(answer: Any) -> Sequence[Mapping[str, Any]]:
    """The rows of a list that are in use: {"Records": [{"Active": true, …}, …]}."""
    records = answer.get("Records") if isinstance(answer, dict) else None
    if not isinstance(records, list) or not all(isinstance(row, dict) for row in records):
        raise BadList("the answer has no list of records")
    return [row for row in records if row.get("Active") is True]


def _texts(row: Mapping[str, Any], *names: str) -> tuple[str, str]:
    first, second = (row.get(name) for name in names)
    if not (isinstance(first, str) and isinstance(second, str) and first.strip() and second.strip()):
        raise BadList(f"a record lacks {' or '.join(names)}")
    return first.strip(), second.strip()
