"""An authority's XML reaches no file, no network and no endless text: what declares entities is not read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

import gateway.registries
from gateway.outbound.http import Client, LostAnswer, Reply
from gateway.registries.portugal.client import _errors
from gateway.registries.slovenia.client import _read
from gateway.registries.soap import SoapPort

CANARY = "canary-4711"
WSDL = Path(gateway.registries.__file__).with_name("portugal") / "siba.wsdl"
LAUGHS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


def soap(answer: str) -> object:
    """The answer of a SOAP service, as an adapter gets it."""
    port = SoapPort(WSDL, "{http://sef.pt/}BoletinsAlojamentoSoap", "https://siba.example", cast("Client", None))
    return port._read("EntregaBoletinsAlojamento", cast("Reply", Letter(answer.encode())))


class Letter:
    """An answer over HTTP."""

    status = 200

    def __init__(self, body: bytes) -> None:
        self.body = body


def documents(folder: Path) -> dict[str, str]:
    """Declarations that would make a careless parser read a file, ask a server, or fill the memory; each uses &e;."""
    secret = folder / "secret"
    secret.write_text(CANARY)
    return {
        "file": f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]>',
        "network": '<!DOCTYPE d [<!ENTITY e SYSTEM "http://192.0.2.1/e">]>',
        "parameter": f'<!DOCTYPE d [<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p; <!ENTITY e "1">]>',
        "endless": f'<!DOCTYPE d [<!ENTITY e0 "{"x" * 100}">{LAUGHS}<!ENTITY e "&e9;">]>',
    }


READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "slovenia": (_read, '<data success="1" failure="0"><row rowPackageId="1" msg="&e;" msgTxt="&e;"/>&e;</data>'),
    "portugal": (
        _errors,
        "<ErrosBA><RetornoBA><Linha>1</Linha><Codigo_Retorno>&e;</Codigo_Retorno></RetornoBA></ErrosBA>",
    ),
    "soap": (
        soap,
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><EntregaBoletinsAlojamentoResponse'
        ' xmlns="http://sef.pt/"><EntregaBoletinsAlojamentoResult>&e;</EntregaBoletinsAlojamentoResult>'
        "</EntregaBoletinsAlojamentoResponse></s:Body></s:Envelope>",
    ),
}


@pytest.mark.parametrize("kind", ["file", "network", "parameter", "endless"])
@pytest.mark.parametrize("reader", READERS)
def test_an_entity_of_an_answer_is_not_followed(tmp_path: Path, reader: str, kind: str) -> None:
    read, body = READERS[reader]
    try:
        found = repr(read(documents(tmp_path)[kind] + body))
    except LostAnswer:
        return
    assert CANARY not in found
    assert len(found) < 2000


@pytest.mark.parametrize("reader", READERS)
def test_the_same_answer_without_entities_is_read(reader: str) -> None:
    read, body = READERS[reader]
    assert "fine" in repr(read(body.replace("&e;", "fine")))
