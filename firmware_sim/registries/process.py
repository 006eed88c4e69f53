"""Runs one simulated registry as a separate process."""

import argparse
import base64
import json
import os
import secrets
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from certs.files import SECRET, write_atomic
from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.catalog import SIMULATORS
from firmware_sim.registries.store import RecordStore


def token_of(folder: Path) -> str:
    """Return the secret in FOLDER/token, created (0600) on the first start."""
    path = folder / "token"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    token = secrets.token_urlsafe(24)
    with os.fdopen(handle, "w") as file:
        file.write(token)
    shared = folder / "whsec"  # the same secret in Standard Webhooks format
    shared.touch(0o600)
    shared.write_text("whsec_" + base64.b64encode(token.encode()).decode())
    return token


def set_up(name: str, folder: Path, url: str, behaviour: Behaviour) -> tuple[FastAPI, dict[str, Any]]:
    """Create the application at a URL, with its records in folder, and the settings for adapter and demonstration."""
    folder.mkdir(parents=True, exist_ok=True)
    token, simulator = token_of(folder), SIMULATORS[name]
    app = simulator.app(RecordStore(folder / "registry.db"), token, BehaviourSwitch(behaviour))
    token_file = str(folder / ("whsec" if simulator.signs else "token"))
    settings = {"url": url + simulator.path, "token_file": token_file, **simulator.settings}
    settings |= dict.fromkeys(simulator.secrets, token_file)
    write_atomic(folder / "control.json", json.dumps({"registry": name, "url": url, "token": token}).encode(), SECRET)
    return app, {
        "ready": True,
        "registry": name,
        "url": url,
        "token_file": str(folder / "token"),
        "settings": settings,
        "facts": dict(simulator.facts),
    }


def serve(name: str, folder: Path, port: int, behaviour: Behaviour, tls: tuple[Path, Path] | None) -> None:
    """Serve until stopped; prints its address as one JSON line on stdout once it listens. tls: certificate, key."""
    listener = socket.create_server(("127.0.0.1", port))
    url = f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    app, ready = set_up(name, folder, url, behaviour)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    if tls:
        config.ssl_certfile, config.ssl_keyfile = tls
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
