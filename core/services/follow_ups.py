"""What follows when the facts of many people have changed, in a few statements for all of them.

``tests/services/test_follow_ups.py`` holds that the outcome is that of
:func:`core.services.consequences.follow_up` for each of them alone.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import Actor
from core.rules.cases import (
    STUDY_CASES,
    STUDY_CATEGORY,
    cases_that_follow,
    end_of_study_case,
    is_another_visa,
    taken_over,
)
from core.rules.checklists import CaseFacts, requirements_for
from core.services import audit
from core.services.batch_places import leave_batches, waiting_places
from core.services.case_rows import (
    Beginning,
    Whose,
    beginnings,
    case_row,
    close_row,
    item_values,
    parting_by,
    place_cases,
)
from core.services.cases import ENDINGS
from core.services.consequences import facts_of, note_facts, repeat_passport
from core.services.deadlines import recompute_people
from core.services.expiries import refresh_expiries
from core.services.follow_up_records import Record, records_of
from core.services.lookalikes import refresh_pairs
from core.services.record_facts import contradictions_of
from core.services.rulebook import load_requirements, needs_entry_visa
from core.services.versions import touch
from core.terms import (
    CaseKind,
    CaseOutcome,
    Contradiction,
)
from db.models.batches import BatchCase
from db.models.cases import Case, CaseItem, Deadline

_Beginnings = Callable[[CaseKind], Beginning]
_NeedsVisa = Callable[[str | None], bool | None]


@dataclass(kw_only=True)
class CaseChanges:
    """The ids of the cases of a person that were opened, and of those that were closed.

    ``left`` are the places in batches in which the closed ones waited.
    """

    opened: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


def follow_up_all(
    session: Session, actor: Actor, person_ids: Collection[int]
) -> dict[int, CaseChanges]:
    """Bring what is computed from the facts of many people up to date, in this transaction.

    Each counts one more change. Return by person what happened to his cases.
    """
    session.flush()
    records = records_of(session, set(person_ids))
    today = clock.today(settings.current().time_zone)
    needs_visa = cache(partial(needs_entry_visa, session, on=today))
    for each in records:
        touch(each.person, actor)
        if each.current_passport is not None:
            repeat_passport(each.person, each.current_passport)
    held = contradictions_of(session, [each.person for each in records])
    for each in records:
        _note(each, needs_visa, held[each.person.id])
    refresh_pairs(session, [each.person.id for each in records])
    closed = [told for each in records for told in _close_cases(each, actor)]
    left = waiting_places(session, BatchCase.case_id.in_([case.id for _action, case in closed]))
    for outcome in CaseOutcome:
        ended = [case.id for _action, case in closed if case.outcome is outcome]
        leave_batches(session, actor, ended, parting_by(outcome))
    begins_at = beginnings(session)
    opened = [(each, case) for each in records for case in _wanted_cases(each, actor, begins_at)]
    session.flush()
    session.add_all([case for _each, case in opened])
    session.flush()
    ids = {each.person.id for each in records}
    place_cases(session, ids)
    recompute_people(session, ids)
    refresh_expiries(session, ids)
    _ask_for_papers(session, opened, needs_visa)
    told = [*closed, *(("case.open", case) for _each, case in opened)]
    audit.record_all(session, actor, [_entry(action, case) for action, case in told])
    changes: defaultdict[int, CaseChanges] = defaultdict(CaseChanges)
    for each, case in opened:
        changes[each.person.id].opened.append(case.id)
    for _action, case in closed:
        changes[case.person_id].closed.append(case.id)
        changes[case.person_id].left += [place.id for place in left if place.case_id == case.id]
    return changes


def _note(each: Record, needs_visa: _NeedsVisa, held: Sequence[Contradiction]) -> None:
    facts = facts_of(
        each.person,
        passport=each.current_passport,
        enrolment=each.enrolment,
        residence=each.residence,
        visa=each.visa_in_force,
        has_entry=each.has_entry,
        has_photo=each.has_photo,
        needs_visa=needs_visa(each.person.citizenship),
    )
    note_facts(each.person, each.passports, facts, held)


def _wanted_kinds(each: Record) -> tuple[CaseKind, ...]:
    causes, visa_id = each.causes, each.visa.id if each.visa else None
    kinds = cases_that_follow(causes.study, is_unregistered=causes.is_unregistered)
    return tuple(
        kind
        for kind in kinds
        if (kind not in each.open_cases and (kind, visa_id) not in each.refused)
        or (kind is CaseKind.REGISTRATION and causes.is_entry_unregistered)
    )


def _close_cases(each: Record, actor: Actor) -> Iterable[tuple[str, Case]]:
    """Close what ends: study cases that are done or uncalled for, the registration of before."""
    for kind in STUDY_CASES:
        case = each.open_cases.get(kind)
        if case is None:
            continue
        held = each.visa.id if each.visa else None
        is_another = is_another_visa(kind, began_from=case.visa_id, held=held)
        outcome = end_of_study_case(each.causes.study, has_another_visa=is_another)
        if outcome is not None:
            del each.open_cases[kind]
            yield ENDINGS[outcome], _closed(case, actor, outcome)
    earlier = each.open_cases.get(CaseKind.REGISTRATION)
    if earlier is not None and CaseKind.REGISTRATION in _wanted_kinds(each):
        yield "case.supersede", _closed(earlier, actor, CaseOutcome.SUPERSEDED)


def _closed(case: Case, actor: Actor, outcome: CaseOutcome) -> Case:
    touch(case, actor)
    close_row(case, outcome)
    return case


def _wanted_cases(each: Record, actor: Actor, begins_at: _Beginnings) -> list[Case]:
    whose = Whose(
        faculty_id=each.faculty_id,
        responsible_id=taken_over(case.responsible_id for case in each.open_cases.values()),
        opened_by=actor.full_name,
    )
    return [
        case_row(
            each.person.id,
            kind,
            begins_at(kind),
            whose=whose,
            entry=each.causes.entry_of(kind),
            visa=each.visa,
        )
        for kind in _wanted_kinds(each)
    ]


def _ask_for_papers(
    session: Session, opened: Sequence[tuple[Record, Case]], needs_visa: _NeedsVisa
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
