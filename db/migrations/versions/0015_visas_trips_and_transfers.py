"""Exit visas, visas carried over, planned trips, and where a transferred student came from.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_STATUSES_BEFORE = ("active", "replaced", "annulled")
_STATUSES = (*_STATUSES_BEFORE, "exit")


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("visa") as batch:
        batch.add_column(sa.Column("carried_over_on", sa.Date(), nullable=True))
        batch.drop_constraint(op.f("ck_visa_status"), type_="check")
        batch.create_check_constraint(op.f("ck_visa_status"), _one_of("status", _STATUSES))
    with op.batch_alter_table("enrolment") as batch:
        batch.add_column(
            sa.Column("transferred_from", sa.String(length=200), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("former_visa_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_enrolment_former_visa_id_visa"), "visa", ["former_visa_id"], ["id"]
        )
    with op.batch_alter_table("enrolment") as batch:
        batch.alter_column("transferred_from", server_default=None)
    with op.batch_alter_table("visa_case") as batch:
        batch.add_column(sa.Column("status_change_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_visa_case_status_change_id_status_change"),
            "status_change",
            ["status_change_id"],
            ["id"],
        )
    op.create_table(
        "planned_trip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("leaves_on", sa.Date(), nullable=False),
        sa.Column("returns_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_planned_trip_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_trip")),
    )
    op.create_index(op.f("ix_planned_trip_person_id"), "planned_trip", ["person_id"])
    _let_exit_visas_be_so()
    _fill()


def _let_exit_visas_be_so() -> None:
    """Give the visas in force of the letter of exit their own status."""
    visa = sa.table("visa", sa.column("category", sa.String()), sa.column("status", sa.String()))
    is_exit = (visa.c.category == "L") & (visa.c.status == "active")
    op.execute(sa.update(visa).where(is_exit).values(status="exit"))


def _fill() -> None:
    """Let each open notice name the last change of the person's status, which it reports."""
    case = sa.table(
        "visa_case",
        sa.column("person_id", sa.Integer()),
        sa.column("kind", sa.String()),
        sa.column("closed_at", sa.DateTime(timezone=True)),
        sa.column("status_change_id", sa.Integer()),
    )
    change = sa.table(
        "status_change", sa.column("id", sa.Integer()), sa.column("person_id", sa.Integer())
    )
    last = (
        sa.select(sa.func.max(change.c.id))
        .where(change.c.person_id == case.c.person_id)
        .correlate(case)
        .scalar_subquery()
    )
    is_open = (case.c.kind == "status_notice") & case.c.closed_at.is_(None)
    op.execute(sa.update(case).where(is_open).values(status_change_id=last))


def downgrade() -> None:
    """Take the change back: an exit visa counts as active again."""
    op.drop_table("planned_trip")
    with op.batch_alter_table("visa_case") as batch:
        batch.drop_constraint(
            op.f("fk_visa_case_status_change_id_status_change"), type_="foreignkey"
        )
        batch.drop_column("status_change_id")
    with op.batch_alter_table("enrolment") as batch:
        batch.drop_constraint(op.f("fk_enrolment_former_visa_id_visa"), type_="foreignkey")
        batch.drop_column("former_visa_id")
        batch.drop_column("transferred_from")
    visa = sa.table("visa", sa.column("status", sa.String()))
    op.execute(sa.update(visa).where(visa.c.status == "exit").values(status="active"))
    with op.batch_alter_table("visa") as batch:
        batch.drop_constraint(op.f("ck_visa_status"), type_="check")
        batch.create_check_constraint(op.f("ck_visa_status"), _one_of("status", _STATUSES_BEFORE))
        batch.drop_column("carried_over_on")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"
