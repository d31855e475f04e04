"""List and count the open records along an index that holds no others.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")
_NAMES = ["surname", "given_names", "id"]


def upgrade() -> None:
    """Apply the change."""
    op.drop_index("ix_person_surname_given_names_id", table_name="person")
    op.create_index(
        "ix_person_open_by_name", "person", _NAMES, sqlite_where=_OPEN, postgresql_where=_OPEN
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_person_open_by_name", table_name="person")
    op.create_index("ix_person_surname_given_names_id", "person", _NAMES)
