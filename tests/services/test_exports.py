"""Lists as Excel files: the people a list shows and what it says of them, and nothing more."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from core.errors import NotFound, Refused
from core.permissions import Actor
from core.services.agents import AgentForm, add_agent
from core.services.exports import export_agent, export_people
from core.services.people_list import EVERYBODY, PeopleFilter, list_people
from core.terms import Language
from db.engine import reading
from db.models.audit import AuditEntry
from tests.cast import Cast, enrol, passport

HEADINGS = [
    "Name",
    "Citizenship",
    "Birth date",
    "Passport",
    "Faculty",
    "Course",
    "Status",
    "Due",
    "Urgency",
    "Missing",
    "Papers missing",
    "Contradicts itself",
]

FORMULA = '=HYPERLINK("http://example.org","click")'


@pytest.fixture
def agent_id(cast: Cast) -> int:
    """Three students, two of them brought by one representative."""
    agent = add_agent(cast.staff, AgentForm(name="Fictitious Agent"))
    enrol(cast.staff, cast.medicine, agent_id=agent)
    second = passport(number="ZZ7654321", surname="BEGINNER", nationality="IND")
    enrol(cast.staff, cast.dentistry, passport=second, agent_id=agent, course=2)
    third = passport(number="ZZ1", surname=FORMULA, given_names="+1")
    enrol(cast.staff, cast.medicine, passport=third)
    return agent


def rows(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [[_plain(cell.value) for cell in row] for row in sheet.rows]


def _plain(value: Any) -> Any:
    # A date of Excel comes back with a time of its own.
    return value.date() if isinstance(value, datetime) else value


def names(actor: Actor, wanted: PeopleFilter = EVERYBODY) -> list[str]:
    return [row[0] for row in rows(export_people(actor, wanted).content)[1:]]


def test_the_file_says_what_the_list_says(cast: Cast, agent_id: int) -> None:
    head, *lines = rows(export_people(cast.staff, EVERYBODY).content)
    assert head == [*HEADINGS, "Representative"]
    assert lines[1] == [
        "BEGINNER KARIM",
        "India",
        date(2004, 2, 29),
        "ZZ•••••21",
        "Fictitious Dentistry",
        2,
        "arrived",
        date(2026, 9, 27),
        "within a month",
        "contract number, address or room, end of the landlord's consent, telephone or e-mail, "
        "photo",
        9,
        None,
        "Fictitious Agent",
    ]
    assert [line[0] for line in lines] == [line.name for line in list_people(cast.staff).rows]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (PeopleFilter(citizenship="IN"), ["BEGINNER KARIM"]),
        (PeopleFilter(search="тест"), ["TESTOV KARIM"]),
        (PeopleFilter(course=2), ["BEGINNER KARIM"]),
        (PeopleFilter(search="nobody"), []),
    ],
)
def test_a_filter_narrows_the_file_as_it_narrows_the_list(
    cast: Cast, agent_id: int, wanted: PeopleFilter, found: list[str]
) -> None:
    assert names(cast.staff, wanted) == found
    assert [line.name for line in list_people(cast.staff, wanted).rows] == found


def test_a_dean_gets_his_own_students_and_nothing_of_representatives(
    cast: Cast, agent_id: int
) -> None:
    assert names(cast.other_dean) == ["BEGINNER KARIM"]
    assert rows(export_people(cast.other_dean, EVERYBODY).content)[0] == HEADINGS
    # Not by asking for another faculty, and not by asking for whom a representative brought.
    assert names(cast.other_dean, PeopleFilter(faculty_id=cast.medicine)) == []
    assert names(cast.other_dean, PeopleFilter(agent_id=agent_id)) == []
    with pytest.raises(Refused):
        export_agent(cast.other_dean, agent_id)


def test_who_has_no_business_with_people_gets_no_file(cast: Cast, agent_id: int) -> None:
    for attempt in (
        lambda: export_people(cast.admin, EVERYBODY),
        lambda: export_agent(cast.admin, agent_id),
    ):
        with pytest.raises(Refused):
            attempt()


def test_a_name_that_looks_like_a_formula_is_text(cast: Cast, agent_id: int) -> None:
    content = export_people(cast.staff, PeopleFilter(search="hyperlink")).content
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A2"]
    assert cell.value == f"{FORMULA} +1"
    assert cell.data_type == "s"
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_no_whole_passport_number_leaves_in_a_list(cast: Cast, agent_id: int) -> None:
    content = export_people(cast.staff, EVERYBODY).content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        everything = b"".join(parts.read(name) for name in parts.namelist())
    assert b"BEGINNER KARIM" in everything
    assert b"ZZ1234567" not in everything
    assert b"ZZ7654321" not in everything


def test_a_representatives_file_holds_his_students(cast: Cast, agent_id: int) -> None:
    head, *lines = rows(export_agent(cast.rector, agent_id).content)
    assert head == [*HEADINGS, "Representative"]
    assert [line[0] for line in lines] == ["BEGINNER KARIM", "TESTOV KARIM"]
    assert {line[-1] for line in lines} == {"Fictitious Agent"}
    with pytest.raises(NotFound):
        export_agent(cast.rector, agent_id + 1)


def test_the_file_speaks_the_language_of_its_reader(cast: Cast, agent_id: int) -> None:
    reader = replace(cast.staff, language=Language.RUSSIAN)
    head, line = rows(export_people(reader, PeopleFilter(citizenship="IN")).content)
    assert head[:4] == ["Имя", "Гражданство", "Дата рождения", "Паспорт"]
    assert (line[1], line[2], line[6]) == ("Индия", date(2004, 2, 29), "прибыл")


def test_the_log_says_how_many_left_and_not_whom_somebody_looked_for(
    cast: Cast, agent_id: int
) -> None:
    export_people(cast.staff, PeopleFilter(search="begin", course=2))
    with reading() as session:
        entry = session.scalars(sa.select(AuditEntry).filter_by(action="people.export")).one()
    assert entry.clear == {"filter": {"search": True, "course": 2}, "count": 1}
    assert (entry.actor_name, entry.person_id) == ("sam", None)
