"""The filing of a simulated regional service, in GB codes; shares no code with the gateway."""

import csv
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from firmware_sim.registries import clock
from firmware_sim.registries.countries import NATIONALITIES


def _real_day(text: str) -> str:
    datetime.strptime(text, "%Y%m%d")
    return text


def _known_country(code: str) -> str:
    if code not in NATIONALITIES:
        raise ValueError("not a code of GB/T 2659 or Doc 9303")
    return code


@cache
def _counties() -> frozenset[str]:
    with Path(__file__).with_name("regions.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(line["code"] for line in csv.DictReader(file, delimiter=";"))


def _county_in_force(code: str) -> str:
    if code not in _counties():
        raise ValueError("not a county of GB/T 2260")
    return code


Day = Annotated[str, Field(pattern=r"^[0-9]{8}$"), AfterValidator(_real_day)]
Word = Annotated[str, Field(min_length=1, max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Capitals = Annotated[str, Field(max_length=60, pattern=r"^[A-Z](?:[A-Z '-]*[A-Z])?$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IdentityDocument(_Strict):
    """Document kind (GA/T 517) and number."""

    kind: Literal["111", "411", "412", "414", "511", "516", "553", "990"]
    number: Annotated[str, Field(pattern=r"^[A-Z0-9]{5,20}$")]


class _Person(_Strict):
    id: Word
    sex: Literal["0", "1", "2", "9"]  # GB/T 2261.1
    birth_date: Day
    document: IdentityDocument
    phone: Annotated[str, Field(max_length=20)]


class Resident(_Person):
    """Form for residents."""

    name: Name
    registered_address: Annotated[str, Field(max_length=200)]


class Visa(_Strict):
    """A visa in force."""

    kind: Annotated[str, Field(pattern=r"^[CDFGKLMRUWYZ]$|^[JQSX][12]$")]
    number: Word
    valid_until: Day


class Foreigner(_Person):
    """Form for foreigners."""

    surname: Capitals
    given_names: Capitals | Literal[""]
    country: Annotated[str, AfterValidator(_known_country)]
    visa: Visa | None


class Dwelling(_Strict):
    """Dwelling, by its permanent code."""

    code: Word
    region: Annotated[str, Field(pattern=r"^[1-8][0-9]{5}$"), AfterValidator(_county_in_force)]
    address: Name


class Landlord(_Strict):
    """Landlord of the dwelling."""

    name: Name
    phone: Annotated[str, Field(max_length=20)]


class Filing(_Strict):
    """One filing."""

    profile: Literal["lodgekey-cn-1"]
    reference: Word
    kind: Literal["arrival", "change", "departure"]
    corrects: Word | None
    dwelling: Dwelling
    landlord: Landlord
    moves_in: Day
    leaves: Day
    residents: Annotated[list[Resident], Field(max_length=100)]
    foreigners: Annotated[list[Foreigner], Field(max_length=100)]
    days_late: Annotated[int, Field(ge=0, le=36_500)]
    tables: Annotated[dict[str, str], Field(min_length=1)]


def fault(filing: Filing) -> tuple[str, str] | None:
    """Return (code, message) of the first broken rule that the schema does not express."""
    if not filing.residents and not filing.foreigners:
        return "E1002", "没有登记人员"
    if filing.leaves < filing.moves_in:
        return "E1003", "离开日期早于入住日期"
    for resident in filing.residents:
        if resident.document.kind == "111" and not _id_number_fits(resident):
            return "E1101", "公民身份号码与登记信息不一致"
    today = clock.today("Asia/Shanghai").strftime("%Y%m%d")
    if any(person.birth_date > today for person in [*filing.residents, *filing.foreigners]):
        return "E1102", "出生日期无效"
    if any(person.visa and person.visa.valid_until < filing.moves_in for person in filing.foreigners):
        return "E1201", "签证已过期"
    return None


def _id_number_fits(resident: Resident) -> bool:
    """Check a GB 11643 number: check character by ISO 7064 MOD 11-2, birth date and sex as registered."""
    number = resident.document.number
    if not re.fullmatch(r"[1-8][0-9]{16}[0-9X]", number):
        return False
    rest = 0
    for sign in number[:17]:
        rest = (rest + int(sign)) * 2 % 11
    expected = (12 - rest) % 11
    return (
        number[17] == ("X" if expected == 10 else str(expected))
        and number[6:14] == resident.birth_date
        and {"1": 1, "2": 0}.get(resident.sex, 2) == int(number[16]) % 2
    )
