"""Addresses under which calendars fetch a user's due dates."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class CalendarAddress(Base):
    """The one address of a user's calendar. Only the hash of its token is kept.

    ``token_hash`` is the SHA-256 of the token in hexadecimal. ``last_read_at`` is None until some
    calendar has fetched it. A row that is gone makes its address one that never was.
    """

    __tablename__ = "calendar_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("app_user.id"), unique=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    last_read_at: Mapped[datetime | None]
