"""Pairs of people who look like one are stored, so that their list reads nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Who shares a name and a day, or a number, is grouped first, so that only those few are paired.
_ALIKE = """
    INSERT INTO possible_pair (first_id, second_id)
    WITH namesakes AS (
        SELECT birth_date, name_key FROM person
        WHERE closed_at IS NULL AND birth_date IS NOT NULL AND name_key <> ''
        GROUP BY birth_date, name_key HAVING count(*) > 1
    ), numbers AS (
        SELECT number FROM passport WHERE voided_at IS NULL
        GROUP BY number HAVING count(*) > 1
    )
    SELECT one.id, other.id
    FROM namesakes
    JOIN person AS one ON one.birth_date = namesakes.birth_date
        AND one.name_key = namesakes.name_key AND one.closed_at IS NULL
    JOIN person AS other ON other.birth_date = namesakes.birth_date
        AND other.name_key = namesakes.name_key AND other.closed_at IS NULL
        AND one.id < other.id
    UNION
    SELECT one.person_id, other.person_id
    FROM numbers
    JOIN passport AS one ON one.number = numbers.number AND one.voided_at IS NULL
    JOIN passport AS other ON other.number = numbers.number AND other.voided_at IS NULL
        AND one.person_id < other.person_id
"""


def upgrade() -> None:
    """Apply the change, and pair whoever looks like one today."""
    op.create_table(
        "possible_pair",
        sa.Column("first_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("second_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_possible_pair_in_order")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["person.id"], name=op.f("fk_possible_pair_first_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["person.id"], name=op.f("fk_possible_pair_second_id_person")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_possible_pair")),
    )
    op.create_index(op.f("ix_possible_pair_second_id"), "possible_pair", ["second_id"])
    op.execute(_ALIKE)


def downgrade() -> None:
    """Take the change back; what was decided about pairs stays."""
    op.drop_table("possible_pair")
