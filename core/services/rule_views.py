"""Deadline rules as Settings shows them, to every role."""

from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa

from core import clock, settings
from core.permissions import Actor, Permission
from core.rules.limits import MONTHS_A_YEAR, add_months
from core.rules.reach import FORMS, UNSHIPPED
from core.services.guard import requires
from core.services.names import Names, note_of
from core.services.rulebook import visa_categories
from core.terms import Confidence, ResidenceKind, RuleAnchor, RulePurpose, RuleSide, RuleUnit
from db.engine import reading
from db.models.reference import RuleRow


@dataclass(frozen=True, kw_only=True)
class RuleDraft:
    """A rule that does not exist yet, with nothing in it but what every one of its kind has."""

    code: str
    anchor: RuleAnchor
    side: RuleSide
    next_recheck: date
    amount: int = 0
    unit: RuleUnit = RuleUnit.WORKING_DAYS
    citizenships: frozenset[str] = frozenset()
    visa_categories: frozenset[str] = frozenset()
    residence: ResidenceKind | None = None
    rule_id: None = None


@dataclass(frozen=True, kw_only=True)
class RuleView:
    """A rule as Settings shows it; ``is_due_for_recheck`` where its day of rechecking is past.

    ``next_recheck`` is the day to propose when it is confirmed: the one it has, if that lies ahead.
    """

    rule_id: int
    version: int
    code: str
    purpose: RulePurpose
    anchor: RuleAnchor
    side: RuleSide
    amount: int
    unit: RuleUnit
    citizenships: frozenset[str]
    visa_categories: frozenset[str]
    residence: ResidenceKind | None
    text: Names
    source: str
    source_url: str
    confidence: Confidence
    note: Names
    in_force_from: date
    in_force_until: date | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    recheck_by: date | None
    next_recheck: date
    is_due_for_recheck: bool
    withdrawn_by: str | None


@requires(Permission.READ_RULES)
def list_rules(actor: Actor) -> tuple[RuleView, ...]:  # noqa: ARG001
    """Return every rule by code, those in force and to come before the past and the withdrawn."""
    today = clock.today(settings.current().time_zone)
    with reading() as session:
        rows = session.scalars(
            sa.select(RuleRow).order_by(RuleRow.code, RuleRow.in_force_from.desc(), RuleRow.id)
        )
        views = [_view(row, today=today) for row in rows]
    return tuple(sorted(views, key=lambda view: (view.code, _is_past(view, today))))


@requires(Permission.READ_RULES)
def unset_terms(actor: Actor) -> tuple[RuleDraft, ...]:  # noqa: ARG001
    """Return for each kind of term that nobody has set what its rule would begin with."""
    today = clock.today(settings.current().time_zone)
    with reading() as session:
        known = set(
            session.scalars(
                sa.select(RuleRow.code).filter_by(withdrawn_at=None).order_by(RuleRow.code)
            )
        )
    return tuple(
        RuleDraft(
            code=code,
            anchor=FORMS[code].anchors[0],
            side=FORMS[code].side,
            next_recheck=add_months(today, MONTHS_A_YEAR),
        )
        for code in UNSHIPPED
        if code not in known
    )


@requires(Permission.READ_RULES)
def visa_letters(actor: Actor) -> tuple[str, ...]:  # noqa: ARG001
    """Return the letters of visas a rule may speak of, abolished ones too."""
    return visa_categories()


@requires(Permission.EDIT_RULES)
def rules_to_recheck(actor: Actor) -> tuple[RuleView, ...]:
    """Return the rules in force or to come whose day of rechecking is past."""
    return tuple(view for view in list_rules(actor) if view.is_due_for_recheck)


def _is_past(view: RuleView, today: date) -> bool:
    ended = view.in_force_until is not None and view.in_force_until < today
    return ended or view.withdrawn_by is not None


def _next_recheck(row: RuleRow, today: date) -> date:
    if row.recheck_by is not None and row.recheck_by > today:
        return row.recheck_by
    return add_months(today, MONTHS_A_YEAR)


def _view(row: RuleRow, *, today: date) -> RuleView:
    view = RuleView(
        rule_id=row.id,
        version=row.version,
        code=row.code,
        purpose=row.purpose,
        anchor=row.anchor,
        side=row.side,
        amount=row.amount,
        unit=row.unit,
        citizenships=frozenset(row.citizenships),
        visa_categories=frozenset(row.visa_categories),
        residence=row.residence,
        text=Names(en=row.text_en, ru=row.text_ru, ky=row.text_ky),
        source=row.source,
        source_url=row.source_url,
        confidence=row.confidence,
        note=note_of(row),
        in_force_from=row.in_force_from,
        in_force_until=row.in_force_until,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        recheck_by=row.recheck_by,
        next_recheck=_next_recheck(row, today),
        is_due_for_recheck=False,
        withdrawn_by=row.withdrawn_by,
    )
    is_due = row.recheck_by is not None and row.recheck_by < today and not _is_past(view, today)
    return replace(view, is_due_for_recheck=is_due)
