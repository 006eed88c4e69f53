"""Lists that the simulated eVisitor shows an account: rows as its service names their attributes."""

import uuid
from collections.abc import Mapping, Sequence

from firmware_sim.registries.croatia import rules

_IDS = uuid.UUID("00000000-0000-4000-8000-000000000000")
_PASSPORT_ID = "f0fd87a5-1b1a-480d-8393-8427a8d42bc1"  # of the Croatian passport, as a public client has it


def _crossings() -> list[dict[str, object]]:
    return [
        {
            "Active": crossing.active,
            "BorderCrossingType": crossing.kind,
            "CodeMI": crossing.code,
            "ID": str(uuid.uuid5(_IDS, crossing.code)),
            "Name": crossing.name,
        }
        for crossing in rules.CROSSINGS
    ]


def _documents() -> list[dict[str, object]]:
    return [
        {
            "Active": True,
            "Code": code,
            "CodeMI": code,
            "ID": _PASSPORT_ID if code == rules.CROATIAN_PASSPORT else str(uuid.uuid5(_IDS, code)),
            "Name": "Osobna putovnica (domaća)" if code == rules.CROATIAN_PASSPORT else f"Isprava {code}",
            "Sequence": place,
        }
        for place, code in enumerate(sorted(rules.DOCUMENTS), 1)
    ]


LISTS: Mapping[str, Sequence[Mapping[str, object]]] = {
    "BorderCrossingHRlookup": _crossings(),
    "DocumentTtypeLookup": _documents(),
}
