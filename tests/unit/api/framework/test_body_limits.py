"""Bodies take a bounded amount of memory: by route, by caller and overall."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from api.framework.body_limits import ALL_BUSY, CALLER_BUSY, MAX_FORM_BYTES, MAX_REQUEST_BYTES, SMALL, BodyMemory
from tests.parts.house import House, refused


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_eighty_large_bodies_take_the_memory_of_eight(held: ExitStack) -> None:
    memory = BodyMemory()
    answers = [held.enter_context(memory.hold(f"10.0.{n // 2}.1", MAX_REQUEST_BYTES)) for n in range(80)]
    assert answers == [None] * 8 + [ALL_BUSY] * 72
    assert held.enter_context(memory.hold("10.0.0.1", SMALL)) is None
    held.close()
    with memory.hold("10.0.9.1", MAX_REQUEST_BYTES) as refusal:
        assert refusal is None


def test_one_caller_takes_the_memory_of_two(held: ExitStack) -> None:
    memory = BodyMemory()
    answers = [held.enter_context(memory.hold("10.0.0.1", MAX_REQUEST_BYTES)) for _ in range(4)]
    assert answers == [None, None, CALLER_BUSY, CALLER_BUSY]
    assert held.enter_context(memory.hold("10.0.0.2", MAX_REQUEST_BYTES)) is None


@pytest.mark.parametrize("path", ["/api/v1/sessions", "/login", "/api/v1/keys/k/unlock"])
async def test_only_routes_that_take_pictures_take_large_bodies(house: House, path: str) -> None:
    headers = {"Content-Length": str(MAX_FORM_BYTES + 1)}
    problem = refused(await house.client().post(path, content=b"", headers=headers), 413, "too_large")
    assert "256 KB" in problem["detail"]


SAID = {
    "en": ("smaller pictures", "256 KB, the most"),
    "es": ("imágenes más pequeñas", "256 KB, el máximo"),
    "zh-CN": ("请发送较小的图片", "256 KB，即"),
}


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize(("path", "length"), [("/onboarding", MAX_REQUEST_BYTES), ("/login", MAX_FORM_BYTES)])
async def test_a_page_says_in_the_readers_language_that_a_body_is_too_large(
    house: House, language: str, path: str, length: int
) -> None:
    headers = {"Content-Length": str(length + 1), "Accept": "text/html", "Accept-Language": language}
    answer = await house.client().post(path, content=b"", headers=headers)
    assert (answer.status_code, answer.headers["Connection"]) == (413, "close")
    assert f'<html lang="{language}"' in answer.text
    assert SAID[language][path == "/login"] in answer.text
    script = await house.client().post(path, content=b"", headers=headers | {"Accept": "*/*"})
    assert SAID[language][path == "/login"] in refused(script, 413, "too_large")["detail"]


@pytest.mark.parametrize(("language", "said"), [("en", "Check the address."), ("es", "Compruebe la dirección.")])
async def test_a_script_reads_in_its_own_language_that_there_is_no_such_address(
    house: House, language: str, said: str
) -> None:
    answer = await house.client().post("/api/v1/nothing", headers={"Accept-Language": language})
    assert refused(answer, 404, "not_found")["detail"] == said
