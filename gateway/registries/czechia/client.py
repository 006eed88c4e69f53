"""Czechia, UbyPort: lists of guests over SOAP with a Windows account; answers with error codes for each guest.

Whether a guest with codes was accepted is told by the strength of each code in the police's own table (Chyby): 0 to 2
inform, from 4 on the guest was refused. A duplicate (150) is refused because the police hold the record already.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from gateway.domain.filings.record import Answer, Difference, FieldProblem, Refused, Registration, RegistryUnreachable
from gateway.outbound.http import LostAnswer
from gateway.outbound.ntlm import WindowsAccount, open_ntlm_client
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
from gateway.registries.czechia import record as czech_record
from gateway.registries.soap import SoapFault, SoapPort, SoapReply, unknown_fault

_BINDING: Final = "{http://UBY.pcr.cz/WS_UBY}UbyBinding"
_UNUSED: Final = "X"  # AutentificationCode: not used, but must not be empty (appendix 5, 2.1)
_ACCEPTED_UP_TO: Final = 2
_DUPLICATE: Final = "150"
Book = Mapping[str, tuple[int, str]]  # code → strength, the police's words


class CzechSettings(BearerSettings):
    """An account of the web service: user, the password as token or token_file, and its Windows domain."""

    user: Annotated[str, Field(min_length=1)]
    domain: str = "EXRESORTMV"


class CzechRegistry(SendOnly):
    """Registry port for UbyPort; registered_as of the unit is its number and abbreviation, with a slash between."""

    name = "cz"
    resends_safely = False

    def __init__(self, port: SoapPort, now: Clock) -> None:
        self._port, self._now = port, now
        self._book: Book = {}

    async def submit(self, registration: Registration) -> Answer:
        """Send one list with everybody in the record."""
        if found := self.problems(registration):
            return refused_before_sending(found)
        sent = czech_record.guest_list(registration)
        try:
            reply = await self._port.call("ZapisUbytovane", AutentificationCode=_UNUSED, Seznam=sent)
            return await self._settled(registration, reply)
        except LostAnswer as lost:
            return unknown(lost)
        except SoapFault as fault:
            return unknown_fault(fault)

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The fields the police would refuse."""
        return tuple(czech_record.problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:
        """Names as transliterated."""
        return name_differences(registration, lambda _, name: czech_record.sent_name(name), one_name_twice=True)

    def tables(self) -> Mapping[str, str]:
        """Versions of the nationalities and the transliteration."""
        return czech_record.TABLES

    async def close(self) -> None:
        """Close the connections."""
        await self._port.close()

    async def _settled(self, record: Registration, reply: SoapReply) -> Answer:
        """The answer by guest. Raises LostAnswer where it does not tell each guest's outcome."""
        header = _codes(getattr(reply.content, "ChybyHlavicky", None) or "")
        guests = [_codes(codes or "") for codes in _strings(getattr(reply.content, "ChybyZaznamu", None))]
        if len(guests) != len(record.people):
            raise LostAnswer("answer_ambiguous")
        book = await self._codes_reported() if header or any(guests) else {}
        if refusal := next((code for code in header if not _is_taken(code, book)), None):
            return Refused(refusal, _words(refusal, book))
        outcomes = [_outcome(codes, book) for codes in guests]
        stamp = getattr(reply.content, "PseudoRazitko", None) or ""
        held = any(_DUPLICATE in codes for codes in guests)
        if any(outcome.taken for outcome in outcomes) and not (stamp or held):
            raise LostAnswer("answer_ambiguous")
        return settled_by_person(record, outcomes, stamp or _DUPLICATE, sha256_of(reply.raw), self._now())

    async def _codes_reported(self) -> Book:
        """The police's table of error codes, asked for once."""
        if not self._book:
            try:
                reply = await self._port.ask("DejMiCiselnik", AutentificationCode=_UNUSED, CoChci="Chyby")
            except RegistryUnreachable as failed:  # the list was sent, so this is no outage before sending
                raise LostAnswer(failed.code, **failed.details) from None
            self._book = dict(_lines(reply.content))
        return self._book


def _strings(array: Any) -> list[str | None]:
    return list(array.string or []) if array is not None else []


def _codes(text: str) -> list[str]:
    """ ";112;106;" → the codes. Raises LostAnswer for anything else."""
    if not re.fullmatch(r"[\d;\s]*", text):
        raise LostAnswer("answer_unreadable")
    return [code.strip() for code in text.split(";") if code.strip()]


def _lines(content: Any) -> list[tuple[str, tuple[int, str]]]:
    """The table's lines: the code is in Kod2 (ERR_CZE_112), the words in Kod3, the strength in TextKratkyCZ (5.3.2)."""
    found = []
    for line in getattr(content, "CiselnikType", None) or []:
        code, strength = (line.Kod2 or "").removeprefix("ERR_CZE_").lstrip("0"), (line.TextKratkyCZ or "").strip()
        if code and strength.isdecimal():
            found.append((code, (int(strength), (line.Kod3 or "")[:400])))
    return found


def _is_taken(code: str, book: Book) -> bool:
    """Whether a guest with this code is in the register. A code the table does not have is a refusal."""
    return code == _DUPLICATE or (code in book and book[code][0] <= _ACCEPTED_UP_TO)


def _words(code: str, book: Book) -> str:
    return book[code][1] if code in book else f"UbyPort: {code}"


def _outcome(codes: list[str], book: Book) -> Outcome:
    refusal = next((code for code in codes if not _is_taken(code, book)), None)
    return Outcome(True) if refusal is None else Outcome(False, refusal, _words(refusal, book))


def open_registry(settings: Mapping[str, str], now: Clock) -> CzechRegistry:
    """Settings: url, user, token or token_file (the password), domain?, ca_file?, timeout_s?."""
    given = CzechSettings.model_validate(settings)
    account = WindowsAccount(given.domain, given.user, given.secret())
    client = open_ntlm_client(ca_file=given.ca_file, timeout_s=given.timeout_s, account=account)
    return CzechRegistry(SoapPort(Path(__file__).with_name("ubyport.wsdl"), _BINDING, given.url, client), now)
