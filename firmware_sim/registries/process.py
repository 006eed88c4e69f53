"""Runs one simulated registry as a process of its own."""

import argparse
import base64
import json
import os
import secrets
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from certs.files import SECRET, write_atomic
from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.catalog import SIMULATORS
from firmware_sim.registries.store import RecordStore


def token_of(folder: Path) -> str:
    """The service's secret in FOLDER/token, made (0600) on the first start."""
    path = folder / "token"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    token = secrets.token_urlsafe(24)
    with os.fdopen(handle, "w") as file:
        file.write(token)
    shared = folder / "whsec"  # the same secret as Standard Webhooks write it
    shared.touch(0o600)
    shared.write_text("whsec_" + base64.b64encode(token.encode()).decode())
    return token


def serve(name: str, folder: Path, port: int, behaviour: Behaviour, tls: tuple[Path, Path] | None) -> None:
    """Serve until told to stop; says where as one JSON line on stdout once it listens. tls: certificate, key."""
    folder.mkdir(parents=True, exist_ok=True)
    token = token_of(folder)
    simulator = SIMULATORS[name]
    app = simulator.app(RecordStore(folder / "registry.db"), token, BehaviourSwitch(behaviour))
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    if tls:
        config.ssl_certfile, config.ssl_keyfile = tls
    listener = socket.create_server(("127.0.0.1", port))
    url = f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    token_file = str(folder / ("whsec" if name == "webhook" else "token"))
    settings = {"url": url + simulator.path, "token_file": token_file, **simulator.settings}
    settings |= dict.fromkeys(simulator.secrets, token_file)
    ready = {
        "ready": True,
        "registry": name,
        "url": url,
        "token_file": str(folder / "token"),
        "settings": settings,
        "facts": dict(simulator.facts),
    }
    write_atomic(folder / "control.json", json.dumps({"registry": name, "url": url, "token": token}).encode(), SECRET)
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    uvicorn.Server(config).run(sockets=[listener])


def main(arguments: Sequence[str] | None = None) -> None:
    """NAME --dir DIR [--port N] [--behaviour BEHAVIOUR] [--cert FILE --key FILE]; NAME defaults to sandbox."""
    parser = argparse.ArgumentParser(prog="python -m firmware_sim.registries", description=main.__doc__)
    parser.add_argument("name", nargs="?", default="sandbox", choices=sorted(SIMULATORS))
    parser.add_argument("--dir", type=Path, required=True, help="keeps its books and its token here")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--behaviour", type=Behaviour, default=Behaviour.NORMAL, choices=list(Behaviour))
    parser.add_argument("--cert", type=Path, help="server certificate (PEM): serves TLS")
    parser.add_argument("--key", type=Path, help="its key (PEM)")
    given = parser.parse_args(arguments)
    if bool(given.cert) != bool(given.key):
        parser.error("--cert and --key belong together")
    serve(given.name, given.dir, given.port, given.behaviour, (given.cert, given.key) if given.cert else None)
