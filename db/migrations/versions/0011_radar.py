"""The radar: last days of papers, and whose dean's office knows the person of a case.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_MATTERS = ("case", "visa", "registration", "passport", "contract", "consent", "document")
_HERE = "('invited', 'arrived', 'studying', 'on_leave')"
_OPEN = sa.text("is_open")
_OPEN_CASE = sa.text("closed_at IS NULL")
_CASES = {
    "ix_visa_case_waiting": ["waits_for", "moved_on", "id"],
    "ix_visa_case_waiting_at_faculty": ["faculty_id", "waits_for", "moved_on", "id"],
    "ix_visa_case_board": ["kind", "step", "moved_on", "id", "planned_until"],
    "ix_visa_case_board_at_faculty": [
        "faculty_id",
        "kind",
        "step",
        "moved_on",
        "id",
        "planned_until",
    ],
}
_BOARD_BEFORE = ["kind", "step", "moved_on", "id"]

#: What the papers are filled with here: of students who are enrolled now. The first daily sweep
#: after the migration looks at everybody by the rules in force.
_PAPERS = {
    "visa": ("visa", "valid_until", "paper.status = 'active'"),
    "registration": ("registration", "valid_until", "paper.is_current"),
    "passport": ("passport", "expires_on", "paper.is_current AND paper.voided_at IS NULL"),
    "contract": ("enrolment", "contract_until", "paper.is_current"),
    "consent": ("residence", "consent_until", "paper.until_on IS NULL"),
}


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("audit_head") as batch:
        batch.add_column(sa.Column("last_change", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("audit_head") as batch:
        batch.alter_column("last_change", existing_type=sa.Integer(), server_default=None)
    op.execute("UPDATE audit_head SET last_change = sequence")
    with op.batch_alter_table("deadline") as batch:
        batch.add_column(sa.Column("faculty_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_deadline_faculty_id_faculty"), "faculty", ["faculty_id"], ["id"]
        )
    with op.batch_alter_table("visa_case") as batch:
        batch.add_column(sa.Column("faculty_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_visa_case_faculty_id_faculty"), "faculty", ["faculty_id"], ["id"]
        )
    op.create_index(
        "ix_deadline_at_faculty",
        "deadline",
        ["faculty_id", "due_on", "id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "expiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "matter",
            sa.Enum(*_MATTERS, name="matter", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("faculty_id", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["faculty_id"], ["faculty.id"], name=op.f("fk_expiry_faculty_id_faculty")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_expiry_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expiry")),
        sa.UniqueConstraint("matter", "record_id", name=op.f("uq_expiry_matter_record_id")),
    )
    _fill()
    op.drop_index("ix_visa_case_board", table_name="visa_case")
    for name, columns in _CASES.items():
        op.create_index(
            name, "visa_case", columns, sqlite_where=_OPEN_CASE, postgresql_where=_OPEN_CASE
        )
    op.create_index(op.f("ix_expiry_person_id"), "expiry", ["person_id"])
    op.create_index(op.f("ix_expiry_matter_ends_on_id"), "expiry", ["matter", "ends_on", "id"])
    op.create_index(
        op.f("ix_expiry_faculty_id_matter_ends_on_id"),
        "expiry",
        ["faculty_id", "matter", "ends_on", "id"],
    )


def _fill() -> None:
    """Say whose dean's office knows the person of each open case, and what runs out when."""
    for table, is_open in (("deadline", "is_open"), ("visa_case", "closed_at IS NULL")):
        op.execute(
            f"UPDATE {table} SET faculty_id = (SELECT place.faculty_id "  # noqa: S608 - names of this module
            f"FROM enrolment AS place WHERE place.person_id = {table}.person_id "
            f"AND place.is_current AND place.status IN {_HERE}) WHERE {is_open}"
        )
    for matter, (table, column, is_present) in _PAPERS.items():
        op.execute(
            "INSERT INTO expiry (matter, record_id, person_id, faculty_id, ends_on) "  # noqa: S608 - names of this module
            f"SELECT '{matter}', paper.id, paper.person_id, place.faculty_id, paper.{column} "
            f"FROM {table} AS paper JOIN enrolment AS place ON place.person_id = paper.person_id "
            "JOIN person ON person.id = paper.person_id "
            f"WHERE place.is_current AND place.status IN {_HERE} AND {is_present} "
            f"AND person.closed_at IS NULL AND paper.{column} IS NOT NULL"
        )


def downgrade() -> None:
    """Take the change back; every row can be computed again."""
    with op.batch_alter_table("audit_head") as batch:
        batch.drop_column("last_change")
    op.drop_table("expiry")
    for name in _CASES:
        op.drop_index(name, table_name="visa_case")
    op.create_index(
        "ix_visa_case_board",
        "visa_case",
        _BOARD_BEFORE,
        sqlite_where=_OPEN_CASE,
        postgresql_where=_OPEN_CASE,
    )
    with op.batch_alter_table("visa_case") as batch:
        batch.drop_constraint(op.f("fk_visa_case_faculty_id_faculty"), type_="foreignkey")
        batch.drop_column("faculty_id")
    op.drop_index("ix_deadline_at_faculty", table_name="deadline")
    with op.batch_alter_table("deadline") as batch:
        batch.drop_constraint(op.f("fk_deadline_faculty_id_faculty"), type_="foreignkey")
        batch.drop_column("faculty_id")
