"""Kinds of identity documents, and the fields read from them."""

from typing import Final

DOCUMENT_KINDS: Final = (
    "passport",
    "diplomatic_passport",
    "service_passport",
    "refugee_document",
    "stateless_document",
    "id_card",
    "residence_permit",
    "cn_resident_id",
    "cn_hmt_residence_permit",
    "cn_permanent_residence",
    "cn_hm_travel_permit",
    "cn_tw_travel_permit",
    "none",
    "unknown",
)
"""`passport`: any other booklet, ICAO TD3; `id_card`: an identity card, TD1 or TD2; `residence_permit`: a foreigner's.

`service_passport`: also called official; `refugee_document` and `stateless_document`: travel documents of the
Conventions of 1951 and 1954, which a state gives to people who are not its nationals.

`cn_resident_id`: China's resident ID card; `cn_hmt_residence_permit`: the card of the same layout for residents of Hong
Kong, Macao and Taiwan; `cn_permanent_residence`: the permanent residence card of foreigners; `cn_hm_travel_permit` and
`cn_tw_travel_permit`: mainland travel permits of residents of Hong Kong and Macao, and of Taiwan. `none`: a child
without a document; `unknown`: a picture that was not recognised.
"""

PASSPORTS: Final = ("passport", "diplomatic_passport", "service_passport")
TRAVEL_DOCUMENTS: Final = (*PASSPORTS, "refugee_document", "stateless_document")
"""Booklets that cross a border, with or without a visa. Records of registrations have these kinds by the same names."""

NUMBER_SAYS_REST: Final = ("cn_resident_id", "cn_hmt_residence_permit")
"""Kinds whose number contains the birth date and the sex, and which print the name in one field."""

CHINESE: Final = tuple(kind for kind in DOCUMENT_KINDS if kind.startswith("cn_"))
"""Kinds issued by the People's Republic of China."""

FIELDS: Final = (
    "name",
    "id_number",
    "birth_date",
    "nationality",
    "sex",
    "surname",
    "given_names",
    "expiry_date",
    "issuing_state",
    "document_kind",
    "address",
    "ethnicity",
)
"""Dates are ISO 8601, states ISO 3166-1 alpha-3 (ICAO 9303 part 3 codes), sex is M, F or X.

`name` is the whole name of a document that prints it in one field; all others have `surname` and `given_names`.
"""
