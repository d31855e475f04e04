"""People and their histories: passports, crossings, visas, residences, enrolments."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import (
    CrossingDirection,
    EnrolmentStatus,
    ResidenceKind,
    Sex,
    VisaEntries,
    VisaStatus,
)
from db.base import Base, Versioned, words


class Person(Versioned, Base):
    """Any human; what he is to the university stands beside, in enrolment and the like.

    ``surname`` to ``birth_date`` repeat the current passport, so that a list reads one table;
    ``search_text`` is what the search box looks through, folded (see ``core.rules.names``).
    """

    __tablename__ = "person"
    __table_args__ = (sa.Index(None, "surname", "given_names", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    surname: Mapped[str] = mapped_column(sa.String(100), default="")
    given_names: Mapped[str] = mapped_column(sa.String(100), default="")
    citizenship: Mapped[str | None] = mapped_column(sa.String(2))
    birth_date: Mapped[date | None]
    sex: Mapped[Sex | None] = mapped_column(words(Sex, "sex"))
    native_name: Mapped[str] = mapped_column(sa.String(200), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(200), default="")
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(sa.String(150))
    closed_at: Mapped[datetime | None]


class Passport(Versioned, Base):
    """A travel document as printed; names and nationality belong to it."""

    __tablename__ = "passport"
    __table_args__ = (
        sa.UniqueConstraint("issuing_state", "number"),
        sa.Index(
            "uq_passport_current",
            "person_id",
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(40), index=True)
    issuing_state: Mapped[str] = mapped_column(sa.String(3))
    nationality: Mapped[str] = mapped_column(sa.String(3))
    surname: Mapped[str] = mapped_column(sa.String(100))
    given_names: Mapped[str] = mapped_column(sa.String(100), default="")
    birth_date: Mapped[date | None]
    sex: Mapped[Sex] = mapped_column(words(Sex, "sex"))
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    mrz: Mapped[str] = mapped_column(sa.String(150), default="")
    is_current: Mapped[bool] = mapped_column(default=True)


class Crossing(Versioned, Base):
    """One crossing of the border, with the passport shown at it."""

    __tablename__ = "crossing"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    passport_id: Mapped[int] = mapped_column(sa.ForeignKey("passport.id"))
    direction: Mapped[CrossingDirection] = mapped_column(words(CrossingDirection, "direction"))
    crossed_on: Mapped[date]


class Visa(Versioned, Base):
    """A visa in a passport; ``valid_until`` is its last day."""

    __tablename__ = "visa"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    passport_id: Mapped[int] = mapped_column(sa.ForeignKey("passport.id"))
    number: Mapped[str] = mapped_column(sa.String(40), default="")
    category: Mapped[str] = mapped_column(sa.String(5))
    entries: Mapped[VisaEntries] = mapped_column(words(VisaEntries, "entries"))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date]
    status: Mapped[VisaStatus] = mapped_column(words(VisaStatus, "status"))


class Residence(Versioned, Base):
    """Where a person lives from a day on; ``until_on`` is None while he lives there."""

    __tablename__ = "residence"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[ResidenceKind] = mapped_column(words(ResidenceKind, "kind"))
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    owner_name: Mapped[str] = mapped_column(sa.String(200), default="")
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]


class Enrolment(Versioned, Base):
    """A student's place at a faculty under a contract; a person may have several over time.

    ``contract_until`` and ``course_until`` are the last days of the contract and of the course.

    One is current (``is_current``): it decides which dean's office sees the person.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.Index(
            "uq_enrolment_current",
            "person_id",
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
        sa.Index(None, "faculty_id", "is_current"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    faculty_id: Mapped[int] = mapped_column(sa.ForeignKey("faculty.id"))
    course: Mapped[int | None]
    status: Mapped[EnrolmentStatus] = mapped_column(words(EnrolmentStatus, "status"))
    contract_number: Mapped[str] = mapped_column(sa.String(60), default="")
    contract_from: Mapped[date | None]
    contract_until: Mapped[date | None]
    course_until: Mapped[date | None]
    is_current: Mapped[bool] = mapped_column(default=True)
