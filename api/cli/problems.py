"""Errors of commands: maps every expected exception to a code, what happened, what to do, and an exit code."""

import errno
import json
from dataclasses import asdict, dataclass
from typing import Any, Final

import typer
from alembic.util import CommandError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from typer import Abort
from typer.exceptions import TyperException

from api.cli.refusal import INTERRUPTED, NOT_IN_ORDER, NOT_POSSIBLE, NOT_THERE, Refused
from api.cli.texts.causes import cause_text
from api.cli.texts.problems import what_happened, what_to_do
from api.client import RequestFailed
from api.services.error_text import error_text
from certs.authority.generations import BadPhase
from certs.errors import CertError
from gateway.broker.config import BrokerMissing
from gateway.broker.embedded import BrokerFailed, BrokerPortTaken
from gateway.domain.errors import LodgekeyError
from gateway.operations.backup.manifest import BackupUnusable
from gateway.operations.file_modes import OpenToOthers
from gateway.operations.installation import DatabaseWentBack, LostIdentity, RestoreUnfinished
from gateway.store.revisions.kind import UnusableDatabase
from gateway.texts.languages import Language

USAGE: Final = {
    "MissingParameter": "missing_value",
    "NoSuchOption": "no_such_option",
    "BadParameter": "bad_value",
}
PLAIN: Final[dict[type[BaseException], tuple[str, int]]] = {
    Abort: ("interrupted", INTERRUPTED),
    BadPhase: ("bad_phase", NOT_POSSIBLE),
    CertError: ("key_unusable", NOT_THERE),
    BrokerMissing: ("broker_missing", NOT_THERE),
    BrokerPortTaken: ("broker_port_in_use", NOT_THERE),
    BrokerFailed: ("broker_failed", NOT_THERE),
    CommandError: ("database_newer", NOT_THERE),
    RequestFailed: ("gateway_away", NOT_THERE),
}
DATABASE: Final = {  # part of a message of SQLite or PostgreSQL → code
    "is locked": "database_locked",
    "disk is full": "disk_full",
    "no such table": "database_older",
    "no such column": "database_older",
    "does not exist": "database_older",
    "readonly": "no_permission",
    "not a database": "database_broken",
    "malformed": "database_broken",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """The failure of a command, as `--json` prints it."""

    code: str
    sentence: str
    what_to_do: str
    exit_code: int

    def shown(self) -> dict[str, Any]:
        """Return the problem as JSON values."""
        return {"ok": False, **asdict(self)}


EXPECTED: Final = (
    Refused,
    LostIdentity,
    RestoreUnfinished,
    DatabaseWentBack,
    BackupUnusable,
    OpenToOthers,
    UnusableDatabase,
    TyperException,
    Abort,
    LodgekeyError,
    BadPhase,
    CertError,
    ValidationError,
    BrokerMissing,
    BrokerFailed,
    SQLAlchemyError,
    CommandError,
    RequestFailed,
    OSError,
)


def problem_of(error: BaseException, language: Language, command: str) -> Problem:
    """Return the problem that an exception of EXPECTED stands for, in `language`; `command` is named for its help."""
    if isinstance(error, LodgekeyError):
        return Problem(error.code, error_text(language, error), what_to_do(language, "refused"), NOT_POSSIBLE)
    code, exit_code, facts = _cause(_as_refused(error))
    facts = {"command": command, **facts}
    if "detail" in facts:
        facts["detail"] = cause_text(language, str(facts["detail"]))
    return Problem(code, what_happened(language, code, **facts), what_to_do(language, code, **facts), exit_code)


def _as_refused(error: BaseException) -> BaseException:
    """The refusal that a lost or open installation stands for; other errors as they are."""
    if isinstance(error, LostIdentity):
        paths = [each.path for each in error.lost]
        return Refused("identity_lost", NOT_THERE, folder=error.folder, lost=", ".join(paths), first=paths[0])
    if isinstance(error, RestoreUnfinished | DatabaseWentBack):
        code = "restore_unfinished" if isinstance(error, RestoreUnfinished) else "database_went_back"
        return Refused(code, NOT_THERE, folder=error.folder)
    if isinstance(error, BackupUnusable):
        return Refused(error.code, NOT_IN_ORDER if error.code == "altered" else NOT_THERE, **error.facts)
    if isinstance(error, UnusableDatabase):
        return Refused(f"database_{error.found.kind}", NOT_THERE, revision=error.found.revision or "-")
    if isinstance(error, OpenToOthers):
        return Refused("open_to_others", NOT_THERE, path=error.path, mode=f"{error.mode:o}")
    return error


def _cause(error: BaseException) -> tuple[str, int, dict[str, object]]:
    for kind, (code, exit_code) in PLAIN.items():
        if isinstance(error, kind):
            return code, exit_code, {"detail": str(error)}
    match error:
        case Refused():
            return error.code, error.exit_code, dict(error.facts)
        case TyperException():
            return USAGE.get(type(error).__name__, "usage"), NOT_POSSIBLE, {"detail": _usage_detail(error)}
        case ValidationError():
            wrong = [f"{setting_named(each['loc'])}: {each['msg']}" for each in error.errors(include_url=False)]
            return "setting_refused", NOT_POSSIBLE, {"detail": "; ".join(wrong)}
        case SQLAlchemyError():
            return _database_cause(error), NOT_THERE, {"name": "", "detail": type(error).__name__}
    return _system_cause(error)


def _usage_detail(error: Any) -> str:
    """What a usage error is about: the parameter's name, and the library's message (English) where that says more."""
    kind = type(error).__name__
    if kind == "NoSuchOption":
        similar = ", ".join(sorted(error.possibilities or ()))
        return f"{error.option_name} ({similar})" if similar else str(error.option_name)
    hint = getattr(error, "param_hint", None) or (error.param.get_error_hint() if getattr(error, "param", None) else "")
    named = hint if isinstance(hint, str) else " / ".join(hint)
    if kind == "MissingParameter" and named:
        return named
    return f"{named}: {error.message}" if named else str(error.format_message())


def _database_cause(error: SQLAlchemyError) -> str:
    said = str(error.orig) if isinstance(error, DBAPIError) else ""
    return next((code for words, code in DATABASE.items() if words in said), "database_away")


def _system_cause(error: BaseException) -> tuple[str, int, dict[str, object]]:
    number, name = getattr(error, "errno", None), getattr(error, "filename", None)
    facts: dict[str, object] = {"name": name or "", "detail": getattr(error, "strerror", None) or str(error)}
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "no_permission", NOT_THERE, facts
    if number == errno.ENOSPC:
        return "disk_full", NOT_THERE, facts
    if number in (errno.ENOENT, errno.ENOTDIR):
        return "not_there", NOT_POSSIBLE, facts
    return "system", NOT_THERE, facts


def setting_named(path: tuple[int | str, ...]) -> str:
    """Return the name of the environment variable of a setting."""
    return "__".join(["LODGEKEY", *map(str, path)]).replace("__", "_", 1).upper() if path else "LODGEKEY_…"


def complain(problem: Problem, *, as_json: bool) -> int:
    """Print the problem, as text on stderr or as JSON on stdout; return the exit code."""
    if as_json:
        typer.echo(json.dumps(problem.shown(), ensure_ascii=False))
    else:
        typer.echo(f"{problem.sentence}\n{problem.what_to_do}", err=True)
    return problem.exit_code
