"""The disclosure log: an entry is committed before anything is shown; where it cannot be written, nothing is."""

import json

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.domain.errors import DisclosureBlocked
from gateway.store import Disclosure
from gateway.store.database import Database


def disclose(database: Database, *, consumer: str, purpose: str, subject: str, fields: str, now: int) -> int:
    """Commit one entry and return its sequence number (from 0). Raises DisclosureBlocked.

    `consumer` and `subject` are ids, `fields` the names of what will be shown; no personal value is ever in the log.
    """
    try:
        with database.writing() as session:
            last = session.scalar(select(func.max(Disclosure.seq)))
            seq = 0 if last is None else last + 1
            leaf = leaf_bytes(seq, now, consumer, purpose, subject, fields)
            row = Disclosure(
                seq=seq, at=now, consumer=consumer, purpose=purpose, subject=subject, fields=fields, leaf=leaf
            )
            session.add(row)
            return seq
    except SQLAlchemyError as error:
        raise DisclosureBlocked(
            "The log of disclosures cannot be written, so no record is shown. Please tell the operator."
        ) from error


def leaf_bytes(seq: int, at: int, consumer: str, purpose: str, subject: str, fields: str) -> bytes:
    """The leaf input of one entry (RFC 9162 §2.1.1): its columns as JSON with sorted keys."""
    entry = {"seq": seq, "at": at, "consumer": consumer, "purpose": purpose, "subject": subject, "fields": fields}
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
