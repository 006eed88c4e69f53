"""Spain, SES.HOSPEDAJES v3.1.3: asynchronous lots over SOAP; a correction is an annulment and a new record."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from gateway.domain.filings.record import (
    NOTHING,
    UNKNOWN_REFERENCE,
    Accepted,
    Answer,
    Difference,
    FieldProblem,
    Filed,
    Held,
    OutcomeUnknown,
    Pending,
    Refused,
    Registration,
    RegistryUnreachable,
)
from gateway.outbound.http import LostAnswer
from gateway.registries.adapter import Clock, name_differences, refused_before_sending, sha256_of, unknown
from gateway.registries.settings import AccountSettings
from gateway.registries.soap import SoapFault, SoapPort, SoapReply, open_soap, unknown_fault
from gateway.registries.spain import record, rules
from gateway.registries.spain.held import holding

_BINDING = "{http://www.soap.servicios.hospedajes.mir.es/comunicacion}ComunicacionBinding"
_APPLICATION = "Lodgekey"
_VALIDATION = 10121  # also the answer to XML that the ministry has already, with "Lote duplicado"
_DONE, _IN_WORK = {1, 6}, {4, 5}  # codigoEstado


class SpanishSettings(AccountSettings):
    """An account at SES.HOSPEDAJES; poll_after_s: seconds between queries for a lot."""

    poll_after_s: Annotated[int, Field(ge=1, le=3600)] = 60


class SpainRegistry:
    """Registry port for the ministry's service; the landlord's number is in each record."""

    name = "es"
    can_be_queried = False
    resends_safely = False
    compares = 10  # section 3.3: the most codes in one question

    def __init__(self, port: SoapPort, landlord: str, now: Clock, poll_after_s: int) -> None:
        self._port, self._landlord, self._now, self._poll_after_s = port, landlord, now, poll_after_s

    async def submit(self, registration: Registration) -> Answer:
        """Send operation A (PV, or RH for a booking), or B for an annulment. Returns Pending with the lot's code."""
        if found := self.problems(registration):
            return refused_before_sending(found)
        landlord = registration.landlord.registered_as
        if registration.kind == "annulment":
            content = record.annulment([registration.corrects or ""], registration.reference)
            return await self._send("B", content, landlord)
        if registration.kind == "booking":
            return await self._send("A", record.booking_report(registration), landlord, "RH")
        return await self._send("A", record.arrival_report(registration), landlord, "PV")

    async def poll(self, reference: str) -> Answer:
        """Query the state of a lot."""
        try:
            reply = await self._port.ask("consultaLote", codigosLote={"lote": [reference]})
        except SoapFault as fault:
            return unknown_fault(fault)
        results = reply.content.resultado or []
        mine = [result for result in results if result.lote == reference]
        if not mine:
            return Refused(UNKNOWN_REFERENCE)
        if any(_outcome(result) != _outcome(mine[0]) for result in mine):
            return OutcomeUnknown("answers_contradict")
        return self._decided(mine[0], reply)

    async def cancel(self, receipt: str) -> Answer:
        """Send operation B with the code of a communication. Returns Pending with a lot of its own."""
        return await self._send("B", record.annulment([receipt], receipt), self._landlord)

    async def holdings(self, filed: Sequence[Filed]) -> Mapping[str, Held]:
        """Query communications by their codes; one that does not exist is left out of the answer (section 3.3)."""
        try:
            reply = await self._port.ask("consultaComunicacion", codigos={"codigo": [one.receipt for one in filed]})
        except SoapFault as fault:
            raise RegistryUnreachable("answered_fault", code=fault.code[:40]) from None
        if reply.content.resultado.codigo != 0:
            raise RegistryUnreachable("registry_refused", code=str(reply.content.resultado.codigo))
        answered = {one.codigo: one for one in reply.content.comunicacion}
        return {
            one.reference: holding(one, answered[one.receipt]) if one.receipt in answered else NOTHING for one in filed
        }

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The fields the ministry would refuse."""
        return tuple(rules.problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:
        """Names as transliterated."""
        return name_differences(registration, lambda _, name: record.sent_name(name), one_name_twice=True)

    def tables(self) -> Mapping[str, str]:
        """Versions of the ministry's code tables."""
        return record.TABLES

    async def close(self) -> None:
        """Close the connections."""
        await self._port.close()

    async def _send(self, operation: str, content: str, landlord: str, kind: str = "") -> Answer:
        header = {"codigoArrendador": landlord, "aplicacion": _APPLICATION, "tipoOperacion": operation}
        if kind:
            header["tipoComunicacion"] = kind
        try:
            reply = await self._port.call("comunicacion", peticion={"cabecera": header, "solicitud": content})
        except LostAnswer as lost:
            return unknown(lost)
        except SoapFault as fault:
            return unknown_fault(fault)
        return self._taken_in(reply.content.respuesta)

    def _taken_in(self, answer: Any) -> Answer:
        if answer is None or (code := _code_of(answer)) is None:
            return OutcomeUnknown("answer_unreadable")
        if code == _VALIDATION and "duplicad" in (answer.descripcion or "").casefold():
            return OutcomeUnknown("lot_sent_before")
        if code:
            return _refusal(code, answer.descripcion)
        if not answer.lote:
            return OutcomeUnknown("lot_not_named")
        return Pending(answer.lote, self._now() + self._poll_after_s)

    def _decided(self, result: Any, reply: SoapReply) -> Answer:
        if result.codigoEstado in _IN_WORK:
            return Pending(result.lote, self._now() + self._poll_after_s)
        items = _outcome(result)[1]
        refused = next((item for item in items if item[1]), None)
        if refused:
            return Refused(refused[1], refused[2])
        if result.codigoEstado in _DONE and items and items[0][0]:
            return Accepted(items[0][0], sha256_of(reply.raw), self._now())
        if result.codigoEstado == 2:
            return Refused("2", (result.descEstado or "")[:400])
        return OutcomeUnknown("lot_state", {"state": result.codigoEstado})


def _code_of(answer: Any) -> int | None:
    """By the schema's name, or by that of the description's examples."""
    code: int | None = answer.codigo if answer.codigo is not None else answer.codigoRetorno
    return code


def _outcome(result: Any) -> tuple[int, list[tuple[str, str, str]]]:
    """(state, [(code of the communication, error, sentence)])."""
    found = result.resultadoComunicaciones
    listed = [*found.resultadoComunicacion, *found.resutadoComunicacion] if found else []
    return result.codigoEstado, [
        (item.codigoComunicacion or "", (item.tipoError or "")[:36], (item.error or "")[:400]) for item in listed
    ]


def _refusal(code: int, described: str | None) -> Refused:
    return Refused(str(code), (described or "")[:400])


def open_registry(settings: Mapping[str, str], now: Clock) -> SpainRegistry:
    """Settings: url, user, token or token_file (the password), landlord (its number), poll_after_s?, ca_file? …"""
    given = SpanishSettings.model_validate(settings)
    wsdl = Path(__file__).with_name("hospedajes.wsdl")
    port = open_soap(wsdl, _BINDING, given, account=(given.user, given.secret()))
    return SpainRegistry(port, given.landlord, now, given.poll_after_s)
