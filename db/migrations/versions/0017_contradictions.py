"""What contradicts itself in a record, stored so that its list and its count read one index.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_HELD = sa.text("contradiction_count > 0 AND closed_at IS NULL")


def upgrade() -> None:
    """Apply the change; the first daily sweep after it looks at everybody.

    The table of people is large and other tables and triggers hang on it, so it is not copied.
    """
    op.add_column("person", sa.Column("contradictions", sa.JSON(), nullable=True))
    op.add_column(
        "person",
        sa.Column("contradiction_count", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_index(
        "ix_person_contradicting",
        "person",
        ["surname", "given_names", "id"],
        sqlite_where=_HELD,
        postgresql_where=_HELD,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_person_contradicting", table_name="person")
    op.drop_column("person", "contradiction_count")
    op.drop_column("person", "contradictions")
