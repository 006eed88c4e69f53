"""SOAP 1.1 and 1.2 of the simulated registries: built by hand, on a parser that resolves nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.params import Depends
from lxml import etree
from starlette.responses import Response

from firmware_sim.registries.behaviour import Behaviour

_MAX = 8 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Version:
    """One version of SOAP: its envelope's namespace and the media type it travels in."""

    envelope: str
    media_type: str


SOAP_1_1 = Version("http://schemas.xmlsoap.org/soap/envelope/", "text/xml")
SOAP_1_2 = Version("http://www.w3.org/2003/05/soap-envelope", "application/soap+xml")


class NotSoap(Exception):
    """The body is not a SOAP envelope with exactly one element inside."""


def parsed(raw: bytes) -> etree._Element:
    """Parse an XML document without entities, DTD or network access."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(raw, parser)
    if root.getroottree().docinfo.doctype:
        raise NotSoap("a document type declaration is not allowed")
    return root


def content_of(raw: bytes, version: Version = SOAP_1_1) -> etree._Element:
    """Return the one element in the envelope's body."""
    if len(raw) > _MAX:
        raise NotSoap("too large")
    try:
        root = parsed(raw)
    except etree.XMLSyntaxError as error:
        raise NotSoap(str(error)) from None
    body = root.find(f"{{{version.envelope}}}Body")
    if root.tag != f"{{{version.envelope}}}Envelope" or body is None or len(body) != 1:
        raise NotSoap("no envelope with one element in its body")
    return body[0]


def tree(tag: str, *children: etree._Element | str) -> etree._Element:
    """Create an element with children or text."""
    element = etree.Element(tag)
    for child in children:
        if isinstance(child, str):
            element.text = child
        else:
            element.append(child)
    return element


def answer(content: etree._Element, version: Version = SOAP_1_1, status: int = 200) -> Response:
    """Return the element in an envelope, as an HTTP response."""
    envelope = tree(f"{{{version.envelope}}}Envelope", tree(f"{{{version.envelope}}}Body", content))
    document = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
    return Response(document, status, media_type=version.media_type)


def fault(sentence: str, version: Version = SOAP_1_1) -> Response:
    """Return a fault of the sender, with status 500 (SOAP 1.1 section 6.2) or 400 (SOAP 1.2 part 2, 7.5.2.2)."""
    if version is SOAP_1_1:
        content = tree(f"{{{version.envelope}}}Fault", tree("faultcode", "soap:Client"), tree("faultstring", sentence))
        return answer(content, version, 500)
    ns = f"{{{version.envelope}}}"
    code = tree(f"{ns}Code", tree(f"{ns}Value", "soap:Sender"))
    return answer(tree(f"{ns}Fault", code, tree(f"{ns}Reason", tree(f"{ns}Text", sentence))), version, 400)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What one SOAP address takes.

    `not_soap` and `unknown_operation` are the texts of its faults. `versions`: those it has a binding for. `action`:
    what a SOAP 1.1 call's SOAPAction begins with, before the operation's name; None where any is taken.
    """

    not_soap: str
    unknown_operation: str
    versions: tuple[Version, ...] = (SOAP_1_1,)
    action: str | None = None


ASMX = (SOAP_1_1, SOAP_1_2)
"""The bindings of an ASP.NET web service (.asmx)."""


def add_service(
    app: FastAPI,
    path: str,
    operate: Callable[[etree._Element, Behaviour, float], etree._Element | None],
    endpoint: Endpoint,
    *,
    dependencies: Sequence[Depends] = (),
) -> None:
    """Add one endpoint for all operations.

    `operate` gets the content, the behaviour and its delay in seconds, and returns None for an unknown operation.
    """

    @app.post(path, dependencies=dependencies)
    async def call(request: Request) -> Response:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        version = next((known for known in endpoint.versions if known.media_type == media_type), None)
        if version is None:
            return Response(status_code=415)
        try:
            content = content_of(await request.body(), version)
        except NotSoap:
            return fault(endpoint.not_soap, version)
        if version is SOAP_1_1 and not _acts_on(endpoint, content, request.headers.get("soapaction", "")):
            return fault(f"Server did not recognize the value of HTTP Header SOAPAction: {endpoint.action}", version)
        answered = operate(content, request.scope["behaviour"], request.scope["behaviour_delay"])
        return fault(endpoint.unknown_operation, version) if answered is None else answer(answered, version)


def _acts_on(endpoint: Endpoint, content: etree._Element, action: str) -> bool:
    """Whether the header names the operation in the body, as services do that dispatch by it."""
    name = etree.QName(content).localname
    return endpoint.action is None or action.strip('"') == f"{endpoint.action}{name}"
