"""security.txt (RFC 9116), read by the grammar of its appendix: one contact, an expiry that never passes."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from api.web.shell.security_txt import PATH, contact_file
from gateway.settings import Settings
from tests.parts.house import House
from tests.parts.world import DAY, NOW

# RFC 9116 §4: each field is a name, a colon, a space and a value, ended by CRLF or LF
FIELD = re.compile(r"(Contact|Expires|Preferred-Languages|Canonical): ([!-~][ -~]*)\r\n")
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # RFC 3339 §5.6


def fields_of(text: str) -> dict[str, str]:
    found = FIELD.findall(text)
    assert "".join(f"{name}: {value}\r\n" for name, value in found) == text, "nothing but fields"
    assert len({name for name, _ in found}) == len(found)
    return dict(found)


def settings(**given: Any) -> Settings:
    return Settings(
        **{"security_contact": "safe@keys.example.org", "public_url": "https://Keys.Example.org:443"} | given
    )


def test_it_has_what_the_rfc_requires() -> None:
    found = fields_of(contact_file(settings(), NOW))
    assert found["Contact"] == "mailto:safe@keys.example.org"
    assert parseaddr(found["Contact"].removeprefix("mailto:"))[1] == "safe@keys.example.org"
    assert found["Canonical"] == "https://keys.example.org/.well-known/security.txt"
    assert found["Preferred-Languages"].split(", ")[0] == "en"


@pytest.mark.parametrize("days", [0, 1, 400, 4000])
def test_it_expires_within_a_year_of_whenever_it_is_read(days: int) -> None:
    now = NOW + days * DAY
    expires = fields_of(contact_file(settings(), now))["Expires"]
    assert DATE_TIME.fullmatch(expires)
    ahead = datetime.fromisoformat(expires) - datetime.fromtimestamp(now, UTC)
    assert timedelta(days=30) < ahead < timedelta(days=365)


def test_an_address_without_https_is_not_named_as_canonical() -> None:
    assert "Canonical" not in fields_of(contact_file(settings(public_url="http://keys.test"), NOW))


@pytest.mark.parametrize("given", ["", "mailto:a@b.example", "https://b.example/report", "tel:+441632960001"])
def test_a_contact_is_any_address_of_the_rfc(given: str) -> None:
    assert Settings(security_contact=given).security_contact == given


@pytest.mark.parametrize("given", ["somebody", "http://b.example", "a@b.example\nContact: x@y", "https://b.example/ x"])
def test_another_contact_is_refused_at_the_start(given: str) -> None:
    with pytest.raises(ValidationError):
        Settings(security_contact=given)


async def test_a_stranger_reads_it_as_plain_text(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    given = house.gateway.settings.model_copy(update={"security_contact": "mailto:safe@keys.example.org"})
    monkeypatch.setattr(house.gateway, "settings", given)
    answer = await house.client().get(PATH)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Contact" in fields_of(answer.text)


async def test_without_a_contact_there_is_none(house: House) -> None:
    answer: httpx.Response = await house.client().get(PATH)
    assert answer.status_code == 404
