"""Simulated SES.HOSPEDAJES: Basic authentication, lots decided later, annulment, the ministry's codes."""

import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from lxml import etree

from firmware_sim.registries import soap
from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.control import registry_app
from firmware_sim.registries.simulator import Simulator
from firmware_sim.registries.soap import tree
from firmware_sim.registries.spain.held import LODGING, held_communications
from firmware_sim.registries.spain.reader import (
    Refusal,
    annulled_codes,
    booking_errors,
    communications,
    errors,
    unpacked,
)
from firmware_sim.registries.store import RecordStore, Row

_NS = "{http://www.soap.servicios.hospedajes.mir.es/comunicacion}"
_PATH = "/hospedajes-web/ws/v1/comunicacion"
# The ministry's WSDL has a binding for SOAP 1.1 only, with an empty SOAPAction.
_ENDPOINT = soap.Endpoint("No es una petición SOAP", "Operación desconocida")
USER, LANDLORD = "demo", "0000000123"
_KIND, _KINDS, _OF_LODGING = "tipoComunicacion", ("PV", "RH", "AV", "RV"), ("PV", "RH")
# The same XML once more is answered 10121, and must not be sent again: not in the manual, whose table says "Error de
# validación" for it, but reported by those who file there (registroviajero.com, "SES.HOSPEDAJES error codes", 2025:
# "10121 Duplicate communication. The Ministry already received this communication").
DUPLICATE = Refusal(10121, "Lote duplicado")
_STATES = {1: "Lote tramitado sin errores", 4: "Lote en proceso", 6: "Lote tramitado con errores"}


def spain_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """One SOAP endpoint; user "demo", the password is the token, landlord 0000000123."""
    app = registry_app("Simulated SES.HOSPEDAJES", store, token, switch)

    async def let_in(authorization: Annotated[str, Header()] = "") -> None:
        expected = "Basic " + base64.b64encode(f"{USER}:{token}".encode()).decode()
        if not hmac.compare_digest(authorization.encode(), expected.encode()):
            raise HTTPException(401, headers={"WWW-Authenticate": "Basic"})

    def operate(content: etree._Element, behaviour: Behaviour, delay: float) -> etree._Element | None:
        if content.tag == f"{_NS}comunicacionRequest":
            return _communication(store, content, behaviour, delay)
        if content.tag == f"{_NS}consultaComunicacionRequest":
            return held_communications(store, content)
        return _lots(store, content, behaviour) if content.tag == f"{_NS}consultaLoteRequest" else None

    soap.add_service(app, _PATH, operate, _ENDPOINT, dependencies=[Depends(let_in)])
    return app


def _communication(store: RecordStore, content: etree._Element, behaviour: Behaviour, delay: float) -> etree._Element:
    try:
        rows = _taken_in(store, content)
    except Refusal as refusal:
        return _reply(refusal.code, refusal.words)
    now = time.time()
    decided_at = now + (delay or 3600.0 if behaviour is Behaviour.LATE else 0.0)
    if behaviour in (Behaviour.REFUSE, Behaviour.PARTIAL):
        rows = [replace(row, state="refused", code="10130", sentence="Valor no permitido") for row in rows]
    lot = str(uuid.uuid4())
    store.add([replace(row, lot=lot, received_at=now, decided_at=decided_at) for row in rows])
    return _reply(0, "Ok", lot)


def _taken_in(store: RecordStore, content: etree._Element) -> list[Row]:
    message = _Message(*(content.find(f"peticion/{name}") for name in ("cabecera", "solicitud")))
    for code, words, broken in _OF_THE_MESSAGE:
        if broken(message):
            raise Refusal(code, words)
    request, kind = unpacked(message.request), message.said("tipoComunicacion")
    digest = hashlib.sha256(etree.tostring(request.getroottree())).hexdigest()
    if store.has(digest):
        raise DUPLICATE
    if message.said("tipoOperacion") == "A":
        lodging = request.findtext("solicitud/codigoEstablecimiento") or ""
        return [_row(communication, kind, lodging, digest) for communication in communications(request, kind)]
    return [_annulment(store, code, digest) for code in annulled_codes(request)]


@dataclass(frozen=True)
class _Message:
    """A message's two blocks."""

    header: etree._Element | None
    content: etree._Element | None

    @property
    def request(self) -> str:
        """The text of the solicitud."""
        return (self.content.text or "") if self.content is not None else ""

    def said(self, name: str) -> str:
        """The text of a field of the header."""
        return (self.header.findtext(name) or "") if self.header is not None else ""


# Section 5 of the description, in its order.
_OF_THE_MESSAGE: tuple[tuple[int, str, Callable[[_Message], bool]], ...] = (
    (10108, "No ha informado la petición", lambda sent: sent.header is None and sent.content is None),
    (10109, "No ha informado la cabecera", lambda sent: sent.header is None),
    (10110, "No ha informado la solicitud", lambda sent: not sent.request),
    (10100, "No ha informado el código de arrendador", lambda sent: not sent.said("codigoArrendador")),
    (10103, "El código de arrendador no existe en el sistema", lambda sent: sent.said("codigoArrendador") != LANDLORD),
    (10101, "No ha informado el código de aplicación", lambda sent: not sent.said("aplicacion")),
    (10150, "Se ha superado el número máximo de caracteres", lambda sent: len(sent.said("aplicacion")) > 50),
    (10112, "No ha informado el código de la operación", lambda sent: not sent.said("tipoOperacion")),
    (10117, "La operación sólo podrá tener como valores 'A', 'C' ó 'B'", lambda sent: not _is_operation(sent)),
    (10116, "No ha informado el tipo de la comunicación", lambda sent: _adds(sent) and not sent.said(_KIND)),
    (10122, "Tipo de comunicación no válido", lambda sent: _adds(sent) and sent.said(_KIND) not in _KINDS),
    (10119, "El arrendador no puede realizar ese tipo de comunicaciones",
     lambda sent: _adds(sent) and sent.said(_KIND) not in _OF_LODGING),
)  # fmt: skip


def _is_operation(sent: _Message) -> bool:
    return sent.said("tipoOperacion") in ("A", "B")  # a lot is looked up by consultaLote here, not by C


def _adds(sent: _Message) -> bool:
    return sent.said("tipoOperacion") == "A"


def _row(communication: etree._Element, kind: str, lodging: str, digest: str) -> Row:
    if lodging:
        communication.set(LODGING, lodging)
    raw = etree.tostring(communication, encoding="unicode")
    reference = communication.findtext("contrato/referencia") or ""
    row = Row("", reference, "accepted", digest, 0, 0, raw)
    found = errors(communication) if kind == "PV" else booking_errors(communication)
    return replace(row, state="refused", code=found[0][0], sentence=found[0][1]) if found else row


def _annulment(store: RecordStore, code: str, digest: str) -> Row:
    row = Row("", code, "annulment", digest, 0, 0, code)
    if not store.annul(code):
        return replace(row, state="refused", code="10113", sentence="El código de comunicación no existe en el sistema")
    return row


def _lots(store: RecordStore, content: etree._Element, behaviour: Behaviour) -> etree._Element:
    lots = [element.text or "" for element in content.findall("codigosLote/lote")]
    if not 1 <= len(lots) <= 10:
        return tree(f"{_NS}consultaLoteResponse", _answer_code(10136, "Demasiados lotes"))
    results = [_result(lot, rows) for lot in lots if (rows := store.lot(lot))]
    if behaviour in (Behaviour.TWICE, Behaviour.TWO_RECEIPTS):
        results += [_result(lot, _again(store.lot(lot), behaviour)) for lot in lots if store.lot(lot)]
    return tree(f"{_NS}consultaLoteResponse", _answer_code(0, "Ok"), *results)


def _again(rows: list[Row], behaviour: Behaviour) -> list[Row]:
    return rows if behaviour is Behaviour.TWICE else [replace(row, receipt=str(uuid.uuid4())) for row in rows]


def _answer_code(code: int, words: str) -> etree._Element:
    return tree("respuesta", tree("codigo", str(code)), tree("descripcion", words))


def _result(lot: str, rows: list[Row]) -> etree._Element:
    waits = any(row.decided_at > time.time() for row in rows)
    state = 4 if waits else 6 if any(row.state == "refused" for row in rows) else 1
    kind = "RH" if "<establecimiento>" in rows[0].body else "PV" if rows[0].body.startswith("<") else ""
    received = time.strftime("%Y-%m-%dT%H:%M:%S.000+00:00", time.gmtime(rows[0].received_at))
    items = [] if waits else [_item(order, row) for order, row in enumerate(rows, 1)]
    return tree(
        "resultado",
        tree("lote", lot),
        tree("tipoComunicacion", kind),
        tree("tipoOperacion", "A" if kind else "B"),
        tree("fechaPeticion", received),
        tree("fechaProcesamiento", received),
        tree("codigoEstado", str(state)),
        tree("descEstado", _STATES[state]),
        tree("identificadorUsuario", USER),
        tree("nombreUsuario", USER),
        tree("codigoArrendador", LANDLORD),
        tree("aplicacion", "Lodgekey"),
        tree("resultadoComunicaciones", *items),
    )


def _item(order: int, row: Row) -> etree._Element:
    fields = (
        [tree("tipoError", row.code), tree("error", row.sentence)]
        if row.state == "refused"
        else [tree("codigoComunicacion", row.person if row.state == "annulment" else row.receipt)]
    )
    return tree("resultadoComunicacion", tree("orden", str(order)), *fields)


def _reply(code: int, words: str, lot: str = "") -> etree._Element:
    fields = [tree("codigo", str(code)), tree("descripcion", words)]
    if lot:
        fields.append(tree("lote", lot))
    return tree(f"{_NS}comunicacionResponse", tree("respuesta", *fields))


SIMULATOR = Simulator(
    "es",
    spain_app,
    _PATH,
    {"user": USER, "landlord": LANDLORD, "poll_after_s": "1"},
    facts={
        "unit.jurisdiction": "es",
        "unit.timezone": "Europe/Madrid",
        "unit.registered_as": "0000000456",
        "landlord.registered_as": LANDLORD,
        "person.phone": "+12125550100",
        "person.residence.street": "5 Main Street",
        "person.residence.postal_code": "10001",
        "person.residence.municipality": "New York",
        "person.residence.country": "USA",
    },
)
