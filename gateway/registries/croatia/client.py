"""Croatia, eVisitor: signs in for each record, then calls one action for each guest."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.domain.filings.record import (
    Answer,
    Difference,
    FieldProblem,
    Filed,
    Held,
    Registration,
    RegistryUnreachable,
)
from gateway.outbound.http import Client, LostAnswer, Reply, open_client
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
from gateway.registries.croatia import codes, held, lookups, record, rules
from gateway.registries.croatia.profile import SPELLING
from gateway.registries.fetched_tables import Entries, keep, kept, version
from gateway.registries.settings import AccountSettings

_LOGIN = "Resources/AspNetFormsAuth/Authentication/Login"
_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
_SIGNED_OUT: Final = "not authenticated"
_DONE_BEFORE: Final = {
    "CheckOutTourist": "Odjavljuje se ista prijava više puta.",
    "CancelTouristCheckIn": "Prijava sa zadanim ID-jem je već poništena.",
}


class EvisitorSettings(AccountSettings):
    """An account, and the key of the application, which the test environment asks for."""

    apikey: str = ""


class CroatiaRegistry(SendOnly):
    """Registry port for eVisitor; registered_as is the code that it gave the accommodation.

    A check-in sent again under its ID edits the same check-in, so a record of unknown outcome is sent again.
    """

    name = "hr"
    resends_safely = True
    compares = 10  # records to one sign-in

    def __init__(self, client: Client, settings: EvisitorSettings, now: Clock) -> None:
        self._client, self._settings, self._now = client, settings, now

    async def submit(self, registration: Registration) -> Answer:
        """Sign in and call the action of every person, in the record's order."""
        if _needs_lists(registration) and not all(kept(name) for name in (lookups.CROSSINGS, lookups.DOCUMENT_IDS)):
            keep(await self.read_tables())
        if found := self.problems(registration):
            return refused_before_sending(found)
        cookie = await self._signed_in()
        outcomes, received = [], b""
        try:
            for person in registration.people:
                name, parameters = record.action(registration, person, self._now())
                reply = await self._client.exchange(
                    "POST",
                    f"{self._settings.url}/Rest/Htz/{name}/",
                    content=json.dumps(parameters, ensure_ascii=False).encode(),
                    headers={**_JSON, "Cookie": cookie},
                )
                outcomes.append(_outcome(name, reply))
                received += reply.body
        except LostAnswer as lost:
            return unknown(lost)
        receipt = ",".join(record.check_in_id(registration, person) for person in registration.people)
        return settled_by_person(registration, outcomes, receipt, sha256_of(received), self._now())

    async def holdings(self, filed: Sequence[Filed]) -> Mapping[str, Held]:
        """Sign in and look every check-in up by its ID; whoever is not listed, among the cancelled ones.

        A record whose receipt names no check-ins is left out.
        """
        headers = {"Cookie": await self._signed_in()}
        return {one.reference: await self._holding(one, headers) for one in filed if held.ids_of(one)}

    async def _holding(self, filed: Filed, headers: Mapping[str, str]) -> Held:
        numbers = held.ids_of(filed)
        listed = [await self._row(held.LISTED, number, headers) for number in numbers]
        missing = [number for number, row in zip(numbers, listed, strict=True) if row is None]
        cancelled = [number for number in missing if await self._row(held.CANCELLED, number, headers) is not None]
        return held.holding(filed, listed, cancelled=bool(cancelled))

    async def _row(self, path: str, number: str, headers: Mapping[str, str]) -> held.Row | None:
        reply = await self._client.ask("GET", f"{self._settings.url}/{held.by_id(path, number)}", headers=headers)
        return held.row_of(_read(reply.body), number)

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The fields that eVisitor would refuse."""
        return tuple(rules.problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:
        """A person's only name is filed as surname and as given name."""
        return name_differences(registration, lambda _, name: record.sent_name(name), one_name_twice=True)

    def tables(self) -> Mapping[str, str]:
        """Versions of the documents, the categories of the sojourn tax, the countries and the spelling."""
        fetched = {name: version(name) for name in (lookups.CROSSINGS, lookups.DOCUMENT_IDS) if version(name)}
        return codes.TABLES | {SPELLING.name: SPELLING.version} | fetched

    async def read_tables(self) -> Mapping[str, Entries]:
        """Sign in and read the border crossings and the kinds of document. Raises RegistryUnreachable."""
        headers = {"Cookie": await self._signed_in()}
        crossings = await self._client.ask("GET", f"{self._settings.url}/{lookups.CROSSINGS_AT}", headers=headers)
        documents = await self._client.ask("GET", f"{self._settings.url}/{lookups.DOCUMENTS_AT}", headers=headers)
        try:
            return {
                lookups.CROSSINGS: lookups.crossings_of(_read(crossings.body)),
                lookups.DOCUMENT_IDS: lookups.document_ids_of(_read(documents.body)),
            }
        except lookups.BadList:
            raise RegistryUnreachable("table_unreadable") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _signed_in(self) -> str:
        """The Cookie header of a new session. It ends by itself: signing out only deletes the browser's cookie."""
        given = self._settings
        account = {"userName": given.user, "password": given.secret(), "persistCookie": False}
        content = json.dumps(account | ({"apikey": given.apikey} if given.apikey else {})).encode()
        reply = await self._client.ask("POST", f"{given.url}/{_LOGIN}", content=content, headers=_JSON)
        if reply.status >= 500:
            raise RegistryUnreachable("answered_status", status=reply.status)
        if _read(reply.body) is not True:  # false, or an object with the reason
            raise RegistryUnreachable("credentials_refused")
        return "; ".join(f"{name}={value}" for name, value in reply.cookies)


def _needs_lists(registration: Registration) -> bool:
    """Whether somebody's check-in has codes of the lists that only an account can read."""
    return registration.kind in ("check_in", "change") and any(
        record.outside_the_union(person)
        or (person.document.kind, person.document.issuing_country) == ("passport", "HRV")
        for person in registration.people
    )


def _outcome(name: str, reply: Reply) -> Outcome:
    """Empty where the action was carried out, else an object with the user's or the system's message."""
    if reply.status == 200 and not reply.body.strip():
        return Outcome(True)
    if reply.status >= 500:
        raise LostAnswer("answered_status", status=reply.status)
    said = _read(reply.body)
    if not isinstance(said, dict):
        raise LostAnswer("answer_unreadable")
    for field in ("UserMessage", "SystemMessage"):
        if isinstance(said.get(field), str) and said[field]:
            return _refusal(name, field, said[field].removeprefix("[[[").removesuffix("]]]")[:400])
    raise LostAnswer("answer_ambiguous")


def _refusal(name: str, field: str, text: str) -> Outcome:
    if field == "SystemMessage" and _SIGNED_OUT in text.lower():
        raise RegistryUnreachable("credentials_refused")
    return Outcome(_DONE_BEFORE.get(name) == text, field, text)


def _read(body: bytes) -> Any:
    """The JSON of an answer, or None."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def open_registry(settings: Mapping[str, str], now: Clock) -> CroatiaRegistry:
    """Settings: url, user, token or token_file (the password), apikey?, ca_file?, timeout_s?."""
    given = EvisitorSettings.model_validate(settings)
    return CroatiaRegistry(open_client(ca_file=given.ca_file, timeout_s=given.timeout_s), given, now)
