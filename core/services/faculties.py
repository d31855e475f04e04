"""Faculties: data of the house, kept by the administrator; none is shipped."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import DomainError, NotFound
from core.i18n import pick
from core.permissions import Actor, Permission
from core.services import audit
from core.services.guard import requires
from core.services.remembered import remembered
from core.services.versions import claim
from db.engine import reading, writing
from db.models.access import Faculty


@dataclass(frozen=True, kw_only=True)
class FacultyForm:
    """The names of a faculty; an empty Russian or Kyrgyz one falls back to the English."""

    name_en: str
    name_ru: str = ""
    name_ky: str = ""
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class FacultyView:
    """A faculty with the version an edit must name."""

    faculty_id: int
    version: int
    name_en: str
    name_ru: str
    name_ky: str
    is_active: bool


@requires(Permission.READ_FACULTIES)
def list_faculties(actor: Actor) -> tuple[FacultyView, ...]:  # noqa: ARG001
    """Return every faculty, active ones first, by English name."""
    with reading() as session:
        return remembered(session, "faculties", lambda: _faculties(session))


def _faculties(session: Session) -> tuple[FacultyView, ...]:
    rows = session.scalars(
        sa.select(Faculty).order_by(Faculty.is_active.desc(), Faculty.name_en, Faculty.id)
    )
    return tuple(_view(row) for row in rows)


@requires(Permission.READ_FACULTIES)
def faculty_names(actor: Actor, *, only_active: bool = False) -> dict[int, str]:
    """Return the names of the faculties in the language of the moment, by id."""
    return {
        faculty.faculty_id: pick(en=faculty.name_en, ru=faculty.name_ru, ky=faculty.name_ky)
        for faculty in list_faculties(actor)
        if faculty.is_active or not only_active
    }


@requires(Permission.MANAGE_FACULTIES)
def create_faculty(actor: Actor, form: FacultyForm) -> int:
    """Create a faculty, return its id. Raises ``faculty.name_missing``, ``faculty.name_taken``."""
    with writing() as session:
        row = Faculty(**_values(form))
        session.add(row)
        _flush(session, form)
        _record(session, actor, "faculty.create", row)
        return row.id


@requires(Permission.MANAGE_FACULTIES)
def change_faculty(actor: Actor, faculty_id: int, form: FacultyForm, *, version: int) -> None:
    """Rename a faculty or take it out of use; students keep it. Raises as above."""
    with writing() as session:
        row = session.get(Faculty, faculty_id)
        if row is None:
            raise NotFound
        claim(session, row, actor, seen_version=version)
        for name, value in _values(form).items():
            setattr(row, name, value)
        _flush(session, form)
        _record(session, actor, "faculty.change", row)


def _values(form: FacultyForm) -> dict[str, str | bool]:
    name = form.name_en.strip()
    if not name:
        raise DomainError("faculty.name_missing")
    return {
        "name_en": name,
        "name_ru": form.name_ru.strip(),
        "name_ky": form.name_ky.strip(),
        "name_key": name.casefold(),
        "is_active": form.is_active,
    }


def _flush(session: Session, form: FacultyForm) -> None:
    try:
        session.flush()
    except IntegrityError as clash:
        raise DomainError("faculty.name_taken", name=form.name_en.strip()) from clash


def _record(session: Session, actor: Actor, action: str, row: Faculty) -> None:
    audit.record(
        session,
        actor,
        action=action,
        subject_kind="faculty",
        subject_id=row.id,
        clear={"name": row.name_en, "is_active": row.is_active},
    )


def _view(row: Faculty) -> FacultyView:
    return FacultyView(
        faculty_id=row.id,
        version=row.version,
        name_en=row.name_en,
        name_ru=row.name_ru,
        name_ky=row.name_ky,
        is_active=row.is_active,
    )
