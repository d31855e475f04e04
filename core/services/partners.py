"""The register of partners, as the department's page gives it."""

from dataclasses import dataclass

import sqlalchemy as sa

from core.permissions import Actor, Permission
from core.services.guard import requires
from core.services.page import PAGE_SIZE, Page
from core.terms import InstitutionKind, PartnershipStage
from db.engine import reading
from db.models.partners import Institution


@dataclass(frozen=True, kw_only=True)
class PartnerLine:
    """A partner in the table; ``city`` is empty and ``country`` None where no source tells."""

    institution_id: int
    name: str
    name_on_page: str
    kind: InstitutionKind
    stage: PartnershipStage
    stage_words: str
    page_reference: str
    city: str
    city_confidence: str
    country: str | None
    note: str


@requires(Permission.READ_PARTNERS)
def list_partners(
    actor: Actor,  # noqa: ARG001
    *,
    search: str = "",
    kind: InstitutionKind | None = None,
    country: str | None = None,
    page: int = 1,
) -> Page[PartnerLine]:
    """Return a page of the partners by name; ``search`` is a part of either name or the city."""
    conditions: list[sa.ColumnElement[bool]] = []
    if search.strip():
        words = search.strip()
        columns = (Institution.name, Institution.name_on_page, Institution.city)
        conditions.append(sa.or_(*(column.icontains(words, autoescape=True) for column in columns)))
    if kind is not None:
        conditions.append(Institution.kind == kind)
    if country is not None:
        conditions.append(Institution.country == country)
    with reading() as session:
        total = session.scalar(
            sa.select(sa.func.count()).select_from(Institution).where(*conditions)
        )
        rows = session.scalars(
            sa.select(Institution)
            .where(*conditions)
            .order_by(Institution.name, Institution.id)
            .offset((page - 1) * PAGE_SIZE)
            .limit(PAGE_SIZE)
        ).all()
    return Page(rows=tuple(_line(row) for row in rows), total=total or 0, number=page)


@requires(Permission.READ_PARTNERS)
def partner_countries(actor: Actor) -> tuple[str, ...]:  # noqa: ARG001
    """Return the states of all partners, as ISO codes, sorted."""
    with reading() as session:
        found = session.scalars(
            sa.select(Institution.country)
            .where(Institution.country.is_not(None))
            .distinct()
            .order_by(Institution.country)
        )
        return tuple(code for code in found if code is not None)


def _line(row: Institution) -> PartnerLine:
    return PartnerLine(
        institution_id=row.id,
        name=row.name,
        name_on_page=row.name_on_page,
        kind=row.kind,
        stage=row.stage,
        stage_words=row.stage_words,
        page_reference=row.page_reference,
        city=row.city,
        city_confidence=row.city_confidence,
        country=row.country,
        note=row.note,
    )
