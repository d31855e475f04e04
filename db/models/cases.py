"""Cases, the documents each asks for, and the due dates they must keep."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import CaseKind, CaseOutcome, ItemStatus, Matter, MoveKind, Party
from db.base import Base, Versioned, words

_BOARD = ("kind", "step", "moved_on", "id", "planned_until")


def _open_index(name: str, *columns: str) -> sa.Index:
    """Return an index of the open cases alone."""
    is_open = sa.text("closed_at IS NULL")
    return sa.Index(name, *columns, sqlite_where=is_open, postgresql_where=is_open)


class Case(Versioned, Base):
    """One procedure for one person. Of a kind, a person has at most one open.

    ``step`` is the code of a step of its kind; ``waits_for`` says who has to act in it, None once
    the case is closed. ``moved_on`` is the day it really came there, ``step_since`` the instant
    that was recorded, ``planned_until`` the day by which the step should be over. ``faculty_id`` is
    that of whose dean's office knows the person now, repeated here for the lists;
    ``status_change_id`` is the change that a notice reports. ``responsible_id`` is who of the
    department has it in hand, None for nobody.
    """

    __tablename__ = "visa_case"
    __table_args__ = (
        sa.Index(
            "uq_visa_case_open",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        # The board: how many cases stand where, and since when; and whom cases wait for.
        # Both hold all that the board counts, so that it reads no case.
        _open_index("ix_visa_case_board", *_BOARD),
        _open_index("ix_visa_case_board_at_faculty", "faculty_id", *_BOARD),
        _open_index("ix_visa_case_waiting", "waits_for", "moved_on", "id"),
        _open_index("ix_visa_case_waiting_at_faculty", "faculty_id", "waits_for", "moved_on", "id"),
        # The same for the cases of whoever is responsible, and of nobody.
        _open_index("ix_visa_case_board_of", "responsible_id", *_BOARD),
        _open_index("ix_visa_case_waiting_of", "responsible_id", "waits_for", "moved_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    faculty_id: Mapped[int | None] = mapped_column(sa.ForeignKey("faculty.id"))
    responsible_id: Mapped[int | None] = mapped_column(sa.ForeignKey("app_user.id"))
    kind: Mapped[CaseKind] = mapped_column(words(CaseKind, "kind"))
    step: Mapped[str] = mapped_column(sa.String(60))
    waits_for: Mapped[Party | None] = mapped_column(words(Party, "waits_for"))
    step_since: Mapped[datetime]
    moved_on: Mapped[date]
    planned_until: Mapped[date | None]
    crossing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("crossing.id"))
    visa_id: Mapped[int | None] = mapped_column(sa.ForeignKey("visa.id"))
    status_change_id: Mapped[int | None] = mapped_column(sa.ForeignKey("status_change.id"))
    opened_on: Mapped[date]
    opened_by: Mapped[str] = mapped_column(sa.String(150))
    application_confirmed_at: Mapped[datetime | None]
    application_confirmed_by: Mapped[str | None] = mapped_column(sa.String(200))
    returned_reason: Mapped[str] = mapped_column(sa.Text, default="")
    closed_at: Mapped[datetime | None]
    outcome: Mapped[CaseOutcome | None] = mapped_column(words(CaseOutcome, "outcome"))


class CaseMove(Base):
    """A case went from one step to another. Rows are added only.

    ``moved_on`` is the day it really happened, ``reference`` the number an authority gave.
    """

    __tablename__ = "case_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("visa_case.id"), index=True)
    kind: Mapped[MoveKind] = mapped_column(words(MoveKind, "kind"))
    before: Mapped[str] = mapped_column(sa.String(60))
    after: Mapped[str] = mapped_column(sa.String(60))
    moved_on: Mapped[date]
    reference: Mapped[str] = mapped_column(sa.String(100), default="", index=True)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(sa.String(150))


class CasePayment(Versioned, Base):
    """What was paid for a case: ``amount_minor`` in the smallest unit of ``currency``.

    ``number`` is that of the receipt. One noted by mistake is withdrawn, and stays.
    """

    __tablename__ = "case_payment"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("visa_case.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    paid_on: Mapped[date]
    number: Mapped[str] = mapped_column(sa.String(100), default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(sa.String(150))
    withdrawn_at: Mapped[datetime | None]


class CaseItem(Versioned, Base):
    """One document a case asks for: a snapshot of the requirement, and the decision about it.

    The decision stands here and not on the document, so that one scan serves two cases.
    """

    __tablename__ = "case_item"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "item_code"),
        # The queue of delivered papers: a handful among a million.
        sa.Index(
            "ix_case_item_pending",
            "document_id",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("visa_case.id"), index=True)
    item_code: Mapped[str] = mapped_column(sa.String(60))
    document_kind: Mapped[str] = mapped_column(sa.String(60))
    name_en: Mapped[str] = mapped_column(sa.String(300))
    name_ru: Mapped[str] = mapped_column(sa.String(300), default="")
    name_ky: Mapped[str] = mapped_column(sa.String(300), default="")
    is_required: Mapped[bool]
    is_uncertain: Mapped[bool] = mapped_column(default=False)
    copies: Mapped[int] = mapped_column(default=1)
    needs_original: Mapped[bool] = mapped_column(default=False)
    needs_translation: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    status: Mapped[ItemStatus] = mapped_column(words(ItemStatus, "status"))
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(sa.String(200))


class Deadline(Base):
    """What a case must keep: the law's limit and the safe date, each with the rule that made it.

    Rows are computed by :mod:`core.services.deadlines` when facts or rules change and read by
    every list. ``is_open`` is the case's and ``faculty_id`` that of whose dean's office knows the
    person now, both repeated here for the indexes the radar reads. ``revision`` counts how often
    ``due_on`` was another day before.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        sa.Index(None, "is_open", "due_on"),
        sa.Index(
            "ix_deadline_at_faculty",
            "faculty_id",
            "due_on",
            "id",
            sqlite_where=sa.text("is_open"),
            postgresql_where=sa.text("is_open"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("visa_case.id"), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    faculty_id: Mapped[int | None] = mapped_column(sa.ForeignKey("faculty.id"))
    due_on: Mapped[date]
    due_rule_id: Mapped[int] = mapped_column(sa.ForeignKey("rule.id"), index=True)
    due_explanation: Mapped[list[Any]]
    target_on: Mapped[date | None]
    target_rule_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rule.id"), index=True)
    target_explanation: Mapped[list[Any]]
    is_open: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    computed_at: Mapped[datetime]


class Expiry(Base):
    """The last day of a paper that must not run out unseen: a visa, a registration, a contract.

    ``record_id`` is the id in the table of its matter. Rows are computed by
    :mod:`core.services.expiries` when facts change; what runs out no more has none. ``faculty_id``
    is that of whose dean's office knows the person now. ``revision`` counts how often ``ends_on``
    was another day before, the last time at ``changed_at``; None where it never was.
    """

    __tablename__ = "expiry"
    __table_args__ = (
        sa.UniqueConstraint("matter", "record_id"),
        sa.Index(None, "matter", "ends_on", "id"),
        sa.Index(None, "faculty_id", "matter", "ends_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matter: Mapped[Matter] = mapped_column(words(Matter, "matter"))
    record_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    faculty_id: Mapped[int | None] = mapped_column(sa.ForeignKey("faculty.id"))
    ends_on: Mapped[date]
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    changed_at: Mapped[datetime | None]
