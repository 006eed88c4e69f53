"""SOAP to an authority: zeep encodes and decodes envelopes by WSDL, gateway.outbound.http sends them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from zeep import Client as Zeep
from zeep import Settings
from zeep.exceptions import Error, Fault

from gateway.domain.filings.record import OutcomeUnknown, RegistryUnreachable
from gateway.outbound.http import MAX_ANSWER, Client, LostAnswer, Reply, open_client
from gateway.outbound.settings import AddressSettings


class SoapFault(Exception):
    """The service answered with a SOAP fault."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code, self.sentence = code, sentence


def unknown_fault(fault: SoapFault) -> OutcomeUnknown:
    """The answer to a fault: it does not show whether the record was processed."""
    return OutcomeUnknown("answered_fault", {"code": fault.code[:40]})


@dataclass(frozen=True, slots=True)
class SoapReply:
    """The response as decoded by zeep, and its bytes."""

    content: Any
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Letter:
    """The parts of an HTTP response that zeep reads."""

    status_code: int
    content: bytes
    headers: dict[str, str]
    encoding: str = "utf-8"


class SoapPort:
    """One SOAP service at a URL, described by a WSDL file here."""

    def __init__(self, wsdl: Path, binding: str, url: str, client: Client, limit: int = MAX_ANSWER) -> None:
        settings = Settings(strict=True, xml_huge_tree=False, forbid_dtd=True, forbid_entities=True)
        describe: Any = Zeep  # zeep is only partly annotated
        self._zeep = describe(str(wsdl), settings=settings)
        self._binding = self._zeep.wsdl.bindings[binding]
        self._url, self._client, self._limit = url, client, limit

    async def call(self, operation: str, **arguments: Any) -> SoapReply:
        """Call an operation that changes data. Raises SoapFault, LostAnswer or RegistryUnreachable."""
        sent = self._written(operation, arguments)
        return self._read(operation, await self._client.exchange("POST", self._url, limit=self._limit, **sent))

    async def ask(self, operation: str, **arguments: Any) -> SoapReply:
        """Call a read-only operation. Raises SoapFault, or RegistryUnreachable for a lost answer too."""
        sent = self._written(operation, arguments)
        reply = await self._client.ask("POST", self._url, limit=self._limit, **sent)
        try:
            return self._read(operation, reply)
        except LostAnswer as lost:
            raise RegistryUnreachable(lost.code, **lost.details) from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _written(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        envelope, headers = self._binding._create(
            operation, (), arguments, client=self._zeep, options={"address": self._url}
        )
        content = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        return {"content": content, "headers": dict(headers)}

    def _read(self, operation: str, reply: Reply) -> SoapReply:
        if not reply.body:
            raise LostAnswer("answer_empty")
        response = _Letter(reply.status, reply.body, {"Content-Type": "text/xml; charset=utf-8"})
        try:
            content = self._binding.process_reply(self._zeep, self._binding.get(operation), response)
        except Fault as fault:
            raise SoapFault(str(fault.code or "Fault"), str(fault.message)[:400]) from None
        except (Error, etree.LxmlError, ValueError, TypeError, AttributeError, LookupError):
            raise LostAnswer("answer_unreadable") from None
        return SoapReply(content, reply.body)


def open_soap(
    wsdl: Path,
    binding: str,
    settings: AddressSettings,
    *,
    account: tuple[str, str] | None = None,
    certificate_file: str = "",
    limit: int = MAX_ANSWER,
) -> SoapPort:
    """The service at the settings' address. Opens a connection for each request.

    `account`: user name and password. `certificate_file`: the client's certificate and its key in PEM.
    """
    client = open_client(
        ca_file=settings.ca_file,
        timeout_s=settings.timeout_s,
        account=account,
        certificate_file=certificate_file,
        reuse=False,
    )
    return SoapPort(wsdl, binding, settings.url, client, limit)
