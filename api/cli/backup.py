"""`lodgekey backup` and `lodgekey restore`: encrypted backups, verified and restored."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.cli.dates import format_time
from api.cli.folder import require_stopped
from api.cli.output import AsJson, Folder, listed, said, settings_of, tell, word
from api.cli.refusal import NOT_THERE, Refused
from certs.files import SECRET
from gateway.clock import utc_now
from gateway.operations.backup.aftermath import Aftermath
from gateway.operations.backup.archive import Archive, Identity, Seal, new_identity, read_identities
from gateway.operations.backup.contents import unknown_files
from gateway.operations.backup.ended import ENDED
from gateway.operations.backup.lost_files import put_back_lost
from gateway.operations.backup.making import make_backup
from gateway.operations.backup.restoring import Restored, has_later_list, restore_backup
from gateway.settings import Settings
from gateway.texts.marks import N_

app = typer.Typer(no_args_is_help=True)
LOCKED_OUT = N_(
    "They changed how they sign in since the backup; the backup's passwords and passkeys are not accepted: {list}. "
    "Give each a new password: lodgekey account password USERNAME"
)
KEYLESS = N_("The data of {n} people cannot be read: their keys are newer than the backup of the vault.")
Source = Annotated[Path, typer.Argument(help="The backup.")]
IdentityFiles = Annotated[
    list[Path] | None, typer.Option("--identity", help="File with an identity that opens it. Can be repeated.")
]
PassphraseFile = Annotated[Path | None, typer.Option(help="File with the passphrase, on its first line.")]


@app.command()
def create(
    out: Annotated[Path, typer.Option(help="File to write to.")],
    recipient: Annotated[
        list[str] | None, typer.Option(help="Public key (age1…) whose identity opens it. Can be repeated.")
    ] = None,
    vault_recipient: Annotated[
        list[str] | None,
        typer.Option(help="Public key for the keys of personal data alone, if somebody else holds them."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    without_database: Annotated[
        bool,
        typer.Option("--without-database", help="Only the files beside a PostgreSQL database with backups of its own."),
    ] = False,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Write an encrypted backup: database, keys and certificates. The gateway may go on running."""
    if bool(recipient) == bool(passphrase_file):
        raise Refused("no_recipient")
    seal = (
        Seal.under(_passphrase(passphrase_file)) if passphrase_file else Seal.to(recipient or (), vault_recipient or ())
    )
    settings = settings_of(folder)
    manifest = make_backup(settings, out, seal, utc_now(), rows=not without_database)
    facts = {"out": str(out), "size": out.stat().st_size, "made_at": manifest.made_at, "schema": manifest.schema}
    others = unknown_files(settings.folder)
    tell(facts | {"left_out": others}, as_json, N_("The backup was written to {out} ({size} bytes)."), **facts)
    if others and not as_json:
        typer.echo(said(N_("Not in it, because they are not the gateway's: {list}."), list=listed(others)))


@app.command()
def verify(
    source: Source,
    identity: IdentityFiles = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Verify a backup: undamaged, and with an identity or passphrase that it opens and each file is as it was."""
    with Archive(source) as archive:
        archive.check_parts()
        archive.manifest.require_known_schema()
        opened = bool(identity or passphrase_file)
        if opened:
            archive.read(_identities(archive, identity, passphrase_file))
        manifest = archive.manifest
    files = sum(len(names) for names in manifest.files.values())
    made = format_time(manifest.made_at)
    facts = {"ok": True, "opened": opened, "made_at": manifest.made_at, "gateway": manifest.gateway, "files": files}
    if opened:
        tell(facts, as_json, N_("The backup of {made} UTC can be restored: {files} files."), made=made, files=files)
    else:
        tell(
            facts,
            as_json,
            N_("The backup of {made} UTC is undamaged. To see whether it opens, give --identity or --passphrase-file."),
            made=made,
        )


@app.command("new-identity")
def make_identity(
    out: Annotated[Path, typer.Option(help="File to write to. Keep it where the backups are not.")],
    as_json: AsJson = False,
) -> None:
    """Create an identity that opens backups, and print the public key that they are encrypted for."""
    content, public = new_identity()
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET)
    except FileExistsError:
        raise Refused("out_exists", NOT_THERE, name=out) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    tell(
        {"out": str(out), "recipient": public},
        as_json,
        N_("The identity is in {out}; without it no backup for it can be opened. Public key: {recipient}"),
        out=out,
        recipient=public,
    )


def restore(
    source: Source,
    identity: IdentityFiles = None,
    passphrase_file: PassphraseFile = None,
    ended: Annotated[
        list[Path] | None, typer.Option(help="Later copy of ended.jsonl, of the lost folder. Can be repeated.")
    ] = None,
    without_ended_list: Annotated[
        bool, typer.Option("--without-ended-list", help="Restore what has ended since the backup as well.")
    ] = False,
    only_lost: Annotated[
        bool, typer.Option("--only-lost", help="Put back only the keys and certificates that the folder has lost.")
    ] = False,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into an empty folder; what is in the list ended.jsonl stays ended."""
    settings = settings_of(folder)
    if only_lost:
        _put_back(settings, source, identity, passphrase_file, as_json=as_json)
        return
    for path in ended or ():
        path.open().close()  # a wrong name must not pass for an empty list
    if not (ended or without_ended_list or has_later_list(settings)):
        raise Refused("ended_list_missing", NOT_THERE, name=ENDED, folder=settings.folder)
    with Archive(source) as archive:
        archive.check_parts()
        identities = _identities(archive, identity, passphrase_file)
        restored = restore_backup(settings, archive, identities, ended or (), utc_now())
    _report(restored, settings.folder, as_json)


def _put_back(
    settings: Settings,
    source: Path,
    identity: list[Path] | None,
    passphrase_file: Path | None,
    *,
    as_json: bool,
) -> None:
    require_stopped(settings.folder)
    with Archive(source) as archive:
        archive.check_parts()
        done = put_back_lost(settings, archive, _identities(archive, identity, passphrase_file))
    if not done.files and not done.still_lost:
        tell(asdict(done), as_json, N_("Nothing is missing, so nothing was changed."))
        return
    if done.still_lost:
        raise Refused("still_lost", NOT_THERE, lost=listed(done.still_lost), folder=settings.folder)
    tell(asdict(done), as_json, N_("Put back: {list}. Now start the gateway."), list=listed(done.files))
    if done.keyless and not as_json:
        typer.echo(said(KEYLESS, n=done.keyless))


def _report(restored: Restored, folder: Path, as_json: bool) -> None:
    manifest = restored.manifest
    made = format_time(manifest.made_at)
    tell(
        {"folder": str(folder), "made_at": manifest.made_at, **settled(restored.aftermath)},
        as_json,
        N_("The backup of {made} UTC was restored into {folder}."),
        made=made,
        folder=folder,
    )
    if not as_json:
        tell_settled(restored.aftermath)


def settled(after: Aftermath) -> dict[str, object]:
    """What was changed in restored rows, as JSON values."""
    return {"ended": after.ended, "signed_out": after.signed_out, "unsure": after.unsure} | {
        "keyless": after.keyless,
        "locked_out": list(after.locked_out),
    }


def tell_settled(after: Aftermath) -> None:
    """Print what was changed in restored rows, and what to do next."""
    ended = [said(N_("{kind}: {n}"), kind=word("ended", kind), n=n) for kind, n in after.ended.items() if n]
    if ended:
        typer.echo(said(N_("Ended again, because they had ended since: {list}."), list=listed(ended)))
    if after.unsure:
        typer.echo(
            said(
                N_("{n} records may have been sent since; the registries are asked before anything is sent."),
                n=after.unsure,
            )
        )
    if after.keyless:
        typer.echo(said(KEYLESS, n=after.keyless))
    if after.locked_out:
        typer.echo(said(LOCKED_OUT, list=listed(after.locked_out)))
    typer.echo(said(N_("Everybody has to sign in again. Now start the gateway, and run: lodgekey doctor")))


def _identities(archive: Archive, files: Sequence[Path] | None, passphrase_file: Path | None) -> list[Identity]:
    """What opens the backup. Raises Refused if nothing was given, BackupUnusable: bad_identity, wrong_key."""
    found = [each for path in files or () for each in read_identities(path.read_text(encoding="utf-8"))]
    if passphrase_file is not None and archive.under_passphrase:
        found += archive.open_passphrase(_passphrase(passphrase_file))
    if not found:
        raise Refused("no_identity")
    return found


def _passphrase(path: Path) -> str:
    """The first line of the file, without its end."""
    return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
