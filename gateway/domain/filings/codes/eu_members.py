"""The member states of the European Union since the United Kingdom left (February 2020)."""

from typing import Final

from gateway.domain.filings.codes.table import Code, CodeTable

_MEMBERS = """
    AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE
"""
EUROPEAN_UNION: Final = CodeTable("eu-members", "2020-02", [Code(code, code) for code in _MEMBERS.split()])
