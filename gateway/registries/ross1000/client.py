"""Italy's tourism statistics, ROSS1000: one call with the days of a record; an answer for each guest."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from gateway.domain.filings.record import Answer, Difference, FieldProblem, Registration
from gateway.outbound.http import LostAnswer
from gateway.registries.adapter import (
    Clock,
    Outcome,
    SendOnly,
    refused_before_sending,
    settled_by_person,
    sha256_of,
    unknown,
)
from gateway.registries.italy.places import bundled_places
from gateway.registries.ross1000 import record, rules
from gateway.registries.settings import AccountSettings
from gateway.registries.soap import SoapFault, SoapPort, open_soap, unknown_fault

_BINDING: Final = "{http://checkin.ws.service.turismo5.gies.it/}GestioneCheckinV2ImplServiceSoapBinding"
_REFUSED: Final = "errore"  # the region gives a sentence and no code
# What a record of each kind is answered in; "retifiche" is the schema's spelling.
_ANSWERED_IN: Final = {"check_out": ("partenze", "partenza"), "annulment": ("retifiche", "eliminazione")}
_ARRIVALS: Final = ("arrivi", "arrivo")


class Ross1000Registry(SendOnly):
    """Registry port for a region's statistics; registered_as is the code that the region gave the facility.

    A guest sent again under their number replaces the same guest, so a record of unknown outcome is sent again.
    """

    name = "ross1000"
    resends_safely = True

    def __init__(self, port: SoapPort, now: Clock) -> None:
        self._port, self._now = port, now

    async def submit(self, registration: Registration) -> Answer:
        """Send the days of the record in one call."""
        if found := self.problems(registration):
            return refused_before_sending(found)
        sent = {
            "codice": registration.unit.registered_as,
            "prodotto": record.PRODUCT,
            "movimento": record.movements(registration, bundled_places(), self._now()),
        }
        try:
            reply = await self._port.call("inviaMovimentazione", movimentazione=sent)
            outcomes = _outcomes(registration, reply.content)
        except LostAnswer as lost:
            return unknown(lost)
        except SoapFault as fault:
            return unknown_fault(fault)
        receipt = record.receipt(registration)
        return settled_by_person(registration, outcomes, receipt, sha256_of(reply.raw), self._now())

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]:
        """The fields the region would refuse."""
        return tuple(rules.problems(registration, self._now()))

    def differences(self, registration: Registration) -> tuple[Difference, ...]:  # noqa: ARG002 - the port's shape
        """None: no name is sent."""
        return ()

    def tables(self) -> Mapping[str, str]:
        """Versions of the manual's lists and of the police's table of places."""
        places = bundled_places().table
        return {record.LISTS: record.LISTS_VERSION, places.name: places.version}

    async def close(self) -> None:
        """Close the connections."""
        await self._port.close()


def _outcomes(filed: Registration, days: Iterable[Any] | None) -> list[Outcome]:
    """One outcome for each person. Raises LostAnswer where one is missing, or two of one guest contradict."""
    found: dict[str, Outcome] = {}
    counted: Counter[str] = Counter()
    for result in _results(days, *_ANSWERED_IN.get(filed.kind, _ARRIVALS)):
        outcome = Outcome(True) if result.successo else Outcome(False, _REFUSED, (result.errore or "")[:400])
        counted[result.idswh] += 1
        if result.successo is None or found.setdefault(result.idswh, outcome) != outcome:
            raise LostAnswer("answer_ambiguous")
    numbers = [record.guest_number(filed, person) for person in filed.people]
    if set(found) != set(numbers) or len(set(counted.values())) > 1:
        raise LostAnswer("answer_miscounted")
    return [found[number] for number in numbers]


def _results(days: Iterable[Any] | None, group: str, item: str) -> Iterator[Any]:
    for day in days or ():
        listed = day and getattr(day, group)
        yield from (result for result in (listed and getattr(listed, item)) or () if result is not None)


def open_registry(settings: Mapping[str, str], now: Clock) -> Ross1000Registry:
    """Settings: url, user, token or token_file (the password for transmission), ca_file?, timeout_s?."""
    given = AccountSettings.model_validate(settings)
    wsdl = Path(__file__).with_name("checkin.wsdl")
    port = open_soap(wsdl, _BINDING, given, account=(given.user, given.secret()))
    return Ross1000Registry(port, now)
