"""Notes of rows of law in three languages; the loader brings the translations of the shipped ones.

The digests stay: how a note is translated is no part of what a row is remembered by.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FOUNDED = (
    "rule",
    "requirement",
    "step",
    "charge",
    "registration_exemption",
    "visa_free_term",
)
_TRANSLATIONS = ("note_ru", "note_ky")


def upgrade() -> None:
    """Apply the change."""
    for table in _FOUNDED:
        with op.batch_alter_table(table) as batch:
            for name in _TRANSLATIONS:
                batch.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        # The text of the rows so far stays no default.
        with op.batch_alter_table(table) as batch:
            for name in _TRANSLATIONS:
                batch.alter_column(name, server_default=None)


def downgrade() -> None:
    """Take the change back; what a note says in English stays."""
    for table in _FOUNDED:
        with op.batch_alter_table(table) as batch:
            for name in _TRANSLATIONS:
                batch.drop_column(name)
