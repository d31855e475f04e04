"""Cases go by the steps of Settings, wait for somebody, and keep the way they came.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_PARTIES = ("student", "dean", "department", "scnb", "dcs", "embassy")
_MOVES = ("advance", "skip", "return")
_STEPS_BEFORE = ("dean", "department", "scnb", "dcs", "issued", "done")

_OPEN = sa.text("closed_at IS NULL")
_BOARD = ["kind", "step", "moved_on", "id"]


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("step") as batch:
        batch.add_column(
            sa.Column("needs_reference", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("step") as batch:
        batch.alter_column("needs_reference", server_default=None)
    op.create_table(
        "case_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*_MOVES, name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("before", sa.String(length=60), nullable=False),
        sa.Column("after", sa.String(length=60), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=150), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["visa_case.id"], name=op.f("fk_case_move_case_id_visa_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_move")),
    )
    op.create_index(op.f("ix_case_move_case_id"), "case_move", ["case_id"])
    op.create_index(op.f("ix_case_move_reference"), "case_move", ["reference"])
    with op.batch_alter_table("visa_case") as batch:
        batch.drop_constraint(op.f("ck_visa_case_step"), type_="check")
        batch.alter_column(
            "step",
            existing_type=sa.String(length=40),
            type_=sa.String(length=60),
            existing_nullable=False,
        )
        batch.add_column(sa.Column("waits_for", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("moved_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("planned_until", sa.Date(), nullable=True))
    _fill()
    with op.batch_alter_table("visa_case") as batch:
        batch.alter_column("moved_on", existing_type=sa.Date(), nullable=False)
        batch.create_check_constraint(
            op.f("ck_visa_case_waits_for"), _one_of("waits_for", _PARTIES)
        )
    op.create_index(
        "ix_visa_case_board", "visa_case", _BOARD, sqlite_where=_OPEN, postgresql_where=_OPEN
    )


def _fill() -> None:
    """Say of each case whom it waits for; it came to its step on the day that was recorded."""
    case = sa.table(
        "visa_case",
        sa.column("step", sa.String()),
        sa.column("step_since", sa.DateTime(timezone=True)),
        sa.column("closed_at", sa.DateTime(timezone=True)),
        sa.column("waits_for", sa.String()),
        sa.column("moved_on", sa.Date()),
    )
    op.execute(sa.update(case).values(moved_on=sa.func.date(case.c.step_since)))
    waits_for = sa.case((case.c.step == "issued", "student"), else_=case.c.step)
    still_open = case.c.closed_at.is_(None) & (case.c.step != "done")
    op.execute(sa.update(case).where(still_open).values(waits_for=waits_for))


def downgrade() -> None:
    """Take the change back: a case in a step that was unknown then is with the department."""
    op.drop_index("ix_visa_case_board", table_name="visa_case")
    case = sa.table("visa_case", sa.column("step", sa.String()))
    is_unknown = case.c.step.not_in(_STEPS_BEFORE)
    op.execute(sa.update(case).where(is_unknown).values(step="department"))
    with op.batch_alter_table("visa_case") as batch:
        batch.drop_constraint(op.f("ck_visa_case_waits_for"), type_="check")
        for name in ("planned_until", "moved_on", "waits_for"):
            batch.drop_column(name)
        batch.alter_column(
            "step",
            existing_type=sa.String(length=60),
            type_=sa.String(length=40),
            existing_nullable=False,
        )
        batch.create_check_constraint(op.f("ck_visa_case_step"), _one_of("step", _STEPS_BEFORE))
    op.drop_table("case_move")
    with op.batch_alter_table("step") as batch:
        batch.drop_column("needs_reference")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"
