"""The radar: how much is due of what, when, and for whom it waits; and the list behind a number."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

import streamlit as st

from core.i18n import _, format_date, format_number, ngettext
from core.permissions import Actor, Permission
from core.services.case_views import case_view
from core.services.faculties import faculty_names
from core.services.house import today
from core.services.page import MOST_COUNTED, Page
from core.services.radar import (
    NEAR,
    Counts,
    RadarFilter,
    Waiting,
    radar_counts,
    radar_list,
    waiting,
)
from core.services.radar_lines import RadarLine
from core.terms import Matter, Party, Urgency
from core.words import word
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

Member = TypeVar("Member", bound=StrEnum)


def show_radar(actor: Actor) -> None:
    """Show what is due near today, narrowed to what the address asks for."""
    wanted = _ask(actor)
    page = radar_list(actor, wanted, page=links.number_in_address("p") or 1)
    if page.total == 0:
        _nothing_due(actor, wanted)
        return
    _show(actor, page)


def _ask(actor: Actor) -> RadarFilter:
    """Show the three ways to narrow the radar, each with its numbers, and return the choice."""
    groups = waiting(actor)
    given_party = _given(Party, "waits")
    counts = radar_counts(actor, party=given_party)
    given_span, given_matter = _given(Urgency, "due"), _given(Matter, "what")
    span = _pills("due", [*NEAR, Urgency.LATER], given_span, _span_labels(counts, given_matter))
    matters = _matter_labels(counts, given_span)
    matter = _pills("what", [each for each in Matter if each in matters], given_matter, matters)
    party = _pills("waits", [each.party for each in groups], given_party, _party_labels(groups))
    return RadarFilter(span=span, matter=matter, party=party)


def _given(vocabulary: type[Member], name: str) -> Member | None:
    text = links.text_in_address(name)
    return vocabulary(text) if text in set(vocabulary) else None


def _pills(
    name: str, members: Sequence[Member], given: Member | None, labels: Mapping[Member, str]
) -> Member | None:
    """Show ``members`` side by side; the one chosen stands in the address."""
    offered = [*members, given] if given is not None and given not in members else list(members)
    titles = {"due": _("Due"), "what": _("What is due"), "waits": _("Waits for")}
    chosen = st.pills(
        titles[name],
        offered,
        default=given,
        format_func=lambda member: labels.get(member, word(member)),
        key=f"home_{name}",
        label_visibility="collapsed",
    )
    if chosen is not given:
        links.put_in_address(**{name: chosen, "p": None})
        # The numbers beside the other choices are those of before.
        st.rerun()
    return chosen


def _span_labels(counts: Counts, matter: Matter | None) -> dict[Urgency, str]:
    rows = counts.values() if matter is None else [counts[matter]]
    return {span: _counted(span, sum(row[span] for row in rows)) for span in NEAR}


def _matter_labels(counts: Counts, span: Urgency | None) -> dict[Matter, str]:
    """Return the matters that anything is due of; beyond the month they are not counted."""
    if span is Urgency.LATER:
        return {matter: word(matter) for matter in Matter}
    spans = NEAR if span is None else (span,)
    sums = {matter: sum(row[each] for each in spans) for matter, row in counts.items()}
    return {matter: _counted(matter, count) for matter, count in sums.items() if count}


def _party_labels(groups: Sequence[Waiting]) -> dict[Party, str]:
    """Return for whom cases wait, how many, and for how many days the oldest one does."""
    labels = {}
    for group in groups:
        label = _("Waits for: %(party)s") % {"party": _counted(group.party, group.count)}
        days = (today() - group.oldest_on).days if group.oldest_on else 0
        oldest = ngettext("longest %(days)s day", "longest %(days)s days", days)
        labels[group.party] = f"{label}, {oldest % {'days': days}}" if days else label
    return labels


def _counted(member: StrEnum, count: int) -> str:
    more = "+" if count > MOST_COUNTED else ""
    return f"{word(member)} · {format_number(min(count, MOST_COUNTED))}{more}"


def _nothing_due(actor: Actor, wanted: RadarFilter) -> None:
    if wanted != RadarFilter():
        parts.empty(_("Nothing of this is due."), _("Choose something else above."))
    elif actor.can(Permission.EDIT_PEOPLE):
        parts.empty(
            _("Nothing is due within a month."),
            _("Register a student under “New person”; his due dates appear here."),
        )
    else:
        parts.empty(
            _("Nothing is due within a month."),
            _("Due dates appear here as students are registered."),
        )


def _show(actor: Actor, page: Page[RadarLine]) -> None:
    lines = page.rows
    clicked = parts.table_of_cells(
        _columns(lines, faculty_names(actor)),
        key=f"home_due_{st.session_state.setdefault(_EXPLAINED, 0)}",
        column_config={
            "urgency": parts.status_column(_("Urgency"), list(Urgency), width=130),
            "due": st.column_config.TextColumn(_("Due")),
            "name": st.column_config.TextColumn(_("Name")),
            "left": st.column_config.TextColumn(_("Days left")),
            "what": st.column_config.TextColumn(_("What")),
            "waits": parts.status_column(_("Waits for"), list(Party), width=240),
            "since": st.column_config.TextColumn(_("Since")),
            "papers": st.column_config.TextColumn(_("Papers")),
            "target": st.column_config.TextColumn(_("Safe date")),
            "faculty": st.column_config.TextColumn(_("Faculty")),
        },
    )
    parts.pager(page, key="home")
    if clicked is None:
        return
    row, column = clicked
    line = lines[row]
    if column in ("due", "target") and line.matter is Matter.CASE:
        _explain(actor, line, column)
    elif line.matter is Matter.CASE:
        links.go_to("students", person=line.person_id, case=line.record_id)
    else:
        links.go_to("students", person=line.person_id, tab=_TABS[line.matter])


def _columns(lines: Sequence[RadarLine], faculties: dict[int, str]) -> dict[str, Sequence[Any]]:
    return {
        "urgency": [[word(line.urgency)] if line.urgency else [] for line in lines],
        "due": [format_date(line.due_on) if line.due_on else "—" for line in lines],
        "name": [line.name for line in lines],
        "left": [_days_left(line.days_left) for line in lines],
        "what": [_what(line) for line in lines],
        "waits": [_waits(line) for line in lines],
        "since": [format_date(line.case.moved_on) if line.case else "—" for line in lines],
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


def _days_left(days: int | None) -> str:
    if days is None:
        return "—"
    if days < 0:
        late = ngettext("%(days)s day late", "%(days)s days late", -days)
        return late % {"days": -days}
    left = ngettext("%(days)s day", "%(days)s days", days)
    return left % {"days": days}


def _progress(line: RadarLine) -> str:
    if not line.required_count:
        return "—"
    return _("%(done)s of %(all)s") % {"done": line.settled_count, "all": line.required_count}
