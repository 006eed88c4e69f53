"""Italy, Alloggiati Web: an Italian and her German child in Rome."""

import dataclasses

from gateway.domain.filings.record import Address, Document, PersonFacts, UnitFacts
from tests.contract.registry_cases import RegistryCase, base_record

ROME = UnitFacts(
    code="DW-IT-1",
    address=Address("Via Roma 1", "", "00184", "Roma", "412058091", "ITA"),
    area="area-rm",
    jurisdiction="it",
    timezone="Europe/Rome",
)

CARLA = PersonFacts(
    id="p1",
    surname="D’Angelo-Forlì",
    given_names="Carla",
    birth_date="1979-06-30",
    nationality="ITA",
    document=Document("national_id", "CA00000AA", "ITA", issuing_place_code="403015146"),
    sex="female",
    birth_country="ITA",
    birth_place_code="412058091",
    role="head_of_family",
)

DIEGO = PersonFacts(
    id="p2",
    surname="Müller",
    given_names="Diego",
    birth_date="2015-01-31",
    nationality="DEU",
    document=Document(),
    sex="male",
    birth_country="DEU",
    role="family_member",
)

_ENVELOPE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body xmlns="AlloggiatiService">'
    "<{name}Response>{content}</{name}Response></soap:Body></soap:Envelope>"
)
_FINE = "<esito>true</esito><ErroreCod/><ErroreDes/><ErroreDettaglio/>"
_PLACES = (
    "Codice;Descrizione;Provincia;DataFineVal\n100000100;ITALIA;;\n100000216;GERMANIA;;\n"
    "412058091;ROMA;RM;\n403015146;MILANO;MI;\n"
)
_ROWS = (
    "<{name}Result>" + _FINE + "</{name}Result><result><SchedineValide>2</SchedineValide><Dettaglio>"
    "<EsitoOperazioneServizio>" + _FINE + "</EsitoOperazioneServizio>"
    "<EsitoOperazioneServizio>" + _FINE + "</EsitoOperazioneServizio></Dettaglio></result>"
)
_CONTENTS = {
    "GenerateToken": "<GenerateTokenResult><issued>2026-02-25T07:13:20+01:00</issued>"
    "<expires>2026-02-25T07:43:20+01:00</expires><token>token-1</token></GenerateTokenResult>"
    f"<result>{_FINE}</result>",
    "Tabella": f"<TabellaResult>{_FINE}</TabellaResult><CSV>{_PLACES}</CSV>",
    "Test": _ROWS.format(name="Test"),
    "Send": _ROWS.format(name="Send"),
}

CASE = RegistryCase(
    "it",
    lambda: base_record(ROME, CARLA, DIEGO),
    lambda: base_record(ROME, dataclasses.replace(CARLA, surname="Иванова"), DIEGO),
    can_cancel=False,
    decides_late=False,
    calls_before_filing=3,
    settings={"user": "demo", "wskey": "key"},
    answers={name: _ENVELOPE.format(name=name, content=content) for name, content in _CONTENTS.items()},
)
