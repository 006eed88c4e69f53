"""Find revoked certificates that are new without reading all of them"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

UNENFORCED = sa.text("revoked_at IS NOT NULL AND enforced_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_certificates_unenforced",
        "certificates",
        ["serial"],
        sqlite_where=UNENFORCED,
        postgresql_where=UNENFORCED,
    )
    op.create_index("ix_certificates_revoked_at", "certificates", ["revoked_at"])


def downgrade() -> None:
    op.drop_index("ix_certificates_revoked_at", "certificates")
    op.drop_index("ix_certificates_unenforced", "certificates")
