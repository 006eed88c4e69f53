"""Common part of the JSON registries: file each reference once, and answer from the stored records."""

import hashlib
import json
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
    """One filing as it is stored; `fault` is the first broken rule that the schema does not express."""

    reference: str
    body: str
    people: list[str]
    fault: Refusal | None


@dataclass(frozen=True, slots=True)
class Layout:
    """JSON format and texts of one registry.

    `other_record`: another filing exists under this reference. `refused` and `person_refused`: by the behaviour in
    force. `pending`: the answer while a lot is undecided, with the seconds left. `answer`: the receipt of a lot.
    `contradiction`: the same with another number. `list_name`: name of the list of receipts. `status`: HTTP status of
    an answer with receipts. `held_name`: name of the filing as it is held, in the answer to a look-up.
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
    held_name: str = "record"


class JsonBooks:
    """The records of one registry with its layout."""

    def __init__(self, store: RecordStore, layout: Layout) -> None:
        self._store, self._layout = store, layout

    def file(self, filing: Filing, behaviour: Behaviour, delay: float) -> JSONResponse:
        """Store a filing, or repeat the first answer; other content under the same reference is refused."""
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

    def reply(self, rows: list[Row], behaviour: Behaviour, *, looked_up: bool = False) -> JSONResponse:
        """Return the answer for a lot: pending, or its receipts; with the filing as it is held if it was looked up."""
        layout = self._layout
        left = max(row.decided_at for row in rows) - time.time()
        if left > 0:
            return JSONResponse(layout.pending(rows[0].lot, max(1, round(left))), 202)
        answers = [layout.answer(rows) | ({layout.held_name: json.loads(rows[0].body)} if looked_up else {})]
        if behaviour is Behaviour.TWICE:
            answers *= 2
        elif behaviour is Behaviour.TWO_RECEIPTS:
            answers.append(layout.contradiction(answers[0]))
        return JSONResponse({layout.list_name: answers}, layout.status)

    def annul(self, receipt: str) -> Row | None:
        """Annul by receipt, repeatable; return the row as it was before, or None if unknown."""
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
