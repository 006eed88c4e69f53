"""The tenant's phone: its key stays on it, and each signature is for one purpose, one key and one time."""

import base64
import json
import stat
from pathlib import Path

import pytest
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from typer.testing import CliRunner

from certs.authority.ca import Authority
from certs.credential import KeyCredential, issue_credential
from certs.keys import new_private_key, public_from_jwk
from firmware_sim.phone.holder import READ, UNLOCK, GatewayRefused, Holder
from firmware_sim.phone.terminal import app
from tests.unit.answering import answering

NOW = 1_790_000_000


@pytest.fixture
def holder(tmp_path: Path) -> Holder:
    return Holder.open(tmp_path / "phone", lambda: NOW)


def check(holder: Holder, statement: str, signature: str) -> None:
    raw = base64.urlsafe_b64decode(signature + "==")
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public_from_jwk(holder.jwk).verify(der, statement.encode(), ec.ECDSA(hashes.SHA256()))


def test_the_phone_keeps_its_key_to_itself(holder: Holder) -> None:
    assert stat.S_IMODE((holder.folder / "holder.pem").stat().st_mode) == 0o600
    assert Holder.open(holder.folder, lambda: NOW).jwk == holder.jwk
    assert set(holder.jwk) == {"kty", "crv", "x", "y"}


def test_a_request_is_signed_for_one_purpose_key_and_moment(holder: Holder) -> None:
    signed = holder.sign(UNLOCK, "k-1")
    check(holder, f"lodgekey-unlock\nk-1\n{NOW}\n{signed['nonce']}", signed["signature"])
    for other in (f"lodgekey-read\nk-1\n{NOW}", f"lodgekey-unlock\nk-2\n{NOW}", f"lodgekey-unlock\nk-1\n{NOW + 1}"):
        with pytest.raises(InvalidSignature):
            check(holder, f"{other}\n{signed['nonce']}", signed["signature"])
    assert holder.sign(UNLOCK, "k-1")["nonce"] != signed["nonce"]


def test_it_keeps_only_credentials_made_for_it(holder: Holder) -> None:
    gateway = new_private_key()
    mine = KeyCredential(bytes(16), "lock-1", public_from_jwk(holder.jwk), NOW, NOW + 9)
    raw = issue_credential(mine, gateway)
    assert holder.take(raw, gateway.public_key()).lock == "lock-1"
    assert holder.credential == raw
    foreign = KeyCredential(bytes(16), "lock-1", new_private_key().public_key(), NOW, NOW + 9)
    with pytest.raises(ValueError, match="another phone"):
        holder.take(issue_credential(foreign, gateway), gateway.public_key())
    assert holder.credential == raw


async def test_it_speaks_the_gateways_http(holder: Holder) -> None:
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        await request.read()
        if request.path.endswith("/k-2"):
            return web.json_response({"detail": "There is no such key."}, status=404)
        due = len(seen) == 3  # of the second read
        return web.json_response({"outcome": "unlocked", "renewal_due": due})

    async with answering(answer) as gateway:
        assert (await holder.unlock(gateway, "k-1"))["outcome"] == "unlocked"
        assert (await holder.read_key(gateway, "k-1"))["renewal_due"] is False
        assert (await holder.read_key(gateway, "k-1"))["renewal_due"] is False
        with pytest.raises(GatewayRefused, match="There is no such key"):
            await holder.read_key(gateway, "k-2")
    path = "/api/v1/keys/k-1"
    assert [request.path for request in seen[:4]] == [f"{path}/unlock", path, path, f"{path}/renewal"]
    at, nonce, signature = seen[1].headers["Holder-Proof"].split(".")
    check(holder, f"{READ}\nk-1\n{at}\n{nonce}", signature)
    renewal = await seen[3].json()
    check(holder, f"lodgekey-renew\nk-1\n{renewal['at']}\n{renewal['nonce']}", renewal["signature"])


def test_the_phone_in_a_terminal_shows_its_public_key_and_keeps_it(tmp_path: Path) -> None:
    first, again = (CliRunner().invoke(app, ["new", "--dir", str(tmp_path)]) for _ in range(2))
    assert json.loads(first.stdout) == json.loads(again.stdout) == Holder.open(tmp_path, lambda: NOW).jwk


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"--lock-cert": "nowhere"}, "no certificate"),
        ({"--order": "explode"}, "unlock or lock"),
        ({}, "no credential yet"),
    ],
    ids=["no certificate", "no such order", "no credential"],
)
def test_the_phone_in_a_terminal_says_what_is_wrong(tmp_path: Path, options: dict[str, str], sentence: str) -> None:
    issued = Authority.open(tmp_path / "ca", lambda: NOW).issue_device(new_private_key().public_key(), "s", "l", "lock")
    (tmp_path / "cert.pem").write_bytes(issued.chain_pem)
    plain = {"--dir": tmp_path, "--lock": "l", "--lock-cert": tmp_path / "cert.pem", "--air": "127.0.0.1:1"}
    line = [str(part) for pair in (plain | options).items() for part in pair]
    said = CliRunner().invoke(app, ["near", *line])
    assert said.exit_code != 0
    assert sentence in said.stderr
