"""Messages to students and representatives: texts, plans of reminders, and the messages themselves.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_LANGUAGES = ("en", "ru", "ky")
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
_CHANNELS = ("email", "whatsapp", "telegram")
_STATUSES = ("prepared", "queued", "sending", "sent", "failed", "uncertain", "withdrawn")
_JOBS = (
    "recompute_deadlines",
    "sweep",
    "purge",
    "import_check",
    "import_commit",
    "import_undo",
)
_MESSAGE_JOBS = ("remind", "send_mail")
_WAITING = sa.text("status = 'queued'")


def upgrade() -> None:
    """Apply the change."""
    # Not as a batch: SQLite would copy the table of people with its search index. The line ends
    # where it does because SQLAlchemy reads the computed column before it up to the last bracket.
    op.execute(
        "ALTER TABLE person ADD COLUMN language\n VARCHAR(40) "
        f"CONSTRAINT ck_person_language CHECK ({_one_of('language', _LANGUAGES)})"
    )
    _create_templates()
    _create_plans()
    _create_messages()
    _let_jobs_be((*_JOBS, *_MESSAGE_JOBS))


def _create_templates() -> None:
    op.create_table(
        "message_template",
        sa.Column("code", sa.String(length=60), nullable=False),
        _words("procedure", _PROCEDURES, nullable=True),
        _words("audience", ("student", "agent")),
        sa.Column("is_reminder", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *(sa.Column(f"name_{each}", sa.String(length=200), nullable=False) for each in _LANGUAGES),
        *(
            sa.Column(f"subject_{each}", sa.String(length=200), nullable=False)
            for each in _LANGUAGES
        ),
        *(sa.Column(f"body_{each}", sa.Text(), nullable=False) for each in _LANGUAGES),
        *_founded("message_template"),
    )


def _create_plans() -> None:
    op.create_table(
        "reminder_plan",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("days_before", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        *_founded("reminder_plan"),
    )


def _create_messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=250), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        _words("channel", _CHANNELS),
        _words("language", _LANGUAGES),
        _words("kind", _PROCEDURES, nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_edited", sa.Boolean(), nullable=False),
        _words("status", _STATUSES),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("mail_id", sa.String(length=100), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.String(length=100), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=150), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.String(length=150), nullable=True),
        *_versioned(),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (agent_id IS NULL)", name=op.f("ck_message_one_recipient")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_person_id_person")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_message_agent_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_message_mail_id")),
    )
    op.create_index(op.f("ix_message_person_id"), "message", ["person_id"])
    op.create_index(op.f("ix_message_agent_id"), "message", ["agent_id"])
    op.create_index(op.f("ix_message_status_id"), "message", ["status", "id"])
    op.create_index(
        "ix_message_waiting",
        "message",
        ["next_attempt_at", "id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_table(
        "message_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        sa.Column("reminder_key", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_person_message_id_message")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_person_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["visa_case.id"], name=op.f("fk_message_person_case_id_visa_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_person")),
        sa.UniqueConstraint("reminder_key", name=op.f("uq_message_person_reminder_key")),
    )
    op.create_index(op.f("ix_message_person_message_id"), "message_person", ["message_id"])
    op.create_index(op.f("ix_message_person_person_id"), "message_person", ["person_id"])
    op.create_index(
        op.f("ix_message_person_case_id_due_on"), "message_person", ["case_id", "due_on"]
    )


def downgrade() -> None:
    """Take the change back; the messages and the languages of people go with it."""
    op.execute(sa.text("DELETE FROM job WHERE kind IN ('remind', 'send_mail')"))
    _let_jobs_be(_JOBS)
    for table in ("message_person", "message", "reminder_plan", "message_template"):
        op.drop_table(table)
    op.execute("ALTER TABLE person DROP COLUMN language")


def _founded(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference_key", sa.String(length=120), nullable=True),
        sa.Column("reference_digest", sa.String(length=64), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        _words("confidence", _CONFIDENCES),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("note_ru", sa.Text(), nullable=False),
        sa.Column("note_ky", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("in_force_until", sa.Date(), nullable=True),
        sa.Column("ended_id", sa.Integer(), nullable=True),
        sa.Column("ended_until", sa.Date(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=200), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recheck_by", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=True),
        *_versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("reference_key", name=op.f(f"uq_{table}_reference_key")),
    )


def _versioned() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
    )


def _words(name: str, values: tuple[str, ...], *, nullable: bool = False) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, kind, nullable=nullable)


def _let_jobs_be(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("job") as batch:
        batch.drop_constraint(op.f("ck_job_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_job_kind"), _one_of("kind", kinds))


def _one_of(column: str, words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"
