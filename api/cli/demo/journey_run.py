"""The whole journey of a tenant, unattended, over the same HTTP requests that the pages make."""

import asyncio
import json
import os
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from api.cli.demo.seed import Logins
from api.cli.output import listed, said, word
from api.client import Answer, Client
from certs.holder import sign_statement
from certs.keys import jwk_of, new_private_key
from gateway.domain.errors import Busy
from gateway.domain.keys.holder_statements import child_statement, party_statement
from gateway.domain.keys.key import Proof, unlock_statement
from gateway.texts.marks import N_

Json = dict[str, Any]
STEP_TIMEOUT_SECONDS = 60.0
SUBMISSIONS = 4  # of the same pictures, where the gateway is busy and asks for them again
SETTLED = ("accepted", "partly", "refused", "unknown", "by_hand", "not_due")
# Invented people, of the nationality of the specimen passports.
CHILDREN: tuple[Json, ...] = (
    {"surname": "Eriksson", "given_names": "Leo", "birth_date": "2019-05-04", "nationality": "NLD", "sex": "M"}
    | {"id_number": "XR2002R58"},
    {"surname": "Eriksson", "given_names": "Mia", "birth_date": "2021-09-17", "nationality": "NLD", "sex": "F"}
    | {"id_number": "XR3003R58"},
)


class StepFailed(Exception):
    """A step of the journey failed; the text, in the terminal's language, names the step and the answer."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Files with pictures of the tenant's document and face."""

    document: Path
    face: Path


@dataclass(frozen=True, slots=True)
class Arrived:
    """The result of steps 1 to 5: the offer, the decision, and a key that is on its lock."""

    offer: Json
    verdict: Json
    key_id: str
    on_lock_ms: float


class JourneyRun:
    """Landlord, tenant and officer, each with an HTTP client, at one gateway."""

    def __init__(
        self,
        url: str,
        logins: Logins,
        pictures: Pictures,
        tell: Callable[[str], None],
        facts: Mapping[str, str] | None = None,
    ) -> None:
        self._url, self._logins, self._pictures, self._tell = url, logins, pictures, tell
        self._facts = dict(facts or {})
        self.phone: EllipticCurvePrivateKey = new_private_key()

    async def arrive(self, unit_code: str) -> str:
        """Run steps 1 to 5; return the id of a key that is on the lock. Raises StepFailed."""
        async with self._client() as landlord, self._client() as tenant, self._client() as officer:
            return (await self._arrive(landlord, tenant, officer, unit_code, "one")).key_id

    async def _arrive(self, landlord: Client, tenant: Client, officer: Client, unit_code: str, party: str) -> Arrived:
        await self._sign_in(landlord, self._logins.landlord)
        await self._sign_in(officer, self._logins.officer)
        offer = await self._offer(landlord, unit_code)
        tenant.headers["Authorization"] = f"Offer {offer['url'].rpartition('/')[2]}"
        await self._register(tenant, others=party == "family")
        verdict = await self._decide(officer, tenant)
        key_id, on_lock_ms = await self._await_key(tenant)
        return Arrived(offer, verdict, key_id, on_lock_ms)

    async def run(self, unit_code: str, party: str = "one") -> Json:
        """Run all nine steps; return ids, verdict, durations in ms and the registry's receipt. Raises StepFailed.

        With the party "family", the tenant's phone also registers two children, and all their records are awaited: one
        for all of them where the registry files people together.
        """
        async with self._client() as landlord, self._client() as tenant, self._client() as officer:
            arrived = await self._arrive(landlord, tenant, officer, unit_code, party)
            offer, key_id = arrived.offer, arrived.key_id
            unlocked = await self._unlock(tenant, key_id)
            family = await self._bring_family(tenant, landlord, offer["stay_id"], key_id) if party == "family" else {}
            check_in = await self._await_filing(landlord, offer["stay_id"], "check_in")
            feed = await self._read_feed(officer, check_in["id"])
            gone = await self._end(landlord, offer["stay_id"], key_id)
            check_out = await self._await_filing(landlord, offer["stay_id"], "check_out")
            return {
                "ok": True,
                "unit": unit_code,
                "offer": offer["offer_id"],
                "stay": offer["stay_id"],
                "key": key_id,
                "verdict": arrived.verdict,
                "issued_to_on_lock_ms": arrived.on_lock_ms,
                "tap_to_unlocked_ms": unlocked["ms"],
                "registration": check_in["id"],
                "receipt": check_in["receipt"],
                "feed_sequence": feed,
                "key_after_the_end": gone,
                "check_out_receipt": check_out["receipt"],
            } | family

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Client]:
        async with Client(f"{self._url}/api/v1", timeout_s=STEP_TIMEOUT_SECONDS) as client:
            yield client

    async def _sign_in(self, client: Client, login: str) -> None:
        body = {"login": login, "password": self._logins.password}
        require_ok(await client.post("/sessions", json=body), said(N_("{login} signs in"), login=login))

    async def _offer(self, landlord: Client, unit_code: str) -> Json:
        self._tell(said(N_("the landlord offers a key")))
        units = require_ok(await landlord.get("/units"), said(N_("the landlord lists the units")))
        unit = next((unit for unit in units if unit["code"] == unit_code), None)
        if unit is None:
            raise StepFailed(said(N_("the landlord has no unit {unit}"), unit=unit_code))
        now = datetime.now(UTC).replace(microsecond=0)
        dates = {"from": (now - timedelta(minutes=1)).isoformat(), "until": (now + timedelta(days=2)).isoformat()}
        key = {"Idempotency-Key": os.urandom(8).hex()}
        answer = await landlord.request("POST", f"/units/{unit['id']}/offers", json=dates, headers=key)
        return dict(require_ok(answer, said(N_("the landlord offers a key"))))

    async def _register(self, tenant: Client, *, others: bool) -> None:
        self._tell(said(N_("the tenant opens the link, consents, and submits passport and face photo")))
        require_ok(await tenant.post("/onboarding/open"), said(N_("the tenant opens the link")))
        consents = {"registration": True, "face": True, "text_version": "1", "language": "en"}
        require_ok(await tenant.post("/onboarding/consents", json=consents), said(N_("the tenant consents")))
        require_ok(
            await tenant.post("/onboarding/others", json={"follow": others}), said(N_("the tenant says who else comes"))
        )
        files = {
            "document": ("document.jpg", self._pictures.document.read_bytes(), "image/jpeg"),
            "face": ("face.jpg", self._pictures.face.read_bytes(), "image/jpeg"),
        }
        form = {"holder_key": json.dumps(jwk_of(self.phone.public_key())), "facts": json.dumps(self._facts)}
        answer = require_ok(
            await until_read(lambda: tenant.post("/onboarding/verification", form=form, files=files)),
            said(N_("the tenant submits passport and face photo")),
        )
        if answer["stage"] not in ("review", "issued", "on_lock"):
            raise StepFailed(
                said(
                    N_("the tenant was not registered ({stage}), because of: {reasons}"),
                    stage=answer["stage"],
                    reasons=reasons_in(answer),
                )
            )

    async def _decide(self, officer: Client, tenant: Client) -> Json:
        onboarding = require_ok(
            await tenant.get("/onboarding"), said(N_("the tenant reads the state of the registration"))
        )
        if onboarding["stage"] != "review":
            return {"by": "machine", "outcome": "passed", "reasons": onboarding["reasons"]}
        self._tell(said(N_("manual check, because of: {reasons}"), reasons=reasons_in(onboarding)))
        waiting = require_ok(await officer.get("/cases"), said(N_("the officer lists the cases")))
        if not waiting:
            raise StepFailed(said(N_("the case is not in the officer's list")))
        case = require_ok(await officer.get(f"/cases/{waiting[-1]['id']}"), said(N_("the officer opens the case")))
        for part in case["pictures"]:
            answer = await officer.get(f"/cases/{case['id']}/pictures/{part}")
            if answer.status != 200 or not answer.body.startswith(b"\xff\xd8"):
                raise StepFailed(said(N_("the officer cannot open the picture {part}"), part=part))
        require_ok(
            await officer.post(f"/cases/{case['id']}/decision", json={"decision": "pass"}),
            said(N_("the officer decides")),
        )
        return {"by": "person", "outcome": "passed", "reasons": case["reasons"], "score_band": case["score_band"]}

    async def _await_key(self, tenant: Client) -> tuple[str, float]:
        self._tell(said(N_("the key is sent to the lock")))
        began = time.perf_counter()
        onboarding = await until(
            lambda: _fetch(tenant, "/onboarding"),
            lambda answer: answer["stage"] == "on_lock",
            said(N_("the key is on the lock")),
        )
        return onboarding["keys"][0], _ms(began)

    async def _unlock(self, tenant: Client, key_id: str) -> Json:
        self._tell(said(N_("the tenant holds the button to unlock")))
        body = self._proof(lambda proof: unlock_statement(key_id, proof))
        answer = require_ok(
            await tenant.post(f"/keys/{key_id}/unlock", json=body), said(N_("the tenant unlocks the door"))
        )
        if answer["outcome"] != "unlocked":
            answered = f"{answer['outcome']} {answer['code'] or ''}".strip()
            raise StepFailed(said(N_("the door was not unlocked: {outcome}"), outcome=answered))
        return dict(answer)

    async def _await_filing(self, landlord: Client, stay_id: str, kind: str) -> Json:
        step = said(N_("the registry answers the {kind}"), kind=word("kind", kind).replace("_", "-"))
        self._tell(step)

        async def filing() -> Json:
            stay = require_ok(await landlord.get(f"/stays/{stay_id}"), said(N_("the landlord reads the stay")))
            rows = [row for row in stay["registrations"] if row["kind"] == kind] or [{"state": "missing"}]
            return next((row for row in rows if row["state"] != "not_due"), rows[0])

        row = await until(filing, lambda row: row["state"] not in ("queued", "pending", "asking", "missing"), step)
        if row["state"] not in ("accepted", "not_due"):
            answered = " ".join(str(row[part]) for part in ("state", "code", "sentence") if row[part])
            raise StepFailed(f"{step}: {answered}")
        return row

    async def _bring_family(self, tenant: Client, landlord: Client, stay_id: str, key_id: str) -> Json:
        """Declare the children, and return every record of the stay once the registry has answered each."""
        self._tell(said(N_("the tenant registers two children on the same phone")))
        onboarding = require_ok(await tenant.get("/onboarding"), said(N_("the tenant's phone registers a child")))
        for child in CHILDREN:
            await self._declare(tenant, key_id, child, onboarding["asks_besides"])
        proof = self._proof(lambda proof: party_statement(key_id, proof))
        answer = await tenant.post(f"/keys/{key_id}/party", json=proof)
        require_ok(answer, said(N_("the tenant says that everybody is registered")))
        step = said(N_("the registry answers for the whole party"))

        async def stay() -> Json:
            return dict(require_ok(await landlord.get(f"/stays/{stay_id}"), said(N_("the landlord reads the stay"))))

        settled = await until(stay, lambda shown: all(row["state"] in SETTLED for row in shown["registrations"]), step)
        records = [{part: row[part] for part in ("kind", "state", "receipt")} for row in settled["registrations"]]
        if any(row["state"] not in ("accepted", "not_due") for row in records):
            raise StepFailed(f"{step}: {records}")
        return {"people": settled["tenants"], "records": records}

    async def _declare(self, tenant: Client, key_id: str, child: Json, asked: list[str]) -> None:
        """Register one child; with a document only where the registry requires one."""
        facts = {path: text for path, text in self._facts.items() if path in asked}
        fields = child | facts | ({"relation": "child"} if "relation" in asked else {})
        number = fields.pop("id_number")
        answer = await self._post_child(tenant, key_id, fields)
        if answer.status == 422 and answer.json().get("field") in ("id_number", "document_kind"):
            document = {"id_number": number, "document_kind": "passport", "issuing_state": child["nationality"]}
            answer = await self._post_child(tenant, key_id, fields | document)
        require_ok(answer, said(N_("the tenant's phone registers a child")))

    async def _post_child(self, tenant: Client, key_id: str, fields: Json) -> Answer:
        person = json.dumps(fields)
        body = {"person": person} | self._proof(lambda proof: child_statement(key_id, proof, person))
        return await tenant.post(f"/keys/{key_id}/children", json=body)

    def _proof(self, statement: Callable[[Proof], bytes]) -> Json:
        """Return what the phone sends to prove that it holds the key: time, nonce and signature."""
        at, nonce = int(time.time()), os.urandom(12).hex()
        signature = sign_statement(statement(Proof(at, nonce, b"")), self.phone)
        return {"at": at, "nonce": nonce, "signature": urlsafe_b64encode(signature).rstrip(b"=").decode()}

    async def _read_feed(self, officer: Client, registration_id: str) -> int:
        self._tell(said(N_("the registration appears in the officer's feed")))
        async with asyncio.timeout(STEP_TIMEOUT_SECONDS), aclosing(officer.lines("/feed")) as lines:
            number = 0
            async for line in lines:
                if line.startswith("id: "):
                    number = int(line[4:])
                if line.startswith("data: ") and json.loads(line[6:])["subject"] == registration_id:
                    return number
        raise StepFailed(said(N_("the feed ended without the registration")))

    async def _end(self, landlord: Client, stay_id: str, key_id: str) -> str:
        self._tell(said(N_("the stay ends and the lock deletes the key")))
        require_ok(await landlord.post(f"/stays/{stay_id}/end"), said(N_("the landlord ends the stay")))

        async def key_state() -> Json:
            stay = require_ok(await landlord.get(f"/stays/{stay_id}"), said(N_("the landlord reads the stay")))
            return next(dict(key) for key in stay["keys"] if key["id"] == key_id)

        key = await until(key_state, lambda key: key["state"] == "revoked", said(N_("the key is revoked on the lock")))
        return str(key["state"])


async def _fetch(client: Client, path: str) -> Json:
    return dict(require_ok(await client.get(path), said(N_("reading {path}"), path=path)))


async def until_read(submit: Callable[[], Awaitable[Answer]]) -> Answer:
    """Submit pictures again while the gateway says that it is busy, as its sentence asks; the last answer."""
    answer = await submit()
    for _ in range(SUBMISSIONS - 1):
        if answer.status != Busy.status:
            break
        answer = await submit()
    return answer


async def until(ask: Callable[[], Any], good: Callable[[Json], bool], what: str) -> Json:
    """Return the first good answer, asking every 25 ms. Raises StepFailed with the text `what` after a minute."""
    deadline = time.monotonic() + STEP_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        answer: Json = await ask()
        if good(answer):
            return answer
        await asyncio.sleep(0.025)
    raise StepFailed(said(N_("{step}: not within one minute; the last answer was {answer}"), step=what, answer=answer))


def require_ok(answer: Answer, step: str) -> Any:
    """Return the answer's JSON. Raises StepFailed with the text `step` and the problem's code and detail for a refusal.

    The detail is in English, the language of the API's problems.
    """
    if answer.ok:
        return answer.json() if answer.body else None
    try:
        problem = answer.json()
        detail = f"{problem['code']}, {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        detail = answer.text[:200]
    raise StepFailed(
        said(N_("{step}: the gateway answered {status} ({detail})"), step=step, status=answer.status, detail=detail)
    )


def reasons_in(answer: Json) -> str:
    """Why the check of a tenant needs staff, as the pages name the reasons."""
    return listed(word("case.reason", reason) for reason in answer["reasons"])


def _ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
