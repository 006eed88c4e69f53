"""What a tenant asks for: to stay until another moment"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "date_wishes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("stay_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("until_at", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.Integer(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_date_wishes_person_id_people")),
        sa.ForeignKeyConstraint(["stay_id"], ["stays.id"], name=op.f("fk_date_wishes_stay_id_stays")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_wishes")),
    )
    with op.batch_alter_table("date_wishes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_date_wishes_stay_id"), ["stay_id"], unique=False)


def downgrade() -> None:
    op.drop_table("date_wishes")
