"""What a row of a file comes to: somebody new, a change of somebody known, nothing, or a fault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from core.rules.names import fold
from core.services.cards import full_name
from core.services.imports.forms import Values, field_of, student_form
from core.services.imports.known import KnownPeople, KnownPerson
from core.services.imports.reading import RowFault
from core.services.person_forms import student_faults
from core.terms import ImportAction, ImportField

_F = ImportField


class Namesakes(StrEnum):
    """What happens with a row whose name and birth date somebody of another passport has."""

    ASK = "ask"
    NEW = "new"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a row comes to; ``changes`` are the facts an update would write."""

    action: ImportAction
    faults: tuple[RowFault, ...] = ()
    known: KnownPerson | None = None
    changes: Mapping[ImportField, Any] | None = None


def judge(
    values: Values,
    people: KnownPeople,
    *,
    today: date,
    namesakes: Namesakes,
    heading: Callable[[ImportField], str],
) -> Verdict:
    """Return what a row that could be read comes to."""
    known = None
    if number := values.get(_F.PASSPORT_NUMBER):
        state = values.get(_F.ISSUING_STATE) or values.get(_F.CITIZENSHIP, "")
        known = people.with_passport(number, state)
    if known is not None:
        return _judge_known(values, known, today=today, heading=heading)
    faults = form_faults(values, today=today, heading=heading)
    if not faults and namesakes is Namesakes.ASK:
        other = people.namesake(values)
        if other is not None:
            shown = full_name(other)
            fault = RowFault(
                column=heading(_F.SURNAME),
                value=shown,
                code="import.maybe_same",
                values={"name": shown},
            )
            faults = (fault,)
    return Verdict(action=ImportAction.ERROR if faults else ImportAction.NEW, faults=faults)


def form_faults(
    values: Values, *, today: date, heading: Callable[[ImportField], str]
) -> tuple[RowFault, ...]:
    """Return what is wrong with the facts of a row taken together."""
    faults = []
    for fault in student_faults(student_form(values), today=today):
        name = field_of(fault.field)
        faults.append(
            RowFault(
                column=heading(name),
                value=str(values.get(name, "")),
                code=fault.code,
                values=dict(fault.values),
            )
        )
    return tuple(faults)


def _judge_known(
    values: Values,
    known: KnownPerson,
    *,
    today: date,
    heading: Callable[[ImportField], str],
) -> Verdict:
    if fault := _refusal(values, known, heading):
        return Verdict(action=ImportAction.ERROR, faults=(fault,), known=known)
    changes = known.changes(values)
    if not changes:
        return Verdict(action=ImportAction.SAME, known=known)
    together = known.values() | dict(values)
    given = {heading(name) for name in values}
    faults = tuple(
        fault
        for fault in form_faults(together, today=today, heading=heading)
        if fault.column in given
    )
    action = ImportAction.ERROR if faults else ImportAction.UPDATE
    return Verdict(action=action, faults=faults, known=known, changes=changes)


def _refusal(
    values: Values, known: KnownPerson, heading: Callable[[ImportField], str]
) -> RowFault | None:
    number = str(values[_F.PASSPORT_NUMBER])
    code, more = "", {}
    if known.person.closed_at is not None:
        code = "person.closed"
    elif _is_somebody_else(values, known):
        code, more = "import.other_person", {"name": full_name(known.person)}
    if not code:
        return None
    return RowFault(column=heading(_F.PASSPORT_NUMBER), value=number, code=code, values=more)


def _is_somebody_else(values: Values, known: KnownPerson) -> bool:
    """Return whether both surname and birth date are given and both differ from the register."""
    surname, birth_date = values.get(_F.SURNAME), values.get(_F.BIRTH_DATE)
    return bool(
        surname
        and birth_date
        and fold(surname) != fold(known.passport.surname)
        and birth_date != known.passport.birth_date
    )
