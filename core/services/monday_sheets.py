"""The Monday sheet of who is responsible for cases, and of a dean's office."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError, NotFound
from core.i18n import country_name, pick, use_language
from core.letters.monday import ROOM, MondayLetter, SheetLine, render_monday_sheet
from core.permissions import Actor, Permission
from core.services import audit
from core.services.case_lines import CaseLine, ask_for_cases, case_lines
from core.services.checklists import PDF
from core.services.documents import OpenedFile
from core.services.faculties import faculty_names
from core.services.guard import requires
from core.services.house import house, today
from core.services.responsible import NOBODY, is_responsible, people_responsible
from core.services.scope import office_in_scope, people_in_scope
from core.terms import Language, Party, SheetPart
from core.words import word
from db.engine import reading, writing
from db.models.cases import Case, Deadline

_Conditions = tuple[sa.ColumnElement[bool], ...]

_AUTHORITIES = (Party.SCNB, Party.DCS, Party.EMBASSY)

#: For whom the cases of each part wait, as the department and as a dean's office sees it.
_OF_THE_DEPARTMENT = {
    SheetPart.ACT: (Party.DEPARTMENT,),
    SheetPart.WAIT: _AUTHORITIES,
    SheetPart.CHASE: (Party.DEAN, Party.STUDENT),
}
_OF_A_DEAN = {
    SheetPart.ACT: (Party.DEAN,),
    SheetPart.WAIT: (Party.DEPARTMENT, *_AUTHORITIES),
    SheetPart.CHASE: (Party.STUDENT,),
}

#: What stands first in each part: the soonest date, the plan that is past or ends first, whoever
#: has waited longest.
_ORDER: dict[SheetPart, tuple[Any, ...]] = {
    SheetPart.ACT: (Deadline.due_on.is_(None), Deadline.due_on, Case.id),
    SheetPart.WAIT: (Case.planned_until.is_(None), Case.planned_until, Case.moved_on, Case.id),
    SheetPart.CHASE: (Case.moved_on, Deadline.due_on.is_(None), Deadline.due_on, Case.id),
}


@dataclass(frozen=True, kw_only=True)
class _Whose:
    """Whose sheet it is: his and nobody's cases, or for a dean's office all of its faculties."""

    name: str
    user_id: int | None
    parties: dict[SheetPart, tuple[Party, ...]]
    is_of_office: bool


@requires(Permission.READ_CASES)
def own_monday_sheet(actor: Actor, *, language: Language) -> OpenedFile:
    """Return the actor's sheet as a PDF, that of his faculties for a dean's office; it is audited.

    Raises ``case.not_responsible`` for who works on no case.
    """
    if actor.is_bound_to_faculties:
        with use_language(language):
            names = faculty_names(actor)
        office = ", ".join(names[each] for each in sorted(actor.faculty_ids) if each in names)
        return _sheet(actor, _of_office(office), language)
    if actor.user_id not in people_responsible(actor):
        raise DomainError("case.not_responsible")
    return _sheet(actor, _of_user(actor.user_id, actor.full_name), language)


@requires(Permission.READ_OTHERS_SHEET)
def monday_sheet_of(actor: Actor, user_id: int, *, language: Language) -> OpenedFile:
    """Return the sheet of who is responsible for cases; it is audited. Raises :class:`NotFound`."""
    names = people_responsible(actor)
    if user_id not in names:
        raise NotFound
    return _sheet(actor, _of_user(user_id, names[user_id]), language)


def _of_office(name: str) -> _Whose:
    return _Whose(name=name, user_id=None, parties=_OF_A_DEAN, is_of_office=True)


def _of_user(user_id: int | None, name: str) -> _Whose:
    return _Whose(name=name, user_id=user_id, parties=_OF_THE_DEPARTMENT, is_of_office=False)


def _sheet(actor: Actor, whose: _Whose, language: Language) -> OpenedFile:
    with reading() as session, use_language(language):
        letter = _letter(session, actor, whose, language)
    content = render_monday_sheet(letter)
    with writing() as session:
        audit.record(
            session,
            actor,
            action="cases.print_sheet",
            subject_kind="user",
            subject_id=whose.user_id or actor.user_id,
            clear={"language": language.value, "count": sum(letter.counts.values())},
        )
    return OpenedFile(
        file_name=f"monday-{letter.printed_on.isoformat()}.pdf", media_type=PDF, content=content
    )


def _letter(session: Session, actor: Actor, whose: _Whose, language: Language) -> MondayLetter:
    own = house(actor)
    arms = {part: _arms(actor, whose, part) for part in SheetPart}
    return MondayLetter(
        language=language,
        university=pick(en=own.name_en, ru=own.name_ru, ky=own.name_ky),
        department=pick(en=own.department_en, ru=own.department_ru, ky=own.department_ky),
        whose=whose.name,
        counts={part: _count(session, arms[part]) for part in SheetPart},
        lines={part: _lines(session, actor, whose, part, arms[part]) for part in SheetPart},
        printed_on=today(),
        printed_by=actor.full_name,
    )


def _arms(actor: Actor, whose: _Whose, part: SheetPart) -> list[_Conditions]:
    """Return what the cases of a part hold, for his and for nobody's apart.

    Each is read by an index of its own; both in one condition would read the whole table.
    """
    holders = (None,) if whose.is_of_office else (whose.user_id, NOBODY)
    return [
        (
            Case.closed_at.is_(None),
            Case.waits_for.in_(whose.parties[part]),
            office_in_scope(actor, Case.faculty_id),
            is_responsible(holder),
        )
        for holder in holders
    ]


def _count(session: Session, arms: Sequence[_Conditions]) -> int:
    counted = (
        sa.select(sa.func.count()).select_from(Case).where(*arm).scalar_subquery() for arm in arms
    )
    return sum(session.execute(sa.select(*counted)).one())


def _lines(
    session: Session, actor: Actor, whose: _Whose, part: SheetPart, arms: Sequence[_Conditions]
) -> tuple[SheetLine, ...]:
    first = [case_id for arm in arms for case_id in session.scalars(_first(actor, part, arm))]
    asked = ask_for_cases(Case.id.in_(first)).order_by(*_ORDER[part]).limit(ROOM)
    faculties = faculty_names(actor)
    return tuple(
        _line(line, faculties, is_nobodys=not whose.is_of_office and line.responsible is None)
        for line in case_lines(session, asked, on=today())
    )


def _first(actor: Actor, part: SheetPart, arm: _Conditions) -> sa.Select[int]:
    """Return the question for as many cases as the page may need; only theirs is all else read."""
    return (
        sa.select(Case.id)
        .outerjoin(Deadline, sa.and_(Deadline.case_id == Case.id, Deadline.is_open))
        .where(*arm, people_in_scope(actor, Case.person_id))
        .order_by(*_ORDER[part])
        .limit(ROOM)
    )


def _line(line: CaseLine, faculties: dict[int, str], *, is_nobodys: bool) -> SheetLine:
    whom = word(line.waits_for) if line.waits_for else ""
    if line.waits_for is Party.DEAN:
        whom = faculties.get(line.faculty_id or 0, whom)
    return SheetLine(
        name=line.name,
        citizenship=country_name(line.citizenship) if line.citizenship else "—",
        procedure=word(line.kind),
        whom=whom,
        due_on=line.due_on,
        days_left=line.days_left,
        moved_on=line.moved_on,
        days_here=line.days_in_step,
        planned_until=line.planned_until,
        is_late=line.is_late,
        is_nobodys=is_nobodys,
    )
