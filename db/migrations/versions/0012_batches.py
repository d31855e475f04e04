"""Cases go to an authority in batches, and a case it refuses is closed as refused.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KINDS = (
    "registration",
    "study_visa",
    "study_visa_ext",
    "entry_visa_invitation",
    "exit_visa",
    "embassy_extension",
    "outbound_visa",
    "status_notice",
)
_PARTIES = ("student", "dean", "department", "scnb", "dcs", "embassy")
_ANSWERS = ("approved", "returned", "refused")
_OUTCOMES_BEFORE = ("done", "superseded", "withdrawn")

_OPEN = sa.text("closed_at IS NULL")
_WAITS = sa.text("answer IS NULL AND taken_out_at IS NULL")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _words(_KINDS, "kind"), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("authority", _words(_PARTIES, "authority"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gathered_by", sa.String(length=150), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_by", sa.String(length=150), nullable=True),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index(
        "ix_batch_open", "batch", ["kind", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_table(
        "batch_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gathered_by", sa.String(length=150), nullable=False),
        sa.Column("step_before", sa.String(length=60), nullable=True),
        sa.Column("answer", _words(_ANSWERS, "answer"), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.String(length=150), nullable=True),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("taken_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_out_by", sa.String(length=150), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_case_batch_id_batch")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["visa_case.id"], name=op.f("fk_batch_case_case_id_visa_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_case")),
    )
    op.create_index(op.f("ix_batch_case_batch_id"), "batch_case", ["batch_id"])
    op.create_index(op.f("ix_batch_case_case_id"), "batch_case", ["case_id"])
    op.create_index(
        "uq_batch_case_waiting",
        "batch_case",
        ["case_id"],
        unique=True,
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
    _allow_outcomes((*_OUTCOMES_BEFORE, "refused"))


def downgrade() -> None:
    """Take the change back: a case that was refused counts as withdrawn."""
    op.drop_table("batch_case")
    op.drop_table("batch")
    case = sa.table("visa_case", sa.column("outcome", sa.String()))
    op.execute(sa.update(case).where(case.c.outcome == "refused").values(outcome="withdrawn"))
    _allow_outcomes(_OUTCOMES_BEFORE)


def _allow_outcomes(words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table("visa_case") as batch:
        batch.drop_constraint(op.f("ck_visa_case_outcome"), type_="check")
        batch.create_check_constraint(op.f("ck_visa_case_outcome"), f"outcome IN ({listed})")


def _words(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
