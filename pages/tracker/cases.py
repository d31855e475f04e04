"""The cases of one step, the longest there first, and the way on for many of them at once."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.i18n import _, format_date, ngettext
from core.messages import describe
from core.permissions import Actor, Permission
from core.services.batch_views import batch_of_each
from core.services.board import BoardLine, BoardStep, cases_in_step, ways_from
from core.services.case_moves import move_cases
from core.services.faculties import faculty_names
from core.services.names import name_of
from core.services.page import Page
from core.terms import CaseKind, DueGap, Party, Urgency
from core.words import word
from pages.cases.acts import ask_for_move
from pages.messages.remind import offer_reminding
from pages.shell import links, parts
from pages.shell.parts import escaped
from pages.tracker.gathering import offer_gathering

#: Which tables were worked through; each move makes the next one forget what was ticked.
_TURN = "tracker_turn"

#: What a case may be marked with: how near its date is, or that no term is confirmed for it.
_URGENCIES = (*Urgency, *DueGap)


def show_cases(actor: Actor, kind: CaseKind, step: BoardStep, *, faculty_id: int | None) -> None:
    """Show the cases of ``step``; a tick chooses one, and one alone can be opened."""
    st.subheader(escaped(name_of(step.name)), anchor=False)
    number = links.number_in_address("p") or 1
    page = cases_in_step(actor, kind, step.code, faculty_id=faculty_id, page=number)
    if page.total == 0:
        parts.empty(_("No case is in this step."), _("Choose another step above."))
        return
    batches: dict[int, int] = {}
    if actor.can(Permission.READ_BATCHES):
        batches = batch_of_each(actor, [line.case_id for line in page.rows])
    chosen = _table(actor, step, page, batches)
    parts.pager(page, key="tracker")
    if not chosen:
        st.caption(_("Tick cases to open one or to move many."))
        return
    with st.container(horizontal=True):
        if len(chosen) == 1 and st.button(
            _("Open the card"), key="tracker_open", icon=":material/person:"
        ):
            links.go_to("students", person=chosen[0].person_id, case=chosen[0].case_id)
        if actor.can(Permission.EDIT_CASES):
            _move(actor, kind, step, chosen)
            key = f"tracker_{step.code}_{st.session_state[_TURN]}"
            offer_gathering(actor, kind, step, chosen, key=key)
        offer_reminding(actor, [line.case_id for line in chosen], key=f"{kind.value}_{step.code}")


def _table(
    actor: Actor, step: BoardStep, page: Page[BoardLine], batches: dict[int, int]
) -> list[BoardLine]:
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
    shown = st.dataframe(
        parts.columns(columns),
        key=f"tracker_cases_{st.session_state.setdefault(_TURN, 0)}",
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        column_config=config,
    )
    # A page may have become shorter since its rows were ticked.
    return [lines[row] for row in shown.selection.rows if row < len(lines)]


def _headings() -> dict[str, Any]:
    return {
        "name": st.column_config.TextColumn(_("Name")),
        "days": st.column_config.NumberColumn(_("Days here")),
        "since": st.column_config.TextColumn(_("Since")),
        "plan": st.column_config.TextColumn(_("Planned until")),
        "due": st.column_config.TextColumn(_("Due")),
        "urgency": parts.status_column(_("Urgency"), list(Urgency), width=130),
        "papers": st.column_config.TextColumn(_("Papers")),
        "faculty": st.column_config.TextColumn(_("Faculty")),
    }


def _columns(lines: Sequence[BoardLine], faculties: dict[int, str]) -> dict[str, Sequence[Any]]:
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
        "faculty": [faculties.get(line.faculty_id or 0, "—") for line in lines],
    }


def _move(actor: Actor, kind: CaseKind, step: BoardStep, chosen: Sequence[BoardLine]) -> None:
    ways = ways_from(actor, kind, step.code)
    if not ways:
        return
    label = ngettext("Move %(count)s case…", "Move %(count)s cases…", len(chosen))
    key = f"tracker_move_{step.code}_{st.session_state[_TURN]}"
    last = max(line.moved_on for line in chosen)
    with st.popover(
        escaped(label % {"count": len(chosen)}), icon=":material/swap_horiz:", key=f"{key}_open"
    ):
        asked = ask_for_move(ways, key=key, last=last)
    if asked is None:
        return
    way, known = asked
    seen = {line.case_id: line.version for line in chosen}
    refused = move_cases(actor, seen, way.code, known)
    moved = len(chosen) - len(refused)
    if moved:
        st.session_state[_TURN] += 1
        told = ngettext("%(count)s case is moved.", "%(count)s cases are moved.", moved)
        parts.done(told % {"count": moved})
    names = {line.case_id: line.name for line in chosen}
    if not refused:
        st.rerun()
    for case_id, error in refused.items():
        st.error(escaped(f"{names[case_id]}: {describe(error)}"))
