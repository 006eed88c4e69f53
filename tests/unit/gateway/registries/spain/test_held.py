"""What the ministry holds, as its schema writes it, compared with what was filed; and XML that it has already."""

from dataclasses import replace

import pytest
from lxml import etree

from firmware_sim.registries.spain.reader import ministry_schema
from gateway.domain.filings.field_rules import local_time
from gateway.domain.filings.record import (
    NOTHING,
    Filed,
    Held,
    OutcomeUnknown,
    Refused,
    Registration,
    RegistryUnreachable,
)
from gateway.registries.spain import record
from tests.contract.registries.spain import ANA, BEN, MADRID
from tests.contract.registry_cases import base_record
from tests.unit.gateway.registries.spain.test_ministry import COM, TAKEN, Ministry, inner, registry

CODE = "00000000-0000-0000-0000-000000000001"
RECORD = base_record(MADRID, ANA, BEN)
PEOPLE = """<persona><rol>VI</rol><nombre>BEN</nombre><apellido1>MÜLLER</apellido1><tipoDocumento>PAS</tipoDocumento>
<documento>C01X00T47</documento><fechaNacimiento>1985-12-31</fechaNacimiento><nacionalidad>Alemania</nacionalidad>
<sexo>H</sexo></persona><persona><rol>VI</rol><nombre>Ana María</nombre><apellido1>Núñez</apellido1>
<apellido2>Ortega</apellido2><tipoDocumento>NIF</tipoDocumento><documento>12345678Z</documento>
<soporteDocumento>ABC123456</soporteDocumento><fechaNacimiento>1990-02-03 00:00:00</fechaNacimiento>
<nacionalidad>ESP</nacionalidad><sexo>M</sexo></persona>"""


def day(at: int) -> str:
    return local_time(at, MADRID.timezone).date().isoformat()


def answered(people: str = PEOPLE, *, cancelled: bool = False, code: int = 0, until: str = "") -> str:
    stay = RECORD.stay
    communication = (
        f"<comunicacion><tipo>PV</tipo><codigo>{CODE}</codigo>{'<anulada>true</anulada>' if cancelled else ''}"
        f"<referencia>{stay.id}</referencia><fechaContrato>2026-01-01</fechaContrato>"
        f"<fechaInicio>{day(stay.from_at)} 12:00:00</fechaInicio>"
        f"<fechaFin>{until or day(stay.until_at)}T12:00:00</fechaFin>"
        "<fechaAlta>2026-01-01 10:00:00</fechaAlta><pago><tipo>PLATF</tipo></pago><arrendador><nombre>Casa Sol</nombre>"
        "<tipoDocumento>CIF</tipoDocumento><documento>B1</documento><codigo>0000000123</codigo><tipo>Hospedaje</tipo>"
        "</arrendador><establecimiento><codigo>0000000456</codigo></establecimiento>"
        "<infoAlojamiento><numeroPersonas>2</numeroPersonas></infoAlojamiento>"
        f"<personas>{people}</personas></comunicacion>"
    )
    result = f"<resultado><codigo>{code}</codigo><descripcion>Ok</descripcion></resultado>"
    content = result if code else result + communication
    text = f'<n:consultaComunicacionResponse xmlns:n="{COM}">{content}</n:consultaComunicacionResponse>'
    ministry_schema("comunicacion.xsd").assertValid(etree.fromstring(text))
    return text


async def compared(body: str, record: Registration | None = RECORD, receipt: str = CODE) -> Held:
    found = await registry(Ministry(body)).holdings([Filed(RECORD.reference, receipt, record)])
    return found[RECORD.reference]


async def test_the_same_people_in_capitals_and_another_order_do_not_differ() -> None:
    held = await compared(answered())
    assert (held.receipt, held.cancelled, held.differing) == (CODE, False, ())


@pytest.mark.parametrize(
    ("old", "new", "differing"),
    [
        ("C01X00T47", "C01X00T48", ("people[1].document.number",)),
        ("Núñez", "Nunez", ("people[0].surname",)),
        ("<apellido2>Ortega</apellido2>", "", ("people[0].second_surname",)),
        ("1985-12-31", "1985-12-30", ("people[1].birth_date",)),
        ("<nacionalidad>ESP", "<nacionalidad>PRT", ("people[0].nationality",)),
        ("<nacionalidad>ESP", "<nacionalidad>España", ()),
    ],
)
async def test_a_field_that_differs_is_named(old: str, new: str, differing: tuple[str, ...]) -> None:
    assert old in PEOPLE
    assert (await compared(answered(PEOPLE.replace(old, new)))).differing == differing


async def test_another_day_and_another_number_of_people_differ() -> None:
    assert (await compared(answered(until="2099-01-01"))).differing == ("stay.until_at",)
    ben, ana = PEOPLE.replace("\n", "").split("</persona><persona>")
    assert (await compared(answered(f"{ben}</persona>"))).differing[0] == "people"
    assert (await compared(answered(f"<persona>{ana}"))).differing == ("people",)


async def test_a_cancelled_one_is_known_and_one_that_is_not_answered_is_not_held() -> None:
    assert (await compared(answered(cancelled=True))).cancelled
    assert await compared(answered(), receipt="another") == NOTHING


async def test_without_the_record_nothing_but_the_receipt_is_compared() -> None:
    held = await compared(answered(PEOPLE.replace("Núñez", "Nunez")), None)
    assert (held.receipt, held.differing) == (CODE, ())


async def test_an_error_of_the_ministry_compares_nothing() -> None:
    with pytest.raises(RegistryUnreachable):
        await compared(answered(code=10136))


async def test_a_question_is_valid_by_the_ministrys_schema() -> None:
    ministry = Ministry(answered())
    await registry(ministry).holdings([Filed("r", CODE, None), Filed("s", "another", None)])
    body = etree.fromstring(ministry.sent).find("{*}Body")
    assert body is not None
    ministry_schema("comunicacion.xsd").assertValid(body[0])


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Lote duplicado", OutcomeUnknown("lot_sent_before")),
        ("Error de validación", Refused("10121", "Error de validación")),
    ],
)
async def test_xml_that_the_ministry_has_already_is_no_refusal_of_the_record(words: str, answer: object) -> None:
    taken = TAKEN.format(code="codigo", number=10121, words=words, lot="")
    body = f'<n:comunicacionResponse xmlns:n="{COM}"><respuesta>{taken}</respuesta></n:comunicacionResponse>'
    assert await registry(Ministry(body)).submit(RECORD) == answer


def test_a_record_is_the_same_xml_each_time_and_another_record_is_not() -> None:
    def sent(one: Registration) -> bytes:
        return etree.tostring(inner(record.arrival_report(one)))

    assert sent(RECORD) == sent(RECORD)
    assert sent(RECORD) != sent(replace(RECORD, reference="another"))
