"""Deadlines: what each open case must keep, computed from facts and rules and stored.

Every list reads the stored rows. They are computed anew for one case when its facts change, and
for all of them, in committed chunks, when rules or holidays change.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.rules import explanation
from core.rules.calendar import WorkCalendar
from core.rules.deadlines import (
    Deadline,
    Facts,
    Rule,
    first_visa_deadlines,
    registration_deadlines,
    visa_extension_deadlines,
)
from core.services.rulebook import exempt_days, load_calendar, load_rules
from core.terms import CaseKind, RuleAnchor, VisaStatus
from db.engine import reading
from db.models.cases import Case
from db.models.cases import Deadline as DeadlineRow
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa

Pair = tuple[Deadline, Deadline | None]


@dataclass(frozen=True, kw_only=True)
class RuleBook:
    """The rules and the calendar of one computation, read once for many cases."""

    rules: tuple[Rule, ...]
    calendar: WorkCalendar


def open_rule_book(session: Session) -> RuleBook:
    """Return the rules and working days as they stand now."""
    return RuleBook(rules=load_rules(session), calendar=load_calendar(session))


def store_deadline(session: Session, case: Case, book: RuleBook) -> None:
    """Compute the deadline of ``case`` and store it; a case without a dated fact has none."""
    stored = session.scalars(sa.select(DeadlineRow).filter_by(case_id=case.id)).one_or_none()
    pair = _compute(session, case, book) if case.closed_at is None else None
    if pair is None:
        if stored is not None:
            stored.is_open = False
        return
    due, target = pair
    if stored is None:
        stored = DeadlineRow(case_id=case.id, person_id=case.person_id)
        session.add(stored)
    stored.due_on = due.due_on
    stored.due_rule_id = due.rule.rule_id
    stored.due_explanation = explanation.to_json(due.explanation)
    stored.target_on = target.due_on if target else None
    stored.target_rule_id = target.rule.rule_id if target else None
    stored.target_explanation = explanation.to_json(target.explanation) if target else []
    stored.is_open = True
    stored.computed_at = clock.utc_now()
    session.flush()


def open_case_count() -> int:
    """Return how many cases are open."""
    with reading() as session:
        return (
            session.scalar(
                sa.select(sa.func.count()).select_from(Case).where(Case.closed_at.is_(None))
            )
            or 0
        )


def recompute_chunk(session: Session, *, after_case_id: int, limit: int) -> tuple[int, int]:
    """Recompute up to ``limit`` open cases with ids above ``after_case_id``.

    Return the last id done and how many there were; none left is ``(after_case_id, 0)``.
    """
    cases = session.scalars(
        sa.select(Case)
        .where(Case.id > after_case_id, Case.closed_at.is_(None))
        .order_by(Case.id)
        .limit(limit)
    ).all()
    book = open_rule_book(session)
    for case in cases:
        store_deadline(session, case, book)
    return (cases[-1].id if cases else after_case_id), len(cases)


def _compute(session: Session, case: Case, book: RuleBook) -> Pair | None:
    facts = _facts(session, case)
    if case.kind is CaseKind.REGISTRATION:
        return registration_deadlines(facts, book.rules, book.calendar)
    if case.kind is CaseKind.STUDY_VISA:
        return first_visa_deadlines(facts, book.rules, book.calendar)
    if case.kind is CaseKind.STUDY_VISA_EXTENSION:
        return visa_extension_deadlines(facts, book.rules, book.calendar)
    return None


def _facts(session: Session, case: Case) -> Facts:
    person = session.get_one(Person, case.person_id)
    visa = current_visa(session, case.person_id)
    entered_on = _entered_on(session, case)
    residence = session.scalars(
        sa.select(Residence.kind)
        .filter_by(person_id=case.person_id, until_on=None)
        .order_by(Residence.id.desc())
    ).first()
    return Facts(
        citizenship=person.citizenship,
        residence=residence,
        visa_category=visa.category if visa else None,
        exemption_days=_exemption(session, person.citizenship, entered_on),
        anchors=_anchors(session, case, visa, entered_on),
    )


def _anchors(
    session: Session, case: Case, visa: Visa | None, entered_on: date | None
) -> dict[RuleAnchor, date]:
    passport_expiry = session.scalar(
        sa.select(Passport.expires_on).filter_by(person_id=case.person_id, is_current=True)
    )
    contract_end = session.scalar(
        sa.select(Enrolment.contract_until).filter_by(person_id=case.person_id, is_current=True)
    )
    known = {
        RuleAnchor.ENTRY: entered_on,
        RuleAnchor.VISA_EXPIRY: visa.valid_until if visa else None,
        RuleAnchor.PASSPORT_EXPIRY: passport_expiry,
        RuleAnchor.CONTRACT_END: contract_end,
    }
    return {anchor: day for anchor, day in known.items() if day is not None}


def current_visa(session: Session, person_id: int) -> Visa | None:
    """Return the person's active visa that ends last, or None."""
    return session.scalars(
        sa.select(Visa)
        .filter_by(person_id=person_id, status=VisaStatus.ACTIVE)
        .order_by(Visa.valid_until.desc(), Visa.id.desc())
    ).first()


def _entered_on(session: Session, case: Case) -> date | None:
    if case.crossing_id is None:
        return None
    return session.get_one(Crossing, case.crossing_id).crossed_on


def _exemption(session: Session, citizenship: str | None, entered_on: date | None) -> int | None:
    if citizenship is None or entered_on is None:
        return None
    return exempt_days(session, citizenship, entered_on)
