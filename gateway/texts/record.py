"""Texts for tenants about the facts asked of them, kinds of document and who sees what."""

from collections.abc import Mapping
from typing import Final

from gateway.texts.marks import N_, NP_

ASKED: Final[Mapping[str, str]] = {
    "name": N_("name"),
    "surname": N_("surname"),
    "given_names": N_("given names"),
    "id_number": N_("document number"),
    "birth_date": N_("date of birth"),
    "nationality": N_("nationality"),
    "sex": N_("sex"),
    "address": N_("home address"),
    "ethnicity": N_("ethnic group"),
    "expiry_date": N_("expiry date of the document"),
    "issuing_state": N_("issuing country"),
    "document_kind": N_("type of document"),
}
FIELD: Final[Mapping[str, str]] = {
    "document_kind": N_("Type of document"),
    "id_number": N_("Document number"),
    "name": N_("Name as on the card"),
    "surname": N_("Surname"),
    "given_names": N_("Given names"),
    "issuing_state": N_("Country that issued the document"),
    "birth_date": N_("Date of birth"),
    "nationality": N_("Nationality"),
    "sex": N_("Sex"),
}
"""Labels of the fields of a document, as forms show them."""
SIGN_IN: Final[Mapping[str, str]] = {"login": N_("Username"), "password": N_("Password")}
"""Labels of the inputs of the sign-in form, by their names."""
FACT: Final[Mapping[str, str]] = {
    "residence.street": N_("Home address: street and number"),
    "residence.postal_code": N_("Home address: postal code"),
    "residence.municipality": N_("Home address: town or city"),
    "residence.municipality_code": N_("Home address: municipality"),
    "residence.country": N_("Home address: country"),
    "phone": N_("Phone number"),
    "email": N_("Email address"),
    "relation": N_("Relationship to the minor"),
    "second_surname": N_("Second surname"),
    "document.support": N_("Document support number"),
    "birth_country": N_("Country of birth"),
    "birth_place": N_("Place of birth"),
    "birth_place_code": N_("Place of birth"),
    "document.issuing_place_code": N_("Place where the document was issued"),
    "visa.kind": N_("Visa type"),
    "visa.number": N_("Visa number"),
    "visa.valid_until": N_("Visa valid until"),
    "entry.crossing": N_("Border crossing on entry"),
    "entry.day": N_("Day of entry"),
}
FACT_HINT: Final[Mapping[str, str]] = {
    "residence.municipality_code": N_(
        "Only for people who live in the country of this home. Type the first letters and choose from the list."
    ),
    "relation": N_("Only if a minor is registered."),
    "second_surname": N_("Only with a Spanish identity card (DNI)."),
    "document.support": N_("Only with a Spanish identity card or a card for foreigners (DNI, NIE)."),
    "birth_place_code": N_("Only for people born in Italy. Type the first letters and choose from the list."),
    "document.issuing_place_code": N_(
        "Only with an Italian document. Type the first letters of the municipality and choose from the list."
    ),
    "visa.kind": N_("Only with a foreign passport or travel document. If no visa is needed, choose 免签 (visa-free)."),
    "visa.number": N_("Only with a visa."),
    "visa.valid_until": N_("Only with a visa. Enter a date such as 2027-01-31."),
    "entry.crossing": N_(
        "Only for people who live outside the European Union. Choose the border crossing or airport from the list."
    ),
    "entry.day": N_(
        "Only for people who live outside the European Union. The day they entered it, such as 2027-01-31."
    ),
}
"""Whom a fact is asked of, and how it is given."""
UNIT: Final[Mapping[str, str]] = {
    "unit.name": N_("Name of the unit"),
    "unit.bookings": N_("Report bookings: “reported”, or empty"),
    "unit.phone": N_("Phone number of the unit"),
    "unit.beds": N_("Number of people who can sleep in the unit"),
    "unit.tourist_tax": N_("Tourist tax of a person and night, in euros"),
    "unit.registered_as": N_("Number of the unit at the registry"),
    "unit.address.street": N_("Address of the unit: street and number"),
    "unit.address.extra": N_("Address of the unit: further details"),
    "unit.address.postal_code": N_("Address of the unit: postal code"),
    "unit.address.municipality": N_("Address of the unit: town or city"),
    "unit.address.municipality_code": N_("Address of the unit: municipality code"),
    "unit.address.country": N_("Address of the unit: country"),
    "landlord.name": N_("Name of the landlord"),
    "landlord.registered_as": N_("Number of the landlord at the registry"),
    "landlord.phone": N_("Phone number of the landlord"),
    "landlord.email": N_("Email address of the landlord"),
}
"""Names of what registries take of a unit and its landlord."""
RELATION: Final[Mapping[str, str]] = {
    "grandparent": NP_("relation", "grandparent"),
    "great_grandparent": NP_("relation", "great-grandparent"),
    "great_grandchild": NP_("relation", "great-grandchild"),
    "parent_in_law": NP_("relation", "parent-in-law"),
    "spouse": NP_("relation", "spouse"),
    "child": NP_("relation", "child"),
    "sibling": NP_("relation", "brother or sister"),
    "grandchild": NP_("relation", "grandchild"),
    "parent": NP_("relation", "parent"),
    "nephew": NP_("relation", "nephew or niece"),
    "in_law": NP_("relation", "brother- or sister-in-law"),
    "uncle": NP_("relation", "uncle or aunt"),
    "guardian": NP_("relation", "guardian"),
    "child_in_law": NP_("relation", "son- or daughter-in-law"),
    "other": NP_("relation", "other"),
}
DOCUMENT: Final[Mapping[str, str]] = {
    "passport": N_("passport"),
    "diplomatic_passport": N_("diplomatic passport"),
    "service_passport": N_("service or official passport"),
    "refugee_document": N_("refugee travel document (1951 Convention)"),
    "stateless_document": N_("stateless person's travel document (1954 Convention)"),
    "id_card": N_("identity card"),
    "residence_permit": N_("residence permit"),
    "cn_resident_id": N_("Chinese resident identity card"),
    "cn_hmt_residence_permit": N_("residence permit for Hong Kong, Macao and Taiwan residents"),
    "cn_permanent_residence": N_("Chinese permanent residence card for foreigners"),
    "cn_hm_travel_permit": N_("mainland travel permit for Hong Kong and Macao residents"),
    "cn_tw_travel_permit": N_("mainland travel permit for Taiwan residents"),
    "none": NP_("document", "none (child without a document)"),
    "unknown": NP_("document", "not recognised"),
}
NATIONALITY: Final[Mapping[str, str]] = {
    "XXA": N_("Stateless person"),
    "XXB": N_("Refugee (1951 Convention)"),
    "XXC": N_("Refugee, other"),
    "X" * 3: NP_("nationality", "Not specified in the document"),
}
"""Names of the codes in ICAO Doc 9303-3 part E, which CLDR does not name as countries."""
SEX: Final[Mapping[str, str]] = {
    "M": N_("male"),
    "F": N_("female"),
    "X": NP_("sex", "not specified"),
}
SEEN_BY: Final[Mapping[str, str]] = {
    "registry": N_("The registration authority: name, document, address and dates"),
    "officer": N_("Officers responsible for this area: only with a stated reason, and every access is logged"),
    "landlord": N_("The landlord: whether you are registered; your details only if a manual check is needed"),
    "nobody": N_("When you open the door is not reported to anyone"),
}
