"""`lodgekey audit`: whether the disclosure log still says, unchanged, what it said when a head was signed."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy import select

from api.http.disclosures import head_shown
from certs.errors import BadKey
from certs.keys import load_private_key, public_from_jwk
from gateway.bootstrap import utc_now
from gateway.disclosure import DisclosureLog, leaf_of
from gateway.domain.merkle import BadProof
from gateway.domain.tree_head import BadHead, Fault, TreeHead, audit, read_head, verify_extension
from gateway.settings import Settings
from gateway.store import Disclosure
from gateway.store.database import Database

app = typer.Typer(help="The disclosure log.", no_args_is_help=True)
SECONDS = 20.0
Folder = Annotated[Path | None, typer.Option(help="Where the gateway keeps everything.")]


@app.command()
def head(
    folder: Folder = None,
    out: Annotated[Path | None, typer.Option(help="File to write it to; printed if left out.")] = None,
) -> None:
    """Sign the log's head as it is now. Keep it where nobody who can change the log can change it."""
    settings = _settings(folder)
    database = Database(settings.database)
    log = DisclosureLog(database, load_private_key(settings.folder / "certs" / "log.key"), utc_now)
    text = head_shown(log).model_dump_json(indent=2) + "\n"
    database.close()
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


@app.command()
def verify(
    heads: Annotated[list[Path], typer.Option("--head", help="A head kept earlier; may be given several times.")],
    folder: Folder = None,
    url: Annotated[str, typer.Option(help="Ask this gateway for a proof instead of reading its database.")] = "",
) -> None:
    """Exit code 0 where the log extends every head, 1 with a sentence where it does not."""
    try:
        held = [_held(path) for path in heads]
        faults = _ask(url, held) if url else _read(_settings(folder), held)
    except (OSError, ValueError, BadHead, BadKey, BadProof, httpx.HTTPError) as error:
        faults = [Fault("unusable", f"This cannot be verified: {error}.")]
    for fault in faults:
        typer.echo(fault.sentence)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"The log still says, unchanged, what it said at {len(held)} earlier head(s).")


def _settings(folder: Path | None) -> Settings:
    settings = Settings()
    return settings.model_copy(update={"folder": folder}) if folder else settings


def _held(path: Path) -> tuple[TreeHead, EllipticCurvePublicKey]:
    """A head from its file, and the key it was signed with: the one to trust from then on."""
    return _told(json.loads(path.read_text(encoding="utf-8")))


def _told(shown: Any) -> tuple[TreeHead, EllipticCurvePublicKey]:
    if not isinstance(shown, dict) or not {"head", "key"} <= shown.keys():
        raise BadHead("not a head's file")
    key, raw = public_from_jwk(shown["key"]), str(shown["head"])
    return read_head(urlsafe_b64decode(raw + "=" * (-len(raw) % 4)), key), key


def _read(settings: Settings, held: list[tuple[TreeHead, EllipticCurvePublicKey]]) -> list[Fault]:
    """Every entry of the database against the heads."""
    own = load_private_key(settings.folder / "certs" / "log.key").public_key()
    if any(key != own for _, key in held):
        return [Fault("foreign", "A head was signed by another key than this log's.")]
    database = Database(settings.database)
    try:
        return list(audit(_leaves(database), [head for head, _ in held]))
    finally:
        database.close()


def _leaves(database: Database) -> Iterator[bytes]:
    with database.reading() as session:
        for place, row in enumerate(
            session.scalars(select(Disclosure).order_by(Disclosure.seq).execution_options(yield_per=1000))
        ):
            whole = row.seq == place and row.leaf == leaf_of(row)
            yield leaf_of(row) if whole else b""


def _ask(url: str, held: list[tuple[TreeHead, EllipticCurvePublicKey]]) -> list[Fault]:
    """A proof from the gateway, for those who cannot read its database."""
    faults = []
    for older, key in held:
        answer = httpx.get(f"{url.rstrip('/')}/api/v1/log/consistency", params={"from": older.size}, timeout=SECONDS)
        if answer.status_code in (httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY):
            faults.append(Fault("truncated", f"The log held {older.size} entries and holds fewer now."))
            continue
        told = answer.raise_for_status().json()
        newer, signer = _told(told["head"])
        if signer != key:
            faults.append(Fault("foreign", "The log's head is signed by another key than the one you hold."))
            continue
        try:
            verify_extension(older, newer, [bytes.fromhex(node) for node in told["proof"]])
        except BadProof:
            faults.append(Fault("altered", f"One of the first {older.size} entries was altered, removed or moved."))
    return faults
