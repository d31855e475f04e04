"""What the updates of a file would overwrite and add, so that nobody overwrites unseen."""

from datetime import date
from enum import StrEnum
from typing import Any

import streamlit as st

from core.i18n import _, country_name, format_date, format_number, ngettext
from core.permissions import Actor
from core.services.agents import agent_names
from core.services.faculties import faculty_names
from core.services.imports.differences import batch_changes
from core.services.imports.views import BatchView
from core.terms import ImportField
from core.words import word
from pages.shell import links, parts

#: The page of the list in the address.
_PAGE = "changes"

_STATES = frozenset({ImportField.CITIZENSHIP, ImportField.ISSUING_STATE})


def show_changes(actor: Actor, batch: BatchView) -> None:
    """Show field by field what was or will be changed of whom, folded until it is wanted."""
    if not batch.update_count:
        return
    heading = ngettext(
        "What changes of %(count)s person", "What changes of %(count)s people", batch.update_count
    ) % {"count": format_number(batch.update_count)}
    with st.expander(heading, icon=":material/difference:"):
        st.caption(
            _(
                "Another passport, another number of a visa and a move between hostel and flat are "
                "added; what was there before stays in the history."
            )
        )
        page = batch_changes(actor, batch.batch_id, page=links.number_in_address(_PAGE) or 1)
        names = {
            ImportField.FACULTY: faculty_names(actor),
            ImportField.AGENT: agent_names(actor),
        }
        chosen = parts.table(
            {
                "row": [line.row for line in page.rows],
                "name": [line.name for line in page.rows],
                "field": [word(line.field) for line in page.rows],
                "before": [_shown(line.field, line.before, names) for line in page.rows],
                "after": [_shown(line.field, line.after, names) for line in page.rows],
            },
            key="import_changes",
            column_config={
                "row": st.column_config.NumberColumn(_("Row"), width=60),
                "name": st.column_config.TextColumn(_("Name"), width=170),
                "field": st.column_config.TextColumn(_("Field"), width=130),
                "before": st.column_config.TextColumn(_("Before"), width=220),
                "after": st.column_config.TextColumn(_("After"), width=220),
            },
        )
        parts.pager(page, key="import_changes", parameter=_PAGE)
    if chosen is not None:
        links.go_to("students", person=page.rows[chosen].person_id)


def _shown(field: ImportField, value: Any, names: dict[ImportField, dict[int, str]]) -> str:
    if value is None or value == "":
        return "—"
    if field in names:
        return names[field].get(value, "—")
    if field in _STATES:
        return country_name(value)
    if isinstance(value, date):
        return format_date(value)
    return word(value) if isinstance(value, StrEnum) else str(value)
