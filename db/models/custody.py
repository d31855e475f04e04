"""Passports in hands other than their owners': who holds each now, and how it came there."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import PassportHolder
from db.base import Base, Versioned, words

_HELD = sa.text("holder <> 'owner'")


class Custody(Versioned, Base):
    """Who holds a passport now, and since when; a passport nobody ever took in has no row.

    ``expected_back_on`` is the day by which its owner should have it again, None where none was
    said.
    """

    __tablename__ = "custody"
    __table_args__ = (
        # Passports we hold: a few hundred among those of everybody who ever studied here.
        sa.Index(
            "ix_custody_held",
            "expected_back_on",
            "since_on",
            "id",
            sqlite_where=_HELD,
            postgresql_where=_HELD,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    passport_id: Mapped[int] = mapped_column(sa.ForeignKey("passport.id"), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    holder: Mapped[PassportHolder] = mapped_column(words(PassportHolder, "holder"))
    since_on: Mapped[date]
    expected_back_on: Mapped[date | None]


class CustodyMove(Base):
    """A passport went from one hand to another. Rows are added only.

    One that was taken in from its owner has a receipt: the ``receipt_number``-th of its year.
    """

    __tablename__ = "custody_move"
    __table_args__ = (sa.UniqueConstraint("receipt_year", "receipt_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    passport_id: Mapped[int] = mapped_column(sa.ForeignKey("passport.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    before: Mapped[PassportHolder] = mapped_column(words(PassportHolder, "before"))
    after: Mapped[PassportHolder] = mapped_column(words(PassportHolder, "after"))
    moved_on: Mapped[date]
    expected_back_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    receipt_year: Mapped[int | None]
    receipt_number: Mapped[int | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(sa.String(150))
