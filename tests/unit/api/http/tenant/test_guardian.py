"""A minor alone is refused; with a consenting guardian, a person decides, and the consent is recorded."""

import pytest
from sqlalchemy import select

from gateway.store import Consent, Person
from tests.parts.house import CONSENTS, House, good

CHILD = {
    "document_kind": "passport",
    "surname": "Voorbeeld",
    "given_names": "Anna",
    "issuing_state": "NLD",
    "id_number": "XR1001R58",
    "birth_date": "2012-03-03",
    "nationality": "NLD",
    "sex": "F",
}
ASKED = {"en": "Is the tenant under age?", "zh-CN": "租客是未成年人吗？"}


def consents(house: House, purpose: str) -> list[tuple[str, str, bool]]:
    """Version, language and validity (not withdrawn) of each consent for this purpose."""
    with house.gateway.database.reading() as session:
        rows = session.scalars(select(Consent).where(Consent.purpose == purpose)).all()
        return [(row.text_version, row.language, row.withdrawn_at is None) for row in rows]


async def test_a_minor_alone_is_refused_and_with_a_guardian_a_person_decides(house: House) -> None:
    tenant, _ = await house.tenant()
    alone = good(await tenant.post("/api/v1/onboarding/verification", data=CHILD))
    assert (alone["stage"], alone["reasons"]) == ("refused", ["guardian_needed"])
    with house.gateway.database.reading() as session:
        assert session.query(Person).all() == []

    reported = good(await tenant.post("/api/v1/onboarding/consents", json=CONSENTS | {"guardian": True}))
    assert reported["consents"]["guardian"] is True
    answer = good(await tenant.post("/api/v1/onboarding/verification", data=CHILD))
    assert answer["stage"] == "review", answer
    assert "minor_with_guardian" in answer["reasons"]
    assert consents(house, "guardian") == [("2026-11", "en", True)]

    officer = house.client("officer-a")
    case = good(await officer.get("/api/v1/cases"))[0]
    assert "minor_with_guardian" in case["reasons"]
    good(await officer.post(f"/api/v1/cases/{case['id']}/decision", json={"decision": "pass"}))
    assert good(await tenant.get("/api/v1/onboarding"))["stage"] == "verified"


async def test_what_is_said_of_the_face_later_leaves_the_guardians_word(house: House) -> None:
    tenant, _ = await house.tenant()
    good(await tenant.post("/api/v1/onboarding/consents", json=CONSENTS | {"guardian": True}))
    good(await tenant.post("/api/v1/onboarding/consents", json=CONSENTS | {"face": False}))
    assert consents(house, "guardian") == [("2026-11", "en", True)]
    good(await tenant.post("/api/v1/onboarding/consents", json=CONSENTS | {"guardian": False}))
    assert consents(house, "guardian") == [("2026-11", "en", False)]


@pytest.mark.parametrize("language", ASKED)
async def test_the_page_asks_for_the_guardian_where_one_was_needed(house: House, language: str) -> None:
    tenant, _ = await house.tenant()
    tenant.headers["accept-language"] = language
    page = (await tenant.get("/onboarding")).text
    assert ASKED[language] in page
    assert '<input type="checkbox" name="consent_guardian" value="yes">' in page, "not ticked beforehand"
    form = CHILD | {"check": "person", "consent_registration": "yes", "text_version": "2026-11"}
    headers = {"origin": str(tenant.base_url).rstrip("/")}
    assert (await tenant.post("/onboarding", data=form, headers=headers)).status_code == 303
    again = (await tenant.get("/onboarding?again=1")).text
    assert "<details open>" in again.partition(ASKED[language])[0].rpartition("consent_registration")[2]

    answer = await tenant.post("/onboarding", data=form | {"consent_guardian": "yes"}, headers=headers)
    assert answer.status_code == 303
    door = good(await tenant.get("/api/v1/onboarding"))
    assert (door["stage"], door["consents"]["guardian"]) == ("review", True)
    assert consents(house, "guardian") == [("2026-11", language, True)]
