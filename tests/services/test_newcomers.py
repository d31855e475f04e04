"""Many new students at once come to the same as each of them alone."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from core.services import audit
from core.services.newcomers import add_students
from core.services.people import add_student
from core.services.person_forms import PassportForm, StudentForm
from core.terms import ResidenceKind, Sex
from db.engine import reading, writing
from db.models.audit import AuditEntry
from db.models.cases import Case, CaseItem, Deadline, Expiry
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa
from tests.cast import Cast, passport, student

#: What differs between two people whatever they bring, or tells when something was done.
_OWN = frozenset(
    (
        "id person_id passport_id case_id crossing_id visa_id record_id number search_text"
        " search_begins"
    ).split()
)
_MOMENTS = frozenset("created_at changed_at computed_at step_since".split())

TABLES: tuple[type[Any], ...] = (
    Person,
    Passport,
    Enrolment,
    Crossing,
    Residence,
    Visa,
    Case,
    Deadline,
    Expiry,
    CaseItem,
)


def bare() -> StudentForm:
    """Return what is known of somebody who has only been named."""
    named = PassportForm(
        number="",
        issuing_state="",
        nationality="IND",
        surname="TESTOV",
        birth_date=None,
        sex=Sex.UNSPECIFIED,
        expires_on=None,
    )
    return StudentForm(passport=named)


def rows_of(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return everything that is kept of a person, without what is his own."""
    kept: dict[str, list[dict[str, Any]]] = {}
    with reading() as session:
        for table in TABLES:
            condition = table.person_id == person_id if hasattr(table, "person_id") else None
            if table is Person:
                condition = Person.id == person_id
            if table is CaseItem:
                cases = sa.select(Case.id).where(Case.person_id == person_id)
                condition = CaseItem.case_id.in_(cases)
            rows = session.scalars(sa.select(table).where(condition).order_by(table.id))
            kept[table.__tablename__] = [
                {
                    column.key: getattr(row, column.key)
                    for column in sa.inspect(table).columns
                    if column.key not in _OWN | _MOMENTS
                }
                for row in rows
            ]
    return kept


def actions(person_id: int) -> list[tuple[str, dict[str, Any]]]:
    with reading() as session:
        entries = session.scalars(
            sa.select(AuditEntry).filter_by(person_id=person_id).order_by(AuditEntry.sequence)
        )
        return [(entry.action, entry.clear) for entry in entries]


@pytest.mark.parametrize("kind", ["whole", "hostel", "no visa", "not here", "late", "bare"])
def test_many_at_once_come_to_the_same_as_each_alone(cast: Cast, kind: str) -> None:
    whole = student(cast.medicine, phone="+996555123456", contract_number="K-1")
    form = {
        "whole": whole,
        "hostel": replace(whole, residence=ResidenceKind.HOSTEL, address="12"),
        "no visa": replace(whole, visa=None),
        "not here": replace(whole, visa=None, entered_on=None, residence=None),
        "late": replace(whole, entered_on=date(2026, 3, 1)),
        "bare": bare(),
    }[kind]
    other = replace(form, passport=replace(form.passport, number=form.passport.number and "ZZ2"))
    third = replace(form, passport=replace(form.passport, number=form.passport.number and "ZZ3"))
    with writing() as session:
        alone = add_student(session, cast.staff, form)
    with writing() as session:
        together = [person.id for person in add_students(session, cast.staff, [other, third])]
    for person_id in together:
        assert rows_of(person_id) == rows_of(alone)
        assert actions(person_id) == actions(alone)
    assert audit.verify().faults == ()


def test_each_is_found_by_his_own_name_and_number(cast: Cast) -> None:
    forms = [
        student(cast.medicine, passport=passport(number="AA1", surname="KHAN")),
        student(cast.medicine, passport=passport(number="AA2", surname="LI")),
    ]
    with writing() as session:
        people = add_students(session, cast.staff, forms)
        assert [person.search_text for person in people] == ["khan karim aa1", "li karim aa2"]


def test_nobody_at_once_is_nobody(cast: Cast) -> None:
    with writing() as session:
        assert add_students(session, cast.staff, []) == []
