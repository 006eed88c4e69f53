"""Simulated SIBA: validates the movement by its own schema, answers "0" or errors by line."""

import base64
import binascii
import hashlib
import hmac
import time
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from lxml import etree

from firmware_sim.registries import soap
from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.control import registry_app
from firmware_sim.registries.countries import ISO_3166_1, ISSUERS, NATIONALITIES
from firmware_sim.registries.simulator import Simulator
from firmware_sim.registries.soap import tree
from firmware_sim.registries.store import RecordStore, Row

_NS, _BA = "{http://sef.pt/}", "{http://sef.pt/BAws}"
_OPERATION = f"{_NS}EntregaBoletinsAlojamento"
_PATH = "/baws/boletinsalojamento.asmx"
_SCHEMA = Path(__file__).with_name("siba.xsd")
_ENDPOINT = soap.Endpoint("Pedido inválido", "Operação desconhecida", soap.ASMX, "http://sef.pt/")
UNIT, ESTABLISHMENT = "500000000", "1"
Error = tuple[int, str, str]  # line, code, text
_REFUSED = ("70", "Boletim recusado")
_COUNTRIES = {
    "Nacionalidade": NATIONALITIES,
    "Pais_Emissor_Documento": ISSUERS,
    "Pais_Residencia_Origem": ISO_3166_1 | {"RKS"},
}


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_SCHEMA))


def portugal_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """One SOAP endpoint; unit 500000000, establishment 1; the access key is the token."""
    app = registry_app("Simulated SIBA", store, token, switch)

    def operate(content: etree._Element, behaviour: Behaviour, _: float) -> etree._Element | None:
        if content.tag != _OPERATION:
            return None
        answered = _delivered(store, content, token, behaviour)
        return tree(f"{_OPERATION}Response", tree(f"{_OPERATION}Result", answered))

    soap.add_service(app, _PATH, operate, _ENDPOINT)
    return app


def _delivered(store: RecordStore, content: etree._Element, token: str, behaviour: Behaviour) -> str:
    key = content.findtext(f"{_NS}ChaveAcesso") or ""
    unit = (content.findtext(f"{_NS}UnidadeHoteleira"), content.findtext(f"{_NS}Estabelecimento"))
    if unit != (UNIT, ESTABLISHMENT) or not hmac.compare_digest(key.encode(), token.encode()):
        return _errors([(0, "22", "Chave de acesso inválida")])
    try:
        root = soap.parsed(base64.b64decode(content.findtext(f"{_NS}Boletins") or "", validate=True))
    except (binascii.Error, etree.XMLSyntaxError, soap.NotSoap):
        return _errors([(0, "75", "O ficheiro não é XML")])
    if not _schema().validate(root):
        return _errors([(0, "75", f"Esquema: {str(_schema().error_log.last_error)[:200]}")])
    return _entered(store, root, behaviour)


def _entered(store: RecordStore, root: etree._Element, behaviour: Behaviour) -> str:
    bulletins = root.findall(f"{_BA}Boletim_Alojamento")
    errors = [error for line, bulletin in enumerate(bulletins, 1) for error in _line_errors(line, bulletin)]
    if behaviour is Behaviour.REFUSE:
        errors = [(line, *_REFUSED) for line in range(1, len(bulletins) + 1)]
    if behaviour is Behaviour.PARTIAL:
        errors = [(len(bulletins), *_REFUSED)]
    wrong, now = {line for line, _, _ in errors}, time.time()
    lot = root.findtext(f"{_BA}Envio/{_BA}Numero_Ficheiro") or ""
    good = [bulletin for line, bulletin in enumerate(bulletins, 1) if line not in wrong]
    store.add([_row(lot, bulletin, now) for bulletin in good])
    return _errors(errors) if errors else "0"


def _row(lot: str, bulletin: etree._Element, now: float) -> Row:
    raw = etree.tostring(bulletin, encoding="unicode")
    digest = hashlib.sha256(raw.encode()).hexdigest()
    # Days in the authority's own time zone: this finds errors around midnight.
    days = {name: _day(bulletin, name) for name in ("Data_Nascimento", "Data_Entrada")}
    return Row(lot, " ".join(days.values()), "accepted", digest, now, now, raw)


def _day(bulletin: etree._Element, name: str) -> str:
    moment = datetime.fromisoformat(bulletin.findtext(f"{_BA}{name}") or "")
    return moment.astimezone(ZoneInfo("Europe/Lisbon")).date().isoformat()


def _line_errors(line: int, bulletin: etree._Element) -> list[Error]:
    found: list[Error] = []
    if bulletin.findtext(f"{_BA}Nacionalidade") == "PRT":
        found.append((line, "71", "Cidadão nacional"))
    for name, known in _COUNTRIES.items():
        if bulletin.findtext(f"{_BA}{name}") not in known:
            found.append((line, "73", f"País desconhecido: {name}"))
    leaves = bulletin.findtext(f"{_BA}Data_Saida")
    if leaves and _day(bulletin, "Data_Saida") < _day(bulletin, "Data_Entrada"):
        found.append((line, "72", "Data de saída anterior à de entrada"))
    return found


def _errors(errors: list[Error]) -> str:
    root = tree(
        "ErrosBA",
        *(
            tree("RetornoBA", tree("Linha", str(line)), tree("Codigo_Retorno", code), tree("Descricao", words))
            for line, code, words in errors
        ),
    )
    return etree.tostring(root, encoding="unicode")


SIMULATOR = Simulator(
    "pt",
    portugal_app,
    _PATH,
    facts={
        "unit.jurisdiction": "pt",
        "unit.timezone": "Europe/Lisbon",
        "unit.registered_as": ESTABLISHMENT,
        "unit.name": "Casa do Porto",
        "unit.address.municipality": "Lisboa",
        "unit.address.postal_code": "1100-053",
        "landlord.registered_as": UNIT,
        "landlord.phone": "+351210000000",
        "landlord.email": "senhorio@example.org",
        "person.residence.country": "USA",
        "person.residence.municipality": "New York",
    },
)
