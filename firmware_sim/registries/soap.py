"""SOAP 1.1 of the simulated registries: built by hand, on a parser that resolves nothing."""

from collections.abc import Callable, Sequence

from fastapi import FastAPI, Request
from fastapi.params import Depends
from lxml import etree
from starlette.responses import Response

from firmware_sim.registries.behaviour import Behaviour

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_MAX = 8 << 20  # bytes


class NotSoap(Exception):
    """The body is not a SOAP envelope with exactly one element inside."""


def parsed(raw: bytes) -> etree._Element:
    """Parse an XML document without entities, DTD or network access."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(raw, parser)
    if root.getroottree().docinfo.doctype:
        raise NotSoap("a document type declaration is not allowed")
    return root


def content_of(raw: bytes) -> etree._Element:
    """Return the one element in the envelope's body."""
    if len(raw) > _MAX:
        raise NotSoap("too large")
    try:
        root = parsed(raw)
    except etree.XMLSyntaxError as error:
        raise NotSoap(str(error)) from None
    body = root.find(f"{{{ENVELOPE}}}Body")
    if root.tag != f"{{{ENVELOPE}}}Envelope" or body is None or len(body) != 1:
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


def answer(content: etree._Element, status: int = 200) -> Response:
    """Return the element in an envelope, as an HTTP response."""
    envelope = tree(f"{{{ENVELOPE}}}Envelope", tree(f"{{{ENVELOPE}}}Body", content))
    return Response(etree.tostring(envelope, xml_declaration=True, encoding="utf-8"), status, media_type="text/xml")


def fault(sentence: str) -> Response:
    """Return a SOAP fault, with status 500 (SOAP 1.1 §6.2)."""
    content = tree(f"{{{ENVELOPE}}}Fault", tree("faultcode", "soap:Client"), tree("faultstring", sentence))
    return answer(content, 500)


def add_service(
    app: FastAPI,
    path: str,
    operate: Callable[[etree._Element, Behaviour, float], etree._Element | None],
    *,
    not_soap: str,
    unknown_operation: str,
    dependencies: Sequence[Depends] = (),
) -> None:
    """Add one endpoint for all operations.

    `operate` gets the content, the behaviour and its delay in seconds, and returns None for an unknown operation.
    The two sentences are the texts of the faults.
    """

    @app.post(path, dependencies=dependencies)
    async def call(request: Request) -> Response:
        try:
            content = content_of(await request.body())
        except NotSoap:
            return fault(not_soap)
        answered = operate(content, request.scope["behaviour"], request.scope["behaviour_delay"])
        return fault(unknown_operation) if answered is None else answer(answered)
