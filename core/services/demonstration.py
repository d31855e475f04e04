"""The demonstration database: fictitious faculties, accounts and students, marked as such.

Everything goes in through the ordinary use cases. The accounts' password opens a demonstration
database only, because only this loader sets it, and it refuses a database with real users.
"""

from datetime import date, timedelta

import sqlalchemy as sa

from core import clock, settings
from core.errors import DomainError
from core.permissions import SYSTEM_ACTOR, Role
from core.rules.mrz import check_digit
from core.services import passwords
from core.services.crossings import CrossingForm, add_crossing
from core.services.demonstration_batches import add_batches
from core.services.demonstration_custody import add_custody
from core.services.demonstration_messages import add_messages
from core.services.demonstration_moves import add_people_on_the_move
from core.services.demonstration_people import (
    Surroundings,
    add_agents,
    add_people_with_a_story,
)
from core.services.faculties import FacultyForm, create_faculty
from core.services.people import register_student
from core.services.person_forms import PassportForm, StudentForm, VisaForm
from core.services.remembered import remembered
from core.services.responsible import assign_cases, people_responsible
from core.services.users import UserForm, create_user
from core.terms import CrossingDirection, ResidenceKind, Sex, VisaEntries
from db.engine import reading, writing
from db.models.access import User
from db.models.cases import Case
from db.models.people import Person
from db.models.reference import HouseSetting

#: Known to everybody who reads the README; no other database accepts it.
PASSWORD = "demonstration"  # noqa: S105 - public by design

_FLAG = "demonstration"

_FACULTIES = (
    ("Faculty A (demonstration)", "Факультет А (демонстрация)", "А факультети (демонстрация)"),
    ("Faculty B (demonstration)", "Факультет Б (демонстрация)", "Б факультети (демонстрация)"),
    ("Faculty C (demonstration)", "Факультет В (демонстрация)", "В факультети (демонстрация)"),
    ("Faculty D (demonstration)", "Факультет Г (демонстрация)", "Г факультети (демонстрация)"),
)

_ACCOUNTS = (
    ("head", Role.HEAD, ()),
    ("staff", Role.STAFF, ()),
    ("dean", Role.DEAN, (0,)),
    ("dean2", Role.DEAN, (1,)),
    ("rector", Role.RECTOR, ()),
    ("admin", Role.ADMIN, ()),
)

_NATIONS = ("IND", "PAK", "IND", "PAK", "BGD", "IND", "PAK", "UZB", "KAZ", "TUR", "LKA", "NPL")
_SURNAMES = ("DEMOKHAN", "TESTOVA", "SAMPLESINGH", "FICTALI", "MODELSHAH", "PROBEGUL")
_GIVEN = ("ALPHA", "BETA", "GAMMA", "DELTA", "", "EPSILON ZETA ETA THETA IOTA KAPPA", "LAMBDA")

COUNT = 300


def is_demonstration() -> bool:
    """Return whether the database of this process holds demonstration data."""
    with reading() as session:
        return remembered(
            session, "is_demonstration", lambda: session.get(HouseSetting, _FLAG) is not None
        )


def fill_demonstration() -> int:
    """Fill an empty database and return how many people it holds; again is no harm.

    Raises ``demonstration.not_empty`` where real users exist.
    """
    if is_demonstration():
        return _person_count()
    with writing() as session:
        if session.scalar(sa.select(sa.func.count()).select_from(User)):
            raise DomainError("demonstration.not_empty")
        session.add(HouseSetting(name=_FLAG, value={}))
    faculties = [
        create_faculty(SYSTEM_ACTOR, FacultyForm(name_en=en, name_ru=ru, name_ky=ky))
        for en, ru, ky in _FACULTIES
    ]
    _create_accounts(faculties)
    today = clock.today(settings.current().time_zone)
    around = Surroundings(faculties=faculties, agents=add_agents(), today=today)
    for number in range(COUNT):
        person_id = register_student(SYSTEM_ACTOR, _student(number, around))
        if _is_visa_free(number):
            _add_earlier_stays(person_id, number, today=today)
    add_people_with_a_story(around)
    add_messages()
    add_batches(today)
    add_people_on_the_move(around)
    add_custody(around)
    _assign_cases()
    return _person_count()


def _assign_cases() -> None:
    """Give the cases of one person in three to the head, of another to the staff."""
    with reading() as session:
        cases = session.execute(
            sa.select(Case.id, Case.version, Case.person_id)
            .where(Case.closed_at.is_(None))
            .order_by(Case.id)
        ).all()
    for turn, user_id in enumerate(people_responsible(SYSTEM_ACTOR)):
        seen = {case.id: case.version for case in cases if case.person_id % 3 == turn}
        assign_cases(SYSTEM_ACTOR, seen, user_id)


def _person_count() -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0


def _is_visa_free(number: int) -> bool:
    return _NATIONS[number % len(_NATIONS)] in {"UZB", "KAZ", "TUR"}


def _add_earlier_stays(person_id: int, number: int, *, today: date) -> None:
    """Note two stays before the present one, each of some weeks."""
    for first, days in ((160, 20 + number % 15), (100, 10 + number % 40)):
        entered_on = today - timedelta(days=first)
        left_on = entered_on + timedelta(days=days)
        for direction, day in (
            (CrossingDirection.IN, entered_on),
            (CrossingDirection.OUT, left_on),
        ):
            form = CrossingForm(direction=direction, crossed_on=day)
            add_crossing(SYSTEM_ACTOR, person_id, form)


def _create_accounts(faculties: list[int]) -> None:
    hashed = passwords.hash_password(PASSWORD)
    for username, role, scope in _ACCOUNTS:
        form = UserForm(
            username=username,
            full_name=f"{username.capitalize()} (demonstration)",
            role=role,
            faculty_ids=frozenset(faculties[position] for position in scope),
        )
        created = create_user(SYSTEM_ACTOR, form)
        with writing() as session:
            user = session.get_one(User, created.user_id)
            user.password_hash, user.must_change_password = hashed, False


def _student(number: int, around: Surroundings) -> StudentForm:
    faculties, agents, today = around.faculties, around.agents, around.today
    nation = _NATIONS[number % len(_NATIONS)]
    entered_on = today - timedelta(days=40 if number % 13 == 12 else number % 9)
    residence = (ResidenceKind.HOSTEL, ResidenceKind.FLAT, None)[number % 3]
    return StudentForm(
        passport=_passport(number, nation, today=today),
        faculty_id=faculties[number % len(faculties)],
        course=number % 5 + 1,
        entered_on=entered_on if number % 10 != 9 else None,
        residence=residence,
        address="1 Demonstration Street" if residence is ResidenceKind.FLAT else "",
        owner_name="Fictitious Owner" if residence is ResidenceKind.FLAT else "",
        contract_number=f"DEMO-{number + 1:03}",
        contract_from=today - timedelta(days=60),
        contract_until=today + timedelta(days=200 + number % 5 * 60),
        visa=None if _is_visa_free(number) else _visa(number, entered_on),
        email=f"demo{number + 1:03}@example.org" if number % 10 == 4 else "",
        phone=f"+996 555 000 {number:03}" if number % 10 == 6 else "",
        native_name="Демонстрация" if number % 5 == 0 else "",
        agent_id=agents[number % 9] if number % 9 < len(agents) else None,
    )


def _visa(number: int, entered_on: date) -> VisaForm:
    return VisaForm(
        category="S" if number % 2 else "J",
        entries=VisaEntries.SINGLE if number % 4 else VisaEntries.MULTIPLE,
        valid_from=entered_on - timedelta(days=10),
        valid_until=entered_on + timedelta(days=(number * 11) % 330 + 28),
    )


def _passport(number: int, nation: str, *, today: date) -> PassportForm:
    surname, given = _SURNAMES[number % len(_SURNAMES)], _GIVEN[number % len(_GIVEN)]
    document = f"ZZ{number + 1:05}"
    # Each on a day of his own, so that nobody is taken for another.
    born = date(2001, 1, 1) + timedelta(days=7 * number)
    expires = today.replace(day=1) + timedelta(days=200 + number * 60 % 3000)
    return PassportForm(
        number=document,
        issuing_state=nation,
        nationality=nation,
        surname=surname,
        given_names=given,
        birth_date=born,
        sex=Sex.FEMALE if number % 3 == 0 else Sex.MALE,
        expires_on=expires,
        mrz=_lines(
            document, nation, surname, given, born, expires, "F" if number % 3 == 0 else "M"
        ),
    )


def _lines(
    document: str, nation: str, surname: str, given: str, born: date, expires: date, sex: str
) -> str:
    names = f"{surname}<<{given}".replace(" ", "<").ljust(39, "<")[:39]
    number, birth, expiry = document.ljust(9, "<"), f"{born:%y%m%d}", f"{expires:%y%m%d}"
    first_part = number + check_digit(number)
    dates = birth + check_digit(birth) + sex + expiry + check_digit(expiry)
    empty = "<" * 15
    covered = first_part + birth + check_digit(birth) + expiry + check_digit(expiry) + empty
    second = first_part + nation + dates + empty + check_digit(covered)
    return f"P<{nation}{names}\n{second}"
