"""What a machine-readable zone says of its holder, with the issuers' own uses of numbers and optional data.

Part 5 of ICAO Doc 9303 leaves the optional data of cards to their issuers; USES lists the uses this gateway knows. What
an issuer puts there beyond the fields of a registration (a Dutch citizen service number, a personal code) is not kept.
"""

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from stdnum.es import dni, nie

from gateway.domain.birth_date import BirthDate
from gateway.domain.filings.codes.icao_states import STATELESS
from gateway.domain.verification.document_numbers import chinese_kind
from gateway.domain.verification.mrz import MachineZone, birth_dates, expiry_date

SUPPORT: Final = "person.document.support"
SECOND_SURNAME: Final = "person.second_surname"
Facts = dict[str, str]
Use = Callable[[MachineZone], Facts]

ID_CARDS_FOR_FOREIGNERS: Final = ("ITA", "BEL", "EST")
"""States whose identity cards are also issued to foreigners; of any other, a foreigner's card is a residence permit."""


KIND_OF_HOLDER: Final[Mapping[str, str]] = {
    STATELESS: "stateless_document",
    "XXB": "refugee_document",
    "XXC": "refugee_document",
}
"""Booklets by the holder's nationality where that is none (Doc 9303 part 3, section 5 part E)."""

KIND_OF_CODE: Final[Mapping[str, str]] = {
    "PD": "diplomatic_passport",
    "PO": "service_passport",
    "PR": "refugee_document",
    "PS": "stateless_document",
}
"""Booklets by document code (Doc 9303 part 4, 4.4); the other codes are passports here.

A second letter means this since 2026, and may be left out until 2028.
"""

KIND_OF_OWN_CODE: Final[Mapping[str, str]] = {**KIND_OF_CODE, "PR": "passport", "PS": "service_passport"}
"""The same for a state's own nationals, who are neither refugees nor stateless there.

Before 2026 the letter was the issuer's: Poland has PS for service passports, the Maldives have PR for ordinary ones.
"""

ORDINARY: Final = (("CHN", "PO"), ("KOR", "PS"), ("MMR", "PS"))
"""Own letters of ordinary passports: China's, Korea's for one journey (until 2025), Myanmar's for seafarers."""


@dataclass(frozen=True, slots=True)
class Days:
    """Birth and expiry as the zone allows; `births` has more than one where the century is open."""

    births: tuple[BirthDate, ...]
    expiry: date | None


def zone_kind(zone: MachineZone) -> str:
    """The kind of document, of gateway.domain.documents.DOCUMENT_KINDS."""
    state, nationality = zone.fields["state"], zone.fields["nationality"]
    if zone.format == "TD3":
        return _booklet_kind(zone.fields["kind"], state, nationality)
    if state == "CHN":
        return chinese_kind(zone.fields["number"])
    if nationality not in (state, "") and state not in ID_CARDS_FOR_FOREIGNERS:
        return "residence_permit"
    return "id_card"


def _booklet_kind(code: str, state: str, nationality: str) -> str:
    if nationality in KIND_OF_HOLDER:
        return KIND_OF_HOLDER[nationality]
    if nationality != state:
        return KIND_OF_CODE.get(code, "passport")
    return "passport" if (state, code) in ORDINARY else KIND_OF_OWN_CODE.get(code, "passport")


def zone_facts(zone: MachineZone) -> Facts:
    """The fields without dates, by the names of gateway.domain.documents.FIELDS and paths of the record."""
    facts = {
        "surname": zone.surname,
        "given_names": zone.given_names,
        "id_number": zone.fields["number"],
        "nationality": zone.fields["nationality"],
        "issuing_state": zone.fields["state"],
        "sex": zone.sex,
    }
    use = USES.get((zone.format, zone.fields["state"]))
    return {name: text for name, text in (facts | (use(zone) if use else {})).items() if text}


def zone_days(zone: MachineZone, today: date) -> Days:
    """The dates, limited to what the document itself allows."""
    births = birth_dates(zone.fields["birth"], today)
    if zone.format != "FR":
        return Days(births, expiry_date(zone.fields["expiry"], today))
    issued = _french_issue(zone, today)
    if issued is None:
        return Days(births, None)
    births = tuple(born for born in births if born.first <= issued)
    return Days(births, _french_expiry(issued, births[0].last) if births else None)


def _spanish_card(zone: MachineZone) -> Facts:
    """DNI and the cards of foreigners: the personal number is in the optional data, `number` is the card's own.

    A DNI has both surnames, separated as the parts of one surname are; only two words can be told apart.
    """
    personal, facts = zone.fields["optional"], Facts()
    if dni.is_valid(personal) or nie.is_valid(personal):
        facts = {"id_number": personal, SUPPORT: zone.fields["number"]}
    words = zone.surname.split()
    if dni.is_valid(personal) and len(words) == 2:
        facts |= {"surname": words[0], SECOND_SURNAME: words[1]}
    return facts


USES: Final[Mapping[tuple[str, str], Use]] = {("TD1", "ESP"): _spanish_card}


def _french_issue(zone: MachineZone, today: date) -> date | None:
    """The last day of the month of issue (YYMM, the start of an old French card's number), from 1988 on."""
    text = zone.fields["number"][:4]
    if not text.isdigit() or not 1 <= int(text[2:]) <= 12:
        return None
    year = int(text[:2]) + (1900 if int(text[:2]) >= 88 else 2000)
    last = date(year, int(text[2:]), calendar.monthrange(year, int(text[2:]))[1])
    return last if last <= today else None


def _french_expiry(issued: date, born: date) -> date:
    """Ten years after issue; fifteen for adults' cards of 2004 to 2013 (decree 2013-1188)."""
    adult = issued.year - born.year - ((issued.month, issued.day) < (born.month, born.day)) >= 18
    years = 15 if adult and 2004 <= issued.year <= 2013 else 10
    last = calendar.monthrange(issued.year + years, issued.month)[1]
    return date(issued.year + years, issued.month, last)
