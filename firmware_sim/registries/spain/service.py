"""A simulated SES.HOSPEDAJES: Basic auth, lots that are decided later, annulment, the ministry's codes."""

import base64
import hashlib
import hmac
import time
import uuid
from dataclasses import replace
from typing import Annotated

from fastapi import FastAPI, Header, Request
from lxml import etree
from starlette.responses import Response

from firmware_sim.registries import soap
from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.control import registry_app
from firmware_sim.registries.soap import tree
from firmware_sim.registries.spain.reader import Refusal, annulled_codes, communications, errors, unpacked
from firmware_sim.registries.store import RecordStore, Row

_NS = "{http://www.soap.servicios.hospedajes.mir.es/comunicacion}"
USER, LANDLORD = "demo", "0000000123"
_STATES = {1: "Lote tramitado sin errores", 4: "Lote en proceso", 6: "Lote tramitado con errores"}


def spain_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """One SOAP address; the user is "demo", the password the token, the landlord 0000000123."""
    app = registry_app("Simulated SES.HOSPEDAJES", store, token, switch)

    @app.post("/hospedajes-web/ws/v1/comunicacion")
    async def call(request: Request, authorization: Annotated[str, Header()] = "") -> Response:
        if not _let_in(authorization, token):
            return Response(status_code=401, headers={"WWW-Authenticate": "Basic"})
        try:
            content = soap.content_of(await request.body())
        except soap.NotSoap:
            return soap.fault("No es una petición SOAP")
        behaviour: Behaviour = request.scope["behaviour"]
        if content.tag == f"{_NS}comunicacionRequest":
            return _communication(store, content, behaviour, request.scope["behaviour_delay"])
        if content.tag == f"{_NS}consultaLoteRequest":
            return _lots(store, content, behaviour)
        return soap.fault("Operación desconocida")

    return app


def _let_in(authorization: str, password: str) -> bool:
    expected = "Basic " + base64.b64encode(f"{USER}:{password}".encode()).decode()
    return hmac.compare_digest(authorization.encode(), expected.encode())


def _communication(store: RecordStore, content: etree._Element, behaviour: Behaviour, delay: float) -> Response:
    try:
        rows = _taken_in(store, content)
    except Refusal as refusal:
        return _reply(refusal.code, refusal.words)
    now = time.time()
    decided_at = now + (delay or 3600.0 if behaviour is Behaviour.LATE else 0.0)
    if behaviour in (Behaviour.REFUSE, Behaviour.PARTIAL):
        rows = [replace(row, state="refused", code="10131", sentence="Valor no permitido") for row in rows]
    lot = str(uuid.uuid4())
    store.add([replace(row, lot=lot, received_at=now, decided_at=decided_at) for row in rows])
    return _reply(0, "Ok", lot)


def _taken_in(store: RecordStore, content: etree._Element) -> list[Row]:
    header, request = content.find("peticion/cabecera"), content.findtext("peticion/solicitud")
    if header is None:
        raise Refusal(10108, "Falta la cabecera")
    if not request:
        raise Refusal(10110, "Falta la solicitud")
    if header.findtext("codigoArrendador") != LANDLORD:
        raise Refusal(10101, "El arrendador no existe")
    if not 1 <= len(header.findtext("aplicacion") or "") <= 50:
        raise Refusal(10109, "Falta la aplicación")
    operation, kind = header.findtext("tipoOperacion"), header.findtext("tipoComunicacion")
    if operation == "A" and kind == "PV":
        return [_row(communication) for communication in communications(unpacked(request))]
    if operation == "A":
        raise Refusal(10119 if kind in ("RH", "AV", "RV") else 10159, "Tipo de comunicación no permitido")
    if operation == "B" and kind is None:
        return [_annulment(store, code) for code in annulled_codes(unpacked(request))]
    raise Refusal(10159, "Tipo de operación no válido")


def _row(communication: etree._Element) -> Row:
    raw = etree.tostring(communication, encoding="unicode")
    reference = communication.findtext("contrato/referencia") or ""
    row = Row("", reference, "accepted", hashlib.sha256(raw.encode()).hexdigest(), 0, 0, raw)
    found = errors(communication)
    return replace(row, state="refused", code=found[0][0], sentence=found[0][1]) if found else row


def _annulment(store: RecordStore, code: str) -> Row:
    row = Row("", code, "annulment", "", 0, 0, code)
    if not store.annul(code):
        return replace(row, state="refused", code="10131", sentence="No existe una comunicación para ese código")
    return row


def _lots(store: RecordStore, content: etree._Element, behaviour: Behaviour) -> Response:
    lots = [element.text or "" for element in content.findall("codigosLote/lote")]
    if not 1 <= len(lots) <= 10:
        return soap.answer(tree(f"{_NS}consultaLoteResponse", _answer_code(10136, "Demasiados lotes")))
    results = [_result(lot, rows) for lot in lots if (rows := store.lot(lot))]
    if behaviour in (Behaviour.TWICE, Behaviour.TWO_RECEIPTS):
        results += [_result(lot, _again(store.lot(lot), behaviour)) for lot in lots if store.lot(lot)]
    return soap.answer(tree(f"{_NS}consultaLoteResponse", _answer_code(0, "Ok"), *results))


def _again(rows: list[Row], behaviour: Behaviour) -> list[Row]:
    return rows if behaviour is Behaviour.TWICE else [replace(row, receipt=str(uuid.uuid4())) for row in rows]


def _answer_code(code: int, words: str) -> etree._Element:
    return tree("respuesta", tree("codigo", str(code)), tree("descripcion", words))


def _result(lot: str, rows: list[Row]) -> etree._Element:
    waits = any(row.decided_at > time.time() for row in rows)
    state = 4 if waits else 6 if any(row.state == "refused" for row in rows) else 1
    items = [] if waits else [_item(order, row) for order, row in enumerate(rows, 1)]
    return tree(
        "resultado",
        tree("lote", lot),
        tree("fechaProcesamiento", time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(rows[0].received_at))),
        tree("codigoEstado", str(state)),
        tree("descEstado", _STATES[state]),
        tree("resultadoComunicaciones", *items),
    )


def _item(order: int, row: Row) -> etree._Element:
    fields = (
        [tree("tipoError", row.code), tree("error", row.sentence)]
        if row.state == "refused"
        else [tree("codigoComunicacion", row.person if row.state == "annulment" else row.receipt)]
    )
    return tree("resultadoComunicacion", tree("orden", str(order)), *fields)


def _reply(code: int, words: str, lot: str = "") -> Response:
    fields = [tree("codigoRetorno", str(code)), tree("descripcion", words)]
    if lot:
        fields.append(tree("lote", lot))
    return soap.answer(tree(f"{_NS}comunicacionResponse", tree("respuesta", *fields)))
