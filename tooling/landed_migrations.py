"""Adds migrations to gateway/store/revisions/landed.json: python -m tooling.landed_migrations

Run it once for a new migration. It never replaces an entry: a migration that has landed does not change.
"""

import ast
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.script import Script, ScriptDirectory
from sqlalchemy import create_engine, inspect

from gateway.store.revisions.kind import LANDED, digest_of_tables
from gateway.store.revisions.scripts import migrations


def scripts() -> Iterator[Script]:
    """The migrations, oldest first."""
    yield from reversed([*ScriptDirectory.from_config(migrations()).walk_revisions()])


def source_digest(path: Path) -> str:
    """SHA-256 of a migration's statements: layout, comments and docstrings may change."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def main() -> None:
    """Migrate an empty database step by step, and add what is missing in the file."""
    content = json.loads(LANDED.read_text()) if LANDED.exists() else {"tables": [], "revisions": {}}
    engine, config = create_engine("sqlite://"), migrations()
    config.attributes["engine"] = engine
    digests: dict[str, str] = {}
    for script in scripts():
        command.upgrade(config, script.revision)
        with engine.connect() as connection:
            ours = {*inspect(connection).get_table_names()} - {"alembic_version"}
            content["tables"] = sorted({*content["tables"], *ours})
            digests[script.revision] = digest_of_tables(connection, ours)
    for script in scripts():
        new = {"source": source_digest(Path(script.path)), "tables": digests[script.revision]}
        content["revisions"].setdefault(script.revision, new)
    LANDED.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
