"""What each column of the file holds: the guess, its first cells, and the operator's correction."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _
from core.permissions import Actor
from core.services.faculties import faculty_names
from core.services.imports.batches import (
    ImportChoices,
    choose_sheet,
    start_check,
)
from core.services.imports.views import (
    BatchView,
    ColumnView,
)
from core.terms import DayOrder, ImportField, ImportStatus
from core.words import word
from pages.shell import parts
from pages.shell.parts import escaped


def choose_columns(actor: Actor, batch: BatchView) -> None:
    """Show every column with the guess, and begin the dry run under what is chosen."""
    has_result = batch.status is ImportStatus.CHECKED
    with st.expander(_("Columns"), expanded=not has_result):
        _choose_sheet(actor, batch)
        st.caption(_("Look whether each column was understood; what is left out is not read."))
        key = f"import_{batch.batch_id}_{batch.sheet}_{batch.header_row}"
        with st.form(f"{key}_columns", border=False):
            fields = {column.place: _field(key, column) for column in batch.columns}
            faculty_id = _whole_file(actor, batch, key)
            orders = _orders(batch, key)
            label = _("Check again") if has_result else _("Check the file")
            is_started = st.form_submit_button(
                label, type="secondary" if has_result else "primary", icon=":material/fact_check:"
            )
    if not is_started:
        return
    choices = ImportChoices(
        fields=fields, orders=orders, faculty_id=faculty_id, namesakes=batch.namesakes
    )
    try:
        start_check(actor, batch.batch_id, choices, version=batch.version)
    except DomainError as error:
        parts.refusal(error)
        return
    st.rerun()


def _choose_sheet(actor: Actor, batch: BatchView) -> None:
    first, second, third = st.columns([1, 1, 2], vertical_alignment="bottom")
    sheet = batch.sheet
    if len(batch.sheets) > 1:
        sheet = third.selectbox(
            _("Sheet"),
            batch.sheets,
            index=batch.sheets.index(batch.sheet),
            key=f"import_{batch.batch_id}_sheet",
        )
    row = first.number_input(
        _("Row of the headings"),
        min_value=1,
        value=batch.header_row,
        step=1,
        key=f"import_{batch.batch_id}_{batch.sheet}_header",
    )
    is_other = sheet != batch.sheet or row != batch.header_row
    if second.button(_("Read again"), key="import_sheet_read", disabled=not is_other):
        header = int(row) if sheet == batch.sheet else None
        try:
            choose_sheet(
                actor, batch.batch_id, sheet=sheet, header_row=header, version=batch.version
            )
        except DomainError as error:
            parts.refusal(error)
            return
        st.rerun()


def _field(key: str, column: ColumnView) -> ImportField | None:
    first, second = st.columns([1, 2], vertical_alignment="center")
    options = [None, *ImportField]
    heading = column.heading or _("(no heading)")
    chosen: ImportField | None = first.selectbox(
        escaped(heading),
        options,
        index=options.index(column.field),
        format_func=lambda name: word(name) if name else _("— left out —"),
        key=f"{key}_{column.place}",
    )
    samples = " · ".join(sample for sample in column.samples if sample)
    second.caption(escaped(samples) or _("empty"))
    return chosen


def _whole_file(actor: Actor, batch: BatchView, key: str) -> int | None:
    st.subheader(_("For the whole file"), anchor=False)
    faculties = faculty_names(actor, only_active=True)
    options = [None, *faculties]
    faculty_id: int | None = st.selectbox(
        _("Faculty of newcomers whose row names none"),
        options,
        index=options.index(batch.faculty_id) if batch.faculty_id in options else 0,
        format_func=lambda choice: faculties[choice] if choice else _("not known yet"),
        key=f"{key}_faculty",
    )
    return faculty_id


def _orders(batch: BatchView, key: str) -> dict[int, DayOrder]:
    """Return how the dates of each column are read; only what nothing proves is asked."""
    dated = [column for column in batch.columns if column.order is not None]
    orders: dict[int, DayOrder] = {}
    for column in dated:
        if column.order is None or column.is_certain:
            continue
        label = _("Dates in “%(column)s” are written with the") % {"column": column.heading}
        chosen = st.radio(
            escaped(label),
            list(DayOrder),
            index=list(DayOrder).index(column.order),
            format_func=word,
            horizontal=True,
            key=f"{key}_{column.place}_order",
        )
        orders[column.place] = chosen or column.order
    return orders
