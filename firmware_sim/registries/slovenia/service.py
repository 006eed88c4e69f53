"""Simulated AJPES eTurizem: validates the guest book by the agency's schema, answers by row."""

import hashlib
import hmac
import time
import uuid
from datetime import datetime

from fastapi import FastAPI
from lxml import etree

from firmware_sim.registries import soap
from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.control import registry_app
from firmware_sim.registries.simulator import Simulator
from firmware_sim.registries.slovenia import book
from firmware_sim.registries.soap import tree
from firmware_sim.registries.store import RecordStore, Row

_NS = "http://www.ajpes.si/eturizem/"
_OPERATION = f"{{{_NS}}}oddajPorocilo"
_PATH = "/wsrno/eTurizem/wsETurizemPorocanje.asmx"
_ENDPOINT = soap.Endpoint("Neveljaven XML", "Neznana operacija", soap.ASMX, _NS)
USER = "demo"
_REFUSED = ("4143", "Izbrana postavka ni veljavna glede na datum prijave gosta.")
_REPEATED = ("4144", "Zapis z enakimi podatki je že bil posredovan.")
Refusals = dict[int, tuple[str, str]]  # row from 1, or 0 for the report: code, text


def slovenia_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """One SOAP endpoint; user "demo", unit 20037; the password is the token."""
    app = registry_app("Simulated eTurizem", store, token, switch)

    def operate(content: etree._Element, behaviour: Behaviour, _: float) -> etree._Element | None:
        if content.tag != _OPERATION:
            return None
        result = _reported(store, content, token, behaviour)
        return tree(f"{_OPERATION}Response", tree(f"{_OPERATION}Result", result))

    soap.add_service(app, _PATH, operate, _ENDPOINT)
    return app


def _reported(store: RecordStore, content: etree._Element, token: str, behaviour: Behaviour) -> str:
    password = content.findtext(f"{{{_NS}}}pwd") or ""
    if content.findtext(f"{{{_NS}}}uName") != USER or not hmac.compare_digest(password.encode(), token.encode()):
        return _answer(0, {0: ("413", "Napačno uporabniško ime ali geslo.")})
    report = content.find(f"{{{_NS}}}data/*")
    if report is None or content.findtext(f"{{{_NS}}}format") != "1":
        return _answer(0, {0: ("41301", "Neveljaven XML.")})
    # The schema is without a namespace, and a copy stands alone as the agency reads it.
    report = soap.parsed(etree.tostring(report))
    if not book.schema().validate(report):
        return _answer(0, {0: ("4130", f"XML ni skladen s shemo: {str(book.schema().error_log.last_error)[:200]}")})
    return _entered(store, list(report), behaviour)


def _entered(store: RecordStore, rows: list[etree._Element], behaviour: Behaviour) -> str:
    refusals: Refusals = {}
    for number, row in enumerate(rows, 1):
        if behaviour is Behaviour.REFUSE or (behaviour is Behaviour.PARTIAL and number == len(rows)):
            refusals[number] = _REFUSED
        elif found := book.fault(row):
            refusals[number] = found
        elif any(known.digest == _digest(row) for known in store.lot(book.key(row))[-1:]):
            refusals[number] = _REPEATED
    store.add([_entry(row) for number, row in enumerate(rows, 1) if number not in refusals])
    return _answer(len(rows) - len(refusals), refusals)


def _entry(row: etree._Element) -> Row:
    now = time.time()
    body = etree.tostring(row, encoding="unicode")
    state = "annulled" if row.get("status") == "2" else "accepted"
    return Row(book.key(row), row.get("zst", ""), state, _digest(row), now, now, body)


def _digest(row: etree._Element) -> str:
    return hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()


def _answer(taken: int, refusals: Refusals) -> str:
    """The result in the agency's XML: how many rows were taken, and the others with their codes."""
    root = etree.Element("data")
    root.set("packageGuid", str(uuid.uuid4()))
    root.set("time", datetime.now().astimezone().isoformat(timespec="seconds"))
    root.set("success", str(taken))
    root.set("failure", str(len(refusals)))
    for number, (code, text) in refusals.items():
        etree.SubElement(root, "row", {"rowPackageId": str(number), "msg": code, "msgTxt": text})
    return etree.tostring(root, encoding="unicode")


SIMULATOR = Simulator(
    "si",
    slovenia_app,
    _PATH,
    settings={"user": USER},
    facts={
        "unit.jurisdiction": "si",
        "unit.timezone": "Europe/Ljubljana",
        "unit.registered_as": book.FACILITY,
        "unit.tourist_tax": "2.50",
    },
)
