"""What is reported to a registry, its possible answers, and the port that every adapter implements."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from gateway.domain.filings.field_names import numbered_text
from gateway.domain.outcomes import CodedFailure
from gateway.texts.languages import SOURCE
from gateway.texts.outcomes import Args

Kind = Literal["check_in", "change", "check_out", "annulment", "booking"]
Payment = Literal["cash", "card", "transfer", "platform", "on_arrival", "mobile", "gift_card", "other"]
Sex = Literal["male", "female", "other", "unknown"]
DocumentKind = Literal[
    "passport", "diplomatic_passport", "service_passport", "refugee_document", "stateless_document",
    "national_id", "resident_id", "residence_permit", "hm_travel_permit", "tw_travel_permit", "driving_licence",
    "other", "none",
]  # fmt: skip
PartyRole = Literal["single", "head_of_family", "head_of_group", "family_member", "group_member"]
Relation = Literal[
    "", "grandparent", "great_grandparent", "great_grandchild", "parent_in_law", "spouse", "child", "sibling",
    "grandchild", "parent", "nephew", "in_law", "uncle", "guardian", "child_in_law", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. `country` is ISO 3166-1 alpha-3, `municipality_code` national (INE, comune, GB/T 2260)."""

    street: str = ""
    extra: str = ""
    postal_code: str = ""
    municipality: str = ""
    municipality_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """The unit. `jurisdiction`: an ISO 3166 code in lower case ("es", "cn-33") or "sandbox"; `timezone`: IANA.

    `bookings` is "reported" where the registry takes bookings and the landlord reports them beside arrivals.
    """

    code: str
    address: Address
    area: str
    jurisdiction: str
    timezone: str
    name: str = ""
    registered_as: str = ""  # the establishment's number at the registry, if it is not `code`
    phone: str = ""
    beds: str = ""  # how many people can sleep there (Italy's statistics)
    tourist_tax: str = ""  # the whole tax of a person and night in euro, like "2.50" (Slovenia)
    bookings: Literal["", "reported"] = ""


@dataclass(frozen=True, slots=True)
class StayFacts:
    """One stay, half-open [from_at, until_at) in UTC seconds; `agreed_at` is when it was contracted.

    `people`: how many it was booked for, 0 if nobody said. `internet`: whether it is provided, None if not stated.
    `payment_date` is YYYY-MM-DD, `card_expiry` MM/YYYY, `payment_means` the number of the card or account.
    """

    id: str
    from_at: int
    until_at: int
    agreed_at: int = 0
    rooms: int = 1
    payment: Payment = "other"
    people: int = 0
    internet: bool | None = None
    payment_date: str = ""
    payment_means: str = ""
    payment_holder: str = ""
    card_expiry: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """An identity document. `support`: the number of the card itself (Spain); `issuing_country`: ISO 3166-1 alpha-3."""

    kind: DocumentKind = "none"
    number: str = ""
    issuing_country: str = ""
    support: str = ""
    issuing_place_code: str = ""


@dataclass(frozen=True, slots=True)
class Visa:
    """A foreigner's visa as on the Chinese temporary residence form; `valid_until` is YYYY-MM-DD."""

    kind: str = ""
    number: str = ""
    valid_until: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where and when a guest entered: the authority's code of the border crossing; `day` is YYYY-MM-DD."""

    crossing: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One guest. `nationality` is ISO 3166-1 alpha-3, `phone` E.164; "" means not given.

    `birth_date` is YYYY-MM-DD; YYYY-MM or YYYY where the day, or day and month, are unknown. `arrived_at`: when this
    person came (UTC seconds), if later than the record's stay begins, else 0.
    """

    id: str
    surname: str
    given_names: str
    birth_date: str
    nationality: str
    document: Document
    second_surname: str = ""
    sex: Sex = "unknown"
    birth_country: str = ""
    birth_place: str = ""
    birth_place_code: str = ""
    residence: Address = Address()
    registered_address: str = ""  # address in the household register (China)
    phone: str = ""
    email: str = ""
    relation: Relation = ""  # of a minor to the adult of the party
    role: PartyRole = "single"
    visa: Visa = Visa()
    entry: Entry = Entry()
    arrived_at: int = 0


@dataclass(frozen=True, slots=True)
class LandlordFacts:
    """The landlord; `registered_as` is the landlord's number at the registry."""

    id: str
    name: str
    registered_as: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """One record for a registry. `reference` identifies a repeated submission; `corrects` is an earlier receipt."""

    id: str
    kind: Kind
    reference: str
    unit: UnitFacts
    stay: StayFacts
    people: tuple[PersonFacts, ...]
    landlord: LandlordFacts
    corrects: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What a registry would refuse: the field ("people[0].document.number"), the rule's code and what to do about it.

    `message` is a marked text with the placeholders of `args`, in which a text is a marked text too. The field is named
    by gateway.domain.filings.field_names, which says the whole sentence in the reader's language.
    """

    field: str
    rule: str
    message: str
    args: Args = dataclasses.field(default_factory=dict, hash=False)

    @property
    def sentence(self) -> str:
        """The sentence in English, for staff: it numbers the people of the record."""
        return self.text(SOURCE)

    def text(self, language: str) -> str:
        """The sentence for staff in a language."""
        return numbered_text(language, self.field, self.message, self.args)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose sent value differs from the given one ("Núñez" → "NUNEZ")."""

    field: str
    given: str
    sent: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The registry accepted the whole record. `raw_sha256`: of the receipt's bytes as received; `at`: UTC seconds."""

    receipt: str
    raw_sha256: str
    at: int


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """The registry's answer about one person of a record, `text` in its own words."""

    person: str
    accepted: bool
    receipt: str = ""
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedInPart:
    """The registry accepted some people of the record and refused others."""

    receipt: str
    people: tuple[PersonAnswer, ...]
    raw_sha256: str
    at: int


@dataclass(frozen=True, slots=True)
class Pending:
    """The registry received the record and has not decided: call poll(reference) from `poll_after` (UTC seconds) on."""

    reference: str
    poll_after: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The registry refused the record: its own code and words. Without `text` the code is one of texts.outcomes.

    `args` are the arguments of our sentence.
    """

    code: str
    text: str | None = None
    args: Args = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The record was sent and no usable answer arrived: query the registry if it allows that, else a person decides.

    `code` and its arguments say why, as in texts.outcomes.
    """

    code: str
    args: Args = field(default_factory=dict)


Answer = Accepted | AcceptedInPart | Pending | Refused | OutcomeUnknown


@dataclass(frozen=True, slots=True)
class Filed:
    """A record as a registry accepted it. `record` is None where nobody in it can be read any more (erasure)."""

    reference: str
    receipt: str
    record: Registration | None


@dataclass(frozen=True, slots=True)
class Held:
    """What a registry holds under a record's reference or receipt.

    `differing`: the paths of the fields that differ from what was filed ("people[0].surname"; "people" where their
    number differs), in order. `sha256`: of all this and of the contents, so that the same difference is known again.
    """

    receipt: str
    cancelled: bool
    differing: tuple[str, ...]
    sha256: str


NOTHING = Held("", cancelled=False, differing=(), sha256=hashlib.sha256(b"nothing").hexdigest())
"""The registry was asked and holds nothing."""


class RegistryUnreachable(CodedFailure):
    """Nothing was sent, so a later attempt is safe."""


class Registry(Protocol):
    """One authority that takes registrations.

    submit and poll raise RegistryUnreachable if nothing was sent; every other outcome is an Answer. A record with
    problems() is answered Refused without being sent. poll takes a Pending.reference and, if can_be_queried, also
    a Registration.reference; a reference unknown to the registry is answered Refused("unknown_reference"), which
    proves that nothing arrived. If resends_safely, a record of unknown outcome may be submitted again: the registry
    recognises a repeat by its reference. `compares`: how many records holdings can be asked about at once, 0 where the
    registry cannot be asked what it holds.
    """

    name: str
    can_be_queried: bool
    resends_safely: bool
    compares: int

    async def submit(self, registration: Registration) -> Answer: ...

    async def poll(self, reference: str) -> Answer: ...

    async def cancel(self, receipt: str) -> Answer: ...

    async def holdings(self, filed: Sequence[Filed]) -> Mapping[str, Held]:
        """What is held of each record, by reference; a record of which no answer could be read is left out.

        Raises RegistryUnreachable.
        """
        ...

    def problems(self, registration: Registration) -> tuple[FieldProblem, ...]: ...

    def differences(self, registration: Registration) -> tuple[Difference, ...]: ...

    def tables(self) -> Mapping[str, str]:
        """Name → version of each code table this adapter uses in its records."""
        ...

    async def close(self) -> None: ...


UNKNOWN_REFERENCE = "unknown_reference"
NOT_TAKEN = "not_taken"
