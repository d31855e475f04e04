"""Who is responsible for a case: who may be, who decides it, and who takes over a new one."""

from datetime import date

import pytest
import sqlalchemy as sa

from core.errors import Conflict, DomainError, NotFound
from core.permissions import SYSTEM_ACTOR, Actor, Role
from core.services.board import BoardFilter, board, cases_in_step
from core.services.case_views import CaseView, cases_of_person
from core.services.cases import complete_case, open_by_hand
from core.services.crossings import CrossingForm, add_crossing
from core.services.page import Page
from core.services.radar import NEAR, RadarFilter, radar_counts, radar_list, waiting
from core.services.radar_lines import RadarLine
from core.services.responsible import NOBODY, assign_case, assign_cases, people_responsible
from core.services.users import UserForm, change_user, list_users
from core.terms import CaseKind, CrossingDirection, Matter, Party, Urgency
from db.engine import reading
from db.models.audit import AuditEntry
from db.models.cases import Case
from tests.cast import Cast, enrol, passport

EXTENSION = CaseKind.STUDY_VISA_EXTENSION


def enrol_second(cast: Cast, **more: object) -> int:
    other = passport(number="ZZ2", surname="SECONDOV")
    return enrol(cast.staff, cast.dentistry, passport=other, **more)


def case_of(cast: Cast, person_id: int, kind: CaseKind = EXTENSION) -> CaseView:
    cases = cases_of_person(cast.staff, person_id)
    return next(case for case in cases if case.kind is kind and case.closed_at is None)


def give(cast: Cast, person_id: int, kind: CaseKind, user: Actor | None) -> None:
    case = case_of(cast, person_id, kind)
    user_id = user.user_id if user else None
    assign_case(cast.head, case.case_id, user_id, version=case.version)


def change(cast: Cast, username: str, **form: object) -> None:
    user = next(user for user in list_users(cast.admin) if user.username == username)
    known = {
        "username": username,
        "full_name": user.full_name,
        "role": user.role,
        "faculty_ids": user.faculty_ids,
        **form,
    }
    change_user(cast.admin, user.user_id, UserForm(**known), version=user.version)  # type: ignore[arg-type]


def names(page: Page[RadarLine]) -> list[tuple[str, str]]:
    return [(line.name.split()[0], line.matter.value) for line in page.rows]


def test_cases_are_the_work_of_staff_and_head_by_name(cast: Cast) -> None:
    assert people_responsible(cast.dean) == {
        cast.head.user_id: "Helen",
        cast.staff.user_id: "Sam",
    }
    change(cast, "helen", is_active=False)
    assert people_responsible(cast.dean) == {cast.staff.user_id: "Sam"}


def test_who_is_responsible_stands_on_the_case_and_in_the_log(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert case_of(cast, person_id).responsible is None
    give(cast, person_id, EXTENSION, cast.staff)
    case = case_of(cast, person_id)
    assert (case.responsible_id, case.responsible) == (cast.staff.user_id, "Sam")
    with reading() as session:
        entry = session.scalars(sa.select(AuditEntry).filter_by(action="case.assign")).one()
    assert (entry.actor_name, entry.subject_id, entry.person_id) == (
        "helen",
        case.case_id,
        person_id,
    )
    assert entry.clear == {"responsible_id": cast.staff.user_id}
    give(cast, person_id, EXTENSION, None)
    assert case_of(cast, person_id).responsible is None


@pytest.mark.parametrize("who", ["dean", "rector", "admin"])
def test_nobody_of_another_house_can_be_responsible(cast: Cast, who: str) -> None:
    case = case_of(cast, enrol(cast.staff, cast.medicine))
    user_id = getattr(cast, who).user_id
    with pytest.raises(DomainError) as refusal:
        assign_cases(cast.staff, {case.case_id: case.version}, user_id)
    assert refusal.value.code == "case.not_responsible"
    with pytest.raises(DomainError) as alone:
        assign_case(cast.staff, case.case_id, user_id, version=case.version)
    assert alone.value.code == "case.not_responsible"
    assert case_of(cast, case.person_id).version == case.version


def test_assigning_many_says_which_stay_and_why(cast: Cast) -> None:
    first, second, third = (
        case_of(
            cast,
            enrol(cast.staff, cast.medicine, passport=passport(number=f"ZZ{n}", surname=f"N{n}")),
        )
        for n in range(3)
    )
    complete_case(cast.staff, second.case_id, version=second.version)
    give(cast, third.person_id, EXTENSION, cast.head)
    seen = {first.case_id: first.version, second.case_id: 2, third.case_id: third.version, 999: 1}

    refused = assign_cases(cast.staff, seen, cast.staff.user_id)

    assert {case_id: type(error) for case_id, error in refused.items()} == {
        second.case_id: DomainError,
        third.case_id: Conflict,
        999: NotFound,
    }
    assert refused[second.case_id].code == "case.closed"
    assert refused[third.case_id].values["changed_by"] == "Helen"
    assert case_of(cast, first.person_id).responsible == "Sam"
    assert case_of(cast, third.person_id).responsible == "Helen"


@pytest.mark.parametrize("form", [{"is_active": False}, {"role": Role.RECTOR}])
def test_who_leaves_gives_his_open_cases_back(cast: Cast, form: dict[str, object]) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    give(cast, person_id, EXTENSION, cast.staff)
    before = case_of(cast, person_id)
    change(cast, "sam", full_name="Samuel")
    assert case_of(cast, person_id).responsible == "Samuel"
    change(cast, "sam", **form)
    after = cases_of_person(cast.head, person_id)
    assert {case.responsible for case in after} == {None}
    with pytest.raises(Conflict):
        assign_case(cast.head, before.case_id, cast.head.user_id, version=before.version)
    with reading() as session:
        told = session.scalars(
            sa.select(AuditEntry.clear)
            .filter_by(action="user.change")
            .order_by(AuditEntry.sequence)
        ).all()
    assert [entry["released_cases"] for entry in told] == [0, 1]


@pytest.mark.parametrize(
    ("registration", "extension", "expected"),
    [
        ("staff", "staff", "Sam"),
        ("staff", "head", None),
        ("staff", None, None),
        (None, None, None),
    ],
)
def test_a_new_case_goes_to_who_has_all_the_others(
    cast: Cast, registration: str | None, extension: str | None, expected: str | None
) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    for kind, who in ((CaseKind.REGISTRATION, registration), (EXTENSION, extension)):
        give(cast, person_id, kind, getattr(cast, who) if who else None)
    open_by_hand(cast.head, person_id, CaseKind.EXIT_VISA)
    assert case_of(cast, person_id, CaseKind.EXIT_VISA).responsible == expected


def test_the_registration_of_a_new_entry_stays_with_who_had_the_one_before(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    for kind in (CaseKind.REGISTRATION, EXTENSION):
        give(cast, person_id, kind, cast.staff)
    before = case_of(cast, person_id, CaseKind.REGISTRATION)
    form = CrossingForm(direction=CrossingDirection.IN, crossed_on=date(2026, 8, 31))
    add_crossing(cast.head, person_id, form)
    after = case_of(cast, person_id, CaseKind.REGISTRATION)
    assert after.case_id != before.case_id
    assert after.responsible == "Sam"


def test_a_list_shows_mine_somebodys_or_nobodys(cast: Cast) -> None:
    mine, theirs = enrol(cast.staff, cast.medicine), enrol_second(cast)
    give(cast, mine, CaseKind.REGISTRATION, cast.staff)
    give(cast, theirs, EXTENSION, cast.head)

    def found(user_id: int | None) -> list[tuple[str, str]]:
        later = RadarFilter(span=Urgency.LATER, responsible_id=user_id)
        return names(radar_list(cast.staff, RadarFilter(responsible_id=user_id))) + names(
            radar_list(cast.staff, later)
        )

    assert found(cast.staff.user_id) == [("TESTOV", "case")]
    # Of the other: his extension, and the visa that it takes care of.
    assert found(cast.head.user_id) == [("SECONDOV", "case"), ("SECONDOV", "visa")]
    assert found(NOBODY) == [("SECONDOV", "case"), ("TESTOV", "case"), ("TESTOV", "visa")]
    assert len(found(None)) == 10


def test_every_count_of_whoever_is_responsible_is_the_length_of_its_list(cast: Cast) -> None:
    for number, who in enumerate((cast.staff, cast.head, None, cast.staff)):
        person_id = enrol(
            cast.staff,
            cast.medicine if number % 2 else cast.dentistry,
            passport=passport(number=f"ZZ{number}", surname=f"PERSON{number}"),
            entered_on=date(2026, 8, 20 + number),
        )
        give(cast, person_id, EXTENSION, who)
    whose = (cast.staff.user_id, cast.head.user_id, NOBODY)
    for actor in (cast.staff, cast.dean):
        for user_id in whose:
            groups = {each.party: each.count for each in waiting(actor, responsible_id=user_id)}
            for party in Party:
                wanted = RadarFilter(party=party, responsible_id=user_id)
                page = radar_list(actor, wanted)
                assert page.total == len(page.rows) == groups.get(party, 0)
            counts = radar_counts(actor, responsible_id=user_id)
            for matter in Matter:
                for span in NEAR:
                    page = radar_list(
                        actor, RadarFilter(span=span, matter=matter, responsible_id=user_id)
                    )
                    assert page.total == len(page.rows) == counts[matter][span]
    everybody = sum(each.count for each in waiting(cast.staff))
    assert everybody == sum(
        each.count for user_id in whose for each in waiting(cast.staff, responsible_id=user_id)
    )
    assert everybody == 8


def test_the_board_counts_the_cases_of_whoever_is_responsible(cast: Cast) -> None:
    mine, _theirs = enrol(cast.staff, cast.medicine), enrol_second(cast)
    give(cast, mine, EXTENSION, cast.staff)
    for user_id, people in ((cast.staff.user_id, ["TESTOV KARIM"]), (NOBODY, ["SECONDOV KARIM"])):
        wanted = BoardFilter(responsible_id=user_id)
        assert board(cast.staff, EXTENSION, wanted)[0].count == 1
        lines = cases_in_step(cast.staff, EXTENSION, "dean", wanted).rows
        assert [line.name for line in lines] == people
    assert [line.responsible for line in cases_in_step(cast.dean, EXTENSION, "dean").rows] == [
        "Sam"
    ]
    both = BoardFilter(responsible_id=cast.staff.user_id, faculty_id=cast.dentistry)
    assert board(cast.staff, EXTENSION, both)[0].count == 0


def test_a_closed_case_keeps_who_was_responsible(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    give(cast, person_id, EXTENSION, cast.staff)
    case = case_of(cast, person_id)
    complete_case(SYSTEM_ACTOR, case.case_id, version=case.version)
    change(cast, "sam", is_active=False)
    with reading() as session:
        assert session.get_one(Case, case.case_id).responsible_id == cast.staff.user_id
