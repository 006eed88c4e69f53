"""Simulated ROSS1000 of a region: validates by the region's schema, keeps guests by number, answers by guest."""

import base64
import hashlib
import hmac
import time
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from lxml import etree

from firmware_sim.registries import soap
from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.control import registry_app
from firmware_sim.registries.ross1000.movements import HEAD_OF, day_fault, day_of, guest_fault
from firmware_sim.registries.simulator import Simulator
from firmware_sim.registries.soap import tree
from firmware_sim.registries.store import RecordStore, Row

_NS = "{http://checkin.ws.service.turismo5.gies.it/}"
_PATH = "/ws/checkinV2"
_ENDPOINT = soap.Endpoint("Richiesta non valida", "Operazione sconosciuta o non conforme allo schema")
USER, FACILITY = "demo", "A00927P"
_REFUSED = "Ospite scartato"
Refusals = dict[etree._Element, str | None]  # by the element of a guest: why it is refused, or None


@cache
def _schema() -> etree.XMLSchema:
    """The region's own schema of its operations."""
    return etree.XMLSchema(etree.parse(Path(__file__).with_name("checkin.xsd")))


def ross1000_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """One SOAP endpoint; user "demo", the password is the token, facility A00927P."""
    app = registry_app("Simulated ROSS1000", store, token, switch)

    async def let_in(authorization: Annotated[str, Header()] = "") -> None:
        expected = "Basic " + base64.b64encode(f"{USER}:{token}".encode()).decode()
        if not hmac.compare_digest(authorization.encode(), expected.encode()):
            raise HTTPException(401, headers={"WWW-Authenticate": "Basic"})

    def operate(content: etree._Element, behaviour: Behaviour, _: float) -> etree._Element | None:
        operation = soap.parsed(etree.tostring(content))
        if operation.tag != f"{_NS}inviaMovimentazione" or not _schema().validate(operation):
            return None
        report = operation.find("movimentazione")
        days = [] if report is None else _Book(store, report.findtext("codice") == FACILITY, behaviour).entered(report)
        return tree(f"{_NS}inviaMovimentazioneResponse", tree("return", *days))

    soap.add_service(app, _PATH, operate, _ENDPOINT, dependencies=[Depends(let_in)])
    return app


class _Book:
    """The guests of one facility, the latest row of each number; one report is entered day by day."""

    def __init__(self, store: RecordStore, known: bool, behaviour: Behaviour) -> None:
        self._store, self._known, self._behaviour = store, known, behaviour

    def entered(self, report: etree._Element) -> list[etree._Element]:
        """Enter what can be taken; the result of each day in the schema's form."""
        before: date | None = None
        results = []
        for movement in report.iterfind("movimento"):
            wrong = day_fault(movement, before) if self._known else "Struttura non trovata"
            before = day_of(movement.findtext("data") or "") or before
            results.append(self._day(movement, wrong))
        return results

    def _day(self, movement: etree._Element, wrong: str | None) -> etree._Element:
        groups = []
        for path, group, item in (
            ("arrivi/arrivo", "arrivi", "arrivo"),
            ("partenze/partenza", "partenze", "partenza"),
            ("rettifiche/eliminazione", "retifiche", "eliminazione"),
        ):
            guests = movement.findall(path)
            answers = [(guest.findtext("idswh") or "", self._guest(movement, guest, guests, wrong)) for guest in guests]
            if answers:
                groups.append(tree(group, *(_result(item, *answer) for answer in self._said(answers))))
        return tree("risultatiGiorno", *groups)

    def _guest(
        self, movement: etree._Element, guest: etree._Element, guests: list[etree._Element], wrong: str | None
    ) -> str | None:
        """Enter a guest; why they are refused, or None."""
        last = self._behaviour is Behaviour.PARTIAL and guest is guests[-1]
        day = day_of(movement.findtext("data") or "")
        if wrong or day is None or last or self._behaviour is Behaviour.REFUSE:
            return wrong or _REFUSED
        fault = self._arrival_fault(guest, day) if guest.tag == "arrivo" else self._named_fault(guest, day)
        if fault is None:
            self._enter(guest, day)
        return fault

    def _arrival_fault(self, guest: etree._Element, day: date) -> str | None:
        if fault := guest_fault(guest, day):
            return fault
        kind, head = guest.findtext("tipoalloggiato") or "", self._present(guest.findtext("idcapo") or "")
        if kind in HEAD_OF and (head is None or head.findtext("tipoalloggiato") != HEAD_OF[kind]):
            return "Il capo non è stato trasmesso"
        return None

    def _named_fault(self, guest: etree._Element, day: date) -> str | None:
        """A departure or a deletion names a guest by number, kind and day of arrival."""
        known, arrived = self._present(guest.findtext("idswh") or ""), day_of(guest.findtext("arrivo") or "")
        if known is None or arrived is None:
            return "Ospite non trovato"
        if (known.findtext("tipoalloggiato"), known.get("day")) != (guest.findtext("tipoalloggiato"), f"{arrived}"):
            return "Ospite non trovato"
        return "Partenza precedente all'arrivo" if day < arrived else None

    def _present(self, number: str) -> etree._Element | None:
        """The arrival of a guest who is not deleted."""
        rows = [row for row in self._store.lot(number) if row.person != "partenza"]
        return None if not rows or rows[-1].person == "eliminazione" else soap.parsed(rows[-1].body.encode())

    def _enter(self, guest: etree._Element, day: date) -> None:
        entry = etree.fromstring(etree.tostring(guest))
        entry.set("day", f"{day}")
        body = etree.tostring(entry, encoding="unicode")
        digest, number, kind = hashlib.sha256(body.encode()).hexdigest(), guest.findtext("idswh") or "", str(guest.tag)
        if any(row.digest == digest for row in self._store.lot(number)[-1:]):
            return
        now = time.time()
        state = "annulled" if kind == "eliminazione" else "accepted"
        self._store.add([Row(number, kind, state, digest, now, now, body)])

    def _said(self, answers: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
        if self._behaviour is Behaviour.TWICE:
            return answers * 2
        return [*answers, *((number, _REFUSED) for number, _ in answers)] if self._contradicts else answers

    @property
    def _contradicts(self) -> bool:
        return self._behaviour is Behaviour.TWO_RECEIPTS


def _result(item: str, number: str, wrong: str | None) -> etree._Element:
    errors = [tree("errore", wrong)] if wrong else []
    return tree(item, tree("idswh", number), tree("successo", "false" if wrong else "true"), *errors)


SIMULATOR = Simulator(
    "ross1000",
    ross1000_app,
    _PATH,
    {"user": USER},
    facts={
        "unit.jurisdiction": "it",
        "unit.timezone": "Europe/Rome",
        "unit.registered_as": FACILITY,
        "unit.beds": "4",
        "person.residence.country": "USA",
    },
)
