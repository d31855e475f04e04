"""A change of the rules, looked at before it is made: which open cases move, and by how much."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_date, format_number, ngettext
from core.permissions import Actor
from core.services.impact import Impact, Move
from core.services.jobs import recomputation
from core.terms import JobStatus
from core.words import word
from pages.shell import parts
from pages.shell.parts import escaped

_RUNNING = (JobStatus.WAITING, JobStatus.RUNNING)


def looking() -> AbstractContextManager[None]:
    """Say that the open cases are being looked through; many of them take seconds."""
    return st.spinner(_("Looking through the open cases…"))


def offer(key: str, title: str, impact: Impact, apply: Callable[[bool], None]) -> bool:
    """Show what a change would do, and the button that makes it; True once it is made.

    ``apply`` is told whether the operator accepts that cases become late.
    """
    with st.container(border=True):
        st.markdown(f"**{escaped(title)}**")
        show(impact)
        accepts_late = False
        if impact.late_count:
            accepts_late = st.checkbox(
                _("I have looked at these cases; they may become overdue."), key=f"{key}_late"
            )
        with st.container(horizontal=True):
            is_made = st.button(
                _("Put in force"), key=f"{key}_apply", type="primary", icon=":material/gavel:"
            )
            if st.button(_("Cancel"), key=f"{key}_cancel"):
                return True
    if not is_made:
        return False
    try:
        with looking():
            apply(accepts_late)
    except DomainError as error:
        parts.refusal(error)
        return False
    parts.done(_("The change is in force; the due dates follow now."))
    return True


def show(impact: Impact) -> None:
    """Show how many open cases move, the ones that move most, and those that become late."""
    counted = ngettext(
        "%(moved)s open case of %(all)s gets another due date.",
        "%(moved)s open cases of %(all)s get another due date.",
        impact.moved,
    )
    numbers = {"moved": format_number(impact.moved), "all": format_number(impact.open_cases)}
    st.markdown(escaped(counted % numbers))
    if impact.most:
        st.caption(_("Those that move most:"))
        _table(impact.most)
    if impact.late_count:
        late = ngettext(
            "%(count)s of them would be overdue at once:",
            "%(count)s of them would be overdue at once:",
            impact.late_count,
        )
        st.warning(escaped(late % {"count": format_number(impact.late_count)}))
        _table(impact.late)


def progress(actor: Actor) -> None:
    """Show how far the recomputing of due dates is, for as long as it runs."""
    job = recomputation(actor)
    if job is not None and job.status in _RUNNING:
        st.fragment(_progress, run_every=1)(actor)


def _progress(actor: Actor) -> None:
    job = recomputation(actor)
    if job is None or job.status not in _RUNNING:
        st.success(_("The due dates are up to date."))
        return
    share = job.done / job.total if job.total else 0.0
    counted = _("Recomputing due dates: %(done)s of %(all)s")
    numbers = {"done": format_number(job.done), "all": format_number(job.total or 0)}
    st.progress(min(1.0, share), text=escaped(counted % numbers))


def _table(moves: tuple[Move, ...]) -> None:
    st.dataframe(
        parts.columns(
            {
                "name": [move.name for move in moves],
                "kind": [word(move.kind) for move in moves],
                "before": [format_date(move.before) if move.before else "—" for move in moves],
                "after": [format_date(move.after) if move.after else "—" for move in moves],
                "days": [move.days for move in moves],
            }
        ),
        hide_index=True,
        column_config={
            "name": st.column_config.TextColumn(_("Name")),
            "kind": st.column_config.TextColumn(_("Case")),
            "before": st.column_config.TextColumn(_("Due so far")),
            "after": st.column_config.TextColumn(_("Due then")),
            "days": st.column_config.NumberColumn(_("Days"), format="%+d"),
        },
    )
