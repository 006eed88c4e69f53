"""The level of liveness a landlord chooses, challenges that any process may judge, and portraits owed to a registry"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.add_column(sa.Column("liveness_level", sa.String(length=36), nullable=False, server_default="phone"))

    op.create_table(
        "liveness_challenges",
        sa.Column("offer_id", sa.String(length=36), nullable=False),
        sa.Column("nonce", sa.String(length=36), nullable=False),
        sa.Column("turns", sa.String(length=36), nullable=False),
        sa.Column("issued_at", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_liveness_challenges_offer_id_offers")),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_liveness_challenges")),
    )
    with op.batch_alter_table("liveness_challenges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_liveness_challenges_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "portraits",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("jurisdiction", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_portraits_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_portraits")),
    )
    with op.batch_alter_table("portraits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_portraits_jurisdiction"), ["jurisdiction"], unique=False)


def downgrade() -> None:
    op.drop_table("portraits")
    op.drop_table("liveness_challenges")
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_column("liveness_level")
