"""`lodgekey audit`: checks that the disclosure log still holds, unchanged, what it held when a head was signed."""

import asyncio
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy import func, select

from api.cli.folder import opened
from api.cli.output import AsJson, Folder, said, settings_of, tell, watched, word
from api.cli.program import spoken
from api.cli.refusal import NOT_IN_ORDER, Refused
from api.client import Client
from api.services import disclosure_log
from certs.errors import BadKey
from certs.keys import load_private_key, public_from_jwk
from gateway.clock import utc_now
from gateway.disclosure import GATEWAY, RESTORED, DisclosureLog, leaf_of
from gateway.domain.disclosure.merkle import BadProof
from gateway.domain.disclosure.tree_head import BadHead, Fault, Restore, TreeHead, audit, read_head, verify_extension
from gateway.settings import Settings
from gateway.store import Disclosure
from gateway.store.database import Database
from gateway.texts.languages import SOURCE
from gateway.texts.marks import N_, NN_

app = typer.Typer(no_args_is_help=True)
SECONDS = 20.0


@app.command()
def head(
    folder: Folder = None,
    out: Annotated[Path | None, typer.Option(help="File to write to; by default it is printed.")] = None,
    as_json: AsJson = False,
) -> None:
    """Sign the current tree head of the log. Store it where nobody who can change the log can change it."""
    settings = settings_of(folder)
    with opened(settings) as database:
        log = DisclosureLog(database, load_private_key(settings.folder / "certs" / "log.key"), utc_now)
        shown = disclosure_log.read_head(log)
    if out is None:
        typer.echo(shown.model_dump_json(indent=None if as_json else 2))
        return
    out.write_text(shown.model_dump_json(indent=2) + "\n", encoding="utf-8")
    tell(
        {"out": str(out)},
        as_json,
        N_("The tree head was written to {out}. Store it where nobody who can change the log can change it."),
        out=out,
    )


@app.command()
def verify(
    heads: Annotated[list[Path], typer.Option("--head", help="Tree head stored earlier. Can be repeated.")],
    folder: Folder = None,
    url: Annotated[str, typer.Option(help="Request a proof from this gateway instead of reading its database.")] = "",
    as_json: AsJson = False,
) -> None:
    """Verify the log. Exit code 0 if it extends every given tree head, otherwise 1 with the reason."""
    try:
        held = [_held(path) for path in heads]
        faults = asyncio.run(_ask(url, held)) if url else _read(settings_of(folder), held)
    except (ValueError, BadHead, BadKey, BadProof) as error:
        raise Refused("head_unusable", detail=error) from None
    if as_json:
        tell({"ok": not faults, "heads": len(held), "faults": [asdict(fault) for fault in faults]}, as_json)
    else:
        for fault in faults:
            typer.echo(fault.sentence if spoken() == SOURCE else word("fault", fault.code))
    if faults:
        raise typer.Exit(NOT_IN_ORDER)
    if not as_json:
        typer.echo(
            said(
                NN_(
                    "The log is consistent with {heads} earlier tree head.",
                    "The log is consistent with {heads} earlier tree heads.",
                    "heads",
                ),
                heads=len(held),
            )
        )


def _held(path: Path) -> tuple[TreeHead, EllipticCurvePublicKey]:
    """Read a tree head from its file; return it with the key that signed it."""
    return _parse_head(json.loads(path.read_text(encoding="utf-8")))


def _parse_head(shown: Any) -> tuple[TreeHead, EllipticCurvePublicKey]:
    if not isinstance(shown, dict) or not {"head", "key"} <= shown.keys():
        raise BadHead("not a head's file")
    key, raw = public_from_jwk(shown["key"]), str(shown["head"])
    return read_head(urlsafe_b64decode(raw + "=" * (-len(raw) % 4)), key), key


def _read(settings: Settings, held: list[tuple[TreeHead, EllipticCurvePublicKey]]) -> list[Fault]:
    """Verify every entry of the database against the heads; return the faults."""
    own = load_private_key(settings.folder / "certs" / "log.key").public_key()
    if any(key != own for _, key in held):
        return [Fault("foreign", "A head was signed by another key than this log's.")]
    with opened(settings) as database:
        return list(audit(_leaves(database), [head for head, _ in held], _restores(database)))


def _restores(database: Database) -> list[Restore]:
    """Where the log itself says that it was restored."""
    marked = (Disclosure.consumer == GATEWAY, Disclosure.purpose == RESTORED)
    with database.reading() as session:
        rows = session.execute(select(Disclosure.seq, Disclosure.at).where(*marked).order_by(Disclosure.seq))
        return [Restore(seq, at) for seq, at in rows]


def _leaves(database: Database) -> Iterator[bytes]:
    with database.reading() as session:
        total = session.scalar(select(func.count()).select_from(Disclosure)) or 0
        rows = session.scalars(select(Disclosure).order_by(Disclosure.seq).execution_options(yield_per=1000))
        for place, row in enumerate(watched(rows, total, N_("Reading the disclosure log"))):
            whole = row.seq == place and row.leaf == leaf_of(row)
            yield leaf_of(row) if whole else b""


async def _ask(url: str, held: list[tuple[TreeHead, EllipticCurvePublicKey]]) -> list[Fault]:
    """Return the faults that proofs from the gateway show, without access to its database. Raises RequestFailed."""
    async with Client(url, timeout_s=SECONDS, trust_env=True) as gateway:
        return [fault for older, key in held if (fault := await _compare(gateway, older, key)) is not None]


async def _compare(gateway: Client, older: TreeHead, key: EllipticCurvePublicKey) -> Fault | None:
    answer = await gateway.get("/api/v1/log/consistency", params={"from": older.size})
    if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY):
        return Fault("truncated", f"The log held {older.size} entries and holds fewer now.")
    answered = answer.require_ok().json()
    newer, signer = _parse_head(answered["head"])
    if signer != key:
        return Fault("foreign", "The log's head is signed by another key than the one you hold.")
    try:
        verify_extension(older, newer, [bytes.fromhex(node) for node in answered["proof"]])
    except BadProof:
        return Fault("altered", f"One of the first {older.size} entries was altered, removed or moved.")
    return None
