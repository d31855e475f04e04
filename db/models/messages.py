"""Messages to students and representatives: their texts, their plan, and what became of them."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import CaseKind, Language, MessageAudience, MessageChannel, MessageStatus
from db.base import Base, Versioned, words
from db.models.reference import Founded


class MessageTemplate(Founded, Base):
    """The text of a kind of message, with fields in braces.

    ``procedure`` is None for a text that serves every procedure without one of its own, and for
    the free one (``is_reminder`` is false).
    """

    __tablename__ = "message_template"

    code: Mapped[str] = mapped_column(sa.String(60))
    procedure: Mapped[CaseKind | None] = mapped_column(words(CaseKind, "procedure"))
    audience: Mapped[MessageAudience] = mapped_column(words(MessageAudience, "audience"))
    is_reminder: Mapped[bool]
    position: Mapped[int]
    name_en: Mapped[str] = mapped_column(sa.String(200))
    name_ru: Mapped[str] = mapped_column(sa.String(200), default="")
    name_ky: Mapped[str] = mapped_column(sa.String(200), default="")
    subject_en: Mapped[str] = mapped_column(sa.String(200))
    subject_ru: Mapped[str] = mapped_column(sa.String(200), default="")
    subject_ky: Mapped[str] = mapped_column(sa.String(200), default="")
    body_en: Mapped[str] = mapped_column(sa.Text)
    body_ru: Mapped[str] = mapped_column(sa.Text, default="")
    body_ky: Mapped[str] = mapped_column(sa.Text, default="")


class ReminderPlan(Founded, Base):
    """How many days before a due date people are reminded of it, by the code of its rule."""

    __tablename__ = "reminder_plan"

    code: Mapped[str] = mapped_column(sa.String(60))
    days_before: Mapped[list[Any]]
    is_active: Mapped[bool]


class Message(Versioned, Base):
    """One message to one recipient, a person or a representative, as it was written and went out.

    ``recipient`` and ``address`` are as they were when it was written. ``kind`` is the procedure it
    reminds of, None for one that was written freely. ``is_edited`` says that somebody changed its
    text, which is then left alone; ``is_automatic`` that a plan made it and nobody has pressed the
    button that sends it.
    """

    __tablename__ = "message"
    __table_args__ = (
        sa.CheckConstraint("(person_id IS NULL) <> (agent_id IS NULL)", name="one_recipient"),
        sa.Index(None, "status", "id"),
        # The queue: a handful among everything that was ever sent.
        sa.Index(
            "ix_message_waiting",
            "next_attempt_at",
            "id",
            sqlite_where=sa.text("status = 'queued'"),
            postgresql_where=sa.text("status = 'queued'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    agent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agent.id"), index=True)
    recipient: Mapped[str] = mapped_column(sa.String(250))
    address: Mapped[str] = mapped_column(sa.String(200))
    channel: Mapped[MessageChannel] = mapped_column(words(MessageChannel, "channel"))
    language: Mapped[Language] = mapped_column(words(Language, "language"))
    kind: Mapped[CaseKind | None] = mapped_column(words(CaseKind, "kind"))
    subject: Mapped[str] = mapped_column(sa.String(300))
    body: Mapped[str] = mapped_column(sa.Text)
    is_edited: Mapped[bool] = mapped_column(default=False)
    status: Mapped[MessageStatus] = mapped_column(words(MessageStatus, "status"))
    is_automatic: Mapped[bool] = mapped_column(default=False)
    mail_id: Mapped[str] = mapped_column(sa.String(100), unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(sa.Text, default="")
    claimed_by: Mapped[str | None] = mapped_column(sa.String(100))
    claimed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(sa.String(150))
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[str | None] = mapped_column(sa.String(150))


class MessagePerson(Base):
    """Whom a message is about, and what is due of him.

    ``reminder_key`` names the reminder (case, due date, stage or day, recipient): of each there is
    one at most, whoever prepares it. ``reminded_on`` is the day it was prepared.
    """

    __tablename__ = "message_person"
    __table_args__ = (sa.Index(None, "case_id", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("visa_case.id"))
    due_on: Mapped[date | None]
    reminded_on: Mapped[date]
    reminder_key: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
