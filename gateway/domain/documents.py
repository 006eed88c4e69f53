"""Kinds of identity documents, and the fields read from them."""

DOCUMENT_KINDS = ("passport", "id_card", "cn_resident_id", "unknown")
"""`passport`: ICAO TD3; `id_card`: TD1 or TD2; `cn_resident_id`: the portrait side of China's resident ID card."""

FIELDS = (
    "name",
    "id_number",
    "birth_date",
    "nationality",
    "sex",
    "surname",
    "given_names",
    "expiry_date",
    "issuing_state",
    "address",
    "ethnicity",
)
"""Dates are ISO 8601, states ISO 3166-1 alpha-3 (ICAO 9303 part 3 codes), sex is M, F or X."""
