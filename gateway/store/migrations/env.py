"""Alembic's entry point: runs the revisions on the engine passed by `Database.migrate`."""

from alembic import context
from sqlalchemy import Engine

from gateway.store import Model


def main() -> None:
    """Upgrade, one transaction per revision."""
    engine: Engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Model.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


main()
