"""Many new students at once: what the intake does for one of them, in a few statements for all.

``tests/services/test_newcomers.py`` holds that the outcome is that of
:func:`core.services.people.add_student`.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.permissions import Actor
from core.services import audit
from core.services.follow_ups import follow_up_all
from core.services.person_forms import StudentForm
from core.services.person_rows import (
    circumstance_rows,
    passport_row,
    person_row,
    registration_entry,
)
from db.models.people import Person


def add_students(session: Session, actor: Actor, forms: Sequence[StudentForm]) -> list[Person]:
    """Add students whose forms were found right, in the caller's transaction, in their order.

    A passport that somebody else registered meanwhile raises ``IntegrityError``, after which the
    transaction cannot go on.
    """
    people = [person_row(form, by=actor.full_name) for form in forms]
    session.add_all(people)
    session.flush()
    passports = [
        passport_row(person.id, form.passport) if form.passport.number.strip() else None
        for person, form in zip(people, forms, strict=True)
    ]
    session.add_all([passport for passport in passports if passport is not None])
    session.flush()
    for person, passport, form in zip(people, passports, forms, strict=True):
        around = circumstance_rows(person.id, passport.id if passport else None, form)
        session.add_all(around.rows())
    told = [registration_entry(person, form) for person, form in zip(people, forms, strict=True)]
    audit.record_all(session, actor, told)
    follow_up_all(session, actor, [person.id for person in people])
    return people
