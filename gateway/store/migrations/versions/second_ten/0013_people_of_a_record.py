"""Records of several people, each sealed under the person's own key; a person's own arrival and departure"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PEOPLE = ("arrived_at", "left_at")


def upgrade() -> None:
    op.create_table(
        "registration_people",
        sa.Column("registration_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("receipt", sa.String(400), nullable=True),
        sa.Column("answer_code", sa.String(36), nullable=True),
        sa.Column("answer_text", sa.String(400), nullable=True),
        sa.PrimaryKeyConstraint("registration_id", "person_id", name=op.f("pk_registration_people")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_registration_people_registration_id_registrations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_registration_people_person_id_people")),
    )
    op.create_index(op.f("ix_registration_people_person_id"), "registration_people", ["person_id"])
    # A record named one person and was sealed under that person's key with the record's id: it stays readable as it is.
    op.execute(
        "INSERT INTO registration_people (registration_id, person_id, position, sealed) "
        "SELECT id, person_id, 0, sealed FROM registrations"
    )
    with op.batch_alter_table("registrations") as table:
        table.drop_column("sealed")
    with op.batch_alter_table("people") as table:
        for name in PEOPLE:
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
        table.add_column(sa.Column("head_id", sa.String(36), nullable=True))
        table.create_foreign_key(op.f("fk_people_head_id_people"), "people", ["head_id"], ["id"])
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("person_id", sa.String(36), nullable=True))
        table.create_foreign_key(op.f("fk_events_person_id_people"), "people", ["person_id"], ["id"])


def downgrade() -> None:
    """Records of several people keep the first one's part."""
    with op.batch_alter_table("events") as table:
        table.drop_constraint(op.f("fk_events_person_id_people"), type_="foreignkey")
        table.drop_column("person_id")
    with op.batch_alter_table("people") as table:
        table.drop_constraint(op.f("fk_people_head_id_people"), type_="foreignkey")
        table.drop_column("head_id")
        for name in PEOPLE:
            table.drop_column(name)
    with op.batch_alter_table("registrations") as table:
        table.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.execute(
        "UPDATE registrations SET sealed = (SELECT sealed FROM registration_people AS part "
        "WHERE part.registration_id = registrations.id AND part.person_id = registrations.person_id)"
    )
    op.drop_index(op.f("ix_registration_people_person_id"), table_name="registration_people")
    op.drop_table("registration_people")
