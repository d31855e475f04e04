"""What a row of a file comes to: somebody new, a change of somebody known, nothing, or a fault."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from core.rules.import_values import text_of
from core.rules.names import fold
from core.services.cards import full_name
from core.services.imports.changing import is_another_passport
from core.services.imports.forms import Values, field_of, residence_of, student_form
from core.services.imports.known import (
    OF_PASSPORT,
    OF_RESIDENCE,
    OF_VISA,
    KnownPeople,
    KnownPerson,
)
from core.services.imports.reading import RowFault
from core.services.person_forms import student_faults
from core.terms import ImportAction, ImportField

_F = ImportField

#: The fault that is a question to the operator.
MAYBE_SAME = "import.maybe_same"


class Namesakes(StrEnum):
    """What somebody is whose name and birth date a row has under another passport number."""

    ASK = "ask"
    SAME = "same"
    NEW = "new"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a row comes to; ``changes`` are the facts an update would write.

    ``namesake`` is another person of the same name and birth date as a newcomer.
    """

    action: ImportAction
    faults: tuple[RowFault, ...] = ()
    known: KnownPerson | None = None
    namesake: KnownPerson | None = None
    changes: Values = field(default_factory=dict)
    said: Values = field(default_factory=dict)


def judge(
    values: Values,
    people: KnownPeople,
    *,
    today: date,
    namesakes: Namesakes,
    heading: Callable[[ImportField], str],
) -> Verdict:
    """Return what a row that could be read comes to; ``namesakes`` is the answer for this row."""
    known = people.with_passport(values)
    if known is not None:
        return _judge_known(values, known, today=today, heading=heading)
    other = people.namesake(values)
    if other is not None and namesakes is Namesakes.SAME:
        return _judge_known(values, other, today=today, heading=heading)
    faults = form_faults(values, today=today, heading=heading)
    if not faults and other is not None and namesakes is Namesakes.ASK:
        name = full_name(other.person)
        doubt = RowFault(
            column=heading(_F.SURNAME), value=name, code=MAYBE_SAME, values={"name": name}
        )
        faults = (doubt,)
    action = ImportAction.ERROR if faults else ImportAction.NEW
    return Verdict(action=action, faults=faults, namesake=other)


def form_faults(
    values: Values,
    *,
    today: date,
    heading: Callable[[ImportField], str],
    about: Collection[ImportField] = tuple(ImportField),
) -> tuple[RowFault, ...]:
    """Return what is wrong with the facts of a row taken together, as far as it is ``about``."""
    faults = []
    for fault in student_faults(student_form(values), today=today):
        name = field_of(fault.field)
        if name in about:
            faults.append(
                RowFault(
                    column=heading(name),
                    value=text_of(values.get(name) or ""),
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
    said = known.values()
    changes = _changes(values, known, said)
    if not changes:
        return Verdict(action=ImportAction.SAME, known=known)
    about = {*values, *(OF_VISA if OF_VISA.keys() & values.keys() else ())}
    together = said | dict(values)
    if is_another_passport(known, values):
        together |= {name: values.get(name) for name in OF_PASSPORT}
    faults = form_faults(together, today=today, heading=heading, about=about)
    return Verdict(
        action=ImportAction.ERROR if faults else ImportAction.UPDATE,
        faults=faults,
        known=known,
        changes=changes,
        said={name: said[name] for name in changes if name in said},
    )


def _changes(values: Values, known: KnownPerson, said: Values) -> dict[ImportField, Any]:
    """Return those of ``values`` that the register does not say and has a place for."""
    nowhere: set[ImportField] = set()
    if known.residence is None and residence_of(values) is None:
        nowhere |= OF_RESIDENCE
    if known.passport is None and not is_another_passport(known, values):
        nowhere |= {*OF_PASSPORT, _F.ISSUING_STATE}
    return {
        name: value
        for name, value in values.items()
        if said.get(name) != value
        and not (name is _F.ENTERED_ON and value in known.entries)
        and name not in nowhere
    }


def _refusal(
    values: Values, known: KnownPerson, heading: Callable[[ImportField], str]
) -> RowFault | None:
    number = str(values.get(_F.PASSPORT_NUMBER, ""))
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
        and fold(surname) != fold((known.passport or known.person).surname)
        and birth_date != (known.passport or known.person).birth_date
    )
