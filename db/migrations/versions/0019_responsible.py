"""Somebody of the department is responsible for a case.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")
_INDEXES = {
    "ix_visa_case_board_of": [
        "responsible_id",
        "kind",
        "step",
        "moved_on",
        "id",
        "planned_until",
    ],
    "ix_visa_case_waiting_of": ["responsible_id", "waits_for", "moved_on", "id"],
}


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("visa_case") as batch:
        batch.add_column(sa.Column("responsible_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_visa_case_responsible_id_app_user"), "app_user", ["responsible_id"], ["id"]
        )
    for name, columns in _INDEXES.items():
        op.create_index(name, "visa_case", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    """Take the change back; who was responsible is forgotten."""
    for name in _INDEXES:
        op.drop_index(name, table_name="visa_case")
    with op.batch_alter_table("visa_case") as batch:
        batch.drop_constraint(op.f("fk_visa_case_responsible_id_app_user"), type_="foreignkey")
        batch.drop_column("responsible_id")
