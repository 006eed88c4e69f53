"""Portugal, SIBA: bulletins of foreigners over SOAP; answers "0" or errors by line; no query, no cancellation."""

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from gateway.domain.filings.record import (
    Answer,
    Difference,
    FieldProblem,
    Refused,
    Registration,
    RegistryUnreachable,
)
from gateway.outbound.http import LostAnswer
from gateway.outbound.settings import BearerSettings
from gateway.registries.adapter import (
    Clock,
    Outcome,
    SendOnly,
    name_differences,
    refused_before_sending,
    settled_by_person,
    sha256_of,
    unknown,
)
from gateway.registries.portugal import record as portugal_record
from gateway.registries.soap import SoapFault, SoapPort, open_soap, unknown_fault

_BINDING = "{http://sef.pt/}BoletinsAlojamentoSoap"
_WRONG_KEY = "22"
_NUMBERED_FROM = 1_577_836_800  # 2020-01-01, so that file numbers stay within 32 bits
Errors = dict[int, tuple[str, str]]  # line → code, sentence; line 0 is the whole file


class PortugalRegistry(SendOnly):
    """Registry port for SIBA; registered_as is the landlord's nine digits and the unit's establishment number."""

    name = "pt"
    resends_safely = False

    def __init__(self, port: SoapPort, access_key: str, now: Clock) -> None:
        self._port, self._access_key, self._now = port, access_key, now
        self._number = 0

    async def submit(self, registration: Registration) -> Answer:
        """Send one movement with a bulletin for each person."""
        if found := self.problems(registration):
            return refused_before_sending(found)
        number, now = self._next_number(), self._now()
        try:
            reply = await self._port.call(
                "EntregaBoletinsAlojamento",
                UnidadeHoteleira=registration.landlord.registered_as,
                Estabelecimento=int(registration.unit.registered_as),
                ChaveAcesso=self._access_key,
                Boletins=portugal_record.bulletins(registration, number, now),
            )
            errors = _errors(str(reply.content or ""))
        except LostAnswer as lost:
            return unknown(lost)
        except SoapFault as fault:
            return unknown_fault(fault)
        receipt = f"{registration.landlord.registered_as}/{registration.unit.registered_as}/{number}"
        return self._settled(registration, errors, receipt, sha256_of(reply.raw))

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The fields the authority would refuse."""
        return tuple(portugal_record.problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:
        """Names as transliterated: without accents."""
        return name_differences(registration, lambda _, name: portugal_record.sent_name(name))

    def tables(self) -> Mapping[str, str]:
        """Versions of the countries and the transliteration."""
        return portugal_record.TABLES

    async def close(self) -> None:
        """Close the connections."""
        await self._port.close()

    def _next_number(self) -> int:
        # Always increasing, also across restarts, without a stored counter.
        self._number = max(self._number + 1, self._now() - _NUMBERED_FROM)
        return self._number

    def _settled(self, record: Registration, errors: Errors, receipt: str, digest: str) -> Answer:
        whole = next((entry for line, entry in errors.items() if not 1 <= line <= len(record.people)), None)
        if whole and whole[0] == _WRONG_KEY:
            raise RegistryUnreachable("credentials_refused_code", code=_WRONG_KEY)
        if whole:
            return Refused(*whole)
        lines = range(1, len(record.people) + 1)
        outcomes = [Outcome(False, *errors[line]) if line in errors else Outcome(True) for line in lines]
        return settled_by_person(record, outcomes, receipt, digest, self._now())


def _errors(result: str) -> Errors:
    """Errors by line, from "0" or <ErrosBA>. Raises LostAnswer for anything else."""
    if result.strip() == "0":
        return {}
    try:
        root = etree.fromstring(result.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        found = {
            int(_text_of(error, "Linha")): (_text_of(error, "Codigo_Retorno"), _text_of(error, "Descricao")[:400])
            for error in root.iter("{*}RetornoBA")
        }
    except (etree.XMLSyntaxError, ValueError):
        raise LostAnswer("answer_unreadable") from None
    if not found:
        raise LostAnswer("answer_ambiguous")
    return found


def _text_of(error: etree._Element, name: str) -> str:
    return (error.findtext(f"{{*}}{name}") or "").strip()


def open_registry(settings: Mapping[str, str], now: Clock) -> PortugalRegistry:
    """Settings: url, token or token_file (the access key), ca_file?, timeout_s?."""
    given = BearerSettings.model_validate(settings)
    port = open_soap(Path(__file__).with_name("siba.wsdl"), _BINDING, given)
    return PortugalRegistry(port, given.secret(), now)
