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
    Party,
    Sex,
    VisaEntries,
    VisaStatus,
)
from db.engine import reading, writing
from db.models.cases import Case, CaseItem, Deadline
from db.models.people import Enrolment, Passport, Person, Visa
from db.models.reference import RuleRow

_CHUNK = 5_000
_FIRST = 1_000_000

_SURNAMES = ("BENCHMARKOV", "MUHAMMADOV", "SAMPLESINGH", "FICTALI", "MODELSHAH", "PROBEGUL")
_GIVEN = ("MUHAMMAD ALI", "ANNA", "MUHAMMAD KARIM", "SITA", "MUHAMMAD OMAR", "LI")


def fill(count: int, *, faculty_id: int) -> None:
    """Add ``count`` students, each with a visa, an open case, five papers and a due date."""
    with reading() as session:
        rule_id = session.scalars(sa.select(RuleRow.id).order_by(RuleRow.id)).first()
    tables: tuple[tuple[Any, Iterator[dict[str, Any]]], ...] = (
        (Person, _people(count)),
        (Passport, _passports(count)),
        (Enrolment, _enrolments(count, faculty_id)),
        (Visa, _visas(count)),
        (Case, _cases(count)),
        (CaseItem, _items(count)),
        (Deadline, _deadlines(count, rule_id or 0)),
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


def _cases(count: int) -> Iterator[dict[str, Any]]:
    now, day = clock.utc_now(), today()
    for number in range(count):
        yield {
            "id": _FIRST + number,
            "person_id": _FIRST + number,
            "kind": CaseKind.STUDY_VISA_EXTENSION,
            "step": "dean",
            "waits_for": Party.DEAN,
            "moved_on": day,
            "step_since": now,
            "opened_on": day,
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


def _deadlines(count: int, rule_id: int) -> Iterator[dict[str, Any]]:
    now = clock.utc_now()
    for number in range(count):
        yield {
            "case_id": _FIRST + number,
            "person_id": _FIRST + number,
            "due_on": _due_on(number),
            "due_rule_id": rule_id,
            "due_explanation": [],
            "target_explanation": [],
            "computed_at": now,
        }
