"""Institutions abroad and at home that the university works with."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import InstitutionKind, PartnershipStage
from db.base import Base, Versioned, words


class Institution(Versioned, Base):
    """A partner, with the words the department's page says of it and where they stand.

    ``city`` is empty and the coordinates None where the source does not tell.
    """

    __tablename__ = "institution"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference_key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    name_on_page: Mapped[str] = mapped_column(sa.String(200), default="")
    kind: Mapped[InstitutionKind] = mapped_column(words(InstitutionKind, "kind"))
    stage: Mapped[PartnershipStage] = mapped_column(words(PartnershipStage, "stage"))
    stage_words: Mapped[str] = mapped_column(sa.Text, default="")
    page_reference: Mapped[str] = mapped_column(sa.String(100), default="")
    city: Mapped[str] = mapped_column(sa.String(100), default="")
    city_confidence: Mapped[str] = mapped_column(sa.String(60), default="")
    country: Mapped[str | None] = mapped_column(sa.ForeignKey("country.iso2"))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    note: Mapped[str] = mapped_column(sa.Text, default="")
