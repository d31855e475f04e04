"""People in full: kinds of passport, orders, registrations, relatives, agents, imports."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FUNDING = ("own_contract", "sponsor", "grant", "quota", "exchange")
_PASSPORT_KINDS = ("ordinary", "diplomatic", "service", "travel_document")
_CLOSED = ("merged", "import_undone")
_JOBS = ("recompute_deadlines", "sweep", "purge")
_IMPORT_JOBS = ("import_check", "import_commit", "import_undo")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "agent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column(
            "language",
            sa.Enum(
                "en",
                "ru",
                "ky",
                name="language",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=150), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
        sa.UniqueConstraint("name_key", name=op.f("uq_agent_name_key")),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("store_name", sa.String(length=64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("sheet", sa.String(length=100), nullable=False),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "uploaded",
                "checking",
                "checked",
                "committing",
                "committed",
                "undoing",
                "undone",
                "failed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("update_count", sa.Integer(), nullable=False),
        sa.Column("same_count", sa.Integer(), nullable=False),
        sa.Column("error_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=150), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("store_name", name=op.f("uq_import_batch_store_name")),
    )
    op.create_table(
        "import_heading",
        sa.Column("heading_key", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("heading_key", name=op.f("pk_import_heading")),
    )
    op.create_table(
        "emergency_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("relation", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_emergency_contact_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_contact")),
    )
    with op.batch_alter_table("emergency_contact", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_emergency_contact_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "engagement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "teacher",
                "clinic_staff",
                "visitor",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_engagement_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
    )
    with op.batch_alter_table("engagement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_engagement_person_id"), ["person_id"], unique=False)

    op.create_table(
        "family_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("relative_id", sa.Integer(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "spouse",
                "child",
                "parent",
                "sibling",
                "other",
                name="relation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
        sa.CheckConstraint("person_id <> relative_id", name=op.f("ck_family_link_two_people")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_family_link_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["person.id"], name=op.f("fk_family_link_relative_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_link")),
        sa.UniqueConstraint(
            "person_id", "relative_id", name=op.f("uq_family_link_person_id_relative_id")
        ),
    )
    with op.batch_alter_table("family_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_family_link_relative_id"), ["relative_id"], unique=False
        )

    op.create_table(
        "import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "new",
                "update",
                "same",
                "error",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("person_version", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_row_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_import_row_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
    )
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_row_batch_id_action_row_number"),
            ["batch_id", "action", "row_number"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_import_row_person_id"), ["person_id"], unique=False)

    op.create_table(
        "person_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=150), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_note_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_note")),
    )
    with op.batch_alter_table("person_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_note_person_id"), ["person_id"], unique=False)

    op.create_table(
        "status_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "invited",
                "arrived",
                "studying",
                "on_leave",
                "graduated",
                "transferred",
                "expelled",
                "left",
                name="before",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "after",
            sa.Enum(
                "invited",
                "arrived",
                "studying",
                "on_leave",
                "graduated",
                "transferred",
                "expelled",
                "left",
                name="after",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("order_number", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=150), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_status_change_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_status_change_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_change")),
    )
    with op.batch_alter_table("status_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_status_change_enrolment_id"), ["enrolment_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_status_change_person_id"), ["person_id"], unique=False)

    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("crossing_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=150), nullable=True),
        sa.ForeignKeyConstraint(
            ["crossing_id"], ["crossing.id"], name=op.f("fk_registration_crossing_id_crossing")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_registration_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_registration_current",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )

    with op.batch_alter_table("crossing", schema=None) as batch_op:
        batch_op.alter_column("passport_id", existing_type=sa.INTEGER(), nullable=True)

    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("programme", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("group_name", sa.String(length=40), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("funding", sa.String(length=40), nullable=True))
        batch_op.add_column(
            sa.Column("order_number", sa.String(length=60), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("order_on", sa.Date(), nullable=True))
        batch_op.alter_column("faculty_id", existing_type=sa.INTEGER(), nullable=True)

    with op.batch_alter_table("passport", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=40), nullable=False, server_default="ordinary")
        )
        batch_op.add_column(sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_passport_issuing_state_number"), type_="unique")
        batch_op.create_index(
            "uq_passport_number",
            ["issuing_state", "number"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("name_ru", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("name_ky", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("agent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("missing", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("missing_count", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("closed_reason", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_person_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_birth_date"), ["birth_date"], unique=False)
        batch_op.create_index(
            "ix_person_incomplete",
            ["surname", "given_names", "id"],
            unique=False,
            sqlite_where=sa.text("missing_count > 0 AND closed_at IS NULL"),
            postgresql_where=sa.text("missing_count > 0 AND closed_at IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_person_agent_id_agent"), "agent", ["agent_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_person_merged_into_id_person"), "person", ["merged_into_id"], ["id"]
        )

    with op.batch_alter_table("residence", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("owner_phone", sa.String(length=40), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("consent_until", sa.Date(), nullable=True))

    with op.batch_alter_table("visa", schema=None) as batch_op:
        batch_op.alter_column("passport_id", existing_type=sa.INTEGER(), nullable=True)

    with op.batch_alter_table("enrolment") as batch_op:
        batch_op.alter_column("programme", server_default=None)
        batch_op.alter_column("group_name", server_default=None)
        batch_op.alter_column("order_number", server_default=None)
        batch_op.create_check_constraint(op.f("ck_enrolment_funding"), _one_of("funding", _FUNDING))
    with op.batch_alter_table("passport") as batch_op:
        batch_op.alter_column("kind", server_default=None)
        batch_op.create_check_constraint(op.f("ck_passport_kind"), _one_of("kind", _PASSPORT_KINDS))
    with op.batch_alter_table("person") as batch_op:
        batch_op.alter_column("name_ru", server_default=None)
        batch_op.alter_column("name_ky", server_default=None)
        batch_op.alter_column("missing", server_default=None)
        batch_op.alter_column("missing_count", server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_person_closed_reason"), _one_of("closed_reason", _CLOSED)
        )
    with op.batch_alter_table("residence") as batch_op:
        batch_op.alter_column("owner_phone", server_default=None)
    _let_jobs_be((*_JOBS, *_IMPORT_JOBS))


def downgrade() -> None:
    """Take the change back; refused while there are rows the old schema cannot hold."""
    op.execute(sa.text("DELETE FROM job WHERE kind LIKE 'import%'"))
    _let_jobs_be(_JOBS)
    with op.batch_alter_table("visa", schema=None) as batch_op:
        batch_op.alter_column("passport_id", existing_type=sa.INTEGER(), nullable=False)

    with op.batch_alter_table("residence", schema=None) as batch_op:
        batch_op.drop_column("consent_until")
        batch_op.drop_column("owner_phone")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_person_closed_reason"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_person_merged_into_id_person"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_person_agent_id_agent"), type_="foreignkey")
        batch_op.drop_index(
            "ix_person_incomplete",
            sqlite_where=sa.text("missing_count > 0 AND closed_at IS NULL"),
            postgresql_where=sa.text("missing_count > 0 AND closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_person_birth_date"))
        batch_op.drop_index(batch_op.f("ix_person_agent_id"))
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("closed_reason")
        batch_op.drop_column("missing_count")
        batch_op.drop_column("missing")
        batch_op.drop_column("agent_id")
        batch_op.drop_column("name_ky")
        batch_op.drop_column("name_ru")

    with op.batch_alter_table("passport", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_passport_kind"), type_="check")
        batch_op.drop_index(
            "uq_passport_number",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_passport_issuing_state_number"), ["issuing_state", "number"]
        )
        batch_op.drop_column("voided_at")
        batch_op.drop_column("kind")

    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_enrolment_funding"), type_="check")
        batch_op.alter_column("faculty_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("order_on")
        batch_op.drop_column("order_number")
        batch_op.drop_column("funding")
        batch_op.drop_column("group_name")
        batch_op.drop_column("programme")

    with op.batch_alter_table("crossing", schema=None) as batch_op:
        batch_op.alter_column("passport_id", existing_type=sa.INTEGER(), nullable=False)

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_registration_current",
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )
        batch_op.drop_index(batch_op.f("ix_registration_person_id"))

    op.drop_table("registration")
    with op.batch_alter_table("status_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_status_change_person_id"))
        batch_op.drop_index(batch_op.f("ix_status_change_enrolment_id"))

    op.drop_table("status_change")
    with op.batch_alter_table("person_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_note_person_id"))

    op.drop_table("person_note")
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_row_person_id"))
        batch_op.drop_index(batch_op.f("ix_import_row_batch_id_action_row_number"))

    op.drop_table("import_row")
    with op.batch_alter_table("family_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_family_link_relative_id"))

    op.drop_table("family_link")
    with op.batch_alter_table("engagement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_engagement_person_id"))

    op.drop_table("engagement")
    with op.batch_alter_table("emergency_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_emergency_contact_person_id"))

    op.drop_table("emergency_contact")
    op.drop_table("import_heading")
    op.drop_table("import_batch")
    op.drop_table("agent")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"


def _let_jobs_be(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("job") as batch_op:
        batch_op.drop_constraint(op.f("ck_job_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_job_kind"), _one_of("kind", kinds))
