"""What travellers answer when a registry asks for more than a document says, and how hurried people answer first."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Final

from benchmarks.parties.documents import ITALIAN_COMUNE
from benchmarks.parties.people import STATELESS, Document, Person, Traveller

# Streets and towns as people write them; countries without a line live in the first of the two general ones.
HOMES: Final[Mapping[str, tuple[tuple[str, str, str, str], ...]]] = {
    # country: (street, postal code, municipality, its code in Spain and Italy, where the page asks for it)
    "ESP": (
        ("Calle Mayor 5, 2º B", "28013", "Madrid", "28079"),
        ("Av. de l'Estació 12", "08201", "Sabadell", "08187"),
        ("Rúa Nova 3", "15705", "Santiago de Compostela", "15078"),
    ),
    "ITA": (("Via dell'Orso 7", "20121", "Milano", "403015146"), ("Piazza Navona 1", "00186", "Roma", ITALIAN_COMUNE)),
    "PRT": (("Rua de São João 10", "4050-553", "Porto", ""),),
    "DEU": (("Königstraße 14", "70173", "Stuttgart", ""), ("Große Gasse 3", "93047", "Regensburg", "")),
    "FRA": (("12 bis, rue de l'Église", "67000", "Strasbourg", ""),),
    "CHN": (("人民路1号", "310000", "杭州市", ""), ("Renmin Road 1", "310000", "Hangzhou", "")),
    "IRL": (("Cill Airne, Sráid Ard", "V93 X7Y2", "Killarney", ""),),
    "HRV": (("Ilica 1", "10000", "Zagreb", ""),),
    "HKG": (("Flat A, 12/F, Nathan Road 1", "000", "Hong Kong", ""),),
}
ELSEWHERE: Final = (("Main Street 5", "10001", "Springfield", ""), ("P.O. Box 44", "00100", "Central", ""))
# What people answer when a sentence tells them that a registry does not take their first answer: in the Latin script,
# with the settlement, male or female instead of X, their country of citizenship instead of "refugee".
SECOND_ANSWERS: Final[Mapping[str, str]] = {
    "人民路1号": "Renmin Road 1",
    "杭州市": "Hangzhou",
    "Zagreb": "Zagreb-Adamovec",
    "X": "F",
    "XXB": "SYR",
}
# National prefixes of telephones; any other country's people have the last one.
PHONES: Final = {"ESP": "+34600", "ITA": "+39333", "PRT": "+35191", "CHN": "+86138", "DEU": "+49151", "USA": "+1212"}
# Entries of the list that eVisitor shows: a code, or a name as it is shown.
CROSSINGS: Final = ("201", "202", "Zračna luka Dubrovnik", "Tovarnik (Cestovni)")
VISAS: Final = ("L", "M", "F", "Q2", "S2", "none")


def answers_of(random: Random, person: Person, document: Document, today: date) -> Mapping[str, str]:
    """Every answer this person can give, by path of a person's record."""
    street, post, town, code = random.choice(HOMES.get(person.home, ELSEWHERE))
    born_in = person.home if person.nationality in STATELESS else person.place or person.nationality
    birth_place = town if born_in == person.home else random.choice(HOMES.get(born_in, ELSEWHERE))[2]
    visa = random.choice(VISAS)
    known = {
        "residence.street": street,
        "residence.postal_code": post,
        "residence.municipality": town,
        "residence.municipality_code": code,
        "residence.country": person.home,
        "phone": PHONES.get(person.home, "+4479") + "".join(random.choice("0123456789") for _ in range(6)),
        "email": f"guest{random.randrange(10_000)}@example.org",
        "birth_country": born_in,
        "birth_place": birth_place,
        "birth_place_code": ITALIAN_COMUNE if born_in == "ITA" else "",
        "second_surname": person.second_surname.written if person.second_surname else "",
        "visa.kind": visa,
        "entry.crossing": random.choice(CROSSINGS),
        "entry.day": (today - timedelta(days=random.randrange(4))).isoformat(),
        "registered_address": "浙江省杭州市人民路1号" if person.nationality == "CHN" else "",
    }
    if visa != "none":
        known |= {"visa.number": "A" + str(random.randrange(10**6, 10**7))}
        known |= {"visa.valid_until": (today + timedelta(days=60)).isoformat()}
    return {path: text for path, text in (known | dict(document.known)).items() if text}


def slips_of(random: Random, traveller: Traveller) -> Mapping[str, str]:
    """One answer as a hurried person gives it: in words, in the wrong form, or in their own script."""
    knows, person = traveller.knows, traveller.person
    slips = {
        "residence.country": random.choice(("Spain", "esp", "ES", "Deutschland")),
        "phone": "0" + knows["phone"][3:],
        "email": "guest at example.org",
        "residence.postal_code": "",
        "surname": person.surname.written,
        "given_names": person.given_names.written if person.given_names else "",
        "birth_date": "2999-01-01",
        "id_number": "123",
        "birth_place_code": "H501",
        "visa.kind": "tourist",
        "entry.crossing": "airport",
        "entry.day": "2999-01-01",
    }
    path = random.choice(list(slips))
    return {path: slips[path]}
