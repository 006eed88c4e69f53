"""An OpenID provider as a separate process (pyop, over TLS): `python -m tests.parts.openid_provider FOLDER BACK`.

FOLDER holds people.json (user name: claims; read at each sign-in) and receives ca.pem; all passwords are PASSWORD.
Prints {"issuer": …} once it is listening.
"""

import json
import ssl
import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import trustme
from Cryptodome.PublicKey import RSA
from jwkest.jwk import RSAKey  # type: ignore[import-untyped]
from pyop.authz_state import AuthorizationState  # type: ignore[import-untyped]
from pyop.exceptions import InvalidAuthorizationCode, InvalidClientAuthentication, InvalidTokenRequest  # type: ignore[import-untyped]
from pyop.provider import Provider  # type: ignore[import-untyped]
from pyop.subject_identifier import HashBasedSubjectIdentifierFactory  # type: ignore[import-untyped]
from pyop.userinfo import Userinfo  # type: ignore[import-untyped]

PASSWORD: Final = "the provider's own password"
CLIENT: Final = "lodgekey"
SECRET: Final = "only the two of us know it"
FORM: Final = """<!doctype html><html lang="en"><title>City office</title><h1>City office</h1>
<form method="post"><input type="hidden" name="asked" value="{asked}">
<p><label>Name <input name="user"></label><p><label>Password <input name="password" type="password"></label>
<p><button>Log in</button></form></html>"""


def provider_at(issuer: str, people: "People", return_to: str) -> Any:
    """A provider with one client and these users."""
    return Provider(
        RSAKey(key=RSA.generate(2048), alg="RS256", kid="office-1"),
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
        },
        AuthorizationState(HashBasedSubjectIdentifierFactory("salt")),
        {
            CLIENT: {
                "response_types": ["code"],
                "redirect_uris": [return_to],
                "client_secret": SECRET,
                "token_endpoint_auth_method": "client_secret_basic",
                "subject_type": "public",
            }
        },
        Userinfo(people),
        extra_scopes={"profile": ["name", "roles", "area"]},
    )


class ProviderEndpoint(BaseHTTPRequestHandler):
    """One request to the provider."""

    provider: Any
    people: "People"

    def do_GET(self) -> None:
        """Discovery, keys, the login form, and userinfo."""
        path, _, query = self.path.partition("?")
        if path == "/.well-known/openid-configuration":
            self._send(self.provider.provider_configuration.to_json())
        elif path == "/jwks":
            self._send(json.dumps(self.provider.jwks))
        elif path == "/authorize":
            self.provider.parse_authentication_request(query)
            self._send(FORM.format(asked=escape(query, quote=True)), "text/html")
        elif path == "/userinfo":
            self._send(self.provider.handle_userinfo_request(query, dict(self.headers)).to_json())

    def do_POST(self) -> None:
        """The submitted login form, and the exchange of a code for tokens."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path.startswith("/token"):
            self._exchange(body)
            return
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if form.get("password") != PASSWORD or form.get("user") not in self.people:
            self._send(FORM.format(asked=escape(form["asked"], quote=True)), "text/html")
            return
        asked = self.provider.parse_authentication_request(form["asked"])
        answer = self.provider.authorize(asked, form["user"])
        self.send_response(303)
        self.send_header("Location", answer.request(asked["redirect_uri"]))
        self.end_headers()

    def _exchange(self, body: str) -> None:
        try:
            self._send(self.provider.handle_token_request(body, dict(self.headers)).to_json())
        except (InvalidAuthorizationCode, InvalidTokenRequest, InvalidClientAuthentication):
            self._send('{"error": "invalid_grant"}', status=400)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own name
        """Log nothing: addresses here contain codes."""

    def _send(self, body: str, kind: str = "application/json", status: int = 200) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class People(dict[str, dict[str, Any]]):
    """The provider's users, read from the file at each access."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def __contains__(self, name: object) -> bool:
        self.update(json.loads(self._path.read_text()))
        return super().__contains__(name)


def main(folder: str, return_to: str) -> None:
    """Serve until terminated."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), ProviderEndpoint)
    issuer = f"https://127.0.0.1:{server.server_port}"
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.cert_pem.write_to_path(str(Path(folder) / "ca.pem"))
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    ProviderEndpoint.people = People(Path(folder) / "people.json")
    ProviderEndpoint.provider = provider_at(issuer, ProviderEndpoint.people, return_to)
    print(json.dumps({"issuer": issuer}), flush=True)  # noqa: T201 - how whoever started it learns the port
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
