"""The visa tracker: a procedure, its steps with what stands at each, and the cases of one step."""

import streamlit as st

from core.i18n import _, ngettext
from core.permissions import Actor
from core.services.board import EVERY_CASE, BoardFilter, BoardStep, board
from core.services.faculties import faculty_names
from core.services.names import name_of
from core.terms import CaseKind
from pages.cases.responsible import responsible_choice
from pages.shell import links, parts
from pages.shell.parts import escaped
from pages.tracker.cases import show_cases


def render(actor: Actor) -> None:
    """Show the board of the procedure the address names, and the cases of the chosen step."""
    parts.title(
        _("Visa tracker"),
        _("Where every case stands and for how long. Click a step to see its cases."),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = parts.procedure_choice("tracker", links.text_in_address("procedure"))
        wanted = BoardFilter(
            faculty_id=_faculty_choice(actor),
            responsible_id=responsible_choice(actor, key="tracker"),
        )
    if kind.value != links.text_in_address("procedure"):
        links.put_in_address(procedure=kind.value, step=None, p=None)
    steps = board(actor, kind, wanted)
    if not any(step.count for step in steps):
        if wanted != EVERY_CASE:
            parts.empty(_("No case of this kind is open here."), _("Choose something else above."))
            return
        parts.empty(
            _("No case of this kind is open."),
            _("Cases open from the facts of people, or on a card under “Cases”."),
        )
        return
    chosen = _board(kind, steps)
    show_cases(actor, kind, chosen, wanted)


def _faculty_choice(actor: Actor) -> int | None:
    names = faculty_names(actor)
    given = links.number_in_address("faculty")
    if len(names) < 2:
        return None
    choices = [None, *names]
    chosen = st.selectbox(
        _("Faculty"),
        choices,
        index=choices.index(given) if given in choices else 0,
        format_func=lambda each: _("All faculties") if each is None else names[each],
        key="tracker_faculty",
        width=260,
    )
    if chosen != given:
        links.put_in_address(faculty=chosen, p=None)
    return chosen


def _board(kind: CaseKind, steps: tuple[BoardStep, ...]) -> BoardStep:
    """Show the steps side by side; return the one chosen, at first the fullest."""
    codes = [step.code for step in steps]
    given = links.text_in_address("step")
    fullest = max(steps, key=lambda step: step.count).code
    present = given if given in codes else fullest
    with st.container(horizontal=True):
        for step in steps:
            with st.container(border=True, width=215):
                _tile(kind, step, is_chosen=step.code == present)
    return steps[codes.index(present)]


def _tile(kind: CaseKind, step: BoardStep, *, is_chosen: bool) -> None:
    parts.badge(step.waits_for)
    if st.button(
        escaped(name_of(step.name)),
        key=f"tracker_{kind.value}_{step.code}",
        type="primary" if is_chosen else "secondary",
        width="stretch",
    ):
        links.put_in_address(step=step.code, p=None)
        st.rerun()
    counted = ngettext("%(count)s case", "%(count)s cases", step.count) % {"count": step.count}
    st.markdown(f"**{escaped(counted)}**")
    if step.median_days is not None and step.oldest_days is not None:
        waited = _("median %(median)s d., longest %(oldest)s d.")
        values = {"median": step.median_days, "oldest": step.oldest_days}
        st.caption(escaped(waited % values))
    if step.late_count:
        late = ngettext("%(count)s past its plan", "%(count)s past their plan", step.late_count)
        st.badge(escaped(late % {"count": step.late_count}), color="red")
