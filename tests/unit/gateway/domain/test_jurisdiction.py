"""Jurisdiction profiles, their texts, document numbers and machine-readable zones are valid data."""

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from firmware_sim.specimens.documents import ANNA, Person, td1_lines, td2_lines, td3_lines
from gateway.bootstrap import identity_settings
from gateway.domain.jurisdiction import BadProfile, load_profiles, read_profile
from gateway.domain.verification.china_id_number import BadNumber, check_character, parse_resident_number
from gateway.domain.verification.mrz import BadMachineZone, birth_dates, expiry_date, parse_mrz
from gateway.identity.documents.machine_zone import find_zone, machine_text
from gateway.identity.settings import Thresholds
from gateway.settings import Settings
from gateway.texts.families import reason_text
from gateway.texts.identity import REASON

LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=11)
PEOPLE = st.builds(
    Person,
    LETTERS,
    LETTERS,
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=6, max_size=9),
    st.dates(date(1930, 1, 1), date(2008, 12, 31)),
    st.sampled_from("MF"),
    st.dates(date(2027, 1, 1), date(2036, 12, 31)),
)
SANDBOX_TEXT = (files("gateway.domain") / "jurisdictions" / "sandbox.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(REASON))
def test_every_code_has_a_sentence_in_both_languages(code: str) -> None:
    english, chinese = reason_text("en", code), reason_text("zh-CN", code)
    assert english.isascii()
    assert english.endswith(".")
    assert any("一" <= char <= "鿿" for char in chinese)


def test_every_profile_loads_and_asks_for_a_name() -> None:
    profiles = load_profiles()
    assert {"cn", "it", "es", "pt", "si", "hr", "cz", "de", "sandbox"} <= set(profiles)
    assert all("name" in profile.fields for profile in profiles.values())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('face = "optional"', 'face = "required"', "face"),
        ('"sex"]', '"sex", "religion"]', "religion"),
        ("keep_evidence_days = 1", "keep_evidence_days = -1", "keep_evidence_days"),
        ("keep_evidence_days = 1", "", "keep_evidence_days"),
        ("keep_portrait = false", 'keep_portrait = "no"', "keep_portrait"),
        ("keep_portrait = false", "keep_portrait = false\nscore_tenants = true", "score_tenants"),
        ('fields = ["name", "id_number", "birth_date", "nationality", "sex"]', "fields = []", "fields"),
        ('title = "', "title = ", "line"),
        ("hours = 24", "hours = 24, days = 1", "one of"),
        ("hours = 24", 'hours = "24"', "whole numbers"),
        ("hours = 24", "minutes = 24", "minutes"),
        ("deadline =", "limit =", "deadline"),
        ("[reporting]", "[reporting]\nnationality = 1", "nationality"),
        ("[reporting]", "[reporting]\nscores = 1", "scores"),
    ],
)
def test_a_profile_that_says_something_unknown_does_not_load(old: str, new: str, said: str) -> None:
    assert old in SANDBOX_TEXT
    with pytest.raises(BadProfile, match=said):
        read_profile(SANDBOX_TEXT.replace(old, new), "sandbox.toml")


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_is_the_one_of_python_stdnum(first17: str) -> None:
    assert check_character(first17) == ric.calc_check_digit(first17 + "0")


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_changed_digit_of_a_resident_number_is_always_noticed(place: int, change: int) -> None:
    right = "11010519491231002X"
    wrong = right[:place] + str((int(right[place]) + change) % 10) + right[place + 1 :]
    with pytest.raises(BadNumber):
        parse_resident_number(wrong)


@given(PEOPLE, st.sampled_from([td1_lines, td2_lines, td3_lines]))
def test_what_is_printed_is_read_back(person: Person, write: object) -> None:
    assert callable(write)
    zone = parse_mrz(write(person))
    assert all(zone.checks.values())
    assert (zone.surname, zone.given_names) == (person.surname, person.given_names)
    assert (zone.fields["number"], zone.sex) == (person.number, person.sex)
    assert birth_dates(zone.fields["birth"], date(2026, 11, 21))[0].first == person.birth
    assert expiry_date(zone.fields["expiry"], date(2026, 11, 21)) == person.expiry


@given(st.sampled_from([*range(9), *range(13, 20), *range(21, 28)]), st.integers(1, 9))
def test_one_changed_digit_of_a_machine_zone_is_always_noticed(place: int, change: int) -> None:
    first, second = td3_lines(ANNA)
    if second[place].isdigit():
        wrong = second[:place] + str((int(second[place]) + change) % 10) + second[place + 1 :]
        assert not all(parse_mrz([first, wrong]).checks.values())


def test_the_specimen_of_the_standard_is_read() -> None:
    zone = parse_mrz(["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"])
    assert all(zone.checks.values())
    assert (zone.surname, zone.given_names, zone.fields["optional"]) == ("ERIKSSON", "ANNA MARIA", "ZE184226B")


def test_a_number_over_nine_characters_goes_on_in_the_optional_data() -> None:
    zone = parse_mrz(
        ["I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<<<<<<<<<<<<<<"]
    )
    assert (zone.fields["number"], zone.checks["number"]) == ("D23145890734", True)


@pytest.mark.parametrize("lines", [[], ["A" * 44], ["a" * 44] * 2, ["<" * 30] * 2, ["É" * 44] * 2])
def test_what_is_no_machine_zone_is_refused(lines: list[str]) -> None:
    with pytest.raises(BadMachineZone):
        parse_mrz(lines)


def test_the_century_of_birth_is_the_last_possible_one() -> None:
    today = date(2026, 11, 21)
    assert [str(birth_dates(text, today)[0]) for text in ("260101", "270101", "74<<<<")] == [
        "2026-01-01", "1927-01-01", "1974",
    ]  # fmt: skip
    assert birth_dates("740230", today) == ()


def test_letters_and_digits_that_look_alike_are_put_right_by_position_and_check_digit() -> None:
    zone = find_zone(["P<UT0ERIKSS0N<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8989O2C36UT074O8122F32O4153<<<<<<<<<<<<<<<4"])
    assert zone is not None
    assert all(zone.checks.values())
    assert (zone.surname, zone.fields["number"], zone.fields["nationality"]) == ("ERIKSSON", "L898902C3", "UTO")


def test_a_miscounted_run_of_fillers_is_put_right() -> None:
    zone = find_zone(["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F3204153<<<<<<<<<<<<<<<<4"])
    assert zone is not None
    assert all(zone.checks.values())


def test_a_wrong_digit_stays_wrong() -> None:
    zone = find_zone(["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408132F3204153<<<<<<<<<<<<<<<4"])
    assert zone is not None
    assert not zone.checks["birth"]


@pytest.mark.parametrize(
    "text", ["PASSPORT", "Given names ANNA MARIA ERIKSSON OF UTOPIA", "12345678901234567890123456"]
)
def test_print_is_not_taken_for_a_machine_zone(text: str) -> None:
    assert machine_text(text) is None


def test_thresholds_are_set_per_engine_and_the_others_keep_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODGEKEY_IDENTITY_ENGINE", "five_point")
    monkeypatch.setenv("LODGEKEY_FACE_THRESHOLDS", '{"five_point": {"accept": 0.4, "refuse": 0.55}}')
    chosen = identity_settings(Settings())
    assert (chosen.engine, chosen.thresholds["five_point"]) == ("five_point", Thresholds(0.4, 0.55))
    assert chosen.thresholds["face_recognition"] == Thresholds()


@pytest.mark.parametrize(("accept", "refuse"), [(0.6, 0.45), (0.0, 0.6), (0.5, 0.5)])
def test_thresholds_that_leave_nothing_to_a_person_are_refused(accept: float, refuse: float) -> None:
    with pytest.raises(ValueError, match="thresholds must be 0 < accept < refuse"):
        Thresholds(accept, refuse)
