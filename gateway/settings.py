"""Settings from the environment (`LODGEKEY_…`) or keywords; the defaults run on one machine as they are."""

import os
import re
import ssl
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from yarl import URL

from devices.links.mqtt import BrokerAddress
from gateway.identity.settings import Thresholds
from gateway.texts.languages import SOURCE, Language

EMAIL: Final = re.compile(r"[^\s@:/?]+@[^\s@:/?]+")
CONTACT: Final = re.compile(r"(?:mailto:[^\s@]+@|https://[^\s/]|tel:\+?[0-9])[!-~]*")  # RFC 9116 §2.5.3
Port = Annotated[int, Field(ge=0, le=65535)]


def _parts(given: str) -> set[str]:
    """The addresses and networks of a list with commas between."""
    return set(filter(None, map(str.strip, given.split(","))))


class HomeBroker(BaseModel):
    """The operator's own MQTT 5 broker, used by Nuki locks, Zigbee2MQTT and Home Assistant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    port: int = Field(default=1883, ge=1, le=65535)
    site: str = Field(default="home", pattern=r"^[a-z0-9-]{1,36}$")
    user: str = ""
    password_file: Path | None = None
    tls: bool = False
    ca_file: Path | None = None
    home_assistant: bool = False  # whether native locks are published to Home Assistant on this broker
    home_assistant_commands: bool = False  # whether Home Assistant may lock them, and unlock those that need no key

    def address(self, client_id: str, will: tuple[str, bytes] | None = None) -> BrokerAddress:
        """The broker's address and credentials for this client. Reads the password and CA files now."""
        password = self.password_file.read_text().strip() if self.password_file else ""
        tls = ssl.create_default_context(cafile=self.ca_file) if self.tls or self.ca_file else None
        return BrokerAddress(self.host, self.port, client_id, tls, self.user, password, will)


class SingleSignOnSettings(BaseModel):
    """The officers' OpenID provider, and the claims that make someone an officer and name the area.

    `areas` maps values of the area claim to grid areas; if it is empty, the claim is the grid area itself. The names of
    claims may be paths: realm_access.roles.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    client_id: str
    client_secret_file: Path
    scopes: str = "openid profile"
    algorithm: Literal["RS256", "PS256", "ES256"] = "RS256"
    role_claim: str = "roles"
    officer_role: str = "lodgekey-officer"
    area_claim: str = "area"
    areas: dict[str, str] = {}
    ca_file: Path | None = None


class Settings(BaseSettings):
    """The gateway's settings. `folder` holds all its data: database, keys, broker store."""

    model_config = SettingsConfigDict(env_prefix="LODGEKEY_", env_nested_delimiter="__", extra="ignore", frozen=True)

    folder: Path = Path(".data")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: str = ""
    metrics_port: Port | None = None  # where Prometheus reads figures; not served unless set, 0 selects a free port
    metrics_host: str = "127.0.0.1"
    traces_url: str = ""  # OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces; needs lodgekey[otel]
    # Whether browsers may reach names below the public address by HTTPS only, too (RFC 6797 §6.1.2); false where other
    # services without TLS have such names.
    https_subdomains: bool = True
    trusted_proxies: str = "127.0.0.1, ::1"  # addresses and networks whose X-Forwarded-For and -Proto are believed

    # The address the broker listens on for locks and kiosks, and the names in its certificate.
    broker_listen: str = "127.0.0.1"
    broker_names: tuple[str, ...] = ()
    # The embedded mosquitto is started unless an operator's own broker is named here; `broker_folder` holds the files
    # that one reads, kept up to date by the gateway. Without files of its own, it presents the authority's certificate.
    broker_folder: Path | None = None
    broker_host: str = ""
    broker_port: Port = 8883
    broker_durable: bool = True  # as BrokerSettings.durable; set to false for several hundred locks or more
    mosquitto: Path | None = None
    gateway_name: str = "gateway-0"
    broker_ca_file: Path | None = None
    broker_cert_file: Path | None = None
    broker_key_file: Path | None = None

    home_broker: HomeBroker | None = None  # the operator's own broker: LODGEKEY_HOME_BROKER__HOST, …__USER, and so on
    bluetooth: str = ""  # "any", or an adapter's name (hci0); empty for no Bluetooth

    identity_workers: Annotated[int, Field(ge=1, le=16)] = 1
    identity_timeout: Annotated[float, Field(gt=0)] = 30.0  # seconds a worker may spend on one picture or clip
    identity_engine: Literal["face_recognition", "five_point"] = "face_recognition"
    face_thresholds: dict[str, Thresholds] = {}  # by engine, e.g. {"five_point": {"accept": 0.4, "refuse": 0.55}}
    accept_face_without_liveness: bool = False
    accept_document_without_face: bool = False
    country_certificates: Path | None = None  # folder of CSCA certificates that verify document chips
    face_filings: dict[str, str] = {}  # by jurisdiction: the number of the filing required for many stored faces

    registries: dict[str, dict[str, str]] = {}
    webhook_networks: str = ""  # non-public networks in which a consumer's webhook is allowed
    alert_mail: SecretStr = SecretStr("")  # an Apprise URL with {to}: mailtos://user:pass@host?from=…&to={to}
    # Where alerts about the gateway itself go: an address, through alert_mail; a webhook and its secret (whsec_…).
    operator_mail: str = ""
    operator_webhook: str = ""
    operator_webhook_secret: SecretStr = SecretStr("")
    operator_language: Language = SOURCE
    security_contact: str = ""  # where weaknesses are reported, in security.txt: an e-mail address, or https://…
    simulator_url: str = ""
    simulator_token: SecretStr = SecretStr("")
    offline_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 72
    unlocks_per_minute: Annotated[int, Field(ge=1)] = 20
    single_sign_on: SingleSignOnSettings | None = None  # LODGEKEY_SINGLE_SIGN_ON__ISSUER, …__CLIENT_ID, and so on
    # Who must show a second factor beside a password; it is offered to everybody. Officers open the records of an area.
    second_factor_roles: frozenset[Literal["landlord", "officer", "tester"]] = frozenset({"officer"})
    first_password_days: Annotated[int, Field(ge=1, le=90)] = 7  # after which one that was not changed has expired
    # When a session ends: hours after the sign-in, and minutes without use (NIST SP 800-63B-4 §2.2.3: 24 h, 1 h). A
    # landlord's team works on phones, which lock themselves, and sees its own tenants only (ADR 0408).
    session_hours: Annotated[int, Field(ge=1, le=720)] = 12
    session_idle_minutes: Annotated[int, Field(ge=5, le=43_200)] = 60
    landlord_session_hours: Annotated[int, Field(ge=1, le=720)] = 168
    landlord_idle_minutes: Annotated[int, Field(ge=5, le=43_200)] = 720

    @model_validator(mode="after")
    def _broker_files_belong_together(self) -> "Settings":
        files = (self.broker_ca_file, self.broker_cert_file, self.broker_key_file)
        if any(files) and not (all(files) and self.broker_host):
            raise ValueError(
                "broker_ca_file, broker_cert_file and broker_key_file belong together, and to a broker_host"
            )
        return self

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> "Settings":
        if bool(self.operator_webhook) != bool(self.operator_webhook_secret.get_secret_value()):
            raise ValueError("operator_webhook and operator_webhook_secret belong together")
        return self

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, given: str) -> str:
        if given and (URL(given).scheme not in ("http", "https") or not URL(given).host):
            raise ValueError("public_url is an address like https://lodgekey.example")
        return given

    @field_validator("security_contact")
    @classmethod
    def _is_a_contact(cls, given: str) -> str:
        contact = f"mailto:{given}" if EMAIL.fullmatch(given) else given
        if contact and not CONTACT.fullmatch(contact):
            raise ValueError("security_contact is an e-mail address, or an address like https://example.org/security")
        return contact

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, given: str) -> str:
        for part in _parts(given):
            if ip_network(part).prefixlen == 0:
                raise ValueError("trusted_proxies names the proxies only, because who is believed evades the limits")
        return given

    @model_validator(mode="after")
    def _one_list_of_proxies(self) -> "Settings":
        others = os.environ.get("FORWARDED_ALLOW_IPS")  # uvicorn's own setting, which the gateway does not use
        if others is not None and _parts(others) != _parts(self.trusted_proxies):
            raise ValueError("FORWARDED_ALLOW_IPS differs from LODGEKEY_TRUSTED_PROXIES, which is the one that counts")
        return self

    def session_seconds(self, role: str) -> int:
        """How long a session of the role lasts at most."""
        return 3600 * (self.landlord_session_hours if role == "landlord" else self.session_hours)

    def idle_seconds(self, role: str) -> int:
        """How long a session of the role lasts without use."""
        return 60 * (self.landlord_idle_minutes if role == "landlord" else self.session_idle_minutes)

    @property
    def sends_mail(self) -> bool:
        """Whether a mail server is set up."""
        return bool(self.alert_mail.get_secret_value())

    @property
    def database(self) -> str:
        """The database URL; SQLite in the folder by default."""
        return self.database_url or f"sqlite:///{(self.folder / 'lodgekey.sqlite').resolve()}"

    @property
    def broker_name(self) -> str:
        """The host name under which devices reach the broker."""
        return self.broker_names[0] if self.broker_names else self.broker_host or self.broker_listen

    @property
    def address(self) -> str:
        """The base URL of the pages, without a trailing slash; scheme and host as browsers write them."""
        return f"{self.origin}{URL(self.public_url).path if self.public_url else ''}".rstrip("/")

    @property
    def origin(self) -> str:
        """The origin of the pages as browsers send it (RFC 6454 §6.2): lower case, without the scheme's own port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return str(URL(self.public_url or f"http://{host}:{self.port}").origin())
