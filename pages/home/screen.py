"""Today: what is due, soonest first, for the role that looks."""

import streamlit as st

from core.i18n import _, format_date, format_number, ngettext, pick
from core.permissions import Actor, Permission
from core.services.case_views import case_view
from core.services.faculties import faculty_names
from core.services.holidays import year_to_confirm
from core.services.page import MOST_COUNTED, Page
from core.services.releases import has_shipped_changes
from core.services.rule_views import rules_to_recheck
from core.services.today import DueLine, due_counts, due_list
from core.terms import Party, Urgency
from core.words import word
from pages.cases.panel import why
from pages.settings.screen import render as render_settings
from pages.shell import links, parts
from pages.shell.parts import escaped

#: How many dates were explained; each makes the table forget the click that asked for it.
_EXPLAINED = "home_explained"


def render(actor: Actor) -> None:
    """Show the due cases, or for who may see no people, the settings that are his work."""
    if not actor.can(Permission.READ_CASES):
        render_settings(actor)
        return
    parts.title(
        _("Today"),
        _("What is due, soonest first. Click a row to open the student, a date to see why."),
    )
    _reminders(actor)
    span = _chosen_span(actor)
    page = due_list(actor, span=span, page=links.number_in_address("p") or 1)
    if page.total == 0:
        _nothing_due(actor, span)
        return
    _show(actor, page)


def _reminders(actor: Actor) -> None:
    """Tell the head what of the rules waits for him, and everybody of days off not confirmed."""
    year = year_to_confirm(actor)
    if year is not None:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            warning = _("The days off of %(year)s are not confirmed; due dates may still move.")
            st.markdown(escaped(warning % {"year": year}), width="content")
            if st.button(_("Days off"), key="home_days_off", icon=":material/event:"):
                links.go_to("settings", section="holidays", year=year)
    if not actor.can(Permission.EDIT_RULES):
        return
    if has_shipped_changes(actor):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            told = _("This release brings other values for what you changed in Settings.")
            st.markdown(escaped(told), width="content")
            if st.button(_("Compare them"), key="home_release", icon=":material/compare_arrows:"):
                links.go_to("settings", section="release")
    rules = rules_to_recheck(actor)
    if rules:
        with st.container(border=True):
            counted = ngettext(
                "%(count)s rule is past its day of rechecking:",
                "%(count)s rules are past their day of rechecking:",
                len(rules),
            )
            st.markdown(f"**{escaped(counted % {'count': len(rules)})}**")
            for rule in rules:
                name = pick(en=rule.text.en, ru=rule.text.ru, ky=rule.text.ky)
                if st.button(
                    escaped(name),
                    key=f"home_rule_{rule.rule_id}",
                    type="tertiary",
                    icon=":material/arrow_forward:",
                ):
                    links.go_to("settings", section="rules", rule=rule.rule_id)


def _chosen_span(actor: Actor) -> Urgency | None:
    counts = due_counts(actor)
    spans = [None, *Urgency]
    given = links.text_in_address("due")
    chosen = st.segmented_control(
        _("Due"),
        spans,
        default=Urgency(given) if given in set(Urgency) else None,
        format_func=lambda span: _span_label(span, counts),
        key="home_span",
        label_visibility="collapsed",
    )
    if (chosen or "") != given:
        links.put_in_address(due=chosen, p=None)
    return chosen


def _span_label(span: Urgency | None, counts: dict[Urgency, int]) -> str:
    if span is None:
        every = _("All")
        return f"{every} · {_counted(sum(counts.values()))}"
    return f"{word(span)} · {_counted(counts[span])}"


def _counted(count: int) -> str:
    more = "+" if count > MOST_COUNTED else ""
    return f"{format_number(min(count, MOST_COUNTED))}{more}"


def _nothing_due(actor: Actor, span: Urgency | None) -> None:
    if span is not None:
        parts.empty(_("Nothing is due in this span."), _("Choose another span above."))
    elif actor.can(Permission.EDIT_PEOPLE):
        parts.empty(
            _("Nothing is due."),
            _("Register a student under “New person”; his due dates appear here."),
        )
    else:
        parts.empty(_("Nothing is due."), _("Due dates appear here as students are registered."))


def _show(actor: Actor, page: Page[DueLine]) -> None:
    faculties = faculty_names(actor)
    lines = page.rows
    clicked = parts.table_of_cells(
        {
            "urgency": [[word(line.urgency)] for line in lines],
            "due": [format_date(line.due_on) for line in lines],
            "name": [line.name for line in lines],
            "left": [_days_left(line.days_left) for line in lines],
            "kind": [word(line.kind) for line in lines],
            "waits": [[word(line.waits_for)] if line.waits_for else [] for line in lines],
            "papers": [_progress(line) for line in lines],
            "target": [format_date(line.target_on) if line.target_on else "—" for line in lines],
            "faculty": [faculties.get(line.faculty_id or 0, "—") for line in lines],
        },
        key=f"home_due_{st.session_state.setdefault(_EXPLAINED, 0)}",
        column_config={
            "urgency": parts.status_column(_("Urgency"), list(Urgency), width=130),
            "due": st.column_config.TextColumn(_("Due")),
            "name": st.column_config.TextColumn(_("Name")),
            "left": st.column_config.TextColumn(_("Days left")),
            "kind": st.column_config.TextColumn(_("Case")),
            "waits": parts.status_column(_("Waits for"), list(Party), width=240),
            "papers": st.column_config.TextColumn(_("Papers")),
            "target": st.column_config.TextColumn(_("Safe date")),
            "faculty": st.column_config.TextColumn(_("Faculty")),
        },
    )
    parts.pager(page, key="home")
    if clicked is None:
        return
    row, column = clicked
    if column in ("due", "target"):
        _explain(actor, lines[row], column)
    else:
        links.go_to("students", person=lines[row].person_id, case=lines[row].case_id)


def _explain(actor: Actor, line: DueLine, column: str) -> None:
    """Say over the list why a date is that date; the next run shows a table without a click."""
    case = case_view(actor, line.case_id)
    date = case.due if column == "due" else case.target
    if date is None:
        return
    st.session_state[_EXPLAINED] += 1

    def draw() -> None:
        st.markdown(f"{escaped(line.name)} · {escaped(word(line.kind))}")
        st.metric(_("Due by law") if column == "due" else _("Safe date"), format_date(date.on))
        why(date)

    st.dialog(_("Why this date?"))(draw)()


def _days_left(days: int) -> str:
    if days < 0:
        late = ngettext("%(days)s day late", "%(days)s days late", -days)
        return late % {"days": -days}
    left = ngettext("%(days)s day", "%(days)s days", days)
    return left % {"days": days}


def _progress(line: DueLine) -> str:
    return _("%(done)s of %(all)s") % {"done": line.settled_count, "all": line.required_count}
