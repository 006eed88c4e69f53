"""Which columns the leaf of a log entry covers: with the range of feed numbers (2), or, of the first releases, without"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

RANGE_IN_LEAF = b'"rows":'
MARK = {
    "sqlite": "UPDATE disclosures SET leaf_version = 2 WHERE instr(leaf, :marker) > 0",
    "postgresql": "UPDATE disclosures SET leaf_version = 2 WHERE position(CAST(:marker AS bytea) IN leaf) > 0",
}


def upgrade() -> None:
    op.add_column("disclosures", sa.Column("leaf_version", sa.Integer(), nullable=False, server_default="1"))
    connection = op.get_bind()
    connection.execute(sa.text(MARK[connection.dialect.name]).bindparams(marker=RANGE_IN_LEAF))


def downgrade() -> None:
    with op.batch_alter_table("disclosures") as table:
        table.drop_column("leaf_version")
