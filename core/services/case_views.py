"""Cases as screens and letters show them: items, dates and why each date is what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from core.permissions import Actor, Permission
from core.rules.explanation import Explanation, from_json, years_of_working_days
from core.services.case_gaps import ReportedChange, follows_visa, gap_of, reported_changes
from core.services.case_steps import Way, step_names
from core.services.guard import requires
from core.services.holidays import confirmed_years
from core.services.names import Names, note_of
from core.services.remembered import remembered
from core.services.responsible import responsible_names
from core.services.scope import visible_case, visible_person
from core.terms import (
    CaseKind,
    CaseOutcome,
    Confidence,
    DueGap,
    ItemStatus,
    Party,
)
from db.engine import reading
from db.models.cases import Case, CaseItem, Deadline
from db.models.documents import Document
from db.models.reference import RuleRow


@dataclass(frozen=True, kw_only=True)
class ExplainedDate:
    """A due or target date with the rule that made it and the count that led to it.

    ``confirmed_by`` is None while nobody of the house has confirmed the rule. ``doubtful_years``
    are those the count of working days runs through whose days off nobody has confirmed.
    """

    on: date
    rule_id: int
    rule_code: str
    rule_text: Names
    source: str
    source_url: str
    confidence: Confidence
    in_force_from: date
    confirmed_by: str | None
    confirmed_at: datetime | None
    note: Names
    steps: Explanation
    doubtful_years: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """One document the case asks for; ``document_id`` is the scan delivered last."""

    case_item_id: int
    version: int
    item_code: str
    document_kind: str
    name: Names
    is_required: bool
    is_uncertain: bool
    copies: int
    needs_original: bool
    needs_translation: bool
    status: ItemStatus
    reason: str
    decided_at: datetime | None
    decided_by: str | None
    document_id: int | None
    preview_count: int
    uploaded_by: str | None
    uploaded_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case with its items and dates; ``due`` is None while no dated fact is known.

    ``gap`` says why there is none where no fact is missing. ``reported`` is the change of status
    that a notice tells of, ``follows_visa`` marks a registration that no entry called for.
    """

    case_id: int
    version: int
    person_id: int
    kind: CaseKind
    step: str
    step_name: Names
    waits_for: Party | None
    responsible_id: int | None
    responsible: str | None
    moved_on: date
    planned_until: date | None
    ways: tuple[Way, ...]
    opened_on: date
    opened_by: str
    closed_at: datetime | None
    outcome: CaseOutcome | None
    application_confirmed_at: datetime | None
    application_confirmed_by: str | None
    returned_reason: str
    due: ExplainedDate | None
    target: ExplainedDate | None
    gap: DueGap | None
    reported: ReportedChange | None
    follows_visa: bool
    items: tuple[ItemView, ...]

    @property
    def required_items(self) -> tuple[ItemView, ...]:
        """The items without which the case cannot go on."""
        return tuple(item for item in self.items if item.is_required)

    @property
    def settled_count(self) -> int:
        """How many required items are accepted or were seen on paper."""
        settled = (ItemStatus.ACCEPTED, ItemStatus.SEEN_ON_PAPER)
        return sum(item.status in settled for item in self.required_items)


_DUE_RULE, _TARGET_RULE = aliased(RuleRow), aliased(RuleRow)

#: The date the law gives and the safe one before it.
_Dates = tuple[ExplainedDate | None, ExplainedDate | None]
_NO_DATES: _Dates = (None, None)


@requires(Permission.READ_CASES)
def case_view(actor: Actor, case_id: int) -> CaseView:
    """Return one case. Raises :class:`NotFound` outside the actor's scope."""
    with reading() as session:
        return views_of(session, actor, [visible_case(session, actor, case_id)])[0]


@requires(Permission.READ_CASES)
def cases_of_person(actor: Actor, person_id: int) -> tuple[CaseView, ...]:
    """Return the person's cases, open ones first, then the newest.

    Raises :class:`NotFound` outside the actor's scope.
    """
    with reading() as session:
        visible_person(session, actor, person_id)
        return remembered(
            session,
            ("cases", person_id, actor.role),
            lambda: views_of(session, actor, _cases_of(session, person_id)),
        )


def _cases_of(session: Session, person_id: int) -> Sequence[Case]:
    return session.scalars(
        sa.select(Case)
        .filter_by(person_id=person_id)
        .order_by(Case.closed_at.is_not(None), Case.opened_on.desc(), Case.id.desc())
    ).all()


@requires(Permission.READ_CASES)
def next_due_of_person(actor: Actor, person_id: int) -> tuple[CaseKind, date] | None:
    """Return the soonest date an open case of the person must keep, and its kind; None for none."""
    with reading() as session:
        visible_person(session, actor, person_id)
        return remembered(session, ("next_due", person_id), lambda: _next_due(session, person_id))


def _next_due(session: Session, person_id: int) -> tuple[CaseKind, date] | None:
    row = session.execute(
        sa.select(Case.kind, Deadline.due_on)
        .join(Case, Case.id == Deadline.case_id)
        .where(Deadline.person_id == person_id, Deadline.is_open)
        .order_by(Deadline.due_on, Case.id)
    ).first()
    return (row.kind, row.due_on) if row else None


def views_of(session: Session, actor: Actor, cases: Sequence[Case]) -> tuple[CaseView, ...]:
    """Return ``cases`` in their order, each with its items and explained dates.

    Who may not read batches does not learn what an authority answered: that it refused, or why it
    returned the papers to the department.
    """
    knows_answers = actor.can(Permission.READ_BATCHES)
    ids = [case.id for case in cases]
    dates, items = _dates(session, ids), _items(session, ids)
    steps = step_names(session, {case.kind for case in cases})
    reported = reported_changes(session, cases)
    names = responsible_names(session, {case.responsible_id for case in cases})
    return tuple(
        CaseView(
            case_id=case.id,
            version=case.version,
            person_id=case.person_id,
            kind=case.kind,
            step=case.step,
            step_name=steps.name(case.kind, case.step),
            waits_for=case.waits_for,
            responsible_id=case.responsible_id,
            responsible=names.get(case.responsible_id or 0),
            moved_on=case.moved_on,
            planned_until=case.planned_until,
            ways=steps.ways(case),
            opened_on=case.opened_on,
            opened_by=case.opened_by,
            closed_at=case.closed_at,
            outcome=case.outcome
            if knows_answers or case.outcome is not CaseOutcome.REFUSED
            else None,
            application_confirmed_at=case.application_confirmed_at,
            application_confirmed_by=case.application_confirmed_by,
            returned_reason=case.returned_reason
            if knows_answers or case.waits_for is Party.DEAN
            else "",
            due=dates.get(case.id, _NO_DATES)[0],
            target=dates.get(case.id, _NO_DATES)[1],
            gap=gap_of(case, dates.get(case.id, _NO_DATES)[0]),
            reported=reported.get(case.status_change_id or 0),
            follows_visa=follows_visa(case),
            items=tuple(items.get(case.id, ())),
        )
        for case in cases
    )


def _dates(session: Session, case_ids: Sequence[int]) -> dict[int, _Dates]:
    """Return the due and the target date of each case that has any."""
    rows = session.execute(
        sa.select(Deadline, _DUE_RULE, _TARGET_RULE)
        .join(_DUE_RULE, _DUE_RULE.id == Deadline.due_rule_id)
        .outerjoin(_TARGET_RULE, _TARGET_RULE.id == Deadline.target_rule_id)
        .where(Deadline.case_id.in_(case_ids))
        .order_by(Deadline.id)
    )
    confirmed = confirmed_years(session)
    return {
        deadline.case_id: (
            _explained(deadline.due_on, due_rule, deadline.due_explanation, confirmed),
            _explained(deadline.target_on, target_rule, deadline.target_explanation, confirmed)
            if deadline.target_on is not None
            else None,
        )
        for deadline, due_rule, target_rule in rows
    }


def _explained(
    on: date, rule: RuleRow, stored: list[Any], confirmed: frozenset[int]
) -> ExplainedDate:
    steps = from_json(stored)
    leaned_on = years_of_working_days(steps)
    return ExplainedDate(
        on=on,
        rule_id=rule.id,
        rule_code=rule.code,
        rule_text=Names(en=rule.text_en, ru=rule.text_ru, ky=rule.text_ky),
        source=rule.source,
        source_url=rule.source_url,
        confidence=rule.confidence,
        in_force_from=rule.in_force_from,
        confirmed_by=rule.confirmed_by,
        confirmed_at=rule.confirmed_at,
        note=note_of(rule),
        steps=steps,
        doubtful_years=tuple(year for year in leaned_on if year not in confirmed),
    )


def _items(session: Session, case_ids: Sequence[int]) -> dict[int, list[ItemView]]:
    """Return what each case asks for, in the order of its package."""
    rows = session.execute(
        sa.select(CaseItem, Document)
        .outerjoin(Document, Document.id == CaseItem.document_id)
        .where(CaseItem.case_id.in_(case_ids))
        .order_by(CaseItem.position, CaseItem.id)
    )
    found: dict[int, list[ItemView]] = {}
    for item, document in rows:
        found.setdefault(item.case_id, []).append(_item(item, document))
    return found


def _item(item: CaseItem, document: Document | None) -> ItemView:
    return ItemView(
        case_item_id=item.id,
        version=item.version,
        item_code=item.item_code,
        document_kind=item.document_kind,
        name=Names(en=item.name_en, ru=item.name_ru, ky=item.name_ky),
        is_required=item.is_required,
        is_uncertain=item.is_uncertain,
        copies=item.copies,
        needs_original=item.needs_original,
        needs_translation=item.needs_translation,
        status=item.status,
        reason=item.reason,
        decided_at=item.decided_at,
        decided_by=item.decided_by,
        document_id=item.document_id,
        preview_count=document.preview_count if document else 0,
        uploaded_by=document.uploaded_by if document else None,
        uploaded_at=document.uploaded_at if document else None,
    )
