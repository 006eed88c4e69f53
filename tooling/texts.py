"""Updates the gettext catalogues from the source: `python -m tooling.texts` rewrites gateway/texts/locale.

A new text gets an empty translation, a removed one is dropped. The result depends on the source alone: no dates, no
line numbers, sorted, so that merges have no needless conflicts.
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import typer
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po

from gateway.texts.catalogues import path_of
from gateway.texts.languages import DOMAINS, LOCALES, Language

ROOT: Final = Path(__file__).parents[1]
KEYWORDS: Final[dict[str, Any]] = {**DEFAULT_KEYWORDS, "NP_": ((1, "c"), 2), "NN_": (1, 2)}
COMMENT: Final = "Translators:"
# Domain of a file's texts, by the first glob that matches; a text of several domains is in the first of DOMAINS among
# them.
PLACES: Final = (
    ("command", "api/cli/**/*.py"),
    ("tenant", "api/web/templates/account/sign_in.html"),
    ("tenant", "api/web/templates/account/by_email/forgotten.html"),
    ("tenant", "api/web/templates/account/signed_in.html"),
    ("tenant", "api/web/templates/account/to_provider.html"),
    ("staff", "api/web/templates/account/**/*.html"),
    ("staff", "api/web/templates/landlord/**/*.html"),
    ("staff", "api/web/templates/officer/**/*.html"),
    ("staff", "api/web/templates/tester/**/*.html"),
    ("staff", "api/web/templates/shared/attention.html"),
    ("tenant", "api/web/templates/**/*.html"),
    ("staff", "api/web/shell/done.py"),
    ("tenant", "api/web/shell/*.py"),
    ("tenant", "api/web/tenant/*.py"),
    ("tenant", "api/web/kiosk.py"),
    ("staff", "api/web/**/*.py"),
    ("staff", "gateway/texts/alerts.py"),
    ("staff", "gateway/texts/outcomes.py"),
    ("staff", "gateway/texts/review.py"),
    ("staff", "gateway/texts/staff.py"),
    ("tenant", "gateway/texts/*.py"),
    ("tenant", "gateway/domain/stays/*.py"),
    ("tenant", "gateway/journey/keys/issue.py"),
    ("tenant", "gateway/journey/keys/offline_credential.py"),
    ("tenant", "gateway/journey/keys/unlock.py"),
    ("tenant", "gateway/journey/filings/arrival_rules.py"),
    ("tenant", "gateway/journey/filings/parties.py"),
    ("tenant", "gateway/journey/stays/date_requests.py"),
    ("tenant", "gateway/journey/stays/family.py"),
    ("tenant", "gateway/journey/stays/own_dates.py"),
    ("tenant", "gateway/journey/tenants/*.py"),
    ("tenant", "gateway/registering/*.py"),
    ("tenant", "gateway/domain/filings/*.py"),
    ("tenant", "gateway/registries/*/*.py"),
    ("tenant", "api/http/tenant/*.py"),
    ("tenant", "api/http/problems.py"),
    ("staff", "api/http/**/*.py"),
    ("tenant", "api/framework/*.py"),
    ("tenant", "api/services/tenant/*.py"),
    ("tenant", "api/services/*.py"),
    ("staff", "api/services/**/*.py"),
    ("staff", "gateway/**/*.py"),
)
HEADER: Final = (
    "Project-Id-Version",
    "Language:",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Plural",
)
Text = tuple[str | None, str | tuple[str, ...]]  # context; text, or singular and plural


def texts_in(path: Path) -> Iterator[tuple[Text, list[str]]]:
    """Return the marked texts of a file, each with its comments for translators."""
    method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
    with path.open("rb") as source:
        for _, message, comments, context in extract(method, source, KEYWORDS, (COMMENT,), {"silent": "false"}):
            yield (context, _whole(message)), comments


def domain_of(path: Path) -> str:
    """Return the domain of a file's texts. Raises ValueError for a path outside PLACES."""
    for domain, pattern in PLACES:
        if fits(path.relative_to(ROOT), pattern):
            return domain
    raise ValueError(f"{path.relative_to(ROOT)} holds texts, and PLACES in tooling/texts.py gives it no domain")


def fits(path: Path, pattern: str) -> bool:
    """Return whether a path matches a glob; ** matches any folders."""
    inside = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    return re.fullmatch(inside, path.as_posix()) is not None


def sources() -> Iterator[Path]:
    """Return every file that may contain texts."""
    for folder in ("api", "gateway"):
        yield from sorted((ROOT / folder).rglob("*.py"))
        yield from sorted((ROOT / folder).rglob("*.html"))


def help_texts() -> Iterator[str]:
    """Return the help of every command, argument and option, from their Typer declarations."""
    from api.cli.main import app  # noqa: PLC0415 - it imports half the house

    def walk(command: Any, name: str, parent: Any) -> Iterator[str]:
        context = command.make_context(name, [], parent, resilient_parsing=True)
        for thing in (context.command, *context.command.get_params(context)):
            if thing.help:
                yield str(thing.help)
        for child_name, child in getattr(context.command, "commands", {}).items():
            yield from walk(child, child_name, context)

    yield from walk(typer.main.get_command(app), "lodgekey", None)


def gather() -> dict[str, dict[Text, list[str]]]:
    """Return the texts of every domain, with their comments for translators."""
    found: dict[str, dict[Text, list[str]]] = {domain: {} for domain in DOMAINS}
    for path in sources():
        for text, comments in texts_in(path):
            found[domain_of(path)].setdefault(text, []).extend(comments)
    for help_text in help_texts():
        found["command"].setdefault((None, help_text), [])
    seen: set[Text] = set()
    for texts in found.values():
        for text in seen & texts.keys():
            del texts[text]
        seen |= texts.keys()
    return found


def updated(language: Language, texts: dict[Text, list[str]], translated: dict[Text, Any]) -> str:
    """Return a domain's catalogue in a language as the text of its file."""
    catalogue = Catalog(locale=LOCALES[language], project="Lodgekey", version="1", fuzzy=False)
    for text, comments in texts.items():
        context, message = text
        notes = [comment.removeprefix(COMMENT).strip() for comment in dict.fromkeys(comments)]
        catalogue.add(message, translated.get(text), context=context, auto_comments=notes)
    written = io.BytesIO()
    write_po(written, catalogue, width=120, no_location=True, sort_output=True)
    head, _, body = written.getvalue().decode().partition("\n\n")
    kept = [line for line in head.splitlines() if not line.startswith("#") and _is_kept(line)]
    return "\n".join(kept) + "\n\n" + body.rstrip("\n") + "\n"


def _whole(message: str | list[str] | tuple[str, ...]) -> str | tuple[str, ...]:
    """Return a text, or singular and plural, as a key."""
    return message if isinstance(message, str) else tuple(message)


def _is_kept(line: str) -> bool:
    return not line.startswith('"') or line == '""' or line.lstrip('"').startswith(HEADER)


def translations_in(paths: Iterable[Path]) -> dict[Text, Any]:
    """Return the translations in these catalogues; a text that moved to another domain keeps its own."""
    found: dict[Text, Any] = {}
    for path in paths:
        if path.exists():
            with path.open("rb") as source:
                for message in read_po(source, ignore_obsolete=True):
                    if message.id and message.string and not message.fuzzy:
                        found.setdefault((message.context, _whole(message.id)), message.string)
    return found


def catalogues() -> Iterator[tuple[Path, str]]:
    """Return every catalogue and the content its file should have."""
    texts = gather()
    for domain, languages in DOMAINS.items():
        for language in languages:
            places = [path_of(domain, language), *(path_of(other, language) for other in DOMAINS if other != domain)]
            yield path_of(domain, language), updated(language, texts[domain], translations_in(places))


def main() -> None:
    """Write the catalogues that differ."""
    for path, text in list(catalogues()):
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sys.stderr.write(f"{path.relative_to(ROOT)} was updated\n")


if __name__ == "__main__":
    main()
