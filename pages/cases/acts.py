"""What can be done with a case: confirm it, take it on or back, close it; and its way so far."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_date
from core.permissions import Actor, Permission
from core.rules.steps import MoveFacts
from core.services.case_moves import (
    MoveView,
    confirm_application,
    move_case,
    moves_of_case,
)
from core.services.case_steps import Way
from core.services.case_views import CaseView
from core.services.cases import complete_case
from core.services.house import today
from core.services.names import name_of
from core.services.transitions import REASON_LENGTH, REFERENCE_LENGTH
from core.terms import MoveKind, Party
from core.words import word
from pages.shell import parts
from pages.shell.parts import escaped


def show_acts(actor: Actor, case: CaseView) -> None:
    """Offer what the actor may do with an open case."""
    if case.closed_at is not None:
        return
    if actor.can(Permission.CONFIRM_APPLICATION) and case.waits_for is Party.DEAN:
        _confirm(actor, case)
    if actor.can(Permission.EDIT_CASES):
        with st.container(horizontal=True):
            _next(actor, case)
            _elsewhere(actor, case)
            _complete(actor, case)


def show_way(actor: Actor, case: CaseView) -> None:
    """Show how the case came to where it is, once that is unfolded."""
    if not actor.can(Permission.READ_HISTORY):
        return
    folded = st.expander(
        _("The way of the case"), key=f"case_way_{case.case_id}", on_change="rerun", type="compact"
    )
    if not folded.open:
        return
    with folded:
        moves = moves_of_case(actor, case.case_id)
        if not moves:
            st.caption(_("The case is where it began."))
        for move in moves:
            st.markdown(escaped(_told(move)))


def _told(move: MoveView) -> str:
    sentence = _("%(date)s: %(before)s → %(after)s, recorded by %(name)s")
    values = {
        "date": format_date(move.moved_on),
        "before": name_of(move.before),
        "after": name_of(move.after),
        "name": move.recorded_by,
    }
    return " · ".join(filter(None, (sentence % values, move.reference, move.reason)))


def _confirm(actor: Actor, case: CaseView) -> None:
    if st.button(
        _("Confirm the faculty's application"),
        key=f"case_confirm_{case.case_id}",
        type="primary",
        icon=":material/task_alt:",
    ):
        try:
            confirm_application(actor, case.case_id, version=case.version)
        except DomainError as error:
            parts.refusal(error)
            return
        parts.done(
            _("The application is confirmed; the case is with the International Department.")
        )
        st.rerun()


def _next(actor: Actor, case: CaseView) -> None:
    """Offer the next step by one click where it demands nothing to be said."""
    following = next((way for way in case.ways if way.kind is MoveKind.ADVANCE), None)
    if following is None or following.needs_reason or following.needs_reference:
        return
    if st.button(
        escaped(_("On: %(step)s") % {"step": name_of(following.name)}),
        key=f"case_next_{case.case_id}",
        type="primary",
        icon=":material/arrow_forward:",
    ):
        _move(actor, case, following, MoveFacts(moved_on=today()))


def _elsewhere(actor: Actor, case: CaseView) -> None:
    """Offer every step the case may go to, with the day, a number and a reason."""
    if not case.ways:
        return
    key = f"case_move_{case.case_id}_{case.version}"
    with st.popover(_("Move…"), icon=":material/swap_horiz:", key=f"{key}_open"):
        asked = ask_for_move(case.ways, key=key, last=case.moved_on)
        if asked is not None:
            _move(actor, case, *asked)


def ask_for_move(ways: Sequence[Way], *, key: str, last: date) -> tuple[Way, MoveFacts] | None:
    """Ask where to, on what day and why; return the answer once it is given.

    ``last`` is the day of the move before, the earliest that can be entered.
    """
    kinds = [way.kind for way in ways]
    with st.form(key, border=False):
        way = st.selectbox(
            _("Step"),
            ways,
            index=kinds.index(MoveKind.ADVANCE) if MoveKind.ADVANCE in kinds else 0,
            format_func=_described,
            key=f"{key}_step",
        )
        known = _facts(key, last)
        return (way, known) if st.form_submit_button(_("Move"), type="primary") else None


def _described(way: Way) -> str:
    demands = [
        _("reason") if way.needs_reason else "",
        _("number") if way.needs_reference else "",
    ]
    asked = ", ".join(filter(None, demands))
    told = f"{word(way.kind)}: {name_of(way.name)}"
    return f"{told} ({asked})" if asked else told


def _facts(key: str, last: date) -> MoveFacts:
    moved_on = st.date_input(
        _("On what day"),
        value=today(),
        min_value=last,
        max_value=today(),
        format="DD/MM/YYYY",
        key=f"{key}_on",
    )
    reference = st.text_input(
        _("Number given by the authority"), key=f"{key}_number", max_chars=REFERENCE_LENGTH
    )
    reason = st.text_area(_("Reason"), key=f"{key}_reason", max_chars=REASON_LENGTH)
    return MoveFacts(moved_on=moved_on, reference=reference, reason=reason)


def _move(actor: Actor, case: CaseView, way: Way, known: MoveFacts) -> None:
    try:
        move_case(actor, case.case_id, way.code, known, version=case.version)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("The case is now here: %(step)s.") % {"step": name_of(way.name)})
    st.rerun()


def _complete(actor: Actor, case: CaseView) -> None:
    with st.popover(_("Close as done"), icon=":material/check:"):
        st.markdown(escaped(_("Its due date leaves every list. This cannot be undone here.")))
        if not st.button(_("Close the case"), key=f"case_complete_{case.case_id}", type="primary"):
            return
        try:
            complete_case(actor, case.case_id, version=case.version)
        except DomainError as error:
            parts.refusal(error)
            return
        parts.done(_("The case is closed."))
        st.rerun()
