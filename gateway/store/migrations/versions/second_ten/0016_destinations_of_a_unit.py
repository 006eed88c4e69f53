"""The registries of a unit in a table of their own, so that one unit reports to several"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "destinations",
        sa.Column("unit_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("registry_name", sa.String(36), nullable=False),
        sa.Column("registry_facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_destinations_unit_id_units")),
        sa.PrimaryKeyConstraint("unit_id", "position", name=op.f("pk_destinations")),
        sa.UniqueConstraint("unit_id", "registry_name", name=op.f("uq_destinations_unit_id")),
    )
    op.execute(
        "INSERT INTO destinations (unit_id, position, registry_name, registry_facts)"
        " SELECT id, 0, registry_name, registry_facts FROM units"
    )
    with op.batch_alter_table("units") as table:
        table.drop_column("registry_name")
        table.drop_column("registry_facts")


def downgrade() -> None:
    with op.batch_alter_table("units") as table:
        table.add_column(sa.Column("registry_name", sa.String(36), nullable=False, server_default="sandbox"))
        table.add_column(sa.Column("registry_facts", sa.JSON(), nullable=False, server_default="{}"))
    for column in ("registry_name", "registry_facts"):
        op.execute(
            f"UPDATE units SET {column} = (SELECT {column} FROM destinations"  # noqa: S608 - the names are above
            " WHERE unit_id = units.id AND position = 0)"
        )
    with op.batch_alter_table("units") as table:
        table.alter_column("registry_name", server_default=None)
        table.alter_column("registry_facts", server_default=None)
    op.drop_table("destinations")
