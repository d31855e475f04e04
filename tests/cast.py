"""The cast: who everybody is in the tests, and what the fictitious students bring.

Helen heads the department and Sam works there. Dora is the dean's office of medicine, Dean-two
that of dentistry: he must see nothing of medicine. Rita is the rector, Ada the administrator.
"""

from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from core.permissions import SYSTEM_ACTOR, Actor, Role
from core.services.faculties import FacultyForm, create_faculty
from core.services.people import register_student
from core.services.person_forms import PassportForm, StudentForm, VisaForm
from core.services.users import UserForm, actor_named, create_user
from core.terms import ResidenceKind, Sex, VisaEntries
from db.engine import reading
from db.models.access import Faculty

#: The day on which most tests take place: a Tuesday.
TODAY = date(2026, 9, 1)


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Every role, and the two faculties of the tests."""

    head: Actor
    staff: Actor
    dean: Actor
    other_dean: Actor
    rector: Actor
    admin: Actor
    medicine: int
    dentistry: int

    def everybody(self) -> dict[Role, Actor]:
        """Return one actor for each role a person may have."""
        actors = (self.head, self.staff, self.dean, self.rector, self.admin)
        return {actor.role: actor for actor in actors}


def assemble() -> Cast:
    """Create the faculties and one user for each role, and return who they are."""
    medicine = create_faculty(SYSTEM_ACTOR, FacultyForm(name_en="Fictitious Medicine"))
    dentistry = create_faculty(SYSTEM_ACTOR, FacultyForm(name_en="Fictitious Dentistry"))
    scopes = {"dora": {medicine}, "dean-two": {dentistry}}
    for username, role in (
        ("helen", Role.HEAD),
        ("sam", Role.STAFF),
        ("dora", Role.DEAN),
        ("dean-two", Role.DEAN),
        ("rita", Role.RECTOR),
        ("ada", Role.ADMIN),
    ):
        form = UserForm(
            username=username,
            full_name=username.title(),
            role=role,
            faculty_ids=frozenset(scopes.get(username, ())),
        )
        create_user(SYSTEM_ACTOR, form)
    return present()


def present() -> Cast:
    """Return the cast that was assembled in the database in force."""
    with reading() as session:
        rows = session.execute(sa.select(Faculty.name_en, Faculty.id).order_by(Faculty.id))
        faculties = {name: faculty_id for name, faculty_id in rows}  # noqa: C416 - rows are no pairs
    return Cast(
        head=actor_named("helen"),
        staff=actor_named("sam"),
        dean=actor_named("dora"),
        other_dean=actor_named("dean-two"),
        rector=actor_named("rita"),
        admin=actor_named("ada"),
        medicine=faculties["Fictitious Medicine"],
        dentistry=faculties["Fictitious Dentistry"],
    )


def passport(**changes: object) -> PassportForm:
    """Return the passport of a fictitious Pakistani student."""
    form = PassportForm(
        number="ZZ1234567",
        issuing_state="PAK",
        nationality="PAK",
        surname="TESTOV",
        given_names="KARIM",
        birth_date=date(2004, 2, 29),
        sex=Sex.MALE,
        expires_on=date(2030, 5, 14),
    )
    return replace(form, **changes)


def student(faculty_id: int, **changes: object) -> StudentForm:
    """Return a student who entered on 2026-08-28 with a visa of category S and lives in a flat."""
    form = StudentForm(
        passport=passport(),
        faculty_id=faculty_id,
        course=1,
        entered_on=date(2026, 8, 28),
        residence=ResidenceKind.FLAT,
        contract_from=date(2026, 9, 1),
        contract_until=date(2031, 6, 30),
        visa=VisaForm(category="S", entries=VisaEntries.SINGLE, valid_until=date(2026, 11, 26)),
    )
    return replace(form, **changes)


def enrol(actor: Actor, faculty_id: int, **changes: object) -> int:
    """Register a student of the cast and return the person's id."""
    return register_student(actor, student(faculty_id, **changes))
