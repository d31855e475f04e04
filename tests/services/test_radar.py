"""The radar: everything that is due or runs out, its counts, and who waits for whom."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from core.permissions import Actor
from core.rules.steps import MoveFacts
from core.services.case_moves import confirm_application, move_case
from core.services.case_views import cases_of_person
from core.services.cases import complete_case
from core.services.person_forms import VisaForm
from core.services.radar import NEAR, RadarFilter, radar_counts, radar_list, waiting
from core.services.visas import add_visa
from core.terms import CaseKind, Matter, Party, Urgency, VisaEntries
from db.engine import writing
from db.models.cases import CaseItem
from tests.cast import TODAY, Cast, enrol, passport

EVERYTHING = RadarFilter()


def told(actor: Actor, **wanted: object) -> list[tuple[str, str, date | None]]:
    rows = radar_list(actor, RadarFilter(**wanted)).rows  # type: ignore[arg-type]
    return [(line.name.split()[0], line.matter.value, line.due_on) for line in rows]


def visa(until: date) -> VisaForm:
    return VisaForm(category="S", entries=VisaEntries.SINGLE, valid_until=until)


def test_cases_and_papers_stand_in_one_list_the_soonest_first(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine, visa=visa(date(2026, 9, 20)))
    enrol(
        cast.staff,
        cast.dentistry,
        passport=passport(number="ZZ2", surname="SECONDOV", expires_on=date(2026, 9, 5)),
        entered_on=date(2026, 8, 20),
        visa=visa(date(2026, 9, 20)),
    )
    # Papers for an extension are due 30 days before the visa ends, here on 21 August, but on no day
    # before the entry; registration within five working days, of which 31 August was none.
    assert told(cast.staff) == [
        ("SECONDOV", "case", date(2026, 8, 21)),
        ("SECONDOV", "case", date(2026, 8, 27)),
        ("TESTOV", "case", date(2026, 8, 28)),
        ("SECONDOV", "passport", date(2026, 9, 5)),
        ("TESTOV", "case", date(2026, 9, 7)),
        ("TESTOV", "visa", date(2026, 9, 20)),
        ("SECONDOV", "visa", date(2026, 9, 20)),
    ]


def test_nothing_beyond_the_month_is_near_and_all_of_it_is_later(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    assert told(cast.staff) == [("TESTOV", "case", date(2026, 9, 7))]
    assert told(cast.staff, span=Urgency.LATER) == [
        ("TESTOV", "case", date(2026, 10, 27)),
        ("TESTOV", "visa", date(2026, 11, 26)),
        ("TESTOV", "passport", date(2030, 5, 14)),
        ("TESTOV", "contract", date(2031, 6, 30)),
    ]


@pytest.mark.parametrize(
    ("days", "span"),
    [
        (-1, Urgency.OVERDUE),
        (0, Urgency.THIS_WEEK),
        (7, Urgency.THIS_WEEK),
        (8, Urgency.TWO_WEEKS),
        (14, Urgency.TWO_WEEKS),
        (15, Urgency.THIS_MONTH),
        (30, Urgency.THIS_MONTH),
        (31, None),
    ],
)
def test_a_visa_is_counted_in_the_span_of_its_last_day(
    cast: Cast, days: int, span: Urgency | None
) -> None:
    person_id = enrol(cast.staff, cast.medicine, visa=visa(TODAY + timedelta(days=days)))
    counts = radar_counts(cast.staff)[Matter.VISA]
    assert counts == {each: int(each is span) for each in NEAR}
    for each in NEAR:
        page = radar_list(cast.staff, RadarFilter(span=each, matter=Matter.VISA))
        assert page.total == len(page.rows) == counts[each]
    if span:
        line = radar_list(cast.staff, RadarFilter(span=span, matter=Matter.VISA)).rows[0]
        assert (line.person_id, line.days_left, line.urgency) == (person_id, days, span)
        assert line.case is not None
        assert line.case.kind is CaseKind.STUDY_VISA_EXTENSION
        assert line.case.waits_for is Party.DEAN


def test_every_count_is_the_length_of_its_list(cast: Cast) -> None:
    for number in range(12):
        enrol(
            cast.staff,
            cast.medicine if number % 2 else cast.dentistry,
            passport=passport(
                number=f"ZZ{number}",
                surname=f"PERSON{number}",
                expires_on=TODAY + timedelta(days=number * 5 - 9),
            ),
            entered_on=TODAY - timedelta(days=number),
            visa=visa(TODAY + timedelta(days=number * 4)),
            contract_until=TODAY + timedelta(days=number * 3 - 2),
            contract_from=date(2025, 9, 1),
        )
    for actor in (cast.staff, cast.dean, cast.other_dean, cast.rector):
        for party in (None, *Party):
            counts = radar_counts(actor, party=party)
            for matter in Matter:
                for span in NEAR:
                    wanted = RadarFilter(span=span, matter=matter, party=party)
                    page = radar_list(actor, wanted)
                    assert page.total == len(page.rows) == counts[matter][span]
                    assert {line.urgency for line in page.rows} <= {span}
        every = radar_list(actor, EVERYTHING)
        assert every.total == sum(sum(row.values()) for row in radar_counts(actor).values()) > 0


def test_a_dean_sees_his_own_faculty_only(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    later = RadarFilter(span=Urgency.LATER)
    assert [radar_list(cast.dean, each).total for each in (EVERYTHING, later)] == [1, 4]
    assert [radar_list(cast.other_dean, each).total for each in (EVERYTHING, later)] == [0, 0]
    assert waiting(cast.other_dean) == ()
    assert [(each.party, each.count) for each in waiting(cast.dean)] == [
        (Party.DEAN, 1),
        (Party.DEPARTMENT, 1),
    ]


def test_whose_visa_ends_and_whose_dean_has_not_delivered_is_one_list(cast: Cast) -> None:
    soon = visa(TODAY + timedelta(days=20))
    here = enrol(cast.staff, cast.medicine, visa=soon)
    there = enrol(
        cast.staff, cast.medicine, visa=soon, passport=passport(number="ZZ2", surname="SECONDOV")
    )
    _deliver(cast, there)
    late = RadarFilter(matter=Matter.VISA, party=Party.DEAN)
    assert [line.person_id for line in radar_list(cast.staff, late).rows] == [here]
    ours = RadarFilter(matter=Matter.VISA, party=Party.DEPARTMENT)
    assert [line.person_id for line in radar_list(cast.staff, ours).rows] == [there]
    # Nobody takes care of a contract by a case: it waits for none of the parties.
    assert radar_list(cast.staff, RadarFilter(matter=Matter.CONTRACT, party=Party.DEAN)).total == 0


def _deliver(cast: Cast, person_id: int) -> None:
    extension = _extension(cast, person_id)
    with writing() as session:
        session.execute(
            sa.update(CaseItem)
            .where(CaseItem.case_id == extension.case_id)
            .values(status="pending")
        )
    confirm_application(cast.dean, extension.case_id, version=extension.version)


def _extension(cast: Cast, person_id: int):  # type: ignore[no-untyped-def]
    cases = cases_of_person(cast.staff, person_id)
    return next(case for case in cases if case.kind is CaseKind.STUDY_VISA_EXTENSION)


def test_who_waits_longest_stands_first_whatever_his_dates(cast: Cast) -> None:
    first = enrol(cast.staff, cast.medicine, visa=visa(date(2027, 6, 30)))
    with time_machine.travel(datetime(2026, 9, 4, 6, tzinfo=UTC), tick=False):
        second = enrol(
            cast.staff,
            cast.medicine,
            visa=visa(date(2026, 9, 20)),
            passport=passport(number="ZZ2", surname="SECONDOV"),
        )
        wanted = RadarFilter(party=Party.DEAN)
        lines = radar_list(cast.staff, wanted).rows
        assert [line.person_id for line in lines] == [first, second]
        (dean, department) = waiting(cast.staff)
        assert (dean.party, dean.count, dean.oldest_on) == (Party.DEAN, 2, TODAY)
        assert (department.party, department.count) == (Party.DEPARTMENT, 2)


def test_what_is_written_is_counted_at_once(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert [each.count for each in waiting(cast.staff)] == [1, 1]
    assert radar_counts(cast.staff)[Matter.CASE][Urgency.THIS_WEEK] == 1
    registration = next(
        case
        for case in cases_of_person(cast.staff, person_id)
        if case.kind is CaseKind.REGISTRATION
    )
    complete_case(cast.staff, registration.case_id, version=registration.version)
    assert [(each.party, each.count) for each in waiting(cast.staff)] == [(Party.DEAN, 1)]
    assert radar_counts(cast.staff)[Matter.CASE][Urgency.THIS_WEEK] == 0
    extension = _extension(cast, person_id)
    known = MoveFacts(moved_on=TODAY, reason="by telephone")
    move_case(cast.staff, extension.case_id, "department", known, version=extension.version)
    assert [(each.party, each.count) for each in waiting(cast.staff)] == [(Party.DEPARTMENT, 1)]
    add_visa(cast.staff, person_id, visa(TODAY + timedelta(days=3)))
    assert radar_counts(cast.staff)[Matter.VISA][Urgency.THIS_WEEK] == 1


@pytest.mark.parametrize(
    ("instant", "days_left"),
    [
        (datetime(2026, 9, 7, 17, 59, tzinfo=UTC), 0),  # 23:59 in Bishkek on the 7th
        (datetime(2026, 9, 7, 18, 0, tzinfo=UTC), -1),  # midnight in Bishkek
    ],
)
def test_the_day_changes_at_midnight_in_bishkek(
    cast: Cast, instant: datetime, days_left: int
) -> None:
    enrol(cast.staff, cast.medicine)
    radar_counts(cast.staff)
    with time_machine.travel(instant, tick=False):
        line = radar_list(cast.staff, EVERYTHING).rows[0]
        assert line.days_left == days_left
        overdue = radar_counts(cast.staff)[Matter.CASE][Urgency.OVERDUE]
        assert overdue == int(days_left < 0)
