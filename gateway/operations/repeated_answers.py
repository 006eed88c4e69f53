"""Answers kept for a day, so that a request repeated with its Idempotency-Key gets the answer that was lost.

An answer may hold a token or personal data: it is sealed under a key of its day in the vault, and both go with the day.
"""

import asyncio
import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from weakref import WeakValueDictionary

from sqlalchemy import delete, select

from gateway.domain.errors import IdempotencyMismatch
from gateway.store import RepeatedRequest
from gateway.store.database import Database
from gateway.store.sealing import Erased, Vault
from gateway.texts.marks import N_

DAY: Final = 86_400
KEPT: Final = DAY  # seconds
PREFIX: Final = "answer:"  # of the owner, apart from those of requests whose created object is known instead
TEXT_MISMATCH: Final = N_("This Idempotency-Key was already used for another request. Use a new one.")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A complete answer of HTTP: status, headers as sent, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class RequestName:
    """A request's name: who sent it, in any text, the Idempotency-Key, and the digest of its content."""

    caller: str
    key: str
    digest: str

    @property
    def owner(self) -> str:
        """The owner of the stored row; its length does not depend on the caller."""
        return PREFIX + hashlib.sha256(self.caller.encode()).hexdigest()


class RepeatedAnswers:
    """The answers of one gateway. Requests of one name are carried out one after the other (`mutex`)."""

    def __init__(self, database: Database, vault: Vault, now: Callable[[], int]) -> None:
        self._database, self._vault, self._now = database, vault, now
        self._mutexes: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    def mutex(self, name: RequestName) -> asyncio.Lock:
        """The lock to hold from `find` to `keep`, on the event loop."""
        return self._mutexes.setdefault((name.owner, name.key), asyncio.Lock())

    def find(self, name: RequestName) -> KeptAnswer | None:
        """The answer that the request got within the last day. Raises IdempotencyMismatch if it was another request."""
        with self._database.reading() as session:
            row = session.get(RepeatedRequest, (name.owner, name.key))
        if row is None or row.created_at <= self._now() - KEPT:
            return None
        if row.digest != name.digest:
            raise IdempotencyMismatch(TEXT_MISMATCH)
        try:
            return _unpacked(self._vault.open(_of_day(row.created_at), _field(name), b64decode(row.answer)))
        except Erased:
            return None

    def keep(self, name: RequestName, answer: KeptAnswer) -> None:
        """Store the answer of a request that was carried out."""
        now = self._now()
        sealed = self._vault.seal(_of_day(now), _field(name), _packed(answer))
        with self._database.writing() as session:
            row = RepeatedRequest(owner=name.owner, key=name.key, digest=name.digest, answer=b64encode(sealed).decode())
            row.created_at = now
            session.merge(row)

    def forget(self) -> None:
        """Delete what is older than a day, and the days' keys."""
        old = RepeatedRequest.owner.startswith(PREFIX), RepeatedRequest.created_at <= self._now() - KEPT
        with self._database.reading() as session:
            days = {_of_day(at) for at in session.scalars(select(RepeatedRequest.created_at).where(*old))}
        if not days:
            return
        with self._database.writing() as session:
            session.execute(delete(RepeatedRequest).where(*old))
            left = {_of_day(at) for at in session.scalars(select(RepeatedRequest.created_at).where(old[0]))}
        for day in days - left:
            self._vault.erase(day)


def _of_day(at: int) -> str:
    return f"answers:{at // DAY}"


def _field(name: RequestName) -> str:
    return f"{name.owner}/{name.key}"


def _packed(answer: KeptAnswer) -> bytes:
    return json.dumps([answer.status, answer.headers, b64encode(answer.body).decode()]).encode()


def _unpacked(packed: bytes) -> KeptAnswer:
    status, headers, body = json.loads(packed)
    return KeptAnswer(status, tuple((name, value) for name, value in headers), b64decode(body))
