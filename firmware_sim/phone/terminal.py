"""`python -m firmware_sim holder …`: the tenant's phone on the command line."""

import asyncio
import base64
import json
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from cryptography.hazmat.primitives.asymmetric import ec

from certs.enrolment.renewal import read_certificates
from certs.errors import BadRequest
from devices.wire.errors import BadMessage
from devices.wire.offline import OfflineCommand, Order
from firmware_sim.client import RequestFailed
from firmware_sim.device.edhoc import HandshakeFailed
from firmware_sim.phone.holder import GatewayRefused, Holder
from firmware_sim.phone.offline import LockRefused, ask_lock

app = typer.Typer(no_args_is_help=True, help="The tenant's phone: a key pair, a credential, and what they open.")
Dir = Annotated[Path, typer.Option("--dir", help="Where the phone keeps its key and credential.")]
Gateway = Annotated[str, typer.Option(help="Address of the gateway, e.g. http://127.0.0.1:8000.")]
Key = Annotated[str, typer.Option(help="The key's id.")]
Lock = Annotated[str, typer.Option(help="The lock's id.")]
LockCert = Annotated[Path, typer.Option(help="The lock's certificate (PEM): the phone speaks with no other lock.")]
AirPort = Annotated[str, typer.Option("--air", help="host:port of the building's air (printed by `building --air`).")]


@app.command()
def new(folder: Dir) -> None:
    """Create a key pair (once) and print its public key as a JWK."""
    _say(_phone(folder).jwk)


@app.command()
def read(folder: Dir, gateway: Gateway, key: Key) -> None:
    """Read the key from the gateway and store its credential."""
    found = _answer(_phone(folder).read_key(gateway, key))
    if "credential" in found:
        _phone(folder).keep(base64.b64decode(found["credential"]))
    _say(found)


@app.command()
def unlock(folder: Dir, gateway: Gateway, key: Key) -> None:
    """Request an unlock from the gateway."""
    _say(_answer(_phone(folder).unlock(gateway, key)))


@app.command()
def near(folder: Dir, lock: Lock, lock_cert: LockCert, air: AirPort, order: str = "unlock") -> None:
    """Unlock (or lock) a lock in range over Bluetooth, without a network."""
    if order not in ("unlock", "lock"):
        raise typer.BadParameter("unlock or lock", param_hint="--order")
    chosen: Order = "lock" if order == "lock" else "unlock"
    try:
        public = read_certificates(lock_cert.read_bytes())[0].public_key()
    except (BadRequest, OSError) as error:
        raise typer.BadParameter(f"no certificate in {lock_cert}", param_hint="--lock-cert") from error
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise typer.BadParameter("not a lock's certificate", param_hint="--lock-cert")
    phone = _phone(folder)
    if phone.credential is None:
        _fail("This phone has no credential yet: read the key first.")
    try:
        _say(asyncio.run(_ask_near(phone, lock, public, air, chosen)))
    except LockRefused as refused:
        _say({"outcome": "refused", "code": refused.code})
        raise typer.Exit(1) from refused
    except (HandshakeFailed, BadMessage) as error:
        _fail(f"The lock did not answer as it should: {error}")


async def _ask_near(
    phone: Holder, lock: str, public: ec.EllipticCurvePublicKey, air: str, order: Order
) -> dict[str, Any]:
    from firmware_sim.ble.adapter import SimAdapter  # noqa: PLC0415 - Bumble takes a second to import
    from firmware_sim.phone.handset import LockOutOfRange, reach  # noqa: PLC0415

    adapter = await SimAdapter.plugged_in(f"tcp-client:{air}")
    try:
        async with reach(adapter, lock) as exchange:
            credential, command = phone.credential or b"", OfflineCommand(order)
            _, result = await ask_lock(exchange, phone.key, public, credential, command)
    except LockOutOfRange:
        _fail("That lock is not in range.")
    finally:
        await adapter.close()
    return {"outcome": result.outcome, "code": result.code, "bolt": result.bolt}


def _phone(folder: Path) -> Holder:
    return Holder.open(folder, lambda: int(time.time()))


def _answer(asked: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    try:
        return asyncio.run(asked)
    except GatewayRefused as refused:
        _fail(str(refused))
    except RequestFailed as error:
        _fail(f"The gateway could not be reached: {error}")


def _say(found: Any) -> None:
    typer.echo(json.dumps(found, indent=2))


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
