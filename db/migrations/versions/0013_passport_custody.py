"""Who holds a passport, and how it came there.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_HOLDERS = ("owner", "department", "dcs", "scnb", "embassy")
_HELD = sa.text("holder <> 'owner'")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "custody",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("passport_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("holder", _holder("holder"), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("expected_back_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
        *_of_a_passport("custody"),
        sa.UniqueConstraint("passport_id", name=op.f("uq_custody_passport_id")),
    )
    op.create_index(op.f("ix_custody_person_id"), "custody", ["person_id"])
    op.create_index(
        "ix_custody_held",
        "custody",
        ["expected_back_on", "since_on", "id"],
        sqlite_where=_HELD,
        postgresql_where=_HELD,
    )
    op.create_table(
        "custody_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("passport_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("before", _holder("before"), nullable=False),
        sa.Column("after", _holder("after"), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("expected_back_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("receipt_year", sa.Integer(), nullable=True),
        sa.Column("receipt_number", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=150), nullable=False),
        *_of_a_passport("custody_move"),
        sa.UniqueConstraint(
            "receipt_year",
            "receipt_number",
            name=op.f("uq_custody_move_receipt_year_receipt_number"),
        ),
    )
    for column in ("passport_id", "person_id"):
        op.create_index(op.f(f"ix_custody_move_{column}"), "custody_move", [column])


def _holder(name: str) -> sa.Enum:
    return sa.Enum(*_HOLDERS, name=name, native_enum=False, create_constraint=True, length=40)


def _of_a_passport(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["passport_id"], ["passport.id"], name=op.f(f"fk_{table}_passport_id_passport")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("custody_move")
    op.drop_table("custody")
