"""Students who come from another university of the country, and changes that are to be told."""

from dataclasses import replace
from datetime import date

from core.services.board import cases_in_step
from core.services.cards import person_card
from core.services.case_gaps import ReportedChange, gaps_of_person
from core.services.case_views import CaseView, cases_of_person
from core.services.cases import complete_case, open_by_hand
from core.services.enrolments import EnrolmentForm, add_enrolment, change_enrolment
from core.services.person_forms import VisaForm
from core.services.rule_changes import RuleChange, change_rule
from core.services.visas import add_visa, annul_visa
from core.terms import (
    CaseKind,
    CaseOutcome,
    DueGap,
    EnrolmentStatus,
    RuleAnchor,
    RuleUnit,
    VisaEntries,
)
from tests.cast import TODAY, Cast, enrol, passport
from tests.services.test_lives import make_step, place_of, step

NOTICE, INVITATION = CaseKind.STATUS_NOTICE, CaseKind.ENTRY_INVITATION
INVITED, ARRIVED, STUDYING, ON_LEAVE, GRADUATED, TRANSFERRED, EXPELLED, LEFT = EnrolmentStatus
OTHER = "A Fictitious University of Osh"


def notices(cast: Cast, person_id: int) -> list[CaseView]:
    cases = cases_of_person(cast.staff, person_id)
    return sorted((c for c in cases if c.kind is NOTICE), key=lambda case: case.case_id)


def kinds(cast: Cast, person_id: int) -> set[CaseKind]:
    cases = cases_of_person(cast.staff, person_id)
    return {case.kind for case in cases if case.closed_at is None}


# In


def gone_and_back(cast: Cast) -> int:
    """Return somebody whose place here has ended, and who holds a visa through another one."""
    person_id = enrol(cast.staff, cast.medicine)
    make_step(cast, person_id, step(LEFT))
    (notice,) = notices(cast, person_id)
    complete_case(cast.staff, notice.case_id, version=notice.version)
    return person_id


def test_a_transfer_in_asks_for_the_annulment_and_a_new_invitation(cast: Cast) -> None:
    person_id = gone_and_back(cast)
    add_enrolment(
        cast.staff, person_id, EnrolmentForm(faculty_id=cast.medicine, transferred_from=OTHER)
    )
    card = person_card(cast.dean, person_id)
    assert card.transferred_from == OTHER
    assert card.visa_to_annul == card.visas[0]
    assert INVITATION in kinds(cast, person_id)
    held = card.visas[0]
    annul_visa(cast.staff, held.visa_id, reason="Transferred", version=held.version)
    assert person_card(cast.staff, person_id).visa_to_annul is None


def test_a_new_visa_ends_the_duty_as_well(cast: Cast) -> None:
    person_id = gone_and_back(cast)
    add_enrolment(
        cast.staff, person_id, EnrolmentForm(faculty_id=cast.medicine, transferred_from=OTHER)
    )
    new = VisaForm(category="S", entries=VisaEntries.SINGLE, valid_until=date(2027, 8, 1))
    add_visa(cast.staff, person_id, new)
    assert person_card(cast.staff, person_id).visa_to_annul is None


def test_a_transfer_noted_later_asks_for_the_same_and_a_mistake_is_taken_back(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert INVITATION not in kinds(cast, person_id)
    place = place_of(cast, person_id)
    told = replace(place.known, transferred_from=OTHER)
    change_enrolment(cast.staff, place.enrolment_id, told, version=place.version)
    assert person_card(cast.staff, person_id).visa_to_annul is not None
    assert INVITATION in kinds(cast, person_id)
    place = place_of(cast, person_id)
    change_enrolment(
        cast.staff,
        place.enrolment_id,
        replace(place.known, transferred_from=" "),
        version=place.version,
    )
    assert person_card(cast.staff, person_id).visa_to_annul is None


def test_an_ordinary_enrolment_asks_for_neither(cast: Cast) -> None:
    person_id = gone_and_back(cast)
    add_enrolment(cast.staff, person_id, EnrolmentForm(faculty_id=cast.medicine))
    assert person_card(cast.staff, person_id).visa_to_annul is None
    assert INVITATION not in kinds(cast, person_id)


# Out


def test_a_notice_without_a_term_stays_red_until_it_is_sent(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    make_step(cast, person_id, step(STUDYING))
    make_step(cast, person_id, step(EXPELLED))
    (notice,) = notices(cast, person_id)
    assert (notice.due, notice.gap) == (None, DueGap.NO_TERM)
    assert gaps_of_person(cast.rector, person_id) == (NOTICE,)
    (line,) = cases_in_step(cast.staff, NOTICE, notice.step).rows
    assert (line.urgency, line.gap) == (None, DueGap.NO_TERM)
    complete_case(cast.staff, notice.case_id, version=notice.version)
    (notice,) = notices(cast, person_id)
    assert (notice.outcome, notice.gap) == (CaseOutcome.DONE, None)
    assert gaps_of_person(cast.rector, person_id) == ()


def test_a_second_change_supersedes_the_notice_of_the_first(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    make_step(cast, person_id, step(STUDYING))
    make_step(cast, person_id, step(ON_LEAVE, happened_on=date(2026, 8, 20)))
    make_step(cast, person_id, step(TRANSFERRED))
    first, second = notices(cast, person_id)
    assert (first.outcome, second.outcome) == (CaseOutcome.SUPERSEDED, None)


def test_the_term_counts_from_the_change_that_is_reported(cast: Cast) -> None:
    change_rule(
        cast.head,
        RuleChange(
            code="status.notice",
            anchor=RuleAnchor.STATUS_CHANGE,
            amount=10,
            unit=RuleUnit.CALENDAR_DAYS,
            in_force_from=date(2026, 1, 1),
            source="A fictitious act",
        ),
    )
    person_id = enrol(cast.staff, cast.medicine)
    make_step(cast, person_id, step(STUDYING))
    make_step(cast, person_id, step(ON_LEAVE, happened_on=date(2026, 8, 20)))
    (notice,) = notices(cast, person_id)
    assert (notice.due.on, notice.gap) == (date(2026, 8, 30), None)
    told = ReportedChange(after=ON_LEAVE, happened_on=date(2026, 8, 20))
    assert notice.reported == told
    # Back from leave nothing is to be told; the next change starts its own count.
    make_step(cast, person_id, step(STUDYING))
    (notice,) = notices(cast, person_id)
    assert notice.due.on == date(2026, 8, 30)
    make_step(cast, person_id, step(EXPELLED, happened_on=TODAY))
    _first, second = notices(cast, person_id)
    assert second.due.on == date(2026, 9, 11)


def test_a_notice_opened_by_hand_reports_the_last_change(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, passport=passport(number="ZZ2"), entered_on=None)
    open_by_hand(cast.staff, person_id, NOTICE)
    (without,) = notices(cast, person_id)
    assert without.gap is None
    complete_case(cast.staff, without.case_id, version=without.version)
    make_step(cast, person_id, step(LEFT))
    open_by_hand(cast.staff, person_id, NOTICE)
    assert notices(cast, person_id)[-1].gap is DueGap.NO_TERM
