"""What follows when the facts of many people have changed, in a few statements for all of them.

``tests/services/test_follow_ups.py`` holds that the outcome is that of
:func:`core.services.consequences.follow_up` for each of them alone.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import Actor
from core.rules.cases import STUDY_CATEGORY, cases_that_follow, taken_over
from core.rules.checklists import CaseFacts, requirements_for
from core.services import audit
from core.services.case_rows import (
    Beginning,
    Whose,
    beginnings,
    case_row,
    close_row,
    item_values,
    place_cases,
)
from core.services.consequences import PHOTO, facts_of, note_facts, repeat_passport
from core.services.deadlines import recompute_people
from core.services.expiries import known_to, refresh_expiries
from core.services.lookalikes import refresh_pairs
from core.services.rulebook import load_requirements, needs_entry_visa
from core.services.versions import touch
from core.terms import (
    CURRENT_ENROLMENT_STATUSES,
    CaseKind,
    CaseOutcome,
    CrossingDirection,
    VisaStatus,
)
from db.models.cases import Case, CaseItem, Deadline
from db.models.documents import Document
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa

_Beginnings = Callable[[CaseKind], Beginning]
_NeedsVisa = Callable[[str | None], bool | None]


@dataclass(kw_only=True)
class CaseChanges:
    """The ids of the cases of a person that were opened, and of those that were closed."""

    opened: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)


@dataclass(kw_only=True)
class _Record:
    """A person with the rows that things follow from; ``passports`` begins with the current one.

    ``crossing`` is the last one, in or out; ``open_cases`` are those that are open now.
    """

    person: Person
    passports: list[Passport] = field(default_factory=list)
    enrolment: Enrolment | None = None
    residence: Residence | None = None
    visa: Visa | None = None
    crossing: Crossing | None = None
    has_entry: bool = False
    has_photo: bool = False
    is_entry_answered: bool = False
    open_cases: dict[CaseKind, Case] = field(default_factory=dict)

    @property
    def entry(self) -> Crossing | None:
        """The last crossing, if it was an entry."""
        is_entry = self.crossing and self.crossing.direction is CrossingDirection.IN
        return self.crossing if is_entry else None

    @property
    def faculty_id(self) -> int | None:
        """The faculty whose dean's office knows him."""
        place = self.enrolment
        return known_to(place.status, place.faculty_id) if place else None

    @property
    def is_student(self) -> bool:
        return self.enrolment is not None and self.enrolment.status in CURRENT_ENROLMENT_STATUSES


def follow_up_all(
    session: Session, actor: Actor, person_ids: Collection[int]
) -> dict[int, CaseChanges]:
    """Bring what is computed from the facts of many people up to date, in this transaction.

    Each counts one more change. Return by person what happened to his cases.
    """
    session.flush()
    records = _records(session, set(person_ids))
    today = clock.today(settings.current().time_zone)
    needs_visa = cache(partial(needs_entry_visa, session, on=today))
    for each in records:
        touch(each.person, actor)
        _refresh(each, needs_visa)
    refresh_pairs(session, [each.person.id for each in records])
    closed = [told for each in records for told in _close_cases(each, actor)]
    begins_at = beginnings(session)
    opened = [(each, case) for each in records for case in _wanted_cases(each, actor, begins_at)]
    session.flush()
    session.add_all([case for _each, case in opened])
    session.flush()
    place_cases(session, {each.person.id for each in records})
    recompute_people(session, {each.person.id for each in records})
    refresh_expiries(session, {each.person.id for each in records})
    _ask_for_papers(session, opened, needs_visa)
    told = [*closed, *(("case.open", case) for _each, case in opened)]
    audit.record_all(session, actor, [_entry(action, case) for action, case in told])
    changes: defaultdict[int, CaseChanges] = defaultdict(CaseChanges)
    for each, case in opened:
        changes[each.person.id].opened.append(case.id)
    for _action, case in closed:
        changes[case.person_id].closed.append(case.id)
    return changes


def _refresh(each: _Record, needs_visa: _NeedsVisa) -> None:
    current = each.passports[0] if each.passports and each.passports[0].is_current else None
    if current is not None:
        repeat_passport(each.person, current)
    facts = facts_of(
        each.person,
        passport=current,
        enrolment=each.enrolment,
        residence=each.residence,
        visa=each.visa,
        has_entry=each.has_entry,
        has_photo=each.has_photo,
        needs_visa=needs_visa(each.person.citizenship),
    )
    note_facts(each.person, each.passports, facts)


def _wanted_kinds(each: _Record) -> tuple[CaseKind, ...]:
    kinds = cases_that_follow(
        has_unregistered_entry=each.entry is not None and not each.is_entry_answered,
        is_student=each.is_student,
        visa_category=each.visa.category if each.visa else None,
    )
    return tuple(
        kind for kind in kinds if kind is CaseKind.REGISTRATION or kind not in each.open_cases
    )


def _close_cases(each: _Record, actor: Actor) -> Iterable[tuple[str, Case]]:
    """Close what ends: the visa cases of who is no student, and the registration of before."""
    if not each.is_student:
        for kind in (CaseKind.STUDY_VISA, CaseKind.STUDY_VISA_EXTENSION):
            if kind in each.open_cases:
                case = each.open_cases.pop(kind)
                yield "case.withdraw", _closed(case, actor, CaseOutcome.WITHDRAWN)
    earlier = each.open_cases.get(CaseKind.REGISTRATION)
    if earlier is not None and CaseKind.REGISTRATION in _wanted_kinds(each):
        yield "case.supersede", _closed(earlier, actor, CaseOutcome.SUPERSEDED)


def _closed(case: Case, actor: Actor, outcome: CaseOutcome) -> Case:
    touch(case, actor)
    close_row(case, outcome)
    return case


def _wanted_cases(each: _Record, actor: Actor, begins_at: _Beginnings) -> list[Case]:
    whose = Whose(
        faculty_id=each.faculty_id,
        responsible_id=taken_over(case.responsible_id for case in each.open_cases.values()),
        opened_by=actor.full_name,
    )
    return [
        case_row(
            each.person.id, kind, begins_at(kind), whose=whose, entry=each.entry, visa=each.visa
        )
        for kind in _wanted_kinds(each)
    ]


def _ask_for_papers(
    session: Session, opened: Sequence[tuple[_Record, Case]], needs_visa: _NeedsVisa
) -> None:
    """Write down what each new case asks of its person today."""
    due = _due_dates(session, [case.id for _each, case in opened])
    asked = cache(partial(load_requirements, session))
    items = []
    for each, case in opened:
        facts = CaseFacts(
            residence=each.residence.kind if each.residence else None,
            needs_entry_visa=needs_visa(each.person.citizenship),
            is_late=case.id in due and due[case.id] < case.opened_on,
            holds_study_visa=each.visa is not None and each.visa.category == STUDY_CATEGORY,
            citizenship=each.person.citizenship,
        )
        papers = requirements_for(asked(case.kind), facts, on=case.opened_on)
        items += [item_values(case.id, paper) for paper in papers]
    if items:
        session.execute(sa.insert(CaseItem), items)


def _due_dates(session: Session, case_ids: Sequence[int]) -> dict[int, Any]:
    rows = session.execute(
        sa.select(Deadline.case_id, Deadline.due_on)
        .where(Deadline.case_id.in_(case_ids), Deadline.is_open)
        .order_by(Deadline.case_id)
    )
    return {case_id: due_on for case_id, due_on in rows}  # noqa: C416 - rows are no pairs


def _entry(action: str, case: Case) -> audit.Entry:
    return audit.Entry(
        action=action,
        subject_kind="case",
        subject_id=case.id,
        person_id=case.person_id,
        clear={"step": case.step},
    )


def _records(session: Session, ids: set[int]) -> list[_Record]:
    """Return the people with all that follows is computed from, by a question for each table."""
    people = session.scalars(sa.select(Person).where(Person.id.in_(ids)).order_by(Person.id))
    records = {person.id: _Record(person=person) for person in people}
    _add_papers(session, records)
    _add_circumstances(session, records)
    _add_cases(session, records)
    return list(records.values())


def _add_papers(session: Session, records: Mapping[int, _Record]) -> None:
    passports = (
        sa.select(Passport)
        .where(Passport.person_id.in_(records), Passport.voided_at.is_(None))
        .order_by(Passport.is_current.desc(), Passport.id.desc())
    )
    for passport in session.scalars(passports):
        records[passport.person_id].passports.append(passport)
    active = sa.select(Visa).where(Visa.person_id.in_(records), Visa.status == VisaStatus.ACTIVE)
    for visa in session.scalars(active.order_by(Visa.valid_until, Visa.id)):
        records[visa.person_id].visa = visa
    photos = (
        sa.select(Document.person_id)
        .where(Document.person_id.in_(records), Document.kind == PHOTO)
        .order_by(Document.person_id)
    )
    for person_id in session.scalars(photos):
        records[person_id].has_photo = True


def _add_circumstances(session: Session, records: Mapping[int, _Record]) -> None:
    current = sa.select(Enrolment).where(Enrolment.person_id.in_(records), Enrolment.is_current)
    for enrolment in session.scalars(current.order_by(Enrolment.id)):
        records[enrolment.person_id].enrolment = enrolment
    present = sa.select(Residence).where(
        Residence.person_id.in_(records), Residence.until_on.is_(None)
    )
    for residence in session.scalars(present.order_by(Residence.id)):
        records[residence.person_id].residence = residence
    crossed = sa.select(Crossing).where(Crossing.person_id.in_(records))
    for crossing in session.scalars(crossed.order_by(Crossing.crossed_on, Crossing.id)):
        each = records[crossing.person_id]
        each.crossing = crossing
        each.has_entry = each.has_entry or crossing.direction is CrossingDirection.IN


def _add_cases(session: Session, records: Mapping[int, _Record]) -> None:
    cases = (
        sa.select(Case)
        .where(
            Case.person_id.in_(records),
            sa.or_(Case.closed_at.is_(None), Case.kind == CaseKind.REGISTRATION),
        )
        .order_by(Case.id)
    )
    for case in session.scalars(cases):
        each = records[case.person_id]
        if case.closed_at is None:
            each.open_cases[case.kind] = case
        if case.kind is CaseKind.REGISTRATION and each.entry is not None:
            each.is_entry_answered = each.is_entry_answered or case.crossing_id == each.entry.id
