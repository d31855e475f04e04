"""People of the demonstration who travel, leave, come from elsewhere or had a visa extended.

Called by the loader of the demonstration only. Everybody here is invented and says so.
"""

from dataclasses import replace
from datetime import date, timedelta

from core.permissions import SYSTEM_ACTOR
from core.services.demonstration_people import Surroundings
from core.services.enrolments import change_enrolment, enrolments_of_person
from core.services.passports import add_passport
from core.services.people import register_student
from core.services.person_forms import PassportForm, StudentForm, VisaForm
from core.services.registrations import RegistrationForm, add_registration
from core.services.trips import TripForm, add_trip
from core.services.visas import add_earlier_visa, add_visa
from core.terms import ResidenceKind, Sex, VisaEntries


def add_people_on_the_move(around: Surroundings) -> None:
    """Add one for each thing that visas, trips and transfers ask for."""
    _extended(around, _student(around, 1, "DEMOEXTENDED"))
    _leaving(around, _student(around, 2, "DEMOEXITVISA"))
    _with_a_new_passport(_student(around, 3, "DEMONEWPASSPORT"))
    _travelling(around, _student(around, 4, "DEMOTRAVELLER"))
    _transferred(_student(around, 5, "DEMOTRANSFERREDIN"))


def _student(around: Surroundings, number: int, surname: str) -> int:
    form = StudentForm(
        passport=_passport(number, surname, f"ZX{number:05}"),
        faculty_id=around.faculties[0],
        course=3,
        entered_on=around.ago(60),
        residence=ResidenceKind.HOSTEL,
        address="Hostel 2, room 5",
        contract_number=f"DEMO-MOVE-{number}",
        contract_from=around.ago(90),
        contract_until=around.ago(-300),
        visa=_visa(around, "S", first=70, last=-40),
    )
    return register_student(SYSTEM_ACTOR, form)


def _passport(number: int, surname: str, document: str) -> PassportForm:
    return PassportForm(
        number=document,
        issuing_state="PAK",
        nationality="PAK",
        surname=surname,
        given_names="FICTITIOUS",
        birth_date=date(2002, 8, number),
        sex=Sex.MALE,
        expires_on=date(2032, 1, 31),
    )


def _visa(around: Surroundings, category: str, *, first: int, last: int) -> VisaForm:
    return VisaForm(
        category=category,
        entries=VisaEntries.SINGLE,
        number=f"DEMO-{category}",
        valid_from=around.ago(first),
        valid_until=around.ago(last),
    )


def _extended(around: Surroundings, person_id: int) -> None:
    """Let him be registered after his entry, and have his visa extended since."""
    add_registration(
        SYSTEM_ACTOR, person_id, RegistrationForm(registered_on=around.ago(58), number="DEMO-R2")
    )
    add_visa(SYSTEM_ACTOR, person_id, _visa(around, "S", first=1, last=-360))
    earlier = VisaForm(
        category="B",
        entries=VisaEntries.SINGLE,
        valid_from=date(2024, 3, 1),
        valid_until=date(2024, 5, 29),
    )
    add_earlier_visa(SYSTEM_ACTOR, person_id, earlier)


def _leaving(around: Surroundings, person_id: int) -> None:
    add_visa(SYSTEM_ACTOR, person_id, _visa(around, "L", first=2, last=-8))


def _with_a_new_passport(person_id: int) -> None:
    add_passport(SYSTEM_ACTOR, person_id, _passport(3, "DEMONEWPASSPORT", "ZX90003"))


def _travelling(around: Surroundings, person_id: int) -> None:
    leaves_on = around.today + timedelta(days=20)
    form = TripForm(
        leaves_on=leaves_on,
        returns_on=leaves_on + timedelta(days=30),
        note="Fictitious: a wedding in the family",
    )
    add_trip(SYSTEM_ACTOR, person_id, form)


def _transferred(person_id: int) -> None:
    (place,) = enrolments_of_person(SYSTEM_ACTOR, person_id)
    known = replace(place.known, transferred_from="A Fictitious University of Osh")
    change_enrolment(SYSTEM_ACTOR, place.enrolment_id, known, version=place.version)
