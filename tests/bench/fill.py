"""Many fictitious people for the benchmark, written straight into the tables."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from core import clock
from core.rules.names import name_key, search_text
from core.services.house import today
from core.terms import (
    CaseKind,
    EnrolmentStatus,
    ItemStatus,
    Matter,
    Party,
    Sex,
    VisaEntries,
    VisaStatus,
)
from db.engine import reading, writing
from db.models.cases import Case, CaseItem, Deadline, Expiry
from db.models.people import Enrolment, Passport, Person, Visa
from db.models.reference import RuleRow

_CHUNK = 5_000
_FIRST = 1_000_000

_SURNAMES = ("BENCHMARKOV", "MUHAMMADOV", "SAMPLESINGH", "FICTALI", "MODELSHAH", "PROBEGUL")
_GIVEN = ("MUHAMMAD ALI", "ANNA", "MUHAMMAD KARIM", "SITA", "MUHAMMAD OMAR", "LI")


def fill(count: int, *, faculty_id: int) -> None:
    """Add ``count`` students, each with a visa, three open cases, five papers and their dates."""
    with reading() as session:
        rule_id = session.scalars(sa.select(RuleRow.id).order_by(RuleRow.id)).first()
    tables: tuple[tuple[Any, Iterator[dict[str, Any]]], ...] = (
        (Person, _people(count)),
        (Passport, _passports(count)),
        (Enrolment, _enrolments(count, faculty_id)),
        (Visa, _visas(count)),
        (Case, _cases(count, faculty_id)),
        (CaseItem, _items(count)),
        (Deadline, _deadlines(count, rule_id or 0, faculty_id)),
        (Expiry, _expiries(count, faculty_id)),
    )
    for table, rows in tables:
        while chunk := list(islice(rows, _CHUNK)):
            with writing() as session:
                session.execute(sa.insert(table), chunk)
    with writing() as session:
        # What the server does by itself within a minute: look at how many rows there are now.
        session.execute(sa.text("ANALYZE"))


def _name(number: int) -> tuple[str, str]:
    return f"{_SURNAMES[number % 6]}{number % 997}", _GIVEN[number // 6 % 6]


def _people(count: int) -> Iterator[dict[str, Any]]:
    now = clock.utc_now()
    for number in range(count):
        surname, given = _name(number)
        yield {
            "id": _FIRST + number,
            "surname": surname,
            "given_names": given,
            "citizenship": ("IN", "PK", "BD", "UZ")[number % 4],
            "sex": Sex.MALE,
            "name_key": name_key(surname, given),
            "search_text": search_text(surname, given, f"BB{number:07}"),
            "created_at": now,
            "created_by": "benchmark",
        }


def _passports(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        surname, given = _name(number)
        yield {
            "id": _FIRST + number,
            "person_id": _FIRST + number,
            "number": f"BB{number:07}",
            "issuing_state": "IND",
            "nationality": "IND",
            "surname": surname,
            "given_names": given,
            "sex": Sex.MALE,
        }


def _enrolments(count: int, faculty_id: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {
            "person_id": _FIRST + number,
            "faculty_id": faculty_id,
            "course": number % 5 + 1,
            "status": EnrolmentStatus.STUDYING,
        }


def _visas(count: int) -> Iterator[dict[str, Any]]:
    """Yield a visa for each that ends thirty days after his case is due, by the shipped rule."""
    for number in range(count):
        yield {
            "person_id": _FIRST + number,
            "passport_id": _FIRST + number,
            "category": "S",
            "entries": VisaEntries.MULTIPLE,
            "status": VisaStatus.ACTIVE,
            "valid_until": _due_on(number) + timedelta(days=30),
        }


def _due_on(number: int) -> date:
    return today() + timedelta(days=number % 365 - 20)


#: kind, step and party of the open cases of each student, by turns.
_STEPS = (
    (CaseKind.STUDY_VISA_EXTENSION, "dean", Party.DEAN),
    (CaseKind.STUDY_VISA_EXTENSION, "department", Party.DEPARTMENT),
    (CaseKind.STUDY_VISA_EXTENSION, "scnb", Party.SCNB),
    (CaseKind.STUDY_VISA_EXTENSION, "dcs", Party.DCS),
)
_ALWAYS = (
    (CaseKind.REGISTRATION, "department", Party.DEPARTMENT),
    (CaseKind.EMBASSY_EXTENSION, "embassy", Party.EMBASSY),
)


def _cases(count: int, faculty_id: int) -> Iterator[dict[str, Any]]:
    """Yield three open cases for each; the extension comes first and has the student's number."""
    now, day = clock.utc_now(), today()
    for place in range(3):
        for number in range(count):
            kind, step, party = _STEPS[number % 4] if place == 0 else _ALWAYS[place - 1]
            moved_on = day - timedelta(days=number % 40)
            yield {
                "id": _FIRST + place * count + number,
                "person_id": _FIRST + number,
                "faculty_id": faculty_id,
                "kind": kind,
                "step": step,
                "waits_for": party,
                "moved_on": moved_on,
                "planned_until": moved_on + timedelta(days=30),
                "step_since": now,
                "opened_on": moved_on,
                "opened_by": "benchmark",
            }


def _items(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        for position in range(5):
            yield {
                "case_id": _FIRST + number,
                "item_code": f"item{position}",
                "document_kind": f"item{position}",
                "name_en": f"Paper {position}",
                "is_required": True,
                "position": position,
                "status": ItemStatus.ACCEPTED if number % 3 else ItemStatus.MISSING,
            }


def _expiries(count: int, faculty_id: int) -> Iterator[dict[str, Any]]:
    for matter, days in ((Matter.VISA, 30), (Matter.PASSPORT, 900), (Matter.CONTRACT, 400)):
        for number in range(count):
            yield {
                "matter": matter,
                "record_id": _FIRST + number,
                "person_id": _FIRST + number,
                "faculty_id": faculty_id,
                "ends_on": _due_on(number) + timedelta(days=days),
            }


def _deadlines(count: int, rule_id: int, faculty_id: int) -> Iterator[dict[str, Any]]:
    """Yield a due date for two of the three cases of each."""
    now = clock.utc_now()
    for number in range(2 * count):
        yield {
            "case_id": _FIRST + number,
            "person_id": _FIRST + number % count,
            "faculty_id": faculty_id,
            "due_on": _due_on(number),
            "due_rule_id": rule_id,
            "due_explanation": [],
            "target_explanation": [],
            "computed_at": now,
        }
