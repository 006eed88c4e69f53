"""Slovenia, AJPES eTurizem: the guest book over SOAP; a row that is already there has an answer of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

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
from gateway.registries.settings import CertifiedSettings
from gateway.registries.slovenia import codes, record, rules
from gateway.registries.slovenia.profile import SPELLING
from gateway.registries.soap import SoapFault, SoapPort, open_soap, unknown_fault

_BINDING = "{http://www.ajpes.si/eturizem/}wsETurizemPorocanjeSoap"
_XML = 1
# User or password, and the certificate: expired, not registered, not valid yet.
_NOT_LET_IN: Final = {"413", "41300", "41398", "41399"}
_ALREADY_THERE: Final = "4144"  # a record with the same data has already been sent
_PACKAGE_THERE: Final = "41395"  # this report has already been processed


class _Row(NamedTuple):
    """One refusal: the row's number in the report from 1, or 0 for the report; the agency's code and words."""

    number: int
    code: str
    text: str


class _Result(NamedTuple):
    """How many rows were taken and how many not, and why."""

    taken: int
    refused: int
    rows: list[_Row]


class SloveniaRegistry(SendOnly):
    """Registry port for eTurizem; registered_as is the unit's number in the register of accommodation (RNO)."""

    name = "si"
    resends_safely = True

    def __init__(self, port: SoapPort, user: str, password: str, now: Clock) -> None:
        self._port, self._user, self._password, self._now = port, user, password, now

    async def submit(self, registration: Registration) -> Answer:
        """Send one report with a row for each person."""
        if found := self.problems(registration):
            return refused_before_sending(found)
        try:
            reply = await self._port.call(
                "oddajPorocilo",
                uName=self._user,
                pwd=self._password,
                data={"_value_1": record.guest_book(registration)},
                format=_XML,
            )
            result = _read(str(reply.content or ""))
            return self._settled(registration, result, sha256_of(reply.raw))
        except LostAnswer as lost:
            return unknown(lost)
        except SoapFault as fault:
            return unknown_fault(fault)

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The fields the agency would refuse."""
        return tuple(rules.problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:
        """A person's only name is filed as surname and as given name."""
        return name_differences(registration, lambda _, name: record.sent_name(name), one_name_twice=True)

    def tables(self) -> Mapping[str, str]:
        """Versions of the documents, the reasons of the tax, the countries and the spelling."""
        return codes.TABLES | {SPELLING.name: SPELLING.version}

    async def close(self) -> None:
        """Close the connections."""
        await self._port.close()

    def _settled(self, filed: Registration, result: _Result, digest: str) -> Answer:
        said = {row.code for row in result.rows}
        if keys := said & _NOT_LET_IN:
            raise RegistryUnreachable("credentials_refused_code", code=min(keys))
        if _PACKAGE_THERE in said:
            result = _Result(len(filed.people), 0, [])
        by_row = _by_row(result, len(filed.people))
        if 0 in by_row:
            return Refused(by_row[0].code, by_row[0].text)
        outcomes = [_outcome(by_row.get(number)) for number in range(1, len(filed.people) + 1)]
        return settled_by_person(filed, outcomes, _receipt(filed), digest, self._now())


def _outcome(row: _Row | None) -> Outcome:
    if row is None or row.code == _ALREADY_THERE:
        return Outcome(True)
    return Outcome(False, row.code, row.text)


def _receipt(filed: Registration) -> str:
    """Unit and guests' numbers: what identifies the rows at the agency, and the same for a repeat."""
    numbers = ",".join(str(record.guest_number(filed, person)) for person in filed.people)
    return f"{filed.unit.registered_as}/{numbers}"


def _read(result: str) -> _Result:
    """The agency's answer in the XML within the result. Raises LostAnswer."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(result.encode(), parser)
        rows = [
            _Row(int(row.get("rowPackageId") or 0), row.get("msg", ""), row.get("msgTxt", "")[:400])
            for row in root.iter("row")
        ]
        return _Result(int(root.get("success", "")), int(root.get("failure", "")), rows)
    except (etree.XMLSyntaxError, ValueError):
        raise LostAnswer("answer_unreadable") from None


def _by_row(result: _Result, sent: int) -> dict[int, _Row]:
    """The refusals by the row they are about, 0 for the report. Raises LostAnswer unless every row is accounted for."""
    found = {row.number: row for row in result.rows}
    whole = result.taken == 0 and set(found) == {0}
    each = len(found) == len(result.rows) == result.refused and set(found) <= set(range(1, sent + 1))
    if not whole and not (each and result.taken + result.refused == sent):
        raise LostAnswer("answer_ambiguous")
    return found


def open_registry(settings: Mapping[str, str], now: Clock) -> SloveniaRegistry:
    """Settings: url, user, token or token_file (the password), certificate_file?, ca_file?, timeout_s?."""
    given = CertifiedSettings.model_validate(settings)
    port = open_soap(
        Path(__file__).with_name("eturizem.wsdl"), _BINDING, given, certificate_file=given.certificate_file
    )
    return SloveniaRegistry(port, given.user, given.secret(), now)
