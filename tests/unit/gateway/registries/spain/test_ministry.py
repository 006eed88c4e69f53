"""SES.HOSPEDAJES v3.1.3, judged by the ministry's own schemas and by the answers in its document's annexes."""

import base64
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from lxml import etree

import gateway.registries.spain
from firmware_sim.registries.spain.reader import ministry_schema
from gateway.domain.filings.record import Accepted, Answer, OutcomeUnknown, Payment, Pending, Refused, Registration
from gateway.outbound.http import Client, Reply
from gateway.registries.soap import SoapPort
from gateway.registries.spain import record
from gateway.registries.spain.client import _BINDING, SpainRegistry
from tests.contract.registries.spain import ANA, BEN, CASE, MADRID
from tests.contract.registry_cases import base_record

NOW = 2_000_000_000
COM = "http://www.soap.servicios.hospedajes.mir.es/comunicacion"
LOT = "00000000-0000-0000-0000-000000000000"
ENVELOPE = '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header/><S:Body>{}</S:Body></S:Envelope>'
TAKEN = "<{code}>{number}</{code}><descripcion>{words}</descripcion>{lot}"
HEAD = (
    f"<lote>{LOT}</lote><{{kind}}>PV</{{kind}}><tipoOperacion>A</tipoOperacion>"
    "<fechaPeticion>2023-02-23T11:37:13.000+01:00</fechaPeticion>"
    "<fechaProcesamiento>2023-02-23T11:37:33.000+01:00</fechaProcesamiento><codigoEstado>{state}</codigoEstado>"
    "<descEstado>Se ha ejecutado pero hay errores</descEstado><identificadorUsuario>B00000000</identificadorUsuario>"
    "<nombreUsuario>Prueba</nombreUsuario><codigoArrendador>0000000001</codigoArrendador>"
    "<aplicacion>Sistema de pruebas</aplicacion>"
    "<resultadoComunicaciones><{item}><orden>1</orden>{found}</{item}></resultadoComunicaciones>"
)
ERROR = "<tipoError>Error validación de datos</tipoError><error>No existe un establecimiento</error>"


class Ministry:
    """Takes a request and answers with one body."""

    def __init__(self, body: str) -> None:
        self.body, self.sent = ENVELOPE.format(body).encode(), b""

    async def exchange(self, _: str, __: str, *, content: bytes, **___: Any) -> Reply:
        self.sent = content
        return Reply(200, self.body)

    ask = exchange


def registry(ministry: Ministry) -> SpainRegistry:
    wsdl = Path(gateway.registries.spain.__file__).with_name("hospedajes.wsdl")
    port = SoapPort(wsdl, _BINDING, "https://hospedajes.example", cast("Client", ministry))
    return SpainRegistry(port, "0000000123", lambda: NOW, 60)


async def answered(code: str, number: int, *, lot: bool = True) -> tuple[Answer, Ministry]:
    words = TAKEN.format(code=code, number=number, words="Ok", lot=f"<lote>{LOT}</lote>" if lot else "")
    ministry = Ministry(
        f'<n:comunicacionResponse xmlns:n="{COM}"><respuesta>{words}</respuesta></n:comunicacionResponse>'
    )
    return await registry(ministry).submit(CASE.record()), ministry


async def decided(state: int, found: str, *, kind: str, item: str) -> Answer:
    result = HEAD.format(kind=kind, state=state, item=item, found=found)
    said = "<respuesta><codigo>0</codigo><descripcion>Ok</descripcion></respuesta>"
    body = f'<n:consultaLoteResponse xmlns:n="{COM}">{said}<resultado>{result}</resultado></n:consultaLoteResponse>'
    return await registry(Ministry(body)).poll(LOT)


def inner(solicitud: str) -> etree._Element:
    archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(solicitud)))
    return etree.fromstring(archive.read(archive.namelist()[0]))


@pytest.mark.parametrize("code", ["codigo", "codigoRetorno"])
async def test_an_answer_is_read_by_the_schemas_name_and_by_the_annexes(code: str) -> None:
    taken, _ = await answered(code, 0)
    assert isinstance(taken, Pending)
    assert taken.reference == LOT
    refused, _ = await answered(code, 10111, lot=False)
    assert refused == Refused("10111", "Ok")


async def test_an_answer_without_any_code_is_unknown() -> None:
    silent = Ministry(f'<n:comunicacionResponse xmlns:n="{COM}"><respuesta/></n:comunicacionResponse>')
    assert isinstance(await registry(silent).submit(CASE.record()), OutcomeUnknown)


@pytest.mark.parametrize("kind", ["tipoComunicacion", "tipoComuniacion"])
@pytest.mark.parametrize("item", ["resultadoComunicacion", "resutadoComunicacion"])
async def test_a_lot_is_read_by_the_schemas_names_and_by_the_annexes(kind: str, item: str) -> None:
    taken = await decided(1, f"<codigoComunicacion>{LOT}</codigoComunicacion>", kind=kind, item=item)
    assert isinstance(taken, Accepted)
    assert taken.receipt == LOT
    annulled = f"<anulada>true</anulada><codigoComunicacion>{LOT}</codigoComunicacion>"
    assert isinstance(await decided(1, annulled, kind=kind, item=item), Accepted)
    refused = await decided(6, ERROR, kind=kind, item=item)
    assert refused == Refused("Error validación de datos", "No existe un establecimiento")


async def test_the_message_is_valid_by_the_ministrys_schema() -> None:
    _, ministry = await answered("codigo", 0)
    body = etree.fromstring(ministry.sent).find("{*}Body")
    assert body is not None
    ministry_schema("comunicacion.xsd").assertValid(body[0])


def booked(payment: Payment) -> Registration:
    one = base_record(MADRID, ANA)
    return replace(one, kind="booking", stay=replace(one.stay, people=2, payment=payment, internet=True))


@pytest.mark.parametrize(
    ("schema", "content"),
    [
        ("altaParteHospedaje.xsd", lambda: record.arrival_report(base_record(MADRID, ANA, BEN))),
        ("altaReservaHospedaje.xsd", lambda: record.booking_report(booked("card"))),
        ("altaReservaHospedaje.xsd", lambda: record.booking_report(booked("other"))),
        ("anularComunicacion.xsd", lambda: record.annulment([LOT], "r-1")),
    ],
)
def test_every_report_is_valid_by_the_ministrys_schema(schema: str, content: Callable[[], str]) -> None:
    ministry_schema(schema).assertValid(inner(content()))
