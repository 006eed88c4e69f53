"""Record layout of the sandbox registry; shares no code with the gateway."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from firmware_sim.registries import clock

Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
Text = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


def _dated(text: str) -> str:
    _first_day(text)
    return text


# YYYY-MM-DD, YYYY-MM or YYYY: as much as the document states.
BirthDate = Annotated[str, Field(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"), AfterValidator(_dated)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IdentityDocument(_Strict):
    """An identity document."""

    kind: Literal[
        "passport", "diplomatic_passport", "service_passport", "refugee_document", "stateless_document",
        "national_id", "resident_id", "residence_permit", "hm_travel_permit", "tw_travel_permit",
        "driving_licence", "other",
    ]  # fmt: skip
    number: Annotated[str, Field(pattern=r"^[A-Z0-9-]{3,24}$")]
    country: Country


class Person(_Strict):
    """One person; a minor may come without a document."""

    id: Word
    surname: Text
    given_names: Annotated[str, Field(max_length=120)]
    sex: Literal["M", "F", "X", "U"]
    birth_date: BirthDate
    nationality: Country
    document: IdentityDocument | None
    phone: Annotated[str, Field(pattern=r"^(\+[1-9][0-9]{4,14})?$")]


class Dwelling(_Strict):
    """Address of the dwelling."""

    code: Word
    area: Word
    jurisdiction: Annotated[str, Field(pattern=r"^(sandbox|[a-z]{2}(-[a-z0-9]{1,3})?)$")]


class Record(_Strict):
    """One registration in the sandbox's layout."""

    reference: Word
    kind: Literal["check_in", "change", "check_out"]
    dwelling: Dwelling
    stay: Word
    arrives: AwareDatetime
    leaves: AwareDatetime
    people: Annotated[list[Person], Field(max_length=100)]
    landlord: Text
    corrects: Word | None
    late: bool
    tables: dict[str, str]

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        if self.leaves <= self.arrives:
            raise ValueError("the stay ends before it begins")
        if self.kind != "check_out" and not self.people:
            raise ValueError("nobody is registered")
        return self


def faults(record: Record) -> list[tuple[str, str]]:
    """Return (code, sentence) of each broken rule that the schema does not express."""
    today = datetime.fromtimestamp(clock.now(), record.arrives.tzinfo).date()
    found = []
    for person in record.people:
        if _first_day(person.birth_date) > today:
            found.append(("SBX-011", "A birth date lies in the future."))
        if person.document is None and _age(_first_day(person.birth_date), record.arrives.date()) >= 14:
            found.append(("SBX-012", "An adult has no document."))
    if len({person.id for person in record.people}) != len(record.people):
        found.append(("SBX-013", "A person is named twice."))
    return found


def _first_day(text: str) -> date:
    """The first day that a date of birth may be; day and month may be unknown."""
    return date.fromisoformat(f"{text}-01-01"[:10])


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
