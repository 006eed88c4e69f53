"""`lodgekey firmware`: the publisher's key, published images, roll-outs, and ends of support."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.dates import format_time
from api.cli.folder import opened
from api.cli.output import AsJson, Folder, said, settings_of, tell
from api.cli.refusal import NOT_THERE, Refused
from api.services.devices.firmware import act_on_roll_out, overview
from certs.files import PUBLIC, write_atomic
from certs.keys import key_id, load_private_key
from certs.publisher import make_publisher, publisher_at, publisher_key_at, read_public_key, trust_publisher
from devices.wire.firmware.manifest import Firmware, class_id_of, sign_firmware
from gateway.clock import utc_now
from gateway.journey.firmware.publishing import publish as publish_image
from gateway.journey.firmware.roll_outs import begin
from gateway.journey.firmware.support import set_support
from gateway.store import FirmwareImage
from gateway.texts.marks import N_

app = typer.Typer(no_args_is_help=True)
ImageFile = Annotated[Path, typer.Argument(help="File of the image.")]
Vendor = Annotated[str, typer.Option(help="Domain of the vendor.")]
Model = Annotated[str, typer.Option(help="Model that the image is for.")]
Version = Annotated[str, typer.Option(help="Version, for people.")]
Number = Annotated[int, typer.Option(min=1, help="Sequence number, above that of every earlier release of the model.")]
RollOutId = Annotated[str, typer.Argument(help="Id of the roll-out, as `status` lists it.")]
SIM_VENDOR, SIM_MODEL = "lodgekey.example", "sim-lock"


@app.callback()
def firmware() -> None:
    """Firmware of locks: signed images, staged roll-outs, ends of support."""


@app.command("key")
def make_key(
    public: Annotated[
        Path | None, typer.Option(help="Public key (PEM) of a publisher whose private key is on another machine.")
    ] = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Create the publisher's key, or trust another machine's. Devices enrolled from now on take its firmware."""
    place = settings_of(folder).folder / "certs"
    if not place.is_dir():
        raise Refused("no_gateway", NOT_THERE, folder=place.parent)
    if public is None:
        found = make_publisher(place)
    else:
        found = read_public_key(public)
        trust_publisher(place, found)
    name = key_id(found).hex()
    tell({"publisher": name}, as_json, N_("The publisher's key is {key}."), key=name)


@app.command()
def sign(
    image: ImageFile,
    key: Annotated[Path, typer.Option(help="Private key of the publisher (PEM).")],
    out: Annotated[Path, typer.Option(help="File to write the signed manifest to.")],
    version: Version,
    sequence: Number,
    model: Model = SIM_MODEL,
    vendor: Vendor = SIM_VENDOR,
    as_json: AsJson = False,
) -> None:
    """Sign a manifest on a machine that has the publisher's key and no gateway."""
    release = _release(image.read_bytes(), vendor, model, version, sequence)
    write_atomic(out, sign_firmware(release, load_private_key(key)), PUBLIC)
    tell({"manifest": str(out), "digest": release.digest.hex()}, as_json, N_("The manifest is in {file}."), file=out)


@app.command()
def publish(
    image: ImageFile,
    manifest: Annotated[Path | None, typer.Option(help="Manifest that was signed on another machine.")] = None,
    version: Annotated[str, typer.Option(help="Version, for people. Not with --manifest.")] = "",
    sequence: Annotated[int, typer.Option(help="Sequence number. Not with --manifest.")] = 0,
    model: Model = SIM_MODEL,
    vendor: Vendor = SIM_VENDOR,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Store an image with its signed manifest. No device gets it before `roll-out`."""
    settings, content = settings_of(folder), image.read_bytes()
    publisher = publisher_at(settings.folder / "certs")
    if publisher is None:
        raise Refused("no_publisher", NOT_THERE)
    if manifest is None:
        key = publisher_key_at(settings.folder / "certs")
        if key is None:
            raise Refused("no_publisher", NOT_THERE)
        envelope = sign_firmware(_release(content, vendor, model, version, sequence), key)
    else:
        envelope = manifest.read_bytes()
    with opened(settings, newest=True) as database, database.writing() as session:
        row = publish_image(session, publisher, envelope, content, utc_now())
        output = {"image": row.id, "model": row.model, "version": row.version, "sequence": row.sequence}
    tell(output, as_json, N_("Version {version} for {model} is published: {image}"), **output)


@app.command("roll-out")
def roll_out(
    image: Annotated[str, typer.Argument(help="Id or version of a published image.")],
    soak: Annotated[int, typer.Option(min=0, help="Minutes each step is watched before the next.")] = 1440,
    failures: Annotated[int, typer.Option(min=0, help="Failed devices above which it stops by itself.")] = 0,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Begin to update a model's devices: 1 %, 10 %, 50 %, then all, with a pause after each step."""
    with opened(settings_of(folder), newest=True) as database, database.writing() as session:
        row = begin(session, _image(session, image), soak * 60, failures, utc_now())
        output = {"roll_out": row.id, "version": row.image.version}
    tell(output, as_json, N_("The roll-out of version {version} has begun: {roll_out}"), **output)


@app.command()
def stop(roll_out: RollOutId, folder: Folder = None, as_json: AsJson = False) -> None:
    """Stop a roll-out for the time being; devices that are installing finish."""
    _act(roll_out, "stop", folder, as_json=as_json)


@app.command()
def resume(roll_out: RollOutId, folder: Folder = None, as_json: AsJson = False) -> None:
    """Go on with a stopped roll-out; failures so far no longer count."""
    _act(roll_out, "resume", folder, as_json=as_json)


@app.command()
def abort(roll_out: RollOutId, folder: Folder = None, as_json: AsJson = False) -> None:
    """End a roll-out for good; updated devices keep their new version."""
    _act(roll_out, "abort", folder, as_json=as_json)


@app.command()
def support(
    line: Annotated[str, typer.Argument(help="Beginning of the versions, for example 2. for 2.0 and 2.1.")],
    until: Annotated[str, typer.Option(help="Last day of support, YYYY-MM-DD.")],
    model: Model = SIM_MODEL,
    vendor: Vendor = SIM_VENDOR,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """State until when a line of versions is supported. Devices are told, and `status` and `doctor` show it."""
    ends = _end_of(until)
    with opened(settings_of(folder), newest=True) as database, database.writing() as session:
        set_support(session, class_id_of(vendor, model).hex(), line, ends)
    output = {"model": model, "line": line, "support_ends_at": ends}
    tell(output, as_json, N_("Versions {line}… of {model} are supported until {until}."), until=until, **output)


@app.command()
def status(
    before: Annotated[
        str | None, typer.Option(help="Id of an image; --json lists the 20 published before it, not the newest.")
    ] = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show the versions of the fleet, and the roll-outs with the devices that wait or failed."""
    settings = settings_of(folder)
    publisher = publisher_at(settings.folder / "certs")
    with opened(settings) as database, database.reading() as session:
        found = overview(session, publisher, utc_now(), before)
    if as_json:
        tell(found, as_json)
        return
    for line in _lines(found) or [said(N_("There are no entries."))]:
        typer.echo(line)


def _lines(found: dict[str, Any]) -> list[str]:
    lines = []
    for group in found["versions"]:
        ends = format_time(group["support_ends_at"]) or "-"
        number = len(group["devices"])
        lines.append(said(N_("{firmware}, devices: {n}, supported until {until}"), until=ends, n=number, **group))
        if group["fixed"]:
            lines.append("  " + said(N_("cannot be updated until enrolled again: {n}"), n=group["fixed"]))
    for row in found["roll_outs"]:
        line = "{id}  {model} {version}  {state}  {percent} %  ".format(**row)
        lines.append(line + " ".join(f"{name}={number}" for name, number in row["counts"].items()))
        lines += [f"  {each['device']}  {each['state']}  {each['reason'] or '-'}" for each in row["devices"]]
    return lines


def _act(roll_out: str, act: str, folder: Path | None, *, as_json: bool) -> None:
    with opened(settings_of(folder), newest=True) as database, database.writing() as session:
        row = act_on_roll_out(session, roll_out, act, utc_now())
    tell(row, as_json, N_("The roll-out is now: {state}"), state=row["state"])


def _image(session: Session, name: str) -> FirmwareImage:
    found = session.scalars(select(FirmwareImage).where((FirmwareImage.id == name) | (FirmwareImage.version == name)))
    images = found.all()
    if len(images) != 1:
        raise Refused("no_such_image", image=name)
    return images[0]


def _release(content: bytes, vendor: str, model: str, version: str, sequence: int) -> Firmware:
    return Firmware(vendor, model, version, sequence, hashlib.sha256(content).digest(), len(content))


def _end_of(day: str) -> int:
    """The end of a day in UTC seconds."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
        raise typer.BadParameter(day, param_hint="--until")
    try:
        return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) + 86_400
    except ValueError as error:
        raise typer.BadParameter(day, param_hint="--until") from error
