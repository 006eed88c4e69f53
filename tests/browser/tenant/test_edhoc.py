"""The key page's EDHOC and AES-CCM in Chromium, tested against the independent lakers and `cryptography`."""

import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from playwright.async_api import Browser, Page

from certs.credential import KeyCredential, issue_credential
from certs.keys import jwk_of, new_private_key, public_from_jwk
from devices.wire.ble.fragments import Gathering, split
from devices.wire.ble.gatt import BleMessage, Kind, read_ble_message
from firmware_sim.lock.offline import Backoff, OfflineSession
from tests.unit.firmware_sim.lock.lock_bench import Bench

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
SHIM = (Path(__file__).parents[1] / "bluetooth.js").read_text()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, preview_url: str) -> Page:
    """A page of the gateway with a fake Bluetooth adapter, whose other end the test holds."""
    context = await browser.new_context()
    await context.add_init_script(SHIM)
    opened = await context.new_page()
    await opened.goto(f"{preview_url}/sample/login?lang=en")
    await opened.evaluate("async () => Object.assign(globalThis, await import('/static/tenant/aes_ccm.js'))")
    return opened


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 200, 300])
@pytest.mark.parametrize("extra", [0, 13, 14, 15, 40])
async def test_what_the_page_seals_others_open_and_the_other_way_round(page: Page, length: int, extra: int) -> None:
    key, nonce, message, aad = os.urandom(16), os.urandom(13), os.urandom(length), os.urandom(extra)
    expected = AESCCM(key, tag_length=8).encrypt(nonce, message, aad)
    given = [list(part) for part in (key, nonce, message, aad)]
    sealed = await page.evaluate("async (parts) => [...await seal(...parts.map(p => Uint8Array.from(p)))]", given)
    assert bytes(sealed) == expected
    given = [list(part) for part in (key, nonce, expected, aad)]
    opened = await page.evaluate("async (parts) => [...await open(...parts.map(p => Uint8Array.from(p)))]", given)
    assert bytes(opened) == message
    wrong = [*given[:2], [*given[2][:-1], given[2][-1] ^ 1], given[3]]
    refusing = "(parts) => open(...parts.map(p => Uint8Array.from(p))).then(() => false, () => true)"
    assert await page.evaluate(refusing, wrong)


@dataclass
class Doorway:
    """A simulated lock, and the Bluetooth connection of a page within its range."""

    bench: Bench
    page: Page
    session: OfflineSession
    gathering: Gathering

    def hear(self, fragment: bytes) -> list[bytes]:
        """Deliver a fragment that the page wrote; returns the fragments notified to the page."""
        whole = self.gathering.add(fragment)
        if whole is None:
            return []
        message = read_ble_message(whole)
        assert message.kind is Kind.PHONE
        reply = self.session.hear(message.body)
        return split(BleMessage(Kind.PHONE, 1, reply).to_bytes(), 60) if reply else []

    async def unlock(self, **changes: object) -> dict[str, Any]:
        """The page creates an agreement key, obtains a credential for it, and opens the nearby lock."""
        x, y = await self.page.evaluate(
            """async () => {
              const curve = { name: "ECDH", namedCurve: "P-256" };
              globalThis.pair = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
              const {x, y} = await crypto.subtle.exportKey("jwk", pair.publicKey);
              return [x, y];
            }"""
        )
        holder = public_from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y})
        now = self.bench.lock.clock.now()
        claims = {"id": os.urandom(16), "lock": self.bench.folder.device, "holder": holder}
        window = {"not_before": now - 60, "expires": now + 3600}
        signer = changes.pop("signer", self.bench.authority.credential_key)
        lock_key = changes.pop("lock_key", self.bench.folder.key.public_key())
        assert isinstance(signer, ec.EllipticCurvePrivateKey)
        assert isinstance(lock_key, ec.EllipticCurvePublicKey)
        token = issue_credential(KeyCredential(**{**claims, **window, **changes}), signer)  # type: ignore[arg-type]
        reported: dict[str, Any] = await self.page.evaluate(
            """async ([token, lock]) => {
              const { unlockNearby } = await import("/static/tenant/ble_unlock.js");
              const credential = Uint8Array.from(atob(token), (sign) => sign.charCodeAt(0));
              return unlockNearby({ pair, credential, lock }).catch((error) => ({ error: error.message }));
            }""",
            [b64encode(token).decode(), jwk_of(lock_key)],
        )
        return reported


@pytest_asyncio.fixture(loop_scope="session")
async def doorway(page: Page, tmp_path: Path) -> Doorway:
    """A lock within range whose clock is set."""
    bench = Bench.make(tmp_path).ready()
    made = Doorway(bench, page, OfflineSession(bench.lock, Backoff(lambda: 0.0)), Gathering())
    hear: Callable[..., list[str]] = lambda _, fragment: [  # noqa: E731 - the page's other end
        b64encode(piece).decode() for piece in made.hear(b64decode(fragment))
    ]
    await page.expose_binding("radioWrite", hear)
    return made


async def test_the_page_opens_a_lock_nearby_without_a_network(doorway: Doorway) -> None:
    assert await doorway.unlock() == {"outcome": "done", "code": None, "bolt": "unlocked"}
    assert doorway.bench.lock.door.bolt == "unlocked"


async def test_a_key_that_is_over_is_refused_in_the_locks_own_word(doorway: Doorway) -> None:
    now = doorway.bench.lock.clock.now()
    assert await doorway.unlock(not_before=now - 60, expires=now) == {"error": "key_expired"}
    assert doorway.bench.lock.door.bolt == "locked"


async def test_a_credential_of_another_gateway_opens_nothing(doorway: Doorway) -> None:
    assert await doorway.unlock(signer=new_private_key()) == {"error": "bad_handshake"}
    assert doorway.bench.lock.door.bolt == "locked"


async def test_a_credential_for_another_phone_opens_nothing(doorway: Doorway) -> None:
    assert await doorway.unlock(holder=new_private_key().public_key()) == {"error": "bad_handshake"}
    assert doorway.bench.lock.door.bolt == "locked"


async def test_a_device_that_only_says_it_is_the_lock_learns_nothing(doorway: Doorway) -> None:
    assert await doorway.unlock(lock_key=new_private_key().public_key()) == {"error": "another lock"}
    assert doorway.session.step == "third"  # no message 3 was sent: the credential has not left the phone
