"""The officers' provider for tests: a separate process, and the settings that make a gateway trust it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from api.cli.demo.children import Child
from gateway.settings import SingleSignOnSettings
from tests.parts.openid_provider import CLIENT, SECRET

PEOPLE: Final[dict[str, dict[str, Any]]] = {
    "li": {"sub": "u-1", "name": "Li Wei", "roles": ["lodgekey-officer", "archive"], "area": "370100"},
    "visitor": {"sub": "u-2", "name": "Somebody Else", "roles": ["archive"], "area": "370100"},
    "nowhere": {"sub": "u-3", "name": "No Area", "roles": ["lodgekey-officer"]},
}


@dataclass
class Office:
    """A running provider."""

    folder: Path
    settings: SingleSignOnSettings

    def tell(self, user: str, **claims: Any) -> None:
        """Set a user's claims at the provider."""
        path = self.folder / "people.json"
        people = json.loads(path.read_text())
        people[user] |= claims
        path.write_text(json.dumps(people))


def prepare(folder: Path) -> Path:
    """Write the provider's start files; returns the file of the client's secret."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "people.json").write_text(json.dumps(PEOPLE))
    secret = folder / "client.secret"
    secret.write_text(SECRET + "\n")
    return secret


@asynccontextmanager
async def open_provider(folder: Path, return_to: str) -> AsyncIterator[Office]:
    """A provider with the users PEOPLE, until the block ends."""
    secret = prepare(folder)
    arguments = ["-m", "tests.parts.openid_provider", str(folder), return_to]
    async with Child("the provider", arguments, folder / "provider.log") as child:
        said = await child.start()
        settings = SingleSignOnSettings(
            issuer=said["issuer"], client_id=CLIENT, client_secret_file=secret, ca_file=folder / "ca.pem"
        )
        yield Office(folder, settings)
