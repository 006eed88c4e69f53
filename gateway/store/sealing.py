"""Envelope encryption per person: AES-256-GCM under the person's own key; erasing destroys that key.

The keys are stored outside the database. A backup holds them encrypted apart from the rows; a restore destroys the keys
of who was erased since (gateway.operations.backup.ended).
"""

import os
import sqlite3
import threading
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from certs.files import secret_at

NONCE: Final = 12


class Erased(Exception):
    """The person's key is destroyed: nobody can read what was sealed under it."""


class Vault:
    """The per-person keys, each wrapped (RFC 3394) under the gateway's master key in `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._master = secret_at(folder / "master.key")
        self._lock = threading.Lock()
        self._keys = sqlite3.connect(folder / "people.sqlite", isolation_level=None, check_same_thread=False)
        os.chmod(folder / "people.sqlite", 0o600)  # noqa: PTH101 - same call as its neighbours in `os`
        for pragma in ("journal_mode = DELETE", "synchronous = FULL", "secure_delete = ON"):
            self._keys.execute(f"PRAGMA {pragma}")
        self._keys.execute("CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, wrapped BLOB NOT NULL)")

    def seal(self, person_id: str, field: str, plain: bytes) -> bytes:
        """Nonce and ciphertext of `plain`, bound to the person and field; creates the person's key on first use."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._key(person_id, make=True)).encrypt(nonce, plain, _bound_to(person_id, field))

    def open(self, person_id: str, field: str, sealed: bytes) -> bytes:
        """The plaintext. Raises Erased if the key is destroyed or the bytes belong to another person or field."""
        try:
            key = self._key(person_id, make=False)
            return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _bound_to(person_id, field))
        except InvalidTag:
            raise Erased from None

    def erase(self, person_id: str) -> bool:
        """Destroy the person's key; False if there was none."""
        with self._lock:
            return self._keys.execute("DELETE FROM people WHERE id = ?", (person_id,)).rowcount > 0

    def people(self) -> set[str]:
        """Ids of the people who have a key."""
        with self._lock:
            return {row[0] for row in self._keys.execute("SELECT id FROM people")}

    def close(self) -> None:
        """Close the key store."""
        self._keys.close()

    def _key(self, person_id: str, *, make: bool) -> bytes:
        with self._lock:
            row = self._keys.execute("SELECT wrapped FROM people WHERE id = ?", (person_id,)).fetchone()
            if row is not None:
                return aes_key_unwrap(self._master, row[0])
            if not make:
                raise Erased
            key = AESGCM.generate_key(256)
            wrapped = aes_key_wrap(self._master, key)
            self._keys.execute("INSERT INTO people VALUES (?, ?)", (person_id, wrapped))
            return key


def _bound_to(person_id: str, field: str) -> bytes:
    return f"lodgekey/{person_id}/{field}".encode()
