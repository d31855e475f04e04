"""A change of the rules, looked at before it is made: which open cases move, and by how much."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

import streamlit as st

from core.errors import Conflict, DomainError
from core.i18n import _, format_date, format_number, ngettext
from core.permissions import Actor
from core.services.impact import Impact, Move
from core.services.jobs import JobView, recomputation
from core.terms import JobStatus
from core.words import word
from pages.shell import editing, parts
from pages.shell.parts import escaped
from pages.shell.watching import watch

_RUNNING = (JobStatus.WAITING, JobStatus.RUNNING)

#: The change that was looked at: the opening of its form, what was entered, and what it does.
_PLAN = "settings_plan"

Form = TypeVar("Form")


def looking() -> AbstractContextManager[None]:
    """Say that the open cases are being looked through; many of them take seconds."""
    return st.spinner(_("Looking through the open cases…"))


def offer_change(
    label: str,
    *,
    key: str,
    version: int,
    fields: Callable[[str], Form],
    look: Callable[[Form, int], Impact],
    title: Callable[[Form], str],
    apply: Callable[[Form, int, bool], object],
) -> None:
    """Offer a form whose effect is shown before it is put in force.

    ``look`` works out the effect of what was entered by who saw a version, ``title`` says it in one
    line; ``apply`` is told besides whether cases may become late. What was typed stays until then,
    also if somebody else changed the row meanwhile.
    """
    form = editing.opened(label, key=key, version=version, icon=":material/edit_calendar:")
    if form is None:
        return
    with editing.frame(label):
        entered, is_asked = editing.ask(
            form, fields, _("Show what would move"), icon=":material/visibility:"
        )
        if is_asked and not _look(form, entered, look, version=version):
            return
        plan: tuple[str, Form, Impact] | None = st.session_state.get(_PLAN)
        if plan is None or plan[0] != form.form_key:
            return
        is_settled = offer(
            f"{key}_plan",
            title(plan[1]),
            plan[2],
            lambda accepts_late: apply(plan[1], form.version, accepts_late),
            on_conflict=lambda conflict: editing.overtaken(form, conflict, version=version),
        )
    if is_settled:
        st.session_state.pop(_PLAN, None)
        editing.close()
        st.rerun()


def _look(
    form: editing.Opened, entered: Form, look: Callable[[Form, int], Impact], *, version: int
) -> bool:
    """Keep what was entered with its effect; False if it was refused, which is told."""
    st.session_state.pop(_PLAN, None)
    try:
        with looking():
            st.session_state[_PLAN] = (form.form_key, entered, look(entered, form.version))
    except Conflict as conflict:
        editing.overtaken(form, conflict, version=version)
        return False
    except DomainError as error:
        parts.refusal(error)
        return False
    return True


def offer(
    key: str,
    title: str,
    impact: Impact,
    apply: Callable[[bool], object],
    *,
    on_conflict: Callable[[Conflict], None] = parts.refusal,
) -> bool:
    """Show what a change would do, and the button that makes it; True once it is settled.

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
                _("Put in force"),
                key=f"{key}_apply",
                type="primary",
                icon=":material/gavel:",
                disabled=impact.lost > 0,
            )
            if st.button(_("Cancel"), key=f"{key}_cancel"):
                return True
    if not is_made:
        return False
    try:
        with looking():
            apply(accepts_late)
    except Conflict as conflict:
        on_conflict(conflict)
        return False
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
    if impact.safe_moved:
        safe = ngettext(
            "%(count)s case gets another safe date.",
            "%(count)s cases get another safe date.",
            impact.safe_moved,
        )
        st.markdown(escaped(safe % {"count": format_number(impact.safe_moved)}))
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
        if impact.late_count > len(impact.late):
            first = _("These are the first %(count)s of them.")
            st.caption(escaped(first % {"count": len(impact.late)}))
    if impact.lost:
        parts.refusal(DomainError("rule.cases_lost", count=impact.lost))


def progress(actor: Actor) -> None:
    """Show how far the recomputing of due dates is, for as long as it runs, and if it failed."""
    job = recomputation(actor)
    if job is not None and job.status in _RUNNING:
        watch(_progress, seconds=1)
    elif job is not None and job.status is JobStatus.FAILED:
        _failure(job)


def _progress(actor: Actor) -> bool:
    """Show how far the work is; False once it has ended, which the page tells."""
    job = recomputation(actor)
    if job is None or job.status is JobStatus.DONE:
        parts.done(_("The due dates are up to date."))
        return False
    if job.status is JobStatus.FAILED:
        return False
    if job.total:
        counted = _("Recomputing due dates: %(done)s of %(all)s")
        numbers = {"done": format_number(job.done), "all": format_number(job.total)}
        st.progress(min(1.0, job.done / job.total), text=escaped(counted % numbers))
    else:
        st.progress(0.0, text=_("Recomputing due dates begins in a moment."))
    return True


def _failure(job: JobView) -> None:
    failed = _("The due dates could not be recomputed. Tell the administrator %(id)s.")
    st.error(escaped(failed % {"id": job.error_id}), icon=":material/error:")


def _table(moves: tuple[Move, ...]) -> None:
    st.dataframe(
        parts.columns(
            {
                "name": [move.name for move in moves],
                "kind": [word(move.kind) for move in moves],
                "before": [format_date(move.before) if move.before else "—" for move in moves],
                "after": [format_date(move.after) if move.after else "—" for move in moves],
                "days": [move.days or None for move in moves],
                "card": [f"/students?person={m.person_id}&case={m.case_id}" for m in moves],
            }
        ),
        hide_index=True,
        column_config={
            "name": st.column_config.TextColumn(_("Name")),
            "kind": st.column_config.TextColumn(_("Case")),
            "before": st.column_config.TextColumn(_("Due so far")),
            "after": st.column_config.TextColumn(_("Due then")),
            "days": st.column_config.NumberColumn(_("Days"), format="%+d"),
            # In a tab of its own, so that what was typed here stays.
            "card": st.column_config.LinkColumn(_("Card"), display_text=_("open")),
        },
    )
