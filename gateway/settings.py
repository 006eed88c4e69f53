"""What an operator can set, by environment (`LODGEKEY_…`) or keyword; every default runs on one machine as it is."""

import ssl
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from devices.links.mqtt import BrokerAddress
from gateway.identity.settings import Thresholds

Port = Annotated[int, Field(ge=0, le=65535)]


class HomeBroker(BaseModel):
    """The operator's own MQTT 5 broker, where Nuki locks, Zigbee2MQTT and Home Assistant are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    port: int = Field(default=1883, ge=1, le=65535)
    site: str = Field(default="home", pattern=r"^[a-z0-9-]{1,36}$")
    user: str = ""
    password_file: Path | None = None
    tls: bool = False
    ca_file: Path | None = None
    home_assistant: bool = False  # whether our locks are told to Home Assistant there
    home_assistant_commands: bool = False  # and whether it may lock them, and unlock those that ask for no key

    def address(self, client_id: str, will: tuple[str, bytes] | None = None) -> BrokerAddress:
        """As whom to come. Files are read now."""
        password = self.password_file.read_text().strip() if self.password_file else ""
        tls = ssl.create_default_context(cafile=self.ca_file) if self.tls or self.ca_file else None
        return BrokerAddress(self.host, self.port, client_id, tls, self.user, password, will)


class SingleSignOnSettings(BaseModel):
    """The OpenID provider of officers, and which of its claims say that somebody is one, and of which area.

    `areas` maps what the area claim says to grid areas; where it is empty, the claim is the grid area itself.
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
    """The gateway's settings. `folder` holds everything it keeps: database, keys, broker store."""

    model_config = SettingsConfigDict(env_prefix="LODGEKEY_", env_nested_delimiter="__", extra="ignore", frozen=True)

    folder: Path = Path(".data")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: str = ""

    # Where locks and kiosks reach the broker: the address to listen on, and the names in its certificate.
    broker_listen: str = "127.0.0.1"
    broker_names: tuple[str, ...] = ()
    # The embedded mosquitto is started unless an operator's own broker is named here; `broker_folder` holds the files
    # that one reads, for us to keep fresh. Without files of its own we show it a certificate of our authority.
    broker_folder: Path | None = None
    broker_host: str = ""
    broker_port: Port = 8883
    broker_durable: bool = True  # as BrokerSettings.durable; for some hundred locks and more: false
    mosquitto: Path | None = None
    gateway_name: str = "gateway-0"
    broker_ca_file: Path | None = None
    broker_cert_file: Path | None = None
    broker_key_file: Path | None = None

    home_broker: HomeBroker | None = None  # the operator's own: LODGEKEY_HOME_BROKER__HOST, …__USER, and so on
    bluetooth: str = ""  # "any", or an adapter's name (hci0); none unless set

    identity_workers: Annotated[int, Field(ge=1, le=16)] = 1
    identity_timeout: Annotated[float, Field(gt=0)] = 30.0  # seconds a worker may take over one picture or clip
    identity_engine: Literal["face_recognition", "five_point"] = "face_recognition"
    face_thresholds: dict[str, Thresholds] = {}  # by engine, e.g. {"five_point": {"accept": 0.4, "refuse": 0.55}}
    accept_face_without_liveness: bool = False
    accept_document_without_face: bool = False
    country_certificates: Path | None = None  # a folder of CSCA certificates whose documents' chips are believed
    face_filings: dict[str, str] = {}  # by jurisdiction, the number of the filing due for very many stored faces

    registries: dict[str, dict[str, str]] = {}
    webhook_networks: str = ""  # networks a consumer's webhook may be in although they are not public
    alert_mail: SecretStr = SecretStr("")  # an apprise address with {to}: mailtos://user:pass@host?from=…&to={to}
    simulator_url: str = ""
    simulator_token: SecretStr = SecretStr("")
    offline_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 72
    unlocks_per_minute: Annotated[int, Field(ge=1)] = 20
    single_sign_on: SingleSignOnSettings | None = None  # LODGEKEY_SINGLE_SIGN_ON__ISSUER, …__CLIENT_ID, and so on
    session_hours: Annotated[int, Field(ge=1, le=720)] = 12

    @model_validator(mode="after")
    def _broker_files_belong_together(self) -> "Settings":
        files = (self.broker_ca_file, self.broker_cert_file, self.broker_key_file)
        if any(files) and not (all(files) and self.broker_host):
            raise ValueError(
                "broker_ca_file, broker_cert_file and broker_key_file belong together, and to a broker_host"
            )
        return self

    @property
    def database(self) -> str:
        """The database URL; SQLite in the folder unless set."""
        return self.database_url or f"sqlite:///{(self.folder / 'lodgekey.sqlite').resolve()}"

    @property
    def broker_name(self) -> str:
        """The name under which devices reach the broker."""
        return self.broker_names[0] if self.broker_names else self.broker_host or self.broker_listen

    @property
    def address(self) -> str:
        """Where people reach the pages, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
