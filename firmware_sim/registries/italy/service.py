"""Simulated Alloggiati Web: expiring tokens, Test and Send with a result per row, no query and no annulment."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from lxml import etree

from firmware_sim.registries import clock, soap
from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.control import registry_app
from firmware_sim.registries.italy.reader import TABLES, Wrong, wrongs
from firmware_sim.registries.simulator import Simulator
from firmware_sim.registries.soap import tree
from firmware_sim.registries.store import RecordStore, Row

_NS = "{AlloggiatiService}"
_PATH = "/service/service.asmx"
_ENDPOINT = soap.Endpoint("Richiesta non valida", "Operazione sconosciuta", soap.ASMX, "AlloggiatiService/")
USER = "demo"
_TOKEN_LASTS = timedelta(minutes=30)
_REFUSED = Wrong("12", "SCHEDINA_CAMPO_NON_CORRETTO", "Cognome")


class AlloggiatiService:
    """Operations of the single endpoint; user "demo", password and WsKey are the service's token."""

    def __init__(self, store: RecordStore, secret: str) -> None:
        self._store, self._secret = store, secret
        self._tokens: dict[str, float] = {}

    def answer(self, content: etree._Element, behaviour: Behaviour) -> etree._Element | None:
        """Return the response element; None for an unknown operation."""
        name = etree.QName(content).localname
        if name == "GenerateToken":
            return self._generate_token(content)
        if name not in ("Authentication_Test", "Test", "Send", "Tabella", "Ricevuta"):
            return None
        if self._field(content, "Utente") != USER or not self._token_is_good(self._field(content, "token")):
            return _response(name, _result(f"{name}Result", Wrong("103", "TOKEN_NON_VALIDO", "token")))
        return self._operation(name, content, behaviour)

    def _operation(self, name: str, content: etree._Element, behaviour: Behaviour) -> etree._Element:
        fine = _result(f"{name}Result", None)
        if name in ("Test", "Send"):
            return _response(name, fine, self._rows(name, content, behaviour))
        if name == "Tabella":
            return self._table(content)
        if name == "Ricevuta":
            return _response(name, _result(f"{name}Result", Wrong("20", "RICEVUTA_NON_DISPONIBILE", "Data")))
        return _response(name, fine)

    def _generate_token(self, content: etree._Element) -> etree._Element:
        shown = [self._field(content, name) for name in ("Utente", "Password", "WsKey")]
        known = (USER, self._secret, self._secret)
        if not all(hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(shown, known, strict=True)):
            return _response("GenerateToken", _result("result", Wrong("101", "CREDENZIALI_NON_VALIDE", "Password")))
        token, now = secrets.token_urlsafe(24), datetime.fromtimestamp(clock.now(), UTC)
        self._tokens[token] = (now + _TOKEN_LASTS).timestamp()
        info = tree(
            f"{_NS}GenerateTokenResult",
            tree(f"{_NS}issued", now.isoformat(timespec="seconds")),
            tree(f"{_NS}expires", (now + _TOKEN_LASTS).isoformat(timespec="seconds")),
            tree(f"{_NS}token", token),
        )
        return _response("GenerateToken", info, _result("result", None))

    def _rows(self, name: str, content: etree._Element, behaviour: Behaviour) -> etree._Element:
        rows = [element.text or "" for element in content.findall(f"{_NS}ElencoSchedine/{_NS}string")]
        found = wrongs(rows)
        if behaviour is Behaviour.REFUSE:
            found = [_REFUSED for _ in rows]
        if name == "Send":
            if behaviour is Behaviour.PARTIAL:
                found[-1] = _REFUSED
            self._enter(rows, found)
        return _details(found, behaviour if name == "Send" else Behaviour.NORMAL)

    def _enter(self, rows: list[str], found: list[Wrong | None]) -> None:
        now = clock.now()
        lot = secrets.token_hex(8)
        good = [row for row, wrong in zip(rows, found, strict=True) if wrong is None]
        self._store.add(
            [Row(lot, row[14:94], "accepted", hashlib.sha256(row.encode()).hexdigest(), now, now, row) for row in good]
        )

    def _table(self, content: etree._Element) -> etree._Element:
        file = TABLES.get(self._field(content, "tipo"))
        if file is None:
            return _response("Tabella", _result("TabellaResult", Wrong("30", "TABELLA_NON_DISPONIBILE", "tipo")))
        text = file.read_text(encoding="utf-8")
        return _response("Tabella", _result("TabellaResult", None), tree(f"{_NS}CSV", text))

    def _token_is_good(self, token: str) -> bool:
        return self._tokens.get(token, 0.0) > clock.now()

    def _field(self, content: etree._Element, name: str) -> str:
        return content.findtext(f"{_NS}{name}") or ""


def _details(found: list[Wrong | None], behaviour: Behaviour) -> etree._Element:
    items = [_result("EsitoOperazioneServizio", wrong) for wrong in found]
    if behaviour is Behaviour.TWICE:
        items += [_result("EsitoOperazioneServizio", wrong) for wrong in found]
    if behaviour is Behaviour.TWO_RECEIPTS:
        items += [_result("EsitoOperazioneServizio", _REFUSED) for _ in found]
    valid = str(sum(wrong is None for wrong in found))
    return tree(f"{_NS}result", tree(f"{_NS}SchedineValide", valid), tree(f"{_NS}Dettaglio", *items))


def _response(name: str, *children: etree._Element) -> etree._Element:
    return tree(f"{_NS}{name}Response", *children)


def _result(tag: str, wrong: Wrong | None) -> etree._Element:
    if wrong is None:
        empty = [tree(f"{_NS}{name}") for name in ("ErroreCod", "ErroreDes", "ErroreDettaglio")]
        return tree(f"{_NS}{tag}", tree(f"{_NS}esito", "true"), *empty)
    fields = {"esito": "false", "ErroreCod": wrong.code, "ErroreDes": wrong.name, "ErroreDettaglio": wrong.field}
    return tree(f"{_NS}{tag}", *(tree(f"{_NS}{name}", text) for name, text in fields.items()))


def italy_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """One SOAP address; the user is "demo", password and WsKey are the token."""
    app = registry_app("Simulated Alloggiati Web", store, token, switch)
    service = AlloggiatiService(store, token)

    soap.add_service(app, _PATH, lambda content, behaviour, _: service.answer(content, behaviour), _ENDPOINT)
    return app


SIMULATOR = Simulator(
    "it",
    italy_app,
    _PATH,
    {"user": USER},
    secrets=("wskey_file",),
    facts={"unit.jurisdiction": "it", "unit.timezone": "Europe/Rome", "person.birth_country": "DEU"},
)
