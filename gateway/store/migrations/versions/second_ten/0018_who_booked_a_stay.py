"""The role of a person in a stay: a tenant, or who made the booking"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("people") as table:
        table.add_column(sa.Column("role", sa.String(36), nullable=False, server_default="tenant"))


def downgrade() -> None:
    # Without their role bookers would count as tenants.
    op.execute("DELETE FROM registration_people WHERE person_id IN (SELECT id FROM people WHERE role = 'booker')")
    op.execute("DELETE FROM registrations WHERE person_id IN (SELECT id FROM people WHERE role = 'booker')")
    op.execute("DELETE FROM people WHERE role = 'booker'")
    with op.batch_alter_table("people") as table:
        table.drop_column("role")
