"""A migration that has landed never changes: databases that it made are out there, and know only its number."""

from pathlib import Path

from gateway.store.revisions.kind import landed
from tooling.landed_migrations import scripts, source_digest


def test_every_migration_is_the_one_that_landed() -> None:
    found = {script.revision: source_digest(Path(script.path)) for script in scripts()}
    recorded = {revision: entry["source"] for revision, entry in landed().revisions.items()}
    assert found == recorded, "new: python -m tooling.landed_migrations; changed: restore it, and add another"


def test_layout_and_comments_may_change_and_statements_may_not(tmp_path: Path) -> None:
    path, digests = tmp_path / "0001.py", []
    for source in ('"""A."""\nx = f(1)\n', '"""B."""\n\n# why\nx = f(\n    1\n)\n', '"""A."""\nx = f(2)\n'):
        path.write_text(source)
        digests.append(source_digest(path))
    assert (digests[0] == digests[1], digests[0] == digests[2]) == (True, False)
