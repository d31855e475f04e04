"""The list behind the numbers of the radar: a click opens a line, ticks choose many cases."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.i18n import _, format_date, ngettext
from core.messages import days_left_text
from core.permissions import Actor
from core.services.case_views import case_view
from core.services.faculties import faculty_names
from core.services.page import Page
from core.services.radar_lines import RadarLine
from core.terms import Matter, Party, Urgency
from core.words import word
from pages.cases.bulk import place_of_acts, show_bulk
from pages.cases.chosen import Chosen, turn_key
from pages.cases.panel import why
from pages.shell import links, parts
from pages.shell.parts import escaped

#: How many dates were explained; each makes the table forget the click that asked for it.
_EXPLAINED = "home_explained"

#: Where on the card a paper is found; a case is found among the cases.
_TABS = {
    Matter.VISA: "passports",
    Matter.PASSPORT: "passports",
    Matter.REGISTRATION: "living",
    Matter.CONSENT: "living",
    Matter.CONTRACT: "study",
    Matter.DOCUMENT: "documents",
}


def show_lines(actor: Actor, page: Page[RadarLine], *, chooses: bool) -> None:
    """Show a page of the radar; a row is opened by a click, or with ``chooses`` ticked."""
    if chooses:
        _choose(actor, page)
    else:
        _open(actor, page)


def _choose(actor: Actor, page: Page[RadarLine]) -> None:
    above = place_of_acts("home")
    ticked = parts.table_of_rows(
        _columns(page.rows, faculty_names(actor)),
        key=f"{turn_key('home')}_ticked",
        column_config=_config(),
    )
    parts.pager(page, key="home")
    with above:
        _act(actor, [page.rows[row] for row in ticked])


def _act(actor: Actor, lines: Sequence[RadarLine]) -> None:
    """Offer what can be done with the cases of ``lines``; one may take care of two papers."""
    if not lines:
        st.caption(_("Tick lines to do something with their cases."))
        return
    if without := sum(line.case is None for line in lines):
        told = ngettext(
            "%(count)s line has no case and is left out.",
            "%(count)s lines have no case and are left out.",
            without,
        )
        st.caption(escaped(told % {"count": without}))
    cases = {line.case.case_id: line.case for line in lines if line.case}
    names = {line.case.case_id: line.name for line in lines if line.case}
    if cases:
        show_bulk(actor, Chosen(screen="home", cases=tuple(cases.values()), names=names))


def _open(actor: Actor, page: Page[RadarLine]) -> None:
    clicked = parts.table_of_cells(
        _columns(page.rows, faculty_names(actor)),
        key=f"home_due_{st.session_state.setdefault(_EXPLAINED, 0)}",
        column_config=_config(),
    )
    parts.pager(page, key="home")
    if clicked is None:
        return
    row, column = clicked
    line = page.rows[row]
    if column in ("due", "target") and line.matter is Matter.CASE:
        _explain(actor, line, column)
    elif line.matter is Matter.CASE:
        links.go_to("students", person=line.person_id, case=line.record_id)
    else:
        links.go_to("students", person=line.person_id, tab=_TABS[line.matter])


def _config() -> dict[str, Any]:
    return {
        "urgency": parts.status_column(_("Urgency"), list(Urgency), width=130),
        "due": st.column_config.TextColumn(_("Due")),
        "name": st.column_config.TextColumn(_("Name")),
        "left": st.column_config.TextColumn(_("Days left")),
        "what": st.column_config.TextColumn(_("What")),
        "waits": parts.status_column(_("Waits for"), list(Party), width=200),
        "since": st.column_config.TextColumn(_("Since")),
        "responsible": st.column_config.TextColumn(_("Responsible")),
        "papers": st.column_config.TextColumn(_("Papers")),
        "target": st.column_config.TextColumn(_("Safe date")),
        "faculty": st.column_config.TextColumn(_("Faculty")),
    }


def _columns(lines: Sequence[RadarLine], faculties: dict[int, str]) -> dict[str, Sequence[Any]]:
    return {
        "urgency": [[word(line.urgency)] if line.urgency else [] for line in lines],
        "due": [format_date(line.due_on) if line.due_on else "—" for line in lines],
        "name": [line.name for line in lines],
        "left": [days_left_text(line.days_left) for line in lines],
        "what": [_what(line) for line in lines],
        "waits": [_waits(line) for line in lines],
        "since": [format_date(line.case.moved_on) if line.case else "—" for line in lines],
        "responsible": [(line.case and line.case.responsible) or "—" for line in lines],
        "papers": [_progress(line) for line in lines],
        "target": [format_date(line.target_on) if line.target_on else "—" for line in lines],
        "faculty": [faculties.get(line.faculty_id or 0, "—") for line in lines],
    }


def _what(line: RadarLine) -> str:
    """Return the procedure of a case, or the paper that runs out."""
    is_case = line.matter is Matter.CASE and line.case is not None
    return word(line.case.kind) if is_case and line.case else word(line.matter)


def _waits(line: RadarLine) -> list[str]:
    return [word(line.case.waits_for)] if line.case and line.case.waits_for else []


def _explain(actor: Actor, line: RadarLine, column: str) -> None:
    """Say over the list why a date is that date; the next run shows a table without a click."""
    case = case_view(actor, line.record_id)
    date = case.due if column == "due" else case.target
    if date is None:
        return
    st.session_state[_EXPLAINED] += 1

    def draw() -> None:
        st.markdown(f"{escaped(line.name)} · {escaped(_what(line))}")
        st.metric(_("Due by law") if column == "due" else _("Safe date"), format_date(date.on))
        why(date)

    st.dialog(_("Why this date?"))(draw)()


def _progress(line: RadarLine) -> str:
    if not line.required_count:
        return "—"
    return _("%(done)s of %(all)s") % {"done": line.settled_count, "all": line.required_count}
