"""People who look like one: which two do, and which two are known to be two."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class PossiblePair(Base):
    """Two records that share name and birth date, or a passport number; the lower id first.

    Computed from the people's facts whenever these change, so that the list of pairs asks nobody
    else. A pair stays while it is so, whatever was decided about it.
    """

    __tablename__ = "possible_pair"
    __table_args__ = (sa.CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    second_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id"), primary_key=True, autoincrement=False, index=True
    )


class NotTheSame(Base):
    """Two people who look like one, and somebody knows them to be two; the lower id first."""

    __tablename__ = "not_the_same"
    __table_args__ = (sa.CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    second_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id"), primary_key=True, autoincrement=False, index=True
    )
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(sa.String(150))
