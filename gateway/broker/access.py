"""Access to the MQTT broker: the embedded one or the operator's, with certificates issued by the authority."""

import ipaddress
from collections.abc import Callable, Sequence

from certs.authority.ca import Authority
from devices.links.mqtt import BrokerAddress
from devices.links.tls import client_tls
from gateway.broker.certificates import issue_broker_certificates, write_gateway_client
from gateway.broker.config import BrokerCertificates, BrokerSettings, find_mosquitto
from gateway.broker.embedded import EmbeddedBroker
from gateway.broker.external import BrokerFolder
from gateway.broker.revocation import RevokedDevice
from gateway.settings import Settings

HERE = ("localhost", "127.0.0.1")


class BrokerAccess:
    """Issues the certificates of both ends from the present authority, anew at each call."""

    def __init__(
        self, settings: Settings, authority: Callable[[], Authority], revoked: Callable[[], Sequence[RevokedDevice]]
    ) -> None:
        self._given, self._authority, self._revoked = settings, authority, revoked

    def settings(self) -> BrokerSettings:
        """The broker settings for mosquitto, embedded or operated elsewhere."""
        given = self._given
        return BrokerSettings(
            given.broker_port,
            host=given.broker_listen,
            gateways=(given.gateway_name,),
            durable=given.broker_durable,
        )

    def certificates(self) -> BrokerCertificates:
        """Issue a new server key and certificate, and the current revocation list."""
        names, ips = split_names((*HERE, *self._given.broker_names))
        serials = (device.serial for device in self._revoked())
        return issue_broker_certificates(self._authority(), serials, names=names, ips=ips)

    def embedded(self) -> EmbeddedBroker | None:
        """The embedded broker, not started yet; None where the operator runs a broker. Raises BrokerMissing."""
        given = self._given
        if given.broker_host:
            return None
        binary = find_mosquitto(given.mosquitto)
        return EmbeddedBroker(given.folder / "broker", self.settings(), self.certificates(), binary=binary)

    def folder(self) -> BrokerFolder | None:
        """The certificate folder of an operator's broker, kept up to date by this gateway; None if not set."""
        given = self._given.broker_folder
        return BrokerFolder(given, self.certificates()) if given else None

    def address(self) -> BrokerAddress:
        """The broker's address and the client certificate: the operator's, or a newly issued one."""
        given = self._given
        if given.broker_host and given.broker_ca_file and given.broker_cert_file and given.broker_key_file:
            tls = client_tls(given.broker_ca_file, given.broker_cert_file, given.broker_key_file)
            return BrokerAddress(given.broker_host, given.broker_port, given.gateway_name, tls)
        return self._own_address()

    def _own_address(self) -> BrokerAddress:
        given = self._given
        tls = client_tls(*write_gateway_client(given.folder / "certs", self._authority(), given.gateway_name))
        here = "127.0.0.1" if given.broker_listen == "0.0.0.0" else given.broker_listen
        return BrokerAddress(given.broker_host or here, given.broker_port, given.gateway_name, tls)


def split_names(given: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split into host names and IP addresses, as a certificate lists them; duplicates are removed."""
    ips = tuple(dict.fromkeys(name for name in given if is_address(name)))
    return tuple(dict.fromkeys(name for name in given if name not in ips)), ips


def is_address(name: str) -> bool:
    """Whether the text is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
