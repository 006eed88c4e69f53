"""Italy, Alloggiati Web: a token, a Test before each Send, an answer per row; no query and no cancellation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from gateway.domain.filings.field_rules import local_time
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
from gateway.registries.italy import record as italy_rows
from gateway.registries.italy import rules
from gateway.registries.italy.places import BadTable, Places, bundled_places, read_places
from gateway.registries.italy.profile import SPELLING
from gateway.registries.settings import AccountSettings
from gateway.registries.soap import SoapFault, SoapPort, SoapReply, open_soap, unknown_fault

_BINDING = "{AlloggiatiService}ServiceSoap"
_ROME = ZoneInfo("Europe/Rome")
_NOT_LET_IN = {"100", "101", "102", "103", "104"}
_TABLE_KEPT_S = 86_400
_MAX_TABLE_BYTES = 8 << 20  # bytes; there are about 12,000 places
Rows = list[str]


class ItalianSettings(AccountSettings):
    """An account at Alloggiati Web, with the web service's key as wskey or as the path wskey_file."""

    wskey: SecretStr = SecretStr("")
    wskey_file: str = ""

    def key(self) -> str:
        """The web service's key."""
        return self.wskey.get_secret_value() or Path(self.wskey_file).read_text().strip()


class ItalyRegistry(SendOnly):
    """Registry port for the police's service; the table of places is fetched daily and identified by its hash."""

    name = "it"
    resends_safely = False

    def __init__(self, port: SoapPort, account: ItalianSettings, now: Clock) -> None:
        self._port, self._account, self._now = port, account, now
        self._token, self._token_until = "", 0
        self._places: Places | None = None
        self._places_until = 0

    async def submit(self, registration: Registration) -> Answer:
        """Call Test, then Send if every row passed."""
        if found := self.problems(registration):
            return refused_before_sending(found)
        try:
            return await self._file(registration)
        except SoapFault as fault:
            return unknown_fault(fault)
        except LostAnswer as lost:
            return unknown(lost)
        except RegistryUnreachable:
            self._token_until = 0  # the token may have expired
            raise

    async def receipt(self, day: datetime) -> bytes:
        """The PDF of an earlier day's filings (last 30 days, not today)."""
        reply = await self._port.ask("Ricevuta", Utente=self._account.user, token=await self._logged_in(), Data=day)
        if not reply.content.RicevutaResult.esito:
            raise RegistryUnreachable("no_receipt_for_day")
        pdf: bytes = reply.content.PDF
        return pdf

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The fields the police would refuse; by the bundled table of places until submit has loaded theirs."""
        return tuple(rules.problems(registration, self._now(), self._places or bundled_places()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:
        """Names as transliterated: A-Z, space, apostrophe."""
        return name_differences(registration, lambda _, name: italy_rows.sent_name(name), one_name_twice=True)

    def tables(self) -> Mapping[str, str]:
        """Versions of the transliteration and of the table of places."""
        spelling = {SPELLING.name: SPELLING.version}
        return spelling | ({self._places.table.name: self._places.table.version} if self._places else {})

    async def close(self) -> None:
        """Close the connections."""
        await self._port.close()

    async def _file(self, record: Registration) -> Answer:
        places = await self._table()
        if found := self.problems(record):
            return refused_before_sending(found)
        today = local_time(self._now(), record.unit.timezone).date()
        rows = [italy_rows.row(person, record, places, today) for person in record.people]
        for index, outcome in enumerate(await self._tested(rows)):
            if not outcome.taken:
                return Refused(outcome.code, outcome.sentence, {"person": index + 1})
        sent = await self._port.call("Send", **self._arguments(await self._logged_in(), rows))
        return self._settled(record, _outcomes(sent, "SendResult", len(rows)), sent.raw)

    async def _tested(self, rows: Rows) -> list[Outcome]:
        reply = await self._ask("Test", **self._arguments(await self._logged_in(), rows))
        try:
            return _outcomes(reply, "TestResult", len(rows))
        except LostAnswer as lost:
            raise RegistryUnreachable(lost.code, **lost.details) from None

    def _settled(self, record: Registration, outcomes: list[Outcome], raw: bytes) -> Answer:
        digest, at = sha256_of(raw), self._now()
        # The police give no number and their PDF is by day, so the receipt names the day and our reference.
        receipt = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}/{record.reference}"
        return settled_by_person(record, outcomes, receipt, digest, at)

    def _arguments(self, token: str, rows: Rows) -> dict[str, Any]:
        return {"Utente": self._account.user, "token": token, "ElencoSchedine": {"string": rows}}

    async def _logged_in(self) -> str:
        if self._now() < self._token_until:
            return self._token
        account = self._account
        reply = await self._ask("GenerateToken", Utente=account.user, Password=account.secret(), WsKey=account.key())
        result, issued = reply.content.result, reply.content.GenerateTokenResult
        if not (result and result.esito and issued and issued.token):
            raise RegistryUnreachable("credentials_refused_code", code=(result and result.ErroreCod) or "?")
        self._token = issued.token
        expires = issued.expires if issued.expires.tzinfo else issued.expires.replace(tzinfo=_ROME)
        self._token_until = int(expires.timestamp()) - 30
        return self._token

    async def _table(self) -> Places:
        if self._places is None or self._now() >= self._places_until:
            token = await self._logged_in()
            reply = await self._ask("Tabella", Utente=self._account.user, token=token, tipo="Luoghi")
            try:
                self._places = read_places(reply.content.CSV or "")
            except BadTable:
                raise RegistryUnreachable("table_unreadable") from None
            self._places_until = self._now() + _TABLE_KEPT_S
        return self._places

    async def _ask(self, operation: str, **arguments: Any) -> SoapReply:
        try:
            return await self._port.ask(operation, **arguments)
        except SoapFault as fault:
            raise RegistryUnreachable("answered_fault", code=fault.code[:40]) from None


def _outcomes(reply: SoapReply, name: str, count: int) -> list[Outcome]:
    """One outcome per row. A list repeated identically counts once; any other mismatch raises LostAnswer."""
    whole = getattr(reply.content, name)
    if whole is None or (whole.esito and reply.content.result is None):
        raise LostAnswer("answer_incomplete")
    if not whole.esito:
        return _refused_whole(whole, count)
    listed = reply.content.result.Dettaglio
    details = (
        [Outcome(item.esito, item.ErroreCod or "", _sentence(item)) for item in listed.EsitoOperazioneServizio]
        if listed
        else []
    )
    if len(details) == 2 * count and details[:count] == details[count:]:
        details = details[:count]
    if len(details) != count:
        raise LostAnswer("answer_miscounted")
    return details


def _refused_whole(whole: Any, count: int) -> list[Outcome]:
    if whole.ErroreCod in _NOT_LET_IN:
        raise RegistryUnreachable("credentials_refused_code", code=whole.ErroreCod)
    return [Outcome(False, whole.ErroreCod or "?", _sentence(whole))] * count


def _sentence(outcome: Any) -> str:
    said = " ".join(part for part in (outcome.ErroreDes, outcome.ErroreDettaglio) if part)
    return said[:400] or ""


def open_registry(settings: Mapping[str, str], now: Clock) -> ItalyRegistry:
    """Settings: url, user, token or token_file (the password), wskey or wskey_file, ca_file?, timeout_s?."""
    given = ItalianSettings.model_validate(settings)
    port = open_soap(Path(__file__).with_name("alloggiati.wsdl"), _BINDING, given, limit=_MAX_TABLE_BYTES)
    return ItalyRegistry(port, given, now)
