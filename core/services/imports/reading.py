"""The rows of a file, cell by cell, as the register holds such facts; every fault at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError
from core.inspection.table import Cell, TableRow
from core.rules import import_values as cells
from core.rules.countries import iso2_of
from core.rules.import_columns import DATE_FIELDS
from core.rules.import_dates import OrderGuess, guess_order, read_date
from core.rules.names import fold
from core.services.imports.phones import read_phone
from core.services.imports.source import Layout, cell_at
from core.services.imports.states import state_names
from core.terms import DayOrder, ImportField
from db.models.access import Faculty
from db.models.imports import ImportBatch
from db.models.relations import Agent

#: What the columns of the register take at most.
_LONGEST = {
    ImportField.SURNAME: 100,
    ImportField.GIVEN_NAMES: 100,
    ImportField.NATIVE_NAME: 200,
    ImportField.NAME_RU: 200,
    ImportField.NAME_KY: 200,
    ImportField.PROGRAMME: 200,
    ImportField.GROUP: 40,
    ImportField.ORDER_NUMBER: 60,
    ImportField.CONTRACT_NUMBER: 60,
    ImportField.VISA_NUMBER: 40,
    ImportField.ADDRESS: 300,
    ImportField.OWNER_NAME: 200,
}

_READERS: Mapping[ImportField, Callable[[object], object]] = {
    ImportField.SURNAME: cells.read_name,
    ImportField.GIVEN_NAMES: cells.read_name,
    ImportField.FULL_NAME: cells.read_name,
    ImportField.SEX: cells.read_sex,
    ImportField.PASSPORT_NUMBER: cells.read_passport_number,
    ImportField.COURSE: cells.read_course,
    ImportField.FUNDING: cells.read_funding,
    ImportField.VISA_CATEGORY: cells.read_category,
    ImportField.VISA_ENTRIES: cells.read_entries,
    ImportField.RESIDENCE: cells.read_residence,
    ImportField.EMAIL: cells.read_email,
}

_STATES = frozenset({ImportField.CITIZENSHIP, ImportField.ISSUING_STATE})


@dataclass(frozen=True, kw_only=True)
class RowFault:
    """One thing wrong with one cell; ``column`` is its heading, empty where there is no column."""

    column: str
    value: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReadRow:
    """What a row says, by field, and what is wrong with it; ``number`` is the sheet's."""

    number: int
    values: Mapping[ImportField, Any]
    faults: tuple[RowFault, ...]


class RowReader:
    """Reads the rows of one file by one mapping; the order of dates is decided per column."""

    def __init__(self, session: Session, batch: ImportBatch, layout: Layout) -> None:
        self._headings = layout.headings
        self._fields = {
            int(place): ImportField(name)
            for place, name in sorted(batch.mapping.items(), key=lambda pair: int(pair[0]))
            if name and int(place) < len(layout.headings)
        }
        self._orders = date_orders(batch, layout)
        self._faculties = _faculty_names(session)
        self._agents = _agent_names(session)

    def heading_of(self, wanted: ImportField) -> tuple[str, int | None]:
        """Return the heading and the place of the column that holds a field."""
        for place, name in self._fields.items():
            if name is wanted:
                return self._headings[place], place
        return "", None

    def __call__(self, row: TableRow) -> ReadRow:
        """Return what ``row`` says."""
        values: dict[ImportField, Any] = {}
        faults: list[RowFault] = []
        for place, name in self._fields.items():
            cell = cell_at(row, place)
            if cell is None:
                continue
            try:
                values[name] = self._read(name, cell, place)
            except DomainError as refusal:
                faults.append(self._fault(place, cell, refusal))
        if phone := values.get(ImportField.PHONE):
            try:
                values[ImportField.PHONE] = read_phone(phone, _region(values))
            except DomainError as refusal:
                _heading, place_of_phone = self.heading_of(ImportField.PHONE)
                faults.append(self._fault(place_of_phone or 0, phone, refusal))
        return ReadRow(number=row.number, values=_named(values), faults=tuple(faults))

    def _read(self, name: ImportField, cell: Cell, place: int) -> object:
        text = cells.text_of(cell)
        if text in cells.FORMULA_ERRORS:
            raise DomainError("import.formula", value=text)
        if name in DATE_FIELDS:
            return read_date(cell, self._orders[place].order)
        if name in _STATES:
            return cells.read_state(cell, state_names())
        if name is ImportField.FACULTY:
            return _looked_up(self._faculties, text, "import.faculty")
        if name is ImportField.AGENT:
            return _looked_up(self._agents, text, "import.agent")
        reader = _READERS.get(name)
        value = reader(cell) if reader else text
        most = _LONGEST.get(name, 1_000)
        if isinstance(value, str) and len(value) > most:
            raise DomainError("import.too_long", value=text, most=most)
        return value

    def _fault(self, place: int, cell: object, refusal: DomainError) -> RowFault:
        return RowFault(
            column=self._headings[place],
            value=cells.text_of(cell),
            code=refusal.code,
            values=dict(refusal.values),
        )


def date_orders(batch: ImportBatch, layout: Layout) -> dict[int, OrderGuess]:
    """Return for each column of dates the order they are read in: the one chosen, or a guess."""
    orders = {}
    chosen = batch.options.get("orders", {})
    for place, name in batch.mapping.items():
        column = int(place)
        if not name or ImportField(name) not in DATE_FIELDS:
            continue
        orders[column] = guess_order(cell_at(row, column) for row in layout.rows)
        if place in chosen:
            orders[column] = OrderGuess(order=DayOrder(chosen[place]), is_certain=True)
    return orders


def _region(values: Mapping[ImportField, Any]) -> str | None:
    citizenship = values.get(ImportField.CITIZENSHIP)
    return iso2_of(citizenship) if citizenship else None


def _named(values: dict[ImportField, Any]) -> dict[ImportField, Any]:
    """Return ``values`` with a full name taken apart, where its parts have no columns."""
    full = values.pop(ImportField.FULL_NAME, "")
    if full and ImportField.SURNAME not in values and ImportField.GIVEN_NAMES not in values:
        surname, given = cells.split_name(full)
        values[ImportField.SURNAME] = surname
        values[ImportField.GIVEN_NAMES] = given
    return values


def _looked_up(names: Mapping[str, int], text: str, code: str) -> int:
    found = names.get(fold(text))
    if found is None:
        raise DomainError(code, value=text)
    return found


def _faculty_names(session: Session) -> dict[str, int]:
    faculties: Sequence[Faculty] = session.scalars(
        sa.select(Faculty).filter_by(is_active=True).order_by(Faculty.id)
    ).all()
    return {
        fold(name): faculty.id
        for faculty in faculties
        for name in (faculty.name_en, faculty.name_ru, faculty.name_ky)
        if name
    }


def _agent_names(session: Session) -> dict[str, int]:
    agents = session.scalars(sa.select(Agent).filter_by(is_active=True).order_by(Agent.id))
    return {fold(name): row.id for row in agents for name in (row.company, row.name) if name}
