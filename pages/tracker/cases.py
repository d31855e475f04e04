"""The cases of one step, the longest there first, and what can be done with many of them."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.i18n import _, format_date
from core.permissions import Actor, Permission
from core.services.batch_views import batch_of_each
from core.services.board import BoardFilter, BoardStep, cases_in_step
from core.services.case_lines import CaseLine
from core.services.faculties import faculty_names
from core.services.names import name_of
from core.services.page import Page
from core.terms import CaseKind, DueGap, Party, Urgency
from core.words import word
from pages.cases.bulk import place_of_acts, show_bulk
from pages.cases.chosen import Chosen, turn_key
from pages.shell import links, parts
from pages.shell.parts import escaped

#: What a case may be marked with: how near its date is, or that no term is confirmed for it.
_URGENCIES = (*Urgency, *DueGap)


def show_cases(actor: Actor, kind: CaseKind, step: BoardStep, wanted: BoardFilter) -> None:
    """Show the cases of ``step``; a tick chooses one, and one alone can be opened."""
    st.subheader(escaped(name_of(step.name)), anchor=False)
    number = links.number_in_address("p") or 1
    page = cases_in_step(actor, kind, step.code, wanted, page=number)
    if page.total == 0:
        parts.empty(_("No case is in this step."), _("Choose another step above."))
        return
    batches: dict[int, int] = {}
    if actor.can(Permission.READ_BATCHES):
        batches = batch_of_each(actor, [line.case_id for line in page.rows])
    above = place_of_acts("tracker")
    chosen = _table(actor, step, page, batches)
    parts.pager(page, key="tracker")
    with above:
        _act(actor, chosen)


def _act(actor: Actor, chosen: Sequence[CaseLine]) -> None:
    if not chosen:
        st.caption(_("Tick cases to open one, or to do something with many."))
        return
    if len(chosen) == 1 and st.button(
        _("Open the card"), key="tracker_open", icon=":material/person:"
    ):
        links.go_to("students", person=chosen[0].person_id, case=chosen[0].case_id)
    names = {line.case_id: line.name for line in chosen}
    show_bulk(actor, Chosen(screen="tracker", cases=tuple(chosen), names=names))


def _table(
    actor: Actor, step: BoardStep, page: Page[CaseLine], batches: dict[int, int]
) -> list[CaseLine]:
    """Show the cases and return those ticked.

    Where any waits in a batch the table says in which one, and where any waits for somebody else
    than its step does, for whom.
    """
    lines = page.rows
    columns, config = _columns(lines, faculty_names(actor)), _headings()
    if any(line.waits_for is not step.waits_for for line in lines):
        columns["waits"] = [[word(line.waits_for)] if line.waits_for else [] for line in lines]
        config["waits"] = parts.status_column(_("Waits for"), list(Party), width=240)
    if batches:
        columns["batch"] = [str(batches.get(line.case_id, "—")) for line in lines]
        config["batch"] = st.column_config.TextColumn(_("Batch"))
    ticked = parts.table_of_rows(columns, key=f"{turn_key('tracker')}_cases", column_config=config)
    return [lines[row] for row in ticked]


def _headings() -> dict[str, Any]:
    return {
        "name": st.column_config.TextColumn(_("Name")),
        "days": st.column_config.NumberColumn(_("Days here")),
        "since": st.column_config.TextColumn(_("Since")),
        "plan": st.column_config.TextColumn(_("Planned until")),
        "due": st.column_config.TextColumn(_("Due")),
        "urgency": parts.status_column(_("Urgency"), _URGENCIES, width=150),
        "papers": st.column_config.TextColumn(_("Papers")),
        "responsible": st.column_config.TextColumn(_("Responsible")),
        "faculty": st.column_config.TextColumn(_("Faculty")),
    }


def _columns(lines: Sequence[CaseLine], faculties: dict[int, str]) -> dict[str, Sequence[Any]]:
    return {
        "name": [line.name for line in lines],
        "days": [line.days_in_step for line in lines],
        "since": [format_date(line.moved_on) for line in lines],
        "plan": [format_date(line.planned_until) if line.planned_until else "—" for line in lines],
        "due": [format_date(line.due_on) if line.due_on else "—" for line in lines],
        "urgency": [[word(each) for each in (line.urgency, line.gap) if each] for line in lines],
        "papers": [
            _("%(done)s of %(all)s") % {"done": line.settled_count, "all": line.required_count}
            for line in lines
        ],
        "responsible": [line.responsible or "—" for line in lines],
        "faculty": [faculties.get(line.faculty_id or 0, "—") for line in lines],
    }
