"""Simulated UbyPort: a Windows account, lists of at most 32 guests, and error codes for each guest."""

import base64
import hashlib
import time
import uuid
from functools import cache
from pathlib import Path

from fastapi import Depends, FastAPI
from lxml import etree

from firmware_sim.registries import clock, soap
from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.control import registry_app
from firmware_sim.registries.czechia.reader import CODES, DATA, DUPLICATE, STATES, WRONG, codes, key, text
from firmware_sim.registries.czechia.windows import WindowsDoor
from firmware_sim.registries.simulator import Simulator
from firmware_sim.registries.soap import tree
from firmware_sim.registries.store import RecordStore, Row

_NS = "{http://UBY.pcr.cz/WS_UBY}"
_STRING = "{http://schemas.microsoft.com/2003/10/Serialization/Arrays}string"
_PATH = "/ws_uby/ws_uby.svc"
_ENDPOINT = soap.Endpoint("Chyba běhu programu", "Chyba běhu programu", action="http://UBY.pcr.cz/WS_UBY/IWS_UBY/")
DOMAIN, USER, UNIT, MARK = "EXRESORTMV", "WS_DEMO", "100227887600", "CZGFW"
MAX_GUESTS = 32


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(__file__).with_name("operations.xsd")))


def czech_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """One SOAP endpoint; user EXRESORTMV\\WS_DEMO, the password is the token, facility 100227887600, CZGFW."""
    app = registry_app("Simulated UbyPort", store, token, switch)
    door = WindowsDoor(DOMAIN, USER, token)

    def operate(content: etree._Element, behaviour: Behaviour, _: float) -> etree._Element | None:
        # The code of authentication is not used, but must not be empty (section 2.1).
        if not _schema().validate(content) or not content.findtext(f"{_NS}AutentificationCode"):
            return None
        if content.tag == f"{_NS}DejMiCiselnik":
            return _code_table(content.findtext(f"{_NS}CoChci") or "")
        return _entered(store, content, behaviour)

    soap.add_service(app, _PATH, operate, _ENDPOINT, dependencies=[Depends(door.let_in)])
    return app


def _entered(store: RecordStore, content: etree._Element, behaviour: Behaviour) -> etree._Element | None:
    header = content.find(f"{_NS}Seznam")
    guests = [] if header is None else header.findall(f"{DATA}Ubytovani/{DATA}Ubytovany")
    if header is None or not 1 <= len(guests) <= MAX_GUESTS:
        return None  # a longer list is not entered, and the service answers an error (section 3)
    if (text(header, "uIdub"), text(header, "uMark")) != (UNIT, MARK):
        return _answer("5;", [[] for _ in guests], "")
    found = _found(store, guests, behaviour)
    stamp, now = str(uuid.uuid4()).upper(), time.time()
    taken = [guest for guest, its in zip(guests, found, strict=True) if all(CODES[code][1] <= 2 for code in its)]
    store.add([_row(stamp, guest, now) for guest in taken])
    return _answer("", found, stamp if taken else "")


def _found(store: RecordStore, guests: list[etree._Element], behaviour: Behaviour) -> list[list[str]]:
    """The codes of each guest."""
    today = clock.today("Europe/Prague")
    held = {person for person in map(key, guests) if store.of_person(person)}
    found = []
    for number, guest in enumerate(guests, 1):
        its = codes(guest, today)
        refused = behaviour is Behaviour.REFUSE or (behaviour is Behaviour.PARTIAL and number == len(guests))
        if refused:
            its = [WRONG]
        elif key(guest) in held:
            its = [*its, DUPLICATE]
        held.add(key(guest))
        found.append(its)
    return found


def _row(stamp: str, guest: etree._Element, now: float) -> Row:
    raw = etree.tostring(guest, encoding="unicode")
    return Row(stamp, key(guest), "accepted", hashlib.sha256(raw.encode()).hexdigest(), now, now, raw)


def _answer(header: str, found: list[list[str]], stamp: str) -> etree._Element:
    strings = [tree(_STRING, ";" + "".join(f"{code};" for code in its)) for its in found]
    members = [tree(f"{DATA}ChybyHlavicky", header), tree(f"{DATA}ChybyZaznamu", *strings)]
    if header or any(found):
        members.append(tree(f"{DATA}DokumentChybyPotvrzeni", _document("chyby")))
    if stamp:
        members += [tree(f"{DATA}DokumentPotvrzeni", _document(stamp)), tree(f"{DATA}PseudoRazitko", stamp)]
    return tree(f"{_NS}ZapisUbytovaneResponse", tree(f"{_NS}ZapisUbytovaneResult", *members))


def _document(words: str) -> str:
    return base64.b64encode(f"%PDF-1.4 {words}".encode()).decode()


def _code_table(kind: str) -> etree._Element:
    lines = []
    if kind == "Chyby":  # laid out differently from the other tables (section 5.3.2)
        lines = [
            _line(Kod2=f"ERR_CZE_{int(code):03}", Kod3=said, TextKratkyCZ=str(n)) for code, (said, n) in CODES.items()
        ]
    elif kind == "Staty":
        lines = [_line(Kod3=code) for code in sorted(STATES)]
    result = tree(f"{_NS}DejMiCiselnikResult", *lines)
    return tree(f"{_NS}DejMiCiselnikResponse", result)


def _line(**members: str) -> etree._Element:
    return tree(f"{DATA}CiselnikType", tree(f"{DATA}Id", "0"), *(tree(f"{DATA}{n}", v) for n, v in members.items()))


SIMULATOR = Simulator(
    "cz",
    czech_app,
    _PATH,
    settings={"user": USER},
    facts={
        "unit.jurisdiction": "cz",
        "unit.timezone": "Europe/Prague",
        "unit.registered_as": f"{UNIT}/{MARK}",
        "unit.name": "U Dubu",
        "unit.address.extra": "Praha, Nusle",
        "unit.address.municipality": "Praha",
        "unit.address.postal_code": "140 00",
        "landlord.phone": "+420210000000",
    },
)
