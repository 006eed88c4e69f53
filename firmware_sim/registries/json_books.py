"""What the registries that take JSON do alike: file each reference once, and answer from the books."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fastapi.responses import JSONResponse

from firmware_sim.registries.behaviour import Behaviour
from firmware_sim.registries.store import RecordStore, Row

Refusal = tuple[str, str]  # code, sentence


@dataclass(frozen=True, slots=True)
class Filing:
    """One filing as the books keep it; fault is the first rule it breaks that its layout cannot say."""

    reference: str
    body: str
    people: list[str]
    fault: Refusal | None


@dataclass(frozen=True, slots=True)
class Layout:
    """One registry's own JSON and words.

    `other_record`: another filing came under this reference. `refused` and `person_refused`: by the behaviour in force.
    `pending`: the answer while a lot waits so many seconds. `answer`: the receipt of a lot. `contradiction`: the same
    with another number. `list_name`: what the list of receipts is called. `status`: of an answer with receipts.
    """

    other_record: Refusal
    refused: Refusal
    person_refused: Refusal
    error: Callable[[str, str], JSONResponse]
    pending: Callable[[str, int], dict[str, Any]]
    answer: Callable[[list[Row]], dict[str, Any]]
    contradiction: Callable[[dict[str, Any]], dict[str, Any]]
    list_name: str
    status: int = 200


class JsonBooks:
    """The books of one registry with its layout."""

    def __init__(self, store: RecordStore, layout: Layout) -> None:
        self._store, self._layout = store, layout

    def file(self, filing: Filing, behaviour: Behaviour, delay: float) -> JSONResponse:
        """Enter it, or answer as the first time; the same reference with another content is refused."""
        layout = self._layout
        digest = hashlib.sha256(filing.body.encode()).hexdigest()
        known = self._store.lot(filing.reference)
        if known:
            return self.reply(known, behaviour) if known[0].digest == digest else layout.error(*layout.other_record)
        if filing.fault:
            return layout.error(*filing.fault)
        if behaviour is Behaviour.REFUSE or (behaviour is Behaviour.PARTIAL and len(filing.people) == 1):
            return layout.error(*layout.refused)
        return self.reply(self._store.add(self._rows(filing, digest, behaviour, delay)), behaviour)

    def reply(self, rows: list[Row], behaviour: Behaviour) -> JSONResponse:
        """The answer for a lot: to be asked for later, or its receipts."""
        layout = self._layout
        left = max(row.decided_at for row in rows) - time.time()
        if left > 0:
            return JSONResponse(layout.pending(rows[0].lot, max(1, round(left))), 202)
        answers = [layout.answer(rows)]
        if behaviour is Behaviour.TWICE:
            answers *= 2
        elif behaviour is Behaviour.TWO_RECEIPTS:
            answers.append(layout.contradiction(answers[0]))
        return JSONResponse({layout.list_name: answers}, layout.status)

    def annul(self, receipt: str) -> Row | None:
        """Annul by receipt, as often as asked; the row as it was before, None where there is none."""
        row = self._store.by_receipt(receipt)
        return row if row is not None and self._store.annul(receipt) else None

    def _rows(self, filing: Filing, digest: str, behaviour: Behaviour, delay: float) -> list[Row]:
        now = time.time()
        decided_at = now + (delay or 3600.0 if behaviour is Behaviour.LATE else 0.0)
        rows = [Row(filing.reference, name, "accepted", digest, now, decided_at, filing.body) for name in filing.people]
        if behaviour is Behaviour.PARTIAL:
            code, sentence = self._layout.person_refused
            rows[-1] = replace(rows[-1], state="refused", code=code, sentence=sentence)
        return rows
