"""Retired words, and where each may keep its standard meaning; docs/vocabulary.md holds the words in use."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

# Retired word or sequence of words -> its replacement.
RETIRED: Final[Mapping[str, str]] = {
    "told": "record_…, report_…, require_ok, or the name of what was reported",
    "wish": "date request, alert subscription, grant request, export request",
    "wishes": "date requests, alert subscriptions, grant requests",
    "mood": "severity (of a finding), behaviour (of a simulator)",
    "moods": "severities, behaviours",
    "papers": "certificates",
    "paper": "document (of identity), certificate (of a device)",
    "heard": "received, reported, last seen",
    "ledger": "lock status",
    "asking": "lock commands",
    "orders": "external commands",
    "roster": "device lookup",
    "succession": "authority rotation",
    "front desk": "tenant registration",
    "kiosk desk": "kiosk inbox",
    "tries": "attempts, attempt limiter",
    "garbage": "collector",
    "checkup": "health checks",
    "resting": "circuit breaker",
    "notices": "alerts (to landlords)",
    "noticed": "alerts (to landlords)",
    "claim": "lease (of a delivery); claim is the right to enrol one device",
    "claimed": "leased (of a delivery)",
    "turn": "command, mutex, limit; a turn is one of a head",
    "turns": "commands, mutexes, limits; turns are those of a head",
    "legal clock": "filing deadline",
    "watch clocks": "watch deadlines",
    "door shown": "onboarding shown",
    "show door": "show onboarding",
    "read door": "read onboarding",
    "patience": "…_TIMEOUT_SECONDS",
    "owe": "enqueue (a delivery)",
    "owed": "pending (of a delivery)",
    "hurry": "retry now",
    "hold up": "delay reason",
    "never heard": "never seen (of a device)",
    "near statement": "offline credential statement",
    "stay behind": "stay of (a code or a slot)",
    "sign on away": "sign on unavailable",
}
# Retired as the first word of a name only.
RETIRED_FIRST: Final[Mapping[str, str]] = {"most": "MAX_…, maximum"}
# Ordinary verbs and nouns, permitted in the names of tests.
IN_SENTENCES: Final = frozenset({"turn", "turns", "tries", "noticed", "notices", "claimed", "asking", "claim"})
# Retired as a whole name only: without a further word they are ambiguous.
RETIRED_NAMES: Final[Mapping[str, str]] = {
    "Answers": "AwaitedAnswers",
    "REFUSED": "…_REFUSED, REFUSALS",
    "A_LOOK": "POLL_BATCH_SIZE",
    "FEW": "REFILL_BELOW",
    "LOOK_AGAIN": "POLL_SECONDS",
}
# File names (without suffix) that are retired in these folders.
RETIRED_FILES: Final[Mapping[str, Mapping[str, str]]] = {
    "api/cli/*": {
        "walk": "journey_run",
        "words": "table_texts",
        "terms": "output",
        "helping": "help_translation",
        "chinese": "help_translation",
    },
    "api/http/*": {"shapes": "schemas", "showing": "presenters", "door": "onboarding"},
    "api/web/static/*": {
        "burn": "forget_codes",
        "claim": "take_key",
        "note": "keypad_codes",
        "worker": "register_service_worker",
        "door": "onboarding",
    },
    "api/web/templates/*": {"opening": "open_record", "door": "onboarding"},
}
# Exceptions where a retired word has its standard meaning: (word, files).
STANDARD: Final[tuple[tuple[str, str], ...]] = (
    # claim: the right to enrol one device, and its file
    ("claim", "certs/*"),
    ("claim", "gateway/fleet/enrolment.py"),
    ("claim", "gateway/store/fleet.py"),
    ("claim", "api/cli/commands/claim.py"),
    ("claim", "firmware_sim/__main__.py"),
    ("claim", "firmware_sim/device/enrolment.py"),
    ("claim", "tests/*/test_certificate_life.py"),
    ("claim", "tests/*enrolment*.py"),
    ("claim", "tests/*claim*.py"),
    ("claim", "tests/integration/fleet_parts.py"),
    ("claim", "tests/unit/certs/*"),
    # turn: of a head, in a liveness clip
    ("turn", "api/web/static/kiosk/*"),
    ("turn", "api/web/static/tenant/clip.js"),
    ("turn", "api/web/templates/kiosk/kiosk.html"),
    ("turn", "gateway/domain/verification/*"),
    ("turn", "gateway/identity/challenges.py"),
    ("turn", "gateway/identity/faces/liveness.py"),
    ("turn", "tests/browser/*"),
    ("turn", "tests/unit/*/test_liveness.py"),
    ("turns", "api/services/schemas.py"),
    ("turns", "api/web/static/kiosk/head_turns.js"),
    ("turns", "api/web/static/tenant/clip.js"),
    ("turns", "benchmarks/tables/clips.py"),
    ("turns", "certs/sealing.py"),
    ("turns", "docs/openapi.json"),
    ("turns", "firmware_sim/kiosk_terminal/*"),
    ("turns", "firmware_sim/specimens/*"),
    ("turns", "gateway/domain/verification/*"),
    ("turns", "gateway/identity/faces/liveness.py"),
    ("turns", "gateway/store/identity.py"),
    ("turns", "tests/browser/*"),
    ("turns", "tests/integration/gateway/identity/*"),
    ("turns", "tests/unit/*/test_liveness.py"),
    ("turns", "tests/unit/firmware_sim/kiosk_terminal/*"),
    # turn: of a simulated head, or of a simulated lock's knob
    ("turn", "firmware_sim/*"),
    # claim: of an identity token (OpenID Connect), as the provider's configuration names it
    ("claim", "gateway/settings.py"),
)

_DECLARED: Final = re.compile(
    r"\b(?:const|let|var|function|class)\s+([A-Za-z_$][\w$]*)"
    r"|([A-Za-z_$][\w$]*)\s*=>|\(([\w$\s,]+)\)\s*(?:=>|\{)"
)


def words_of(name: str) -> list[str]:
    """Words of an identifier in lower case: split at underscores, dots, hyphens and capitals."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name))
    return [word.lower() for word in re.split(r"[^A-Za-z0-9]+", split) if word]


def fault_of(name: str, path: str = "", standard: Iterable[tuple[str, str]] = STANDARD) -> str | None:
    """The fault of a name in this file, with the replacement to use; None for a good name."""
    if name in RETIRED_NAMES:
        return f"{name}: say {RETIRED_NAMES[name]}"
    allowed = {word for word, files in standard if fnmatch(path, files)}
    allowed |= IN_SENTENCES if name.startswith("test_") else set()
    words = words_of(name)
    if words and words[0] in RETIRED_FIRST:
        return f"{name}: say {RETIRED_FIRST[words[0]]}"
    spaced = f" {' '.join(words)} "
    for word, instead in RETIRED.items():
        if word not in allowed and f" {word} " in spaced:
            return f"{name}: say {instead}"
    return None


def names_given(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of everything a module defines: functions, classes, arguments, variables and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.lineno, node.asname


def faults_in(tree: ast.AST, path: str) -> list[str]:
    """Retired names that a module defines, each with its line."""
    found = ((line, fault_of(name, path)) for line, name in names_given(tree))
    return sorted({f"{path}:{line}: {fault}" for line, fault in found if fault})


def names_in_script(text: str) -> Iterator[str]:
    """Names that a script declares: constants, variables, functions, classes and arguments of arrow functions."""
    for declared, lone, several in _DECLARED.findall(text):
        yield from (declared,) if declared else re.findall(r"[A-Za-z_$][\w$]*", lone or several)


def names_in_page(text: str) -> Iterator[str]:
    """Ids, classes and field names of a template, except those that an expression builds."""
    for found in re.findall(r'\b(?:id|class|name)="([^"{}]*)"', text):
        yield from found.split()


def fields_of(document: Any) -> Iterator[str]:
    """Names in an OpenAPI or AsyncAPI document: fields, schemas, parameters, channels and path segments."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in ("properties", "schemas", "channels", "messages", "paths") and isinstance(value, dict):
                yield from value
            if key == "name" and isinstance(value, str):
                yield value
            yield from fields_of(value)
    elif isinstance(document, list):
        for value in document:
            yield from fields_of(value)


def file_fault(path: Path) -> str | None:
    """The fault of a file's name; None for a good name."""
    for folder, retired in RETIRED_FILES.items():
        if fnmatch(str(path), folder) and path.stem in retired:
            return f"{path}: say {retired[path.stem]}"
    fault = fault_of(path.stem, str(path))
    return f"{path}: {fault}" if fault else None
