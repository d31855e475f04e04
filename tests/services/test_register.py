"""The list, the search box, the exports and the representatives as use cases."""

import io
from datetime import date, datetime

import openpyxl
import pytest
import sqlalchemy as sa

from core.errors import Conflict, Invalid, NotFound
from core.services.agents import AgentForm, add_agent, agent_view, change_agent, list_agents
from core.services.cards import person_card
from core.services.case_views import cases_of_person
from core.services.exports import export_agent, export_people
from core.services.people_list import PeopleFilter, citizenships, list_people
from core.services.people_query import people_filter, query_of
from core.services.search import find
from core.terms import EnrolmentStatus, PersonFact, Urgency
from db.engine import reading, writing
from db.models.audit import AuditEntry
from db.models.people import Person
from tests.cast import Cast, enrol, passport

KARIMOV = {"surname": "KARIMOV", "given_names": "ALI", "number": "AB9984567"}


def names(rows: object) -> list[str]:
    return [row.name for row in rows]


def sheet_of(content: bytes) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [*book.active.iter_rows(values_only=True)]


@pytest.mark.parametrize("typed", ["каримов", "karim", "4567", "KARIMOV ali", "али кар", "555123"])
def test_the_box_finds_one_man_among_many_of_a_common_name(cast: Cast, typed: str) -> None:
    for number in range(12):
        form = passport(surname=f"MUHAMMAD{number}", given_names="KARIM", number=f"ZZ{number:07}")
        enrol(cast.staff, cast.medicine, passport=form)
    enrol(cast.staff, cast.medicine, passport=passport(**KARIMOV), phone="+996 (555) 123-456")
    found = find(cast.staff, typed)
    assert "KARIMOV ALI" in names(found)[:3]
    assert len(found) <= 8
    assert found[names(found).index("KARIMOV ALI")].passport_masked == "AB•••••67"


@pytest.mark.parametrize("typed", ["", "ka", "zzznobody", '" OR 1', "%%%"])
def test_too_few_letters_and_nonsense_find_nobody(cast: Cast, typed: str) -> None:
    enrol(cast.staff, cast.medicine, passport=passport(**KARIMOV))
    assert find(cast.staff, typed) == ()


def test_a_changed_name_is_found_at_once_and_the_earlier_one_no_more(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, passport=passport(**KARIMOV))
    with writing() as session:
        session.get_one(Person, person_id).search_text = "novakova anna"
    assert names(find(cast.staff, "novak")) == ["KARIMOV ALI"]
    assert find(cast.staff, "karim") == ()


def test_the_number_of_a_case_leads_to_the_case(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    case = cases_of_person(cast.staff, person_id)[0]
    first = find(cast.staff, str(case.case_id))[0]
    assert (first.case_id, first.case_kind, first.person_id) == (case.case_id, case.kind, person_id)


def test_another_dean_learns_nothing_of_a_student(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, passport=passport(**KARIMOV), phone="0555123456")
    case = cases_of_person(cast.staff, person_id)[0]
    for typed in ("karimov", "AB9984567", "4567", "555123456", str(case.case_id)):
        assert find(cast.other_dean, typed) == ()
        assert find(cast.dean, typed) != ()
        assert list_people(cast.other_dean, PeopleFilter(search=typed)).total == 0
    assert list_people(cast.other_dean, PeopleFilter(faculty_id=cast.medicine)).total == 0
    assert citizenships(cast.other_dean) == ()
    assert len(sheet_of(export_people(cast.other_dean, PeopleFilter()).content)) == 1


def test_a_dean_cannot_ask_by_representative(cast: Cast) -> None:
    agent_id = add_agent(cast.staff, AgentForm(name="Fictitious Agency"))
    person_id = enrol(cast.staff, cast.medicine, agent_id=agent_id)
    assert list_people(cast.dean, PeopleFilter(agent_id=agent_id)).total == 0
    assert person_card(cast.rector, person_id).agent_id == agent_id
    assert person_card(cast.dean, person_id).agent_id is None
    assert list_people(cast.dean).rows[0].agent == ""
    assert list_people(cast.rector).rows[0].agent == "Fictitious Agency"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (PeopleFilter(), ["ABLE ANNA", "TESTOV KARIM"]),
        (PeopleFilter(course=2), ["ABLE ANNA"]),
        (PeopleFilter(course=3), []),
        (PeopleFilter(citizenship="IN"), ["ABLE ANNA"]),
        (PeopleFilter(status=EnrolmentStatus.INVITED), ["ABLE ANNA"]),
        (PeopleFilter(due_within=-1), []),
        (PeopleFilter(is_contradicting=True), []),
        (PeopleFilter(due_within=7), ["TESTOV KARIM"]),
        (PeopleFilter(search="te ka", course=1), ["TESTOV KARIM"]),
    ],
)
def test_each_filter_narrows_the_list(
    cast: Cast, wanted: PeopleFilter, expected: list[str]
) -> None:
    enrol(cast.staff, cast.medicine)
    able = passport(surname="ABLE", given_names="ANNA", number="IN1", nationality="IND")
    enrol(cast.staff, cast.dentistry, passport=able, course=2, entered_on=None, visa=None)
    page = list_people(cast.staff, wanted)
    assert names(page.rows) == expected
    assert page.total == len(expected)
    assert people_filter(query_of(wanted)) == wanted


def test_the_incomplete_list_says_what_is_missing_and_what_is_due(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    (line,) = list_people(cast.staff, PeopleFilter(is_incomplete=True)).rows
    assert PersonFact.CONTRACT_NUMBER in line.missing
    assert PersonFact.COURSE not in line.missing
    assert (line.due_on, line.urgency) == (date(2026, 9, 7), Urgency.THIS_WEEK)


def test_closed_records_are_in_no_list(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with writing() as session:
        session.get_one(Person, person_id).closed_at = datetime.fromisoformat("2026-09-01T06:00Z")
    assert list_people(cast.staff).total == 0
    assert find(cast.staff, "testov") == ()


def test_the_file_holds_what_the_list_shows_with_real_dates_and_inert_text(cast: Cast) -> None:
    form = passport(surname="=CMD|' /C calc'!A0", given_names="Каримов")
    enrol(cast.staff, cast.medicine, passport=form)
    enrol(cast.staff, cast.dentistry, passport=passport(number="ZZ2", surname="OTHER"))
    wanted = PeopleFilter(faculty_id=cast.medicine)
    content = export_people(cast.staff, wanted).content
    headings, row = sheet_of(content)
    values = dict(zip(headings, row, strict=True))
    assert values["Name"] == "=CMD|' /C calc'!A0 Каримов"
    assert values["Passport"] == "ZZ•••••67"
    assert values["Birth date"] == datetime.fromisoformat("2004-02-29")
    assert values["Due"] == datetime.fromisoformat("2026-09-07")
    assert openpyxl.load_workbook(io.BytesIO(content)).active["A2"].data_type == "s"
    with reading() as session:
        entry = session.scalars(
            sa.select(AuditEntry).filter_by(action="people.export").order_by(AuditEntry.sequence)
        ).one()
        assert entry.clear == {"filter": {"faculty_id": cast.medicine}, "count": 1}


def test_the_totals_of_a_representative_are_those_of_his_students(cast: Cast) -> None:
    agent_id = add_agent(cast.staff, AgentForm(name="Agency", phone="0555 123 456"))
    enrol(cast.staff, cast.medicine, agent_id=agent_id)
    late = passport(number="ZZ2", surname="LATE")
    enrol(cast.staff, cast.medicine, passport=late, agent_id=agent_id, entered_on=date(2026, 8, 20))
    enrol(cast.staff, cast.medicine, passport=passport(number="ZZ3", surname="NOBODYS"))
    (agent,) = list_agents(cast.rector)
    students = list_people(cast.staff, PeopleFilter(agent_id=agent_id)).rows
    assert (agent.students, agent.late, agent.incomplete) == (2, 1, 2)
    assert names(students) == ["LATE KARIM", "TESTOV KARIM"]
    assert all(student.papers_missing > 0 for student in students)
    assert agent.form.phone == "+996 555 123 456"
    assert len(sheet_of(export_agent(cast.rector, agent_id).content)) == 3


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (AgentForm(name=" "), "agent.name_missing"),
        (AgentForm(name="agency"), "agent.name_taken"),
        (AgentForm(name="Other", phone="12"), "agent.phone_unusable"),
        (AgentForm(name="Other", phone="call me"), "agent.phone_unusable"),
    ],
)
def test_a_representative_needs_a_name_of_his_own_and_a_real_number(
    cast: Cast, form: AgentForm, code: str
) -> None:
    add_agent(cast.staff, AgentForm(name="Agency"))
    with pytest.raises(Invalid) as refusal:
        add_agent(cast.staff, form)
    assert [fault.code for fault in refusal.value.faults] == [code]
    assert len(list_agents(cast.staff)) == 1


def test_of_two_who_change_a_representative_the_second_is_told(cast: Cast) -> None:
    agent_id = add_agent(cast.staff, AgentForm(name="Agency"))
    change_agent(cast.head, agent_id, AgentForm(name="Agency", company="One"), version=1)
    with pytest.raises(Conflict):
        change_agent(cast.staff, agent_id, AgentForm(name="Agency", company="Two"), version=1)
    assert agent_view(cast.staff, agent_id).form.company == "One"
    with pytest.raises(NotFound):
        agent_view(cast.staff, 999)
