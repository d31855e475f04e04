"""What was paid for a case, and notes about one.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "case_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=150), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["visa_case.id"], name=op.f("fk_case_payment_case_id_visa_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_payment")),
    )
    op.create_index(op.f("ix_case_payment_case_id"), "case_payment", ["case_id"])
    with op.batch_alter_table("person_note") as batch:
        batch.add_column(sa.Column("case_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_person_note_case_id_visa_case"), "visa_case", ["case_id"], ["id"]
        )
    op.create_index(op.f("ix_person_note_case_id"), "person_note", ["case_id"])


def downgrade() -> None:
    """Take the change back; a note about a case becomes one about its person."""
    op.drop_index(op.f("ix_person_note_case_id"), table_name="person_note")
    with op.batch_alter_table("person_note") as batch:
        batch.drop_constraint(op.f("fk_person_note_case_id_visa_case"), type_="foreignkey")
        batch.drop_column("case_id")
    op.drop_table("case_payment")
