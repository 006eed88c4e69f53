"""What was read, what was typed and what a person corrected, kept apart for each field; the last word counts."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from gateway.domain.documents import CHINESE
from gateway.domain.verification.document_numbers import normalise_number
from gateway.domain.verification.port import DocumentReading
from gateway.domain.verification.typed_fields import number_says

Sources = Mapping[str, Mapping[str, str]]
"""Field name or path -> source -> text; sources are READ, TYPED and CORRECTED."""

READ: Final = "read"
TYPED: Final = "typed"
CORRECTED: Final = "corrected"
ORDER: Final = (READ, TYPED, CORRECTED)
FACT: Final = "person."
SECOND_SURNAME: Final = f"{FACT}second_surname"
NAMES: Final = ("name", "surname", "given_names", SECOND_SURNAME)
_INTERPUNCTS: Final = re.compile("[•‧・⋅∙･᛫⸱]")


def gather(reading: DocumentReading | None, typed: Mapping[str, str], facts: Mapping[str, str]) -> Sources:
    """The sources of one submission; `facts` are paths of a person's record."""
    found: dict[str, dict[str, str]] = {}
    if reading is not None:
        read = {name: item.value for name, item in reading.fields.items()} | {"document_kind": reading.kind}
        for name, text in read.items():
            found.setdefault(name, {})[READ] = text
    given = {**typed, **{f"{FACT}{path}": text for path, text in facts.items()}}
    for name, text in given.items():
        if text.strip():
            found.setdefault(name, {})[TYPED] = text.strip()
    return found


def confirm(read: Mapping[str, str], given: Mapping[str, str]) -> Sources:
    """The sources of fields that were read, shown to a person and sent back: what they changed or emptied is typed."""
    sources = gather(None, given, {})
    for name, text in read.items():
        typed = {} if given.get(name) == text else {TYPED: given.get(name, "")}
        sources = {**sources, name: {READ: text, **typed}}
    return sources


def kept_here(sources: Sources, asked: Collection[str]) -> Sources:
    """The sources without what was read for a path this registry does not take.

    A second surname it does not take is the end of the surname.
    """
    found = {name: dict(texts) for name, texts in sources.items()}
    second = found.get(SECOND_SURNAME, {}).get(READ)
    if second and "second_surname" not in asked:
        found["surname"][READ] += f" {second}"
    for name in [name for name in found if name.startswith(FACT) and name.removeprefix(FACT) not in asked]:
        del found[name]
    return found


def correct(sources: Sources, changes: Mapping[str, str]) -> Sources:
    """The sources with a person's corrections; an empty text takes the field away."""
    found = {name: dict(texts) for name, texts in sources.items()}
    for name, text in changes.items():
        found.setdefault(name, {})[CORRECTED] = text.strip()
    return found


def conclude(sources: Sources) -> dict[str, str]:
    """The fields as they count, in one spelling, with what the document's number says of fields nobody gave.

    A name is either whole or in parts: of both, the one said later.
    """
    last = {name: _last(texts) for name, texts in sources.items()}
    whole, parts = _rank(sources, ("name",)), _rank(sources, ("surname", "given_names"))
    dropped = ("name",) if parts > whole else ("surname", "given_names") if whole > parts else ()
    fields = {name: _spelled(name, text) for name, text in last.items() if text and name not in dropped}
    if fields.get("document_kind") in CHINESE:
        fields.setdefault("issuing_state", "CHN")
    return number_says(fields.get("id_number", "")) | fields


def _last(texts: Mapping[str, str]) -> str:
    return next(texts[source] for source in reversed(ORDER) if source in texts)


def _rank(sources: Sources, names: tuple[str, ...]) -> int:
    """How late any of these fields was said; -1 if none was."""
    return max((ORDER.index(source) for name in names for source in sources.get(name, {})), default=-1)


def _spelled(name: str, text: str) -> str:
    """Numbers without separators; of the points that separate the parts of a name, always the middle dot."""
    if name == "id_number":
        return normalise_number(text)
    return _INTERPUNCTS.sub("·", text) if name in NAMES else text
