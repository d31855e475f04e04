"""Who stands beside a person: representatives, relatives, contacts, and his part in the house."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import EngagementKind, FamilyRelation, Language
from db.base import Base, Versioned, words


class Agent(Versioned, Base):
    """An authorised representative, who answers for the students he brought."""

    __tablename__ = "agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    name_key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    company: Mapped[str] = mapped_column(sa.String(200), default="")
    country: Mapped[str | None] = mapped_column(sa.String(2))
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(200), default="")
    language: Mapped[Language] = mapped_column(words(Language, "language"))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(sa.String(150))


class EmergencyContact(Versioned, Base):
    """Whom to call when something happens to a person."""

    __tablename__ = "emergency_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    relation: Mapped[str] = mapped_column(sa.String(100), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    ended_at: Mapped[datetime | None]


class FamilyLink(Versioned, Base):
    """A relative who is here with a person of ours; both are people with cards of their own.

    ``relation`` says what the relative is to the person.
    """

    __tablename__ = "family_link"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "relative_id"),
        sa.CheckConstraint("person_id <> relative_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    relative_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    relation: Mapped[FamilyRelation] = mapped_column(words(FamilyRelation, "relation"))
    ended_at: Mapped[datetime | None]


class Engagement(Versioned, Base):
    """What a person who is no student is to the university, from a day on; several over time.

    ``unit`` is the department, clinic or host; ``until_on`` is inclusive, None while it lasts.
    """

    __tablename__ = "engagement"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[EngagementKind] = mapped_column(words(EngagementKind, "kind"))
    position: Mapped[str] = mapped_column(sa.String(200), default="")
    unit: Mapped[str] = mapped_column(sa.String(200), default="")
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]


class PersonNote(Versioned, Base):
    """What the department wrote down about a person; dean's offices do not see it.

    ``case_id`` is the case it was written about, None for a note about the person as such.
    """

    __tablename__ = "person_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("visa_case.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    written_at: Mapped[datetime]
    written_by: Mapped[str] = mapped_column(sa.String(150))
    withdrawn_at: Mapped[datetime | None]
