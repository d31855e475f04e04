"""Duplicates: the folded name of a person, found by an index, and who was said not to be whom."""

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_IS_OPEN = sa.text("closed_at IS NULL")
_IS_MERGED = sa.text("merged_into_id IS NOT NULL")
_CHUNK = 5_000

# As names were folded when this step was written; what folds them later must not change the past.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ү": "u", "ф": "f", "х": "kh", "ц": "ts",
    "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "not_the_same",
        sa.Column("first_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("second_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=150), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_not_the_same_in_order")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["person.id"], name=op.f("fk_not_the_same_first_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["person.id"], name=op.f("fk_not_the_same_second_id_person")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_not_the_same")),
    )
    op.create_index(op.f("ix_not_the_same_second_id"), "not_the_same", ["second_id"])
    op.add_column(
        "person", sa.Column("name_key", sa.String(length=400), nullable=False, server_default="")
    )
    _fold_names()
    with op.batch_alter_table("person") as batch_op:
        batch_op.alter_column("name_key", server_default=None)
        batch_op.drop_index(batch_op.f("ix_person_birth_date"))
        batch_op.create_index(
            "ix_person_namesakes",
            ["birth_date", "name_key"],
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        )
        batch_op.create_index(
            "ix_person_merged_into_id",
            ["merged_into_id"],
            sqlite_where=_IS_MERGED,
            postgresql_where=_IS_MERGED,
        )


def downgrade() -> None:
    """Take the change back; what was decided about pairs is lost."""
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_index(
            "ix_person_merged_into_id", sqlite_where=_IS_MERGED, postgresql_where=_IS_MERGED
        )
        batch_op.drop_index("ix_person_namesakes", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
        batch_op.create_index(batch_op.f("ix_person_birth_date"), ["birth_date"])
        batch_op.drop_column("name_key")
    op.drop_table("not_the_same")


def _fold_names() -> None:
    person = sa.table(
        "person",
        sa.column("id", sa.Integer),
        sa.column("surname", sa.String),
        sa.column("given_names", sa.String),
        sa.column("name_key", sa.String),
    )
    changed = (
        sa.update(person)
        .where(person.c.id == sa.bindparam("person_id"))
        .values(name_key=sa.bindparam("folded"))
    )
    last = 0
    while rows := _next_people(person, after=last):
        op.get_bind().execute(
            changed,
            [
                {"person_id": row.id, "folded": _folded(f"{row.surname} {row.given_names}")}
                for row in rows
            ],
        )
        last = rows[-1].id


def _next_people(person: sa.TableClause, *, after: int) -> list[sa.Row[Any]]:
    question = (
        sa.select(person.c.id, person.c.surname, person.c.given_names)
        .where(person.c.id > after)
        .order_by(person.c.id)
        .limit(_CHUNK)
    )
    return list(op.get_bind().execute(question))


def _folded(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).casefold()
    romanised = "".join(_CYRILLIC.get(letter, letter) for letter in composed)
    bare = (
        letter
        for letter in unicodedata.normalize("NFKD", romanised)
        if not unicodedata.combining(letter)
    )
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())[:400]
