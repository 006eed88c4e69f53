"""How this gateway comes to its broker: the embedded one or the operator's, with certificates of the authority."""

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
    """Issues what both ends need, by the present authority, each time it is asked."""

    def __init__(
        self, settings: Settings, authority: Callable[[], Authority], revoked: Callable[[], Sequence[RevokedDevice]]
    ) -> None:
        self._given, self._authority, self._revoked = settings, authority, revoked

    def settings(self) -> BrokerSettings:
        """What mosquitto is told: the embedded one, or an operator's."""
        given = self._given
        return BrokerSettings(
            given.broker_port,
            host=given.broker_listen,
            gateways=(given.gateway_name,),
            durable=given.broker_durable,
        )

    def certificates(self) -> BrokerCertificates:
        """A fresh server key and certificate, and the revocation list."""
        names, ips = split_names((*HERE, *self._given.broker_names))
        serials = (device.serial for device in self._revoked())
        return issue_broker_certificates(self._authority(), serials, names=names, ips=ips)

    def embedded(self) -> EmbeddedBroker | None:
        """The child process; None where the operator has a broker. Raises BrokerMissing."""
        given = self._given
        if given.broker_host:
            return None
        binary = find_mosquitto(given.mosquitto)
        return EmbeddedBroker(given.folder / "broker", self.settings(), self.certificates(), binary=binary)

    def folder(self) -> BrokerFolder | None:
        """The files of an operator's own broker, where they are ours to keep fresh."""
        given = self._given.broker_folder
        return BrokerFolder(given, self.certificates()) if given else None

    def address(self) -> BrokerAddress:
        """Where the broker is, with the certificate to show there: the operator's, or a fresh one of ours."""
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
    """Host names, and addresses, as a certificate tells them apart; each once."""
    ips = tuple(dict.fromkeys(name for name in given if is_address(name)))
    return tuple(dict.fromkeys(name for name in given if name not in ips)), ips


def is_address(name: str) -> bool:
    """Whether it is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
