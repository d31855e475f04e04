"""People of the demonstration with a story: one of each kind a screen has to bear.

Called by the loader of the demonstration only. Everybody here is invented and says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count

from core.permissions import SYSTEM_ACTOR
from core.services.agents import AgentForm, add_agent
from core.services.cards import person_card
from core.services.comparisons import compare
from core.services.contacts import ContactForm, add_contact
from core.services.crossings import CrossingForm, add_crossing
from core.services.demonstration_pictures import page, portrait
from core.services.enrolments import StatusForm, change_status, enrolments_of_person
from core.services.merging import merge_people
from core.services.passports import add_passport, change_passport
from core.services.people import register_person, register_student
from core.services.person_documents import add_document
from core.services.person_forms import (
    EngagementForm,
    OtherPersonForm,
    PassportForm,
    StudentForm,
    VisaForm,
)
from core.services.person_notes import add_note
from core.services.registrations import RegistrationForm, add_registration
from core.services.residences import ResidenceForm, move
from core.services.visas import add_visa
from core.terms import (
    CrossingDirection,
    EngagementKind,
    EnrolmentStatus,
    FamilyRelation,
    Funding,
    Language,
    ResidenceKind,
    Sex,
    VisaEntries,
)

_AGENTS = (
    AgentForm(
        name="Demo Agent Arjun",
        company="Fictitious Studies Ltd",
        country="IN",
        phone="+91 98765 43210",
        email="arjun@example.org",
        note="Demonstration: nobody of this name exists.",
    ),
    AgentForm(name="Demo Agent Bilal", company="Sample Consultants", country="PK"),
    AgentForm(
        name="Демо Агент Гүлнара",
        country="KG",
        phone="+996 555 000 001",
        language=Language.RUSSIAN,
    ),
)

#: The status a student has come to, and the way there.
_LIVES = (
    (EnrolmentStatus.STUDYING,),
    (EnrolmentStatus.STUDYING, EnrolmentStatus.ON_LEAVE),
    (EnrolmentStatus.STUDYING, EnrolmentStatus.GRADUATED),
    (EnrolmentStatus.STUDYING, EnrolmentStatus.EXPELLED),
    (EnrolmentStatus.STUDYING, EnrolmentStatus.TRANSFERRED),
    (EnrolmentStatus.LEFT,),
)

_LONG_SURNAME = "DEMOVENKATANARASIMHARAJUVARIPETA MUTHUKUMARASWAMY"
_LONG_GIVEN = "SRI PADMAVATHI LAKSHMI ANNAPURNA SAMPLE CHANDRASEKHARAN"


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is there already: the faculties, the representatives, and the day."""

    faculties: Sequence[int]
    agents: Sequence[int]
    today: date

    def ago(self, days: int) -> date:
        """Return the day so many days before today; a negative number lies ahead."""
        return self.today - timedelta(days=days)


def add_agents() -> list[int]:
    """Add the representatives and return their ids."""
    return [add_agent(SYSTEM_ACTOR, form) for form in _AGENTS]


def add_people_with_a_story(around: Surroundings) -> None:
    """Add one of each kind of person the department meets."""
    numbers = (f"ZY{number:05}" for number in count(1))
    _with_everything(around, numbers)
    _at_every_status(around, numbers)
    _no_students(around, numbers)
    _half_known(around, numbers)
    _with_odd_names(around, numbers)
    _who_may_be_one(around, numbers)
    _contradicting(around, numbers)


def _passport(number: str, surname: str, given: str, **more: object) -> PassportForm:
    known = {
        "issuing_state": "IND",
        "nationality": "IND",
        "birth_date": date(2003, 4, 5),
        "sex": Sex.FEMALE,
        "issued_on": date(2023, 3, 1),
        "expires_on": date(2033, 2, 28),
        **more,
    }
    return PassportForm(number=number, surname=surname, given_names=given, **known)  # type: ignore[arg-type]


def _student(around: Surroundings, passport: PassportForm, **more: object) -> int:
    known = {
        "faculty_id": around.faculties[0],
        "course": 2,
        "entered_on": around.ago(30),
        "residence": ResidenceKind.HOSTEL,
        "address": "Hostel 1, room 12",
        "contract_number": f"DEMO-{passport.number}",
        "contract_from": around.ago(60),
        "contract_until": around.ago(-400),
        **more,
    }
    return register_student(SYSTEM_ACTOR, StudentForm(passport=passport, **known))  # type: ignore[arg-type]


def _with_everything(around: Surroundings, numbers: Iterator[str]) -> None:
    """Add a student of whom every part of the card has something to show."""
    person_id = _student(
        around,
        _passport(next(numbers), "DEMOSHOWCASE", "GULZAT"),
        agent_id=around.agents[0],
        native_name="Демонстрациялык Гүлзат",
        phone="+996 555 000 002",
        email="gulzat@example.org",
        funding=Funding.OWN_CONTRACT,
        order_number="D-1",
        order_on=around.ago(60),
        visa=_visa(around),
    )
    add_passport(
        SYSTEM_ACTOR,
        person_id,
        _passport(next(numbers), "DEMOSHOWCASE", "GULZAT NEWBOOK", issued_on=around.ago(10)),
    )
    add_visa(SYSTEM_ACTOR, person_id, _visa(around, category="S", starts=5))
    _living(around, person_id)
    _beside(person_id)
    husband = _passport(next(numbers), "DEMOSHOWCASE", "HUSBAND", sex=Sex.MALE)
    register_person(
        SYSTEM_ACTOR,
        OtherPersonForm(passport=husband, relative_id=person_id, relation=FamilyRelation.SPOUSE),
    )


def _visa(around: Surroundings, *, category: str = "J", starts: int = 40) -> VisaForm:
    return VisaForm(
        category=category,
        entries=VisaEntries.MULTIPLE,
        valid_from=around.ago(starts),
        valid_until=around.ago(starts - 90),
        number=f"DEMO{starts}",
    )


def _living(around: Surroundings, person_id: int) -> None:
    add_registration(
        SYSTEM_ACTOR,
        person_id,
        RegistrationForm(
            registered_on=around.ago(28),
            valid_until=around.ago(-60),
            number="DEMO-R1",
            place="Hostel 1, Demonstration Street 1",
        ),
    )
    flat = ResidenceForm(
        kind=ResidenceKind.FLAT,
        address="2 Demonstration Street, flat 7",
        owner_name="Fictitious Owner",
        owner_phone="+996 555 000 003",
        consent_until=around.ago(-20),
        from_on=around.ago(7),
    )
    move(SYSTEM_ACTOR, person_id, flat)
    for direction, days in ((CrossingDirection.OUT, 12), (CrossingDirection.IN, 6)):
        form = CrossingForm(direction=direction, crossed_on=around.ago(days))
        add_crossing(SYSTEM_ACTOR, person_id, form)


def _beside(person_id: int) -> None:
    contact = ContactForm(name="Demo Mother", relation="mother", phone="+91 98765 00000")
    add_contact(SYSTEM_ACTOR, person_id, contact)
    add_note(SYSTEM_ACTOR, person_id, "Fictitious: asks to be called in the afternoon.")
    scans = {"photo_digital": portrait(), "passport": page("DEMOSHOWCASE<<GULZAT<NEWBOOK")}
    for kind, content in scans.items():
        add_document(SYSTEM_ACTOR, person_id, kind=kind, file_name=f"{kind}.png", content=content)


def _at_every_status(around: Surroundings, numbers: Iterator[str]) -> None:
    for position, life in enumerate(_LIVES):
        name = f"DEMO{life[-1].value.replace('_', '').upper()}"
        person_id = _student(
            around,
            _passport(next(numbers), name, "STUDENT", birth_date=date(2002, 6, position + 1)),
            faculty_id=around.faculties[position % 2],
            agent_id=around.agents[position % len(around.agents)],
        )
        for step, after in enumerate(life):
            (place,) = enrolments_of_person(SYSTEM_ACTOR, person_id)
            form = StatusForm(
                after=after,
                happened_on=around.ago(20 - 10 * step),
                order_number=f"D-{position}{step}",
                reason="Fictitious reason of the demonstration",
            )
            change_status(SYSTEM_ACTOR, place.enrolment_id, form, version=place.version)


def _no_students(around: Surroundings, numbers: Iterator[str]) -> None:
    for surname, kind, position in (
        ("DEMOPROFESSOR", EngagementKind.TEACHER, "Visiting professor of anatomy"),
        ("DEMOLECTURER", EngagementKind.TEACHER, "Lecturer of English"),
        ("DEMOSURGEON", EngagementKind.CLINIC_STAFF, "Surgeon"),
        ("DEMOGUEST", EngagementKind.VISITOR, ""),
    ):
        form = OtherPersonForm(
            passport=_passport(
                next(numbers), surname, "ALEX", birth_date=date(1970, 1, 2), sex=Sex.MALE
            ),
            entered_on=around.ago(3),
            engagement=EngagementForm(
                kind=kind,
                position=position,
                unit="Fictitious department",
                from_on=around.ago(3),
                until_on=around.ago(-90),
            ),
        )
        register_person(SYSTEM_ACTOR, form)


def _half_known(around: Surroundings, numbers: Iterator[str]) -> None:
    """Add people who are known by little more than a name."""
    nothing = {"birth_date": None, "issued_on": None, "expires_on": None, "sex": Sex.UNSPECIFIED}
    for surname, number, faculty in (
        ("DEMOHALFKNOWN", "", None),
        ("DEMONUMBERED", next(numbers), around.faculties[0]),
        ("DEMOPLACED", "", around.faculties[1]),
    ):
        form = StudentForm(passport=_passport(number, surname, "", **nothing), faculty_id=faculty)
        register_student(SYSTEM_ACTOR, form)


def _with_odd_names(around: Surroundings, numbers: Iterator[str]) -> None:
    _student(around, _passport(next(numbers), _LONG_SURNAME, _LONG_GIVEN))
    _student(around, _passport(next(numbers), "DEMOONENAME", "", birth_date=date(2004, 2, 29)))
    _student(
        around,
        _passport(next(numbers), "DEMOKARIMOV", "TIMUR", nationality="UZB", issuing_state="UZB"),
        native_name="Демокаримов Тимур",
        name_ru="Демокаримов Тимур",
        name_ky="Демокаримов Тимур",
    )


def _who_may_be_one(around: Surroundings, numbers: Iterator[str]) -> None:
    """Add two who look like one, two who were told apart, and two who were made one."""
    _twins(around, numbers, "DEMOTWIN", "ANITA")
    _student(around, _passport(next(numbers), "DEMONAMESAKE", "ROHAN"))
    _student(around, _passport(next(numbers), "DEMONAMESAKE", "ROHAN"), is_new_person=True)
    keep, drop = _twins(around, numbers, "DEMOMERGED", "SITA")
    seen = compare(SYSTEM_ACTOR, keep, drop)
    merge_people(
        SYSTEM_ACTOR,
        keep_id=keep,
        drop_id=drop,
        keep_version=seen.first.version if seen.first else 0,
        drop_version=seen.second.version,
    )


def _twins(
    around: Surroundings, numbers: Iterator[str], surname: str, given: str
) -> tuple[int, int]:
    """Add two records nobody has decided about: the second one's birth date came later."""
    first = _student(around, _passport(next(numbers), surname, given))
    passport = _passport(next(numbers), surname, given)
    second = _student(
        around, replace(passport, birth_date=None), course=3, phone="+996 555 000 004"
    )
    (held,) = person_card(SYSTEM_ACTOR, second).passports
    change_passport(SYSTEM_ACTOR, held.passport_id, passport, version=held.version)
    return first, second


def _contradicting(around: Surroundings, numbers: Iterator[str]) -> None:
    """Add one whose contract has ended, and one of whom several things cannot be right."""
    over = {"contract_from": around.ago(400), "contract_until": around.ago(10)}
    _student(around, _passport(next(numbers), "DEMOENDED", "CONTRACT"), **over)
    _student(
        around,
        _passport(
            next(numbers),
            "DEMOCONTRADICTING",
            "RECORD",
            birth_date=around.ago(10 * 365),
            expires_on=around.ago(-60),
        ),
        residence=ResidenceKind.FLAT,
        address="Fictitious street 1",
        consent_until=around.ago(5),
        visa=VisaForm(category="S", entries=VisaEntries.MULTIPLE, valid_until=around.ago(-200)),
        **over,
    )
