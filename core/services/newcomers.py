"""Many new students at once: what the intake does for one of them, in a few statements for all.

Nothing has to be asked of the database about somebody who is not in it yet, so what follows is
computed from the rows at hand. ``tests/services/test_newcomers.py`` holds that the outcome is that
of :func:`core.services.people.add_student`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import Actor
from core.rules.book import CaseDates
from core.rules.cases import STUDY_CATEGORY, cases_that_follow
from core.rules.checklists import CaseFacts, requirements_for
from core.services import audit
from core.services.cases import case_row, item_values
from core.services.consequences import facts_of, note_facts
from core.services.deadlines import Computation, columns_of
from core.services.lookalikes import refresh_pairs
from core.services.person_forms import StudentForm
from core.services.person_rows import (
    Circumstances,
    circumstance_rows,
    passport_row,
    person_row,
    registration_entry,
)
from core.services.rulebook import (
    load_requirements,
    needs_entry_visa,
    note_computing,
    open_rule_book,
)
from core.services.versions import touch
from core.terms import CURRENT_ENROLMENT_STATUSES
from db.models.cases import Case, CaseItem, Deadline
from db.models.people import Passport, Person


@dataclass(frozen=True)
class _Newcomer:
    form: StudentForm
    person: Person
    passport: Passport | None
    circumstances: Circumstances

    def dates_of(self, case: Case) -> CaseDates:
        """Return what a case of his counts from."""
        around = self.circumstances
        return CaseDates(
            case.kind,
            self.person.citizenship,
            around.residence.kind if around.residence else None,
            around.visa.category if around.visa else None,
            around.entry.crossed_on if around.entry else None,
            around.visa.valid_until if around.visa else None,
            self.passport.expires_on if self.passport else None,
            around.enrolment.contract_until if around.enrolment else None,
        )


def add_students(session: Session, actor: Actor, forms: Sequence[StudentForm]) -> list[Person]:
    """Add students whose forms were found right, in the caller's transaction, in their order.

    A passport that somebody else registered meanwhile raises ``IntegrityError``, after which the
    transaction cannot go on.
    """
    newcomers = _added(session, actor, forms)
    needs_visa = _visa_question(session)
    entries = [registration_entry(each.person, each.form) for each in newcomers]
    for each in newcomers:
        touch(each.person, actor)
        passports = [each.passport] if each.passport else []
        note_facts(each.person, passports, _facts(each, needs_visa))
    refresh_pairs(session, [each.person.id for each in newcomers])
    entries += _open_cases(session, actor, newcomers, needs_visa)
    audit.record_all(session, actor, entries)
    return [each.person for each in newcomers]


def _added(session: Session, actor: Actor, forms: Sequence[StudentForm]) -> list[_Newcomer]:
    people = [person_row(form, by=actor.full_name) for form in forms]
    session.add_all(people)
    session.flush()
    passports = [
        passport_row(person.id, form.passport) if form.passport.number.strip() else None
        for person, form in zip(people, forms, strict=True)
    ]
    session.add_all([passport for passport in passports if passport is not None])
    session.flush()
    newcomers = [
        _Newcomer(
            form,
            person,
            passport,
            circumstance_rows(person.id, passport.id if passport else None, form),
        )
        for form, person, passport in zip(forms, people, passports, strict=True)
    ]
    session.add_all([row for each in newcomers for row in each.circumstances.rows()])
    session.flush()
    return newcomers


def _facts(each: _Newcomer, needs_visa: Callable[[str | None], bool | None]) -> Any:
    return facts_of(
        each.person,
        passport=each.passport,
        enrolment=each.circumstances.enrolment,
        residence=each.circumstances.residence,
        visa=each.circumstances.visa,
        has_entry=each.circumstances.entry is not None,
        has_photo=False,
        needs_visa=needs_visa(each.person.citizenship),
    )


def _open_cases(
    session: Session,
    actor: Actor,
    newcomers: Sequence[_Newcomer],
    needs_visa: Callable[[str | None], bool | None],
) -> list[audit.Entry]:
    """Open the cases that follow, with their due dates and papers; return what the log says."""
    opened = [(each, case) for each in newcomers for case in _cases_of(each, by=actor.full_name)]
    session.add_all([case for _each, case in opened])
    session.flush()
    note_computing(session)
    computation = Computation(open_rule_book(session))
    asked = cache(partial(load_requirements, session))
    now = clock.utc_now()
    deadlines: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for each, case in opened:
        pair = computation(each.dates_of(case))
        if pair is not None:
            whose = {"case_id": case.id, "person_id": each.person.id, "computed_at": now}
            deadlines.append({**whose, **columns_of(pair)})
        is_late = pair is not None and pair[0].due_on < case.opened_on
        facts = _case_facts(each, needs_visa, is_late=is_late)
        papers = requirements_for(asked(case.kind), facts, on=case.opened_on)
        items += [item_values(case.id, paper) for paper in papers]
    for table, rows in ((Deadline, deadlines), (CaseItem, items)):
        if rows:
            session.execute(sa.insert(table), rows)
    return [
        audit.Entry(
            action="case.open",
            subject_kind="case",
            subject_id=case.id,
            person_id=case.person_id,
            clear={"step": case.step.value},
        )
        for _each, case in opened
    ]


def _cases_of(each: _Newcomer, *, by: str) -> list[Case]:
    around = each.circumstances
    kinds = cases_that_follow(
        has_unregistered_entry=around.entry is not None,
        is_student=around.enrolment is not None
        and around.enrolment.status in CURRENT_ENROLMENT_STATUSES,
        visa_category=around.visa.category if around.visa else None,
    )
    return [
        case_row(each.person.id, kind, entry=around.entry, visa=around.visa, by=by)
        for kind in kinds
    ]


def _case_facts(
    each: _Newcomer, needs_visa: Callable[[str | None], bool | None], *, is_late: bool
) -> CaseFacts:
    around = each.circumstances
    return CaseFacts(
        residence=around.residence.kind if around.residence else None,
        needs_entry_visa=needs_visa(each.person.citizenship),
        is_late=is_late,
        holds_study_visa=around.visa is not None and around.visa.category == STUDY_CATEGORY,
        citizenship=each.person.citizenship,
    )


def _visa_question(session: Session) -> Callable[[str | None], bool | None]:
    """Return the question whether citizens of a state need an entry visa, each asked once."""
    today: date = clock.today(settings.current().time_zone)
    return cache(lambda iso2: needs_entry_visa(session, iso2, today))
