"""People and their histories: passports, crossings, visas, residences, enrolments."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import (
    ClosedReason,
    CrossingDirection,
    EnrolmentStatus,
    Funding,
    Language,
    PassportKind,
    ResidenceKind,
    Sex,
    VisaEntries,
    VisaStatus,
)
from db.base import Base, Versioned, words


class Person(Versioned, Base):
    """Any human; what he is to the university stands beside, in enrolment and the like.

    ``surname`` to ``birth_date`` repeat the current passport, so that a list reads one table; where
    no passport is known yet they are what was said. ``search_text`` is what the search box looks
    through, folded (see ``core.rules.names``); it begins with the present surname, and
    ``search_begins`` is that beginning, in the order of its bytes. ``name_key`` is surname and
    given names folded, what namesakes are found by. ``missing`` lists the facts still to be asked
    for and ``missing_count`` says how many, for the list of incomplete records; ``contradictions``
    and ``contradiction_count`` say the same of what contradicts itself, None while nobody looked.
    ``language`` is what messages to him are written in, None while nobody has said. A record that
    was merged into another one names it in ``merged_into_id``; that one may have been merged in
    turn.
    """

    __tablename__ = "person"
    __table_args__ = (
        sa.Index(
            "ix_person_open_by_name",
            "surname",
            "given_names",
            "id",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        sa.Index(
            "ix_person_namesakes",
            "birth_date",
            "name_key",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        sa.Index(
            "ix_person_merged_into_id",
            "merged_into_id",
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        ),
        sa.Index(None, "agent_id"),
        sa.Index(None, "search_begins"),
        sa.Index(None, "citizenship", "surname", "given_names", "id"),
        # On SQLite db.search_index keeps what answers the same question.
        sa.Index(
            "ix_person_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ).ddl_if(dialect="postgresql"),
        sa.Index(
            "ix_person_incomplete",
            "surname",
            "given_names",
            "id",
            sqlite_where=sa.text("missing_count > 0 AND closed_at IS NULL"),
            postgresql_where=sa.text("missing_count > 0 AND closed_at IS NULL"),
        ),
        sa.Index(
            "ix_person_contradicting",
            "surname",
            "given_names",
            "id",
            sqlite_where=sa.text("contradiction_count > 0 AND closed_at IS NULL"),
            postgresql_where=sa.text("contradiction_count > 0 AND closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    surname: Mapped[str] = mapped_column(sa.String(100), default="")
    given_names: Mapped[str] = mapped_column(sa.String(100), default="")
    citizenship: Mapped[str | None] = mapped_column(sa.String(2))
    birth_date: Mapped[date | None]
    sex: Mapped[Sex | None] = mapped_column(words(Sex, "sex"))
    native_name: Mapped[str] = mapped_column(sa.String(200), default="")
    name_ru: Mapped[str] = mapped_column(sa.String(200), default="")
    name_ky: Mapped[str] = mapped_column(sa.String(200), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(200), default="")
    language: Mapped[Language | None] = mapped_column(words(Language, "language"))
    agent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agent.id"))
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    name_key: Mapped[str] = mapped_column(sa.String(400), default="")
    search_begins: Mapped[str] = mapped_column(
        sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
        sa.Computed("substr(search_text, 1, 60)", persisted=True),
    )
    missing: Mapped[list[Any]] = mapped_column(default=list)
    missing_count: Mapped[int] = mapped_column(default=0)
    contradictions: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    contradiction_count: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(sa.String(150))
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[ClosedReason | None] = mapped_column(words(ClosedReason, "closed_reason"))
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class Passport(Versioned, Base):
    """A travel document as printed; names and nationality belong to it.

    A number belongs to one person; it is free again once the row is void, because its record was
    merged into another or the import that brought it was undone.
    """

    __tablename__ = "passport"
    __table_args__ = (
        sa.Index(
            "uq_passport_number",
            "issuing_state",
            "number",
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        ),
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
    kind: Mapped[PassportKind] = mapped_column(
        words(PassportKind, "kind"), default=PassportKind.ORDINARY
    )
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
    voided_at: Mapped[datetime | None]


class Crossing(Versioned, Base):
    """One crossing of the border, with the passport shown at it, or None while none is known."""

    __tablename__ = "crossing"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    passport_id: Mapped[int | None] = mapped_column(sa.ForeignKey("passport.id"))
    direction: Mapped[CrossingDirection] = mapped_column(words(CrossingDirection, "direction"))
    crossed_on: Mapped[date]


class Visa(Versioned, Base):
    """A visa in a passport (None while none is known); ``valid_until`` is its last day.

    ``carried_over_on`` is the day it was carried over from an earlier passport into this one.
    """

    __tablename__ = "visa"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    passport_id: Mapped[int | None] = mapped_column(sa.ForeignKey("passport.id"))
    number: Mapped[str] = mapped_column(sa.String(40), default="")
    category: Mapped[str] = mapped_column(sa.String(5))
    entries: Mapped[VisaEntries] = mapped_column(words(VisaEntries, "entries"))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date]
    carried_over_on: Mapped[date | None]
    status: Mapped[VisaStatus] = mapped_column(words(VisaStatus, "status"))


class Registration(Versioned, Base):
    """A registration at the place of stay; ``valid_until`` is its last day, None where unknown.

    One is current; a new one takes over from it. ``crossing_id`` is the entry it answers.
    """

    __tablename__ = "registration"
    __table_args__ = (
        sa.Index(
            "uq_registration_current",
            "person_id",
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    crossing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("crossing.id"))
    number: Mapped[str] = mapped_column(sa.String(60), default="")
    place: Mapped[str] = mapped_column(sa.String(300), default="")
    registered_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    is_current: Mapped[bool] = mapped_column(default=True)


class PlannedTrip(Versioned, Base):
    """A trip out of the country that somebody plans; both days belong to it."""

    __tablename__ = "planned_trip"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    leaves_on: Mapped[date]
    returns_on: Mapped[date]
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    withdrawn_at: Mapped[datetime | None]


class Residence(Versioned, Base):
    """Where a person lives from a day on; ``until_on`` is None while he lives there.

    ``address`` is the room of a hostel or the address of a flat; the owner's consent, notarised,
    runs up to and including ``consent_until``.
    """

    __tablename__ = "residence"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[ResidenceKind] = mapped_column(words(ResidenceKind, "kind"))
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    owner_name: Mapped[str] = mapped_column(sa.String(200), default="")
    owner_phone: Mapped[str] = mapped_column(sa.String(40), default="")
    consent_until: Mapped[date | None]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]


class Enrolment(Versioned, Base):
    """A student's place at a faculty under a contract; a person may have several over time.

    ``contract_until`` and ``course_until`` are the last days of the contract and of the course;
    ``order_number`` and ``order_on`` are those of the order of admission. ``faculty_id`` is None
    while nobody has said where he will study. ``transferred_from`` is the university of the country
    he came from, empty for none, and ``former_visa_id`` the visa he held through it.

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
        sa.Index(
            "ix_enrolment_at_faculty",
            "faculty_id",
            "status",
            "person_id",
            "course",
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
        sa.Index(
            "ix_enrolment_in_status",
            "status",
            "person_id",
            "course",
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    faculty_id: Mapped[int | None] = mapped_column(sa.ForeignKey("faculty.id"))
    programme: Mapped[str] = mapped_column(sa.String(200), default="")
    group_name: Mapped[str] = mapped_column(sa.String(40), default="")
    course: Mapped[int | None]
    funding: Mapped[Funding | None] = mapped_column(words(Funding, "funding"))
    order_number: Mapped[str] = mapped_column(sa.String(60), default="")
    order_on: Mapped[date | None]
    status: Mapped[EnrolmentStatus] = mapped_column(words(EnrolmentStatus, "status"))
    contract_number: Mapped[str] = mapped_column(sa.String(60), default="")
    contract_from: Mapped[date | None]
    contract_until: Mapped[date | None]
    course_until: Mapped[date | None]
    transferred_from: Mapped[str] = mapped_column(sa.String(200), default="")
    former_visa_id: Mapped[int | None] = mapped_column(sa.ForeignKey("visa.id"))
    is_current: Mapped[bool] = mapped_column(default=True)


class StatusChange(Base):
    """One step in the life of an enrolment, with the order behind it. Rows are added only."""

    __tablename__ = "status_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), index=True)
    before: Mapped[EnrolmentStatus] = mapped_column(words(EnrolmentStatus, "before"))
    after: Mapped[EnrolmentStatus] = mapped_column(words(EnrolmentStatus, "after"))
    happened_on: Mapped[date]
    order_number: Mapped[str] = mapped_column(sa.String(60), default="")
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(sa.String(150))
