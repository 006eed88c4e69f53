"""The simulated authorities are as strict as the real ones: what they refuse, and with which code."""

import base64
import io
import re
import zipfile
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest
from lxml import etree

from firmware_sim.registries.spain.reader import ministry_schema
from gateway.domain.filings.record import Accepted
from gateway.registries import open_registry
from gateway.registries.italy.places import read_places
from gateway.registries.italy.record import row
from gateway.registries.spain.record import arrival_report, packed
from tests.contract.registries.italy import CARLA, DIEGO, ROME
from tests.contract.registries.portugal import LISBON, SENHORIO
from tests.contract.registries.spain import ANA, BEN, MADRID
from tests.contract.registry_cases import base_record
from tests.contract.registry_simulators import SimulatedRegistry

ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>'
SOAP_1_2 = "http://www.w3.org/2003/05/soap-envelope"
TABLE = '<Tabella xmlns="AlloggiatiService"><Utente>demo</Utente><token>{}</token><tipo>{}</tipo></Tabella>'
COM = "http://www.soap.servicios.hospedajes.mir.es/comunicacion"
GOOD = arrival_report(base_record(MADRID, ANA, BEN))


def called(
    simulator: SimulatedRegistry,
    content: str,
    *,
    password: str | None = None,
    envelope: str = ENVELOPE,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    return httpx.post(
        simulator.settings["url"],
        content=envelope.format(content).encode(),
        auth=("demo", password or simulator.token),
        headers=headers or {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action_of(content)}"'},
        trust_env=False,
    )


def action_of(content: str) -> str:
    """The SOAPAction of an operation: the namespace of its element and its name, joined by a slash."""
    found = re.match(r'<(?:\w+:)?(\w+) xmlns(?::\w+)?="([^"]*)"', content)
    return f"{found[2].rstrip('/')}/{found[1]}" if found else ""


def asked_for_a_table(version: int) -> tuple[str, str]:
    """An envelope of this version of SOAP, and the media type it travels in."""
    if version == 1:
        return ENVELOPE, "text/xml"
    return ENVELOPE.replace("http://schemas.xmlsoap.org/soap/envelope/", SOAP_1_2), "application/soap+xml"


def texts_of(answer: httpx.Response, name: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(answer.content).iter(f"{{*}}{name}")]


def body_of(answer: httpx.Response) -> etree._Element:
    body = etree.fromstring(answer.content).find("{*}Body")
    assert body is not None
    return body[0]


def communication(content: str, *, landlord: str = "0000000123", operation: str = "A", kind: str = "PV") -> str:
    header = f"<codigoArrendador>{landlord}</codigoArrendador><aplicacion>T</aplicacion>"
    header += f"<tipoOperacion>{operation}</tipoOperacion>"
    header += f"<tipoComunicacion>{kind}</tipoComunicacion>" if kind else ""
    inner = f"<peticion><cabecera>{header}</cabecera><solicitud>{content}</solicitud></peticion>"
    return f'<c:comunicacionRequest xmlns:c="{COM}">{inner}</c:comunicacionRequest>'


def two_entries() -> str:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("one.xml", "<a/>")
        archive.writestr("two.xml", "<a/>")
    return base64.b64encode(file.getvalue()).decode()


def bomb() -> str:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.xml", b" " * (20 << 20))
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (communication(GOOD), "0"),
        (communication(GOOD, landlord=""), "10100"),
        (communication(GOOD, landlord="9999999999"), "10103"),
        (communication(""), "10110"),
        (communication("not base64!"), "10111"),
        (communication(base64.b64encode(b"<a/>").decode()), "10111"),
        (communication(packed(b"no xml")), "10111"),
        (communication(packed(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')), "10111"),
        (communication(two_entries()), "10111"),
        (communication(bomb()), "10111"),
        (communication(packed(b"<peticion/>")), "10121"),
        (communication(GOOD, kind="RH"), "10121"),
        (communication(GOOD, kind="AV"), "10119"),
        (communication(GOOD, kind="XX"), "10122"),
        (communication(GOOD, kind=""), "10116"),
        (communication(GOOD, operation="Z"), "10117"),
        (communication(GOOD, operation=""), "10112"),
        (f'<c:comunicacionRequest xmlns:c="{COM}"><peticion/></c:comunicacionRequest>', "10108"),
    ],
)
def test_spain_answers_with_the_ministrys_code(es: SimulatedRegistry, content: str, code: str) -> None:
    answer = called(es, content)
    assert texts_of(answer, "codigo") == [code]
    assert ministry_schema("comunicacion.xsd").validate(body_of(answer)), "the ministry's own schema"


def test_spain_takes_ten_lots_a_question(es: SimulatedRegistry) -> None:
    lots = "<lote>x</lote>" * 11
    content = f'<c:consultaLoteRequest xmlns:c="{COM}"><codigosLote>{lots}</codigosLote></c:consultaLoteRequest>'
    assert texts_of(called(es, content), "codigo") == ["10136"]


def test_spain_lets_nobody_in_without_the_password(es: SimulatedRegistry) -> None:
    assert called(es, communication(GOOD), password="wrong").status_code == 401


@pytest.mark.parametrize("content", ["", "<a/><b/>", "<a/>", "<unclosed"])
def test_what_is_no_soap_is_a_fault(es: SimulatedRegistry, content: str) -> None:
    assert texts_of(called(es, content), "faultcode") == ["soap:Client"]


@pytest.mark.parametrize("version", [1, 2])
def test_the_police_answer_in_the_version_of_soap_that_asks(it: SimulatedRegistry, version: int) -> None:
    envelope, media_type = asked_for_a_table(version)
    content = TABLE.format(italian_token(it), "Tipi_Documento")
    headers = {"Content-Type": media_type, "SOAPAction": "AlloggiatiService/Tabella"}
    answer = called(it, content, envelope=envelope, headers=headers)
    assert answer.headers["content-type"].partition(";")[0] == media_type
    (table,) = texts_of(answer, "CSV")
    assert len(table.splitlines()) == 96


@pytest.mark.parametrize(
    ("version", "media_type", "action", "status"),
    [
        (1, "text/xml", "", 500),
        (1, "text/xml", "AlloggiatiService/Send", 500),
        (2, "text/xml", "AlloggiatiService/Tabella", 500),
        (1, "application/soap+xml", "AlloggiatiService/Tabella", 400),
        (1, "application/json", "AlloggiatiService/Tabella", 415),
    ],
)
def test_the_police_refuse_another_version_or_action_than_the_calls_own(
    it: SimulatedRegistry, version: int, media_type: str, action: str, status: int
) -> None:
    envelope, _ = asked_for_a_table(version)
    content = TABLE.format(italian_token(it), "Luoghi")
    answer = called(it, content, envelope=envelope, headers={"Content-Type": media_type, "SOAPAction": action})
    assert answer.status_code == status
    assert b"CSV" not in answer.content


def test_the_ministry_takes_no_soap_1_2(es: SimulatedRegistry) -> None:
    envelope, media_type = asked_for_a_table(2)
    answer = called(es, communication(GOOD), envelope=envelope, headers={"Content-Type": media_type})
    assert answer.status_code == 415


def italian(simulator: SimulatedRegistry, operation: str, rows: list[str], token: str) -> httpx.Response:
    strings = "".join(f"<string>{text}</string>" for text in rows)
    inner = f"<Utente>demo</Utente><token>{token}</token><ElencoSchedine>{strings}</ElencoSchedine>"
    return called(simulator, f'<{operation} xmlns="AlloggiatiService">{inner}</{operation}>')


def italian_token(simulator: SimulatedRegistry) -> str:
    secret = f"<Password>{simulator.token}</Password><WsKey>{simulator.token}</WsKey>"
    content = f'<GenerateToken xmlns="AlloggiatiService"><Utente>demo</Utente>{secret}</GenerateToken>'
    return texts_of(called(simulator, content), "token")[0]


def italian_rows() -> list[str]:
    places = read_places(
        "Codice;Descrizione;Provincia;DataFineVal\n100000100;ITALIA;;\n100000216;GERMANIA;;\n"
        "412058091;ROMA;RM;\n403015146;MILANO;MI;\n"
    )
    record, today = base_record(ROME, CARLA, DIEGO), datetime.now(ZoneInfo("Europe/Rome")).date()
    return [row(person, record, places, today) for person in record.people]


def test_italy_says_of_each_row_what_is_wrong_with_it(it: SimulatedRegistry) -> None:
    head, member = italian_rows()
    wrong = [head[:-1], head.replace("CARLA", "CARLÀ"), "16" + head[2:12] + "31" + head[14:], member, head, member]
    answer = italian(it, "Test", [*wrong, "20" + member[2:]], italian_token(it))
    assert texts_of(answer, "ErroreCod")[1:] == ["11", "12", "12", "12", "", "", "12"]
    assert texts_of(answer, "ErroreDettaglio")[2:5] == ["Nome", "Giorni Permanenza", "Tipo Alloggiato"]
    assert texts_of(answer, "SchedineValide") == ["2"]


def test_italy_keeps_nothing_of_a_test_and_only_the_good_rows_of_a_sending(it: SimulatedRegistry) -> None:
    head, member = italian_rows()
    token, before = italian_token(it), len(it.books())
    italian(it, "Test", [head, member], token)
    assert len(it.books()) == before
    italian(it, "Send", [head, member[:-1]], token)
    assert len(it.books()) == before + 1


@pytest.mark.parametrize("token", ["", "stolen"])
def test_italy_refuses_a_token_it_never_gave(it: SimulatedRegistry, token: str) -> None:
    assert texts_of(italian(it, "Send", italian_rows(), token), "ErroreCod") == ["103"]


def portuguese(simulator: SimulatedRegistry, movement: bytes, key: str) -> str:
    content = base64.b64encode(movement).decode()
    inner = "<UnidadeHoteleira>500000000</UnidadeHoteleira><Estabelecimento>1</Estabelecimento>"
    inner += f"<ChaveAcesso>{key}</ChaveAcesso><Boletins>{content}</Boletins>"
    answer = called(simulator, f'<EntregaBoletinsAlojamento xmlns="http://sef.pt/">{inner}</EntregaBoletinsAlojamento>')
    return texts_of(answer, "EntregaBoletinsAlojamentoResult")[0]


@pytest.mark.parametrize("movement", [b"no xml", b"<MovimentoBAL/>", b'<MovimentoBAL xmlns="http://sef.pt/BAws"/>'])
def test_portugal_refuses_another_layout(pt: SimulatedRegistry, movement: bytes) -> None:
    assert "<Codigo_Retorno>75</Codigo_Retorno>" in portuguese(pt, movement, pt.token)


def test_portugal_refuses_a_wrong_key(pt: SimulatedRegistry) -> None:
    assert "<Codigo_Retorno>22</Codigo_Retorno>" in portuguese(pt, b"", "wrong")


async def test_no_day_slips_on_the_way_to_portugal(pt: SimulatedRegistry) -> None:
    # 00:15 in Lisbon's summer time is still the previous day in UTC: detects dates computed in UTC.
    zone = ZoneInfo("Europe/Lisbon")
    arrives = int(datetime(2026, 7, 1, 0, 15, tzinfo=zone).timestamp())
    record = base_record(LISBON, BEN, landlord=SENHORIO)
    stay = type(record.stay)("s1", arrives, arrives + 3 * 86_400)
    registry = open_registry("pt", pt.settings, lambda: arrives + 3600)
    answer = await registry.submit(base_record(LISBON, BEN, landlord=SENHORIO, stay=stay))
    await registry.close()
    assert isinstance(answer, Accepted)
    assert pt.books()[-1]["person"] == "1985-12-31 2026-07-01"
