"""Find people by a part of a name at any number of them, and list them by what a filter asks.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from db.search_index import drop_search_index

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PRESENT = sa.text("is_current")


def upgrade() -> None:
    """Apply the change; ``db.search_index`` adds what only SQLite needs."""
    is_postgres = op.get_bind().dialect.name == "postgresql"
    begins = sa.Text(collation="C") if is_postgres else sa.Text()
    with op.batch_alter_table("person", recreate="auto" if is_postgres else "always") as batch_op:
        batch_op.add_column(
            sa.Column(
                "search_begins",
                begins,
                sa.Computed("substr(search_text, 1, 60)", persisted=True),
                nullable=False,
            )
        )
        batch_op.create_index("ix_person_search_begins", ["search_begins"])
        batch_op.create_index(
            "ix_person_citizenship_surname_given_names_id",
            ["citizenship", "surname", "given_names", "id"],
        )
    op.create_index(
        "ix_enrolment_at_faculty",
        "enrolment",
        ["faculty_id", "status", "person_id", "course"],
        sqlite_where=_PRESENT,
        postgresql_where=_PRESENT,
    )
    op.create_index(
        "ix_enrolment_in_status",
        "enrolment",
        ["status", "person_id", "course"],
        sqlite_where=_PRESENT,
        postgresql_where=_PRESENT,
    )
    if is_postgres:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.create_index(
            "ix_person_search_text",
            "person",
            ["search_text"],
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        )


def downgrade() -> None:
    """Take the change back; the extension stays, others may use it."""
    drop_search_index(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_person_search_text", "person")
    op.drop_index("ix_enrolment_in_status", "enrolment")
    op.drop_index("ix_enrolment_at_faculty", "enrolment")
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_index("ix_person_citizenship_surname_given_names_id")
        batch_op.drop_index("ix_person_search_begins")
        batch_op.drop_column("search_begins")
