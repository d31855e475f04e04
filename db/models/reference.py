"""Facts of law and of the house: dated rows with their source, shipped and then edited."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import (
    CaseKind,
    ChargeKind,
    Confidence,
    Party,
    ResidenceKind,
    RuleAnchor,
    RulePurpose,
    RuleSide,
    RuleUnit,
)
from db.base import Base, Versioned, words


class Founded(Versioned):
    """A row of law: where it comes from, how sure it is, and when it holds.

    ``reference_key`` names the shipped row it was loaded from and is None for a row of the head's
    own; ``in_force_until`` is inclusive and None while the row holds. ``ended_id`` names the row of
    the same table that this one took over from, and ``ended_until`` how long that had held before.
    A row that was withdrawn was a mistake: it never held and stays only because a date may name it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    reference_key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    reference_digest: Mapped[str | None] = mapped_column(sa.String(64))
    source: Mapped[str] = mapped_column(sa.Text)
    source_url: Mapped[str] = mapped_column(sa.Text, default="")
    confidence: Mapped[Confidence] = mapped_column(words(Confidence, "confidence"))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    note_ru: Mapped[str] = mapped_column(sa.Text, default="")
    note_ky: Mapped[str] = mapped_column(sa.Text, default="")
    in_force_from: Mapped[date]
    in_force_until: Mapped[date | None]
    ended_id: Mapped[int | None]
    ended_until: Mapped[date | None]
    confirmed_by: Mapped[str | None] = mapped_column(sa.String(200))
    confirmed_at: Mapped[datetime | None]
    recheck_by: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(sa.String(200))


class RuleRow(Founded, Base):
    """A deadline rule: so many days before or after a dated fact."""

    __tablename__ = "rule"
    __table_args__ = (sa.Index(None, "code", "in_force_from"),)

    code: Mapped[str] = mapped_column(sa.String(60))
    purpose: Mapped[RulePurpose] = mapped_column(words(RulePurpose, "purpose"))
    anchor: Mapped[RuleAnchor] = mapped_column(words(RuleAnchor, "anchor"))
    side: Mapped[RuleSide] = mapped_column(words(RuleSide, "side"))
    amount: Mapped[int]
    unit: Mapped[RuleUnit] = mapped_column(words(RuleUnit, "unit"))
    citizenships: Mapped[list[Any]]
    visa_categories: Mapped[list[Any]]
    residence: Mapped[ResidenceKind | None] = mapped_column(words(ResidenceKind, "residence"))
    text_en: Mapped[str] = mapped_column(sa.Text)
    text_ru: Mapped[str] = mapped_column(sa.Text, default="")
    text_ky: Mapped[str] = mapped_column(sa.Text, default="")


class RequirementRow(Founded, Base):
    """A document that a procedure asks for, if all of its conditions hold.

    ``conditions`` holds values of :class:`RequirementCondition`, ``citizenships`` ISO alpha-2
    codes; either is empty where it does not matter.
    """

    __tablename__ = "requirement"

    procedure: Mapped[CaseKind] = mapped_column(words(CaseKind, "procedure"), index=True)
    item_code: Mapped[str] = mapped_column(sa.String(60))
    document_kind: Mapped[str] = mapped_column(sa.String(60))
    name_en: Mapped[str] = mapped_column(sa.String(300))
    name_ru: Mapped[str] = mapped_column(sa.String(300), default="")
    name_ky: Mapped[str] = mapped_column(sa.String(300), default="")
    is_required: Mapped[bool]
    conditions: Mapped[list[Any]]
    citizenships: Mapped[list[Any]]
    copies: Mapped[int] = mapped_column(default=1)
    needs_original: Mapped[bool] = mapped_column(default=False)
    needs_translation: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    is_active: Mapped[bool]


class StepRow(Founded, Base):
    """A step of a procedure: who has to act in it, and how long it is meant to take.

    ``planned_days`` is None while nobody has said how long.
    """

    __tablename__ = "step"

    procedure: Mapped[CaseKind] = mapped_column(words(CaseKind, "procedure"), index=True)
    code: Mapped[str] = mapped_column(sa.String(60))
    name_en: Mapped[str] = mapped_column(sa.String(200))
    name_ru: Mapped[str] = mapped_column(sa.String(200), default="")
    name_ky: Mapped[str] = mapped_column(sa.String(200), default="")
    waits_for: Mapped[Party] = mapped_column(words(Party, "waits_for"))
    planned_days: Mapped[int | None]
    planned_unit: Mapped[RuleUnit] = mapped_column(words(RuleUnit, "planned_unit"))
    needs_reference: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    is_active: Mapped[bool]


class ChargeRow(Founded, Base):
    """A state fee or a fine; the amount is in the smallest unit of its currency."""

    __tablename__ = "charge"

    kind: Mapped[ChargeKind] = mapped_column(words(ChargeKind, "kind"))
    procedure: Mapped[CaseKind | None] = mapped_column(words(CaseKind, "procedure"))
    name_en: Mapped[str] = mapped_column(sa.String(200))
    name_ru: Mapped[str] = mapped_column(sa.String(200), default="")
    name_ky: Mapped[str] = mapped_column(sa.String(200), default="")
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))


class Country(Base):
    """A state by its ISO codes, with its names."""

    __tablename__ = "country"

    iso2: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    iso3: Mapped[str] = mapped_column(sa.String(3), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(100))
    name_ru: Mapped[str] = mapped_column(sa.String(100))
    name_ky: Mapped[str] = mapped_column(sa.String(100))


class RegistrationExemption(Founded, Base):
    """For how many calendar days after entry a state's citizens need no registration."""

    __tablename__ = "registration_exemption"

    iso2: Mapped[str] = mapped_column(sa.ForeignKey("country.iso2"), index=True)
    exempt_days: Mapped[int]
    has_asterisk: Mapped[bool] = mapped_column(default=False)


class VisaFreeTerm(Founded, Base):
    """How long a state's citizens may stay without a visa, in which sliding window.

    ``stay_days`` is 0 where a visa is required and None where the sources give no number.
    """

    __tablename__ = "visa_free_term"

    iso2: Mapped[str] = mapped_column(sa.ForeignKey("country.iso2"), index=True)
    stay_days: Mapped[int | None]
    window_days: Mapped[int | None]
    rule: Mapped[str] = mapped_column(sa.String(60))


class Holiday(Versioned, Base):
    """A day off, or (``is_working``) a weekend day that the government made a working day."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    name_en: Mapped[str] = mapped_column(sa.String(200))
    name_ru: Mapped[str] = mapped_column(sa.String(200), default="")
    name_ky: Mapped[str] = mapped_column(sa.String(200), default="")
    is_working: Mapped[bool] = mapped_column(default=False)
    is_struck: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(sa.Text)
    confidence: Mapped[Confidence] = mapped_column(words(Confidence, "confidence"))


class HouseSetting(Versioned, Base):
    """One thing the head decides about the house: the university's name, telephone, letterhead."""

    __tablename__ = "house_setting"

    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    value: Mapped[dict[str, Any]]
