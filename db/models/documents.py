"""Scans: what they are and how they are sealed; their bytes are in the document store."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import MediaType
from db.base import Base, words


class Document(Base):
    """One version of one scan. A newer version names the older one it replaces.

    ``wrapped_key`` is the document's own data key, wrapped by a master key; without it the stored
    bytes are noise, in backups too.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    version_number: Mapped[int]
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    file_name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[MediaType] = mapped_column(words(MediaType, "media_type"))
    size: Mapped[int]
    page_count: Mapped[int]
    preview_count: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    store_name: Mapped[str] = mapped_column(sa.String(64), unique=True)
    wrapped_key: Mapped[bytes | None]
    valid_until: Mapped[date | None]
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("app_user.id"))
    uploaded_by: Mapped[str] = mapped_column(sa.String(200))
