"""The revisions that this program knows, from its migrations (Alembic)."""

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


def migrations() -> Config:
    """Alembic's configuration; `attributes["engine"]` is to be set."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("recursive_version_locations", "true")
    return config


@cache
def newest_revision() -> str | None:
    """The revision that a migration upgrades to."""
    return ScriptDirectory.from_config(migrations()).get_current_head()


@cache
def known_revisions() -> frozenset[str]:
    """Every revision that a migration can upgrade from, and the newest."""
    return frozenset(each.revision for each in ScriptDirectory.from_config(migrations()).walk_revisions())
