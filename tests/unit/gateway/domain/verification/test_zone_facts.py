"""Issuers' own uses of machine-readable zones, on the specimens that other readers are tested with."""

from datetime import date

import pytest

from gateway.domain.birth_date import BirthDate, birth_date
from gateway.domain.verification.mrz import MachineZone, birth_dates, check_digit, expiry_date, parse_mrz
from gateway.domain.verification.zone_facts import SECOND_SURNAME, SUPPORT, zone_days, zone_facts, zone_kind
from gateway.identity.documents.machine_zone import find_zone

TODAY = date(2026, 11, 28)
TD1_TAIL = ("8001014F3101017ESP<<<<<<<<<<<", "PRUEBA<GARCIA<<LUZ<<<<<<<<<<<<")


def td1(first: str, second: str, third: str) -> MachineZone:
    """A zone with its composite check digit put right."""
    covered = first[5:30] + second[:7] + second[8:15] + second[18:29]
    return parse_mrz([first, second + check_digit(covered), third])


def test_outside_16_a_spanish_identity_card_gives_the_personal_number_and_the_cards_own_apart() -> None:
    zone = td1("IDESPCDE001234587654321X<<<<<<", *TD1_TAIL)
    facts = zone_facts(zone)
    assert zone_kind(zone) == "id_card"
    assert (facts["id_number"], facts[SUPPORT]) == ("87654321X", "CDE001234")
    assert (facts["surname"], facts[SECOND_SURNAME], facts["given_names"]) == ("PRUEBA", "GARCIA", "LUZ")


@pytest.mark.parametrize(
    ("first", "number"),
    [
        ("IDESPBAA000589599999999R<<<<<<", "99999999R"),
        ("IDESPAAA1000014<00000023T<<<<<", "00000023T"),  # of 2006: a filler before the number
        ("IDESPJJJ999999799999999R<<<<<<", "99999999R"),
    ],
)
def test_every_layout_of_the_spanish_card_is_read(first: str, number: str) -> None:
    facts = zone_facts(td1(first, *TD1_TAIL))
    assert facts["id_number"] == number
    assert facts[SUPPORT] == first[5:14]


def test_a_spanish_card_of_a_foreigner_is_a_residence_permit_with_its_nie() -> None:
    zone = td1("IRESPE001234567X1234567L<<<<<<", "8001014F3101017NLD<<<<<<<<<<<", "JANSEN<<EVA<<<<<<<<<<<<<<<<<<<")
    facts = zone_facts(zone)
    assert zone_kind(zone) == "residence_permit"
    assert (facts["id_number"], facts[SUPPORT], facts["nationality"]) == ("X1234567L", "E00123456", "NLD")
    assert SECOND_SURNAME not in facts


def test_surnames_of_more_than_two_words_are_not_guessed_apart() -> None:
    zone = td1("IDESPCDE001234587654321X<<<<<<", TD1_TAIL[0], "DE<LA<CRUZ<GARCIA<<LUZ<<<<<<<<")
    assert zone_facts(zone)["surname"] == "DE LA CRUZ GARCIA"
    assert SECOND_SURNAME not in zone_facts(zone)


@pytest.mark.parametrize(
    ("lines", "surname", "given_names", "number", "born"),
    [
        (("IDFRAEXEMPLE" + 18 * "<" + "880692", "8806923102858MARIE<<CLAIRE<6512068F5"),
         "EXEMPLE", "MARIE CLAIRE", "880692310285", date(1965, 12, 6)),
        (("IDFRABERTHIER" + 23 * "<", "8806923102858CORINNE<<<<<<<6512068F6"),
         "BERTHIER", "CORINNE", "880692310285", date(1965, 12, 6)),
        (("IDFRABERTHIER" + 23 * "<", "9409923102854CORINNE<<<<<<<6512068F4"),
         "BERTHIER", "CORINNE", "940992310285", date(1965, 12, 6)),
        (("IDFRATEST<NAME<<<<<<<<<<<<<<<<0CHE02", "1710GVA123451ROBERTA<<<<<<<9112311F2"),
         "TEST NAME", "ROBERTA", "1710GVA12345", date(1991, 12, 31)),
    ],
)  # fmt: skip
def test_outside_18_an_old_french_card_is_read_by_its_own_layout(
    lines: tuple[str, str], surname: str, given_names: str, number: str, born: date
) -> None:
    zone = find_zone(lines)
    assert zone is not None
    assert all(zone.checks.values())
    facts = zone_facts(zone)
    assert (facts["surname"], facts["given_names"], facts["id_number"]) == (surname, given_names, number)
    assert (facts["nationality"], facts["issuing_state"], zone_kind(zone)) == ("FRA", "FRA", "id_card")
    assert zone_days(zone, TODAY).births == (birth_date(born.isoformat()),)
    assert not zone.name_may_be_cut


def test_fourteen_letters_of_given_names_may_be_cut_on_an_old_french_card() -> None:
    """tetrahydra/SolidusMRZ#5."""
    zone = parse_mrz(["IDFRAMEYER" + 20 * "<" + "675034", "1305675007505MALO<<ALAIN<<J1212031M1"])
    assert all(zone.checks.values())
    assert (zone.surname, zone.given_names, zone.name_may_be_cut) == ("MEYER", "MALO ALAIN J", True)


@pytest.mark.parametrize(
    ("number", "birth", "expiry"),
    [
        ("880692310285", "651206", date(1998, 6, 30)),  # ten years
        ("050692310285", "651206", date(2020, 6, 30)),  # fifteen, for an adult's card of 2004 to 2013
        ("050692310285", "960101", date(2015, 6, 30)),  # ten, for a minor's
        ("171092310285", "651206", date(2027, 10, 31)),
    ],
)
def test_an_old_french_card_ends_with_the_month_of_its_issue(number: str, birth: str, expiry: date) -> None:
    second = f"{number}{check_digit(number)}MARIE<<<<<<<<<{birth}{check_digit(birth)}F"
    first = "IDFRAEXEMPLE" + 24 * "<"
    assert zone_days(parse_mrz([first, second + check_digit(first + second)]), TODAY).expiry == expiry


def test_a_birth_after_the_issue_of_a_french_card_is_in_the_century_before() -> None:
    second = f"950692310285{check_digit('950692310285')}MARIE<<<<<<<<<240314{check_digit('240314')}F"
    first = "IDFRAEXEMPLE" + 24 * "<"
    assert zone_days(parse_mrz([first, second + "0"]), TODAY).births == (BirthDate(1924, 3, 14),)


@pytest.mark.parametrize(
    ("first", "number"),
    [
        ("IDBEL592211692<1741<<<<<<<<<<<", "592211692174"),
        ("IDBEL000590240<6013<<<<<<<<<<<", "000590240601"),  # the filler counts in its check digit
        ("IDBEL600001795<0152<<<<<<<<<<<", "600001795015"),  # here it does not
        ("I<PRT007666667<ZZ00<<<<<<<<<<<", "007666667ZZ0"),
        ("I<PRT000024759<ZZ72<<<<<<<<<<<", "000024759ZZ7"),
        ("I<UTOD23145890<7349<<<<<<<<<<<", "D23145890734"),
    ],
)
def test_long_numbers_of_both_ways_of_checking_are_certain(first: str, number: str) -> None:
    zone = td1(first, "8010100F3006017PRT<<<<<<<<<<<", "SPECIMEN<<SPECIMEN<<<<<<<<<<<<")
    assert (zone.fields["number"], zone.checks["number"]) == (number, True)


@pytest.mark.parametrize(
    ("first", "nationality", "kind", "number"),
    [
        ("C<ITACA00000AA4<<<<<<<<<<<<<<<", "ITA", "id_card", "CA00000AA"),
        ("C<ITACA00000AA4<<<<<<<<<<<<<<<", "SRB", "id_card", "CA00000AA"),  # Italy gives it to foreigners too
        ("IDFRAX4RTBPFW46<<<<<<<<<<<<<<<", "FRA", "id_card", "X4RTBPFW4"),
        ("IDD<<T220001293<<<<<<<<<<<<<<<", "D<<", "id_card", "T22000129"),
        ("ARD<<YZ001R5R18<<<<<<<<<<<<<<<", "SRB", "residence_permit", "YZ001R5R1"),
        ("I<NLDSPECI20142999999990<<<<<8", "NLD", "id_card", "SPECI2014"),
        ("C<CHNH123456780<<<<<<<<<<<<<<<", "CHN", "cn_hm_travel_permit", "H12345678"),
        ("CTCHN12345678<0<<<<<<<<<<<<<<<", "CHN", "cn_tw_travel_permit", "12345678"),
    ],
)
def test_the_kind_of_a_card_follows_from_issuer_and_holder(
    first: str, nationality: str, kind: str, number: str
) -> None:
    zone = td1(first, f"8010100F3006017{nationality}<<<<<<<<<<<", "SPECIMEN<<SPECIMEN<<<<<<<<<<<<")
    assert zone_kind(zone) == kind
    facts = zone_facts(zone)
    assert facts["id_number"] == number
    assert "999999990" not in facts.values()  # a Dutch citizen service number is not kept


@pytest.mark.parametrize("names", ["SUKARNO", "<<SUKARNO", "SUKARNO<<", "<SUKARNO"])
def test_the_only_name_is_the_surname_wherever_the_issuer_prints_it(names: str) -> None:
    """Arg0s1080/mrz#1: passports of India leave the primary identifier empty."""
    zone = parse_mrz([f"P<IND{names}".ljust(44, "<"), "A1234567<4IND6508122M3001011<<<<<<<<<<<<<<00"])
    assert zone_facts(zone)["surname"] == "SUKARNO"
    assert "given_names" not in zone_facts(zone)


def test_a_zone_without_any_name_gives_none() -> None:
    zone = parse_mrz(["P<IND".ljust(44, "<"), "A1234567<4IND6508122M3001011<<<<<<<<<<<<<<00"])
    assert zone_facts(zone).keys().isdisjoint({"surname", "given_names"})


@pytest.mark.parametrize(
    ("text", "births"),
    [
        ("240314", ("2024-03-14", "1924-03-14")),
        ("850303", ("1985-03-03",)),
        ("050101", ("2005-01-01",)),  # nobody alive was born in 1905
        ("261129", ("1926-11-29",)),  # tomorrow is not a birth date
        ("230229", ()),
        ("85<<<<", ("1985",)),
        ("8503<<", ("1985-03",)),
        ("24<<<<", ("2024", "1924")),
        ("2612<<", ("1926-12",)),  # next month is none either
        ("<<<<<<", ()),
    ],
)
def test_a_birth_date_may_stand_for_two_a_century_apart(text: str, births: tuple[str, ...]) -> None:
    assert tuple(str(born) for born in birth_dates(text, TODAY)) == births


def test_a_document_that_ended_in_the_last_century_is_not_valid_in_this_one() -> None:
    assert expiry_date("960101", TODAY) == date(1996, 1, 1)
    assert expiry_date("360101", TODAY) == date(2036, 1, 1)
    assert expiry_date("991231", TODAY) is None  # without end


SECOND_LINE = "L898902C36{nationality}7408122F3204159<<<<<<<<<<<<<<<0"


def booklet(code: str, state: str, nationality: str) -> str:
    """The kind of a passport's zone."""
    first = f"{code:<<2}{state:<<3}SPECIMEN<<ANNA".ljust(44, "<")
    return zone_kind(parse_mrz([first, SECOND_LINE.format(nationality=nationality.ljust(3, "<"))]))


def test_a_zero_that_is_read_for_the_letter_of_an_official_passport_is_the_letter() -> None:
    zone = find_zone(["P0UTOSPECIMEN<<ANNA".ljust(44, "<"), SECOND_LINE.format(nationality="UTO")])
    assert zone is not None
    assert zone_kind(zone) == "service_passport"


# Doc 9303 part 4 (8th edition), 4.4: the whole table, and PU of part 8.
CODES = {
    "P": "passport", "PP": "passport", "PE": "passport", "PD": "diplomatic_passport", "PO": "service_passport",
    "PR": "refugee_document", "PT": "passport", "PS": "stateless_document", "PL": "passport", "PM": "passport",
    "PU": "passport",
}  # fmt: skip


@pytest.mark.parametrize(("code", "kind"), CODES.items())
def test_a_booklets_kind_is_that_of_its_document_code(code: str, kind: str) -> None:
    assert booklet(code, "FRA", "SYR") == kind
    assert booklet(code, "UNO", "UNO") == kind  # an issuer that has no nationals


@pytest.mark.parametrize("code", [*CODES, "PA", "PN"])
def test_a_holder_without_a_nationality_decides_before_the_code(code: str) -> None:
    kinds = [booklet(code, "D", nationality) for nationality in ("XXA", "XXB", "XXC")]
    assert kinds == ["stateless_document", "refugee_document", "refugee_document"]


@pytest.mark.parametrize(
    ("code", "state", "kind"),
    [
        ("PS", "POL", "service_passport"),  # Poland's letter before 2026
        ("PR", "MDV", "passport"),  # as the Maldives print it, reported to github.com/cheminfo/mrz (63)
        ("PO", "CHN", "passport"),  # as in the specimen of the passport of 2012
        ("PS", "CHN", "service_passport"),
        ("PS", "KOR", "passport"),  # single journey, PP since 16 December 2025
        ("PS", "MMR", "passport"),  # seafarer
        ("PO", "MMR", "service_passport"),
        ("PD", "D", "diplomatic_passport"),
        ("PO", "UTO", "service_passport"),
        ("PA", "SGP", "passport"),
    ],
)
def test_a_states_own_national_is_no_refugee_there_whatever_the_letter(code: str, state: str, kind: str) -> None:
    assert booklet(code, state, state) == kind
