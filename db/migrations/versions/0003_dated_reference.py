"""Reference rows that the head changes: withdrawn rows, conditions of papers, steps and charges."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FOUNDED = ("rule", "requirement", "registration_exemption", "visa_free_term")

#: The day a withdrawn row is sent to where the schema cannot say that it never held.
_NEVER = date(1900, 1, 1)

_CONDITIONS = (
    "always",
    "lives_in_hostel",
    "lives_in_flat",
    "needs_entry_visa",
    "submitted_late",
)
_PROCEDURES = (
    "registration",
    "study_visa",
    "study_visa_ext",
    "entry_visa_invitation",
    "exit_visa",
    "embassy_extension",
    "outbound_visa",
    "status_notice",
)
_CONFIDENCES = (
    "official",
    "department",
    "secondary",
    "derived",
    "conflict",
    "estimated",
    "assumption",
    "unverified",
)
_PARTIES = ("student", "dean", "department", "scnb", "dcs", "embassy")

#: What the loader compares a shipped row by, besides what :data:`_ORIGIN` names.
_LOADED: Mapping[str, tuple[sa.Column[Any], ...]] = {
    "requirement": (
        sa.Column("procedure", sa.String()),
        sa.Column("item_code", sa.String()),
        sa.Column("document_kind", sa.String()),
        sa.Column("name_en", sa.String()),
        sa.Column("name_ru", sa.String()),
        sa.Column("name_ky", sa.String()),
        sa.Column("is_required", sa.Boolean()),
        sa.Column("position", sa.Integer()),
        sa.Column("is_active", sa.Boolean()),
    ),
    "registration_exemption": (
        sa.Column("iso2", sa.String()),
        sa.Column("exempt_days", sa.Integer()),
        sa.Column("has_asterisk", sa.Boolean()),
    ),
    "visa_free_term": (
        sa.Column("iso2", sa.String()),
        sa.Column("stay_days", sa.Integer()),
        sa.Column("window_days", sa.Integer()),
        sa.Column("rule", sa.String()),
    ),
}
_ORIGIN = (
    sa.Column("source", sa.Text()),
    sa.Column("source_url", sa.Text()),
    sa.Column("confidence", sa.String()),
    sa.Column("note", sa.Text()),
    sa.Column("in_force_from", sa.Date()),
)


def upgrade() -> None:
    """Apply the change."""
    _create_charge()
    _create_step()
    for table in _FOUNDED:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("ended_id", sa.Integer(), nullable=True))
            batch.add_column(sa.Column("ended_until", sa.Date(), nullable=True))
            batch.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
            batch.add_column(sa.Column("withdrawn_by", sa.String(length=200), nullable=True))
    with op.batch_alter_table("enrolment") as batch:
        batch.add_column(sa.Column("course_until", sa.Date(), nullable=True))
    _add_filled("crossing", [("version", sa.Integer(), "1")])
    with op.batch_alter_table("crossing") as batch:
        batch.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("changed_by", sa.String(length=150), nullable=True))
    _add_filled("case_item", _PAPER)
    _add_filled(
        "requirement",
        [("conditions", sa.JSON(), "[]"), ("citizenships", sa.JSON(), "[]"), *_PAPER],
    )
    _split_condition()
    with op.batch_alter_table("requirement") as batch:
        batch.drop_constraint(op.f("ck_requirement_condition"), type_="check")
        batch.drop_column("condition")


def downgrade() -> None:
    """Take the change back; of several conditions the first that can be said is kept."""
    with op.batch_alter_table("requirement") as batch:
        batch.add_column(
            sa.Column("condition", sa.String(length=40), nullable=False, server_default="always")
        )
    _join_conditions()
    with op.batch_alter_table("requirement") as batch:
        batch.alter_column("condition", server_default=None)
        words = ", ".join(f"'{word}'" for word in _CONDITIONS)
        batch.create_check_constraint(op.f("ck_requirement_condition"), f"condition IN ({words})")
        for name in ("conditions", "citizenships", *(name for name, _type, _text in _PAPER)):
            batch.drop_column(name)
    with op.batch_alter_table("case_item") as batch:
        for name, _type, _text in _PAPER:
            batch.drop_column(name)
    with op.batch_alter_table("crossing") as batch:
        for name in ("version", "changed_at", "changed_by"):
            batch.drop_column(name)
    with op.batch_alter_table("enrolment") as batch:
        batch.drop_column("course_until")
    for table in _FOUNDED:
        _bury_withdrawn(table)
        with op.batch_alter_table(table) as batch:
            for name in ("ended_id", "ended_until", "withdrawn_at", "withdrawn_by"):
                batch.drop_column(name)
    with op.batch_alter_table("step") as batch:
        batch.drop_index(op.f("ix_step_procedure"))
    op.drop_table("step")
    op.drop_table("charge")


#: The form in which a paper is wanted: name, type and what the rows so far get.
_PAPER: list[tuple[str, sa.types.TypeEngine[Any], str]] = [
    ("copies", sa.Integer(), "1"),
    ("needs_original", sa.Boolean(), "0"),
    ("needs_translation", sa.Boolean(), "0"),
]


def _add_filled(table: str, columns: list[tuple[str, sa.types.TypeEngine[Any], str]]) -> None:
    """Add columns that are never empty; the value of the rows so far stays no default."""
    with op.batch_alter_table(table) as batch:
        for name, kind, text in columns:
            default = sa.false() if isinstance(kind, sa.Boolean) else text
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    with op.batch_alter_table(table) as batch:
        for name, _kind, _text in columns:
            batch.alter_column(name, server_default=None)


def _create_charge() -> None:
    op.create_table(
        "charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _word("kind", "fee", "fine"), nullable=False),
        sa.Column("procedure", _word("procedure", *_PROCEDURES), nullable=True),
        *_names(),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        *_founded(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        sa.UniqueConstraint("reference_key", name=op.f("uq_charge_reference_key")),
    )


def _create_step() -> None:
    op.create_table(
        "step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure", _word("procedure", *_PROCEDURES), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        *_names(),
        sa.Column("waits_for", _word("waits_for", *_PARTIES), nullable=False),
        sa.Column("planned_days", sa.Integer(), nullable=True),
        sa.Column(
            "planned_unit", _word("planned_unit", "working_days", "calendar_days"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        *_founded(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
        sa.UniqueConstraint("reference_key", name=op.f("uq_step_reference_key")),
    )
    with op.batch_alter_table("step") as batch:
        batch.create_index(op.f("ix_step_procedure"), ["procedure"], unique=False)


def _word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _names() -> list[sa.Column[Any]]:
    return [
        sa.Column(f"name_{language}", sa.String(length=200), nullable=False)
        for language in ("en", "ru", "ky")
    ]


def _founded() -> list[sa.Column[Any]]:
    return [
        sa.Column("reference_key", sa.String(length=120), nullable=True),
        sa.Column("reference_digest", sa.String(length=64), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("confidence", _word("confidence", *_CONFIDENCES), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("in_force_until", sa.Date(), nullable=True),
        sa.Column("ended_id", sa.Integer(), nullable=True),
        sa.Column("ended_until", sa.Date(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=200), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recheck_by", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
    ]


# The digests tell the loader which rows nobody changed. They are taken over the values a row was
# loaded with, of which there are more now: a row that is as it was loaded gets the digest it would
# have been loaded with, every other one keeps its own and still counts as changed.


def _split_condition() -> None:
    """Write the one condition of a requirement as a list, and the digests anew."""
    one, many = sa.Column("condition", sa.String()), sa.Column("conditions", sa.JSON())
    for row in _rows("requirement", one, many):
        before = {"condition": row["condition"]}
        words = [] if row["condition"] == "always" else [row["condition"]]
        after = {"conditions": words, "citizenships": [], **_UNTIL}
        _update("requirement", row, before, after, {"conditions": words}, many)
    for table in ("registration_exemption", "visa_free_term"):
        for row in _rows(table):
            _update(table, row, {}, _UNTIL, {})


def _join_conditions() -> None:
    """Write the first condition that the old column can hold, and the digests as they were."""
    one, many = sa.Column("condition", sa.String()), sa.Column("conditions", sa.JSON())
    states, known = sa.Column("citizenships", sa.JSON()), _CONDITIONS
    for row in _rows("requirement", one, many, states):
        word = next((word for word in row["conditions"] if word in known), "always")
        before = {"conditions": row["conditions"], "citizenships": row["citizenships"], **_UNTIL}
        _update("requirement", row, before, {"condition": word}, {"condition": word}, one)
    for table in ("registration_exemption", "visa_free_term"):
        for row in _rows(table):
            _update(table, row, _UNTIL, {}, {})


#: What no shipped file of these tables says yet, but the loader compares.
_UNTIL: Mapping[str, Any] = {"in_force_until": None, "recheck_by": None}


def _rows(table: str, *more: sa.Column[Any]) -> list[dict[str, Any]]:
    stored = _table(table, *more)
    question = sa.select(stored).order_by(stored.c.id)
    return [dict(row) for row in op.get_bind().execute(question).mappings()]


def _update(
    table: str,
    row: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    values: Mapping[str, Any],
    *more: sa.Column[Any],
) -> None:
    loaded = {column.name: row[column.name] for column in (*_LOADED[table], *_ORIGIN)}
    digest = row["reference_digest"]
    if digest == _digest({**loaded, **before}):
        digest = _digest({**loaded, **after})
    stored = _table(table, *more)
    op.get_bind().execute(
        sa.update(stored)
        .where(stored.c.id == row["id"])
        .values({**values, "reference_digest": digest})
    )


def _table(table: str, *more: sa.Column[Any]) -> sa.TableClause:
    columns: tuple[sa.Column[Any], ...] = (*_LOADED[table], *_ORIGIN, *more)
    return sa.table(
        table,
        sa.column("id", sa.Integer()),
        sa.column("reference_digest", sa.String()),
        *(sa.column(column.name, column.type) for column in columns),
    )


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def _bury_withdrawn(table: str) -> None:
    """Give withdrawn rows a period that no case will ever ask about."""
    stored = sa.table(
        table,
        sa.column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.column("in_force_from", sa.Date()),
        sa.column("in_force_until", sa.Date()),
    )
    op.get_bind().execute(
        sa.update(stored)
        .where(stored.c.withdrawn_at.is_not(None))
        .values(in_force_from=_NEVER, in_force_until=_NEVER)
    )
