"""Long work: what runs, how far it is, and the button that begins it."""

import streamlit as st

from core.i18n import _, format_moment
from core.permissions import Actor
from core.services.house import time_zone
from core.services.jobs import BEGUN_BY_HAND, JobView, recent_jobs, start_job
from core.terms import JobStatus
from core.words import word
from pages.shell import parts
from pages.shell.parts import escaped
from pages.shell.watching import watch

_RUNNING = (JobStatus.WAITING, JobStatus.RUNNING)


def render(actor: Actor) -> None:
    """Show the latest work; while some runs, the list looks again by itself."""
    with st.container(horizontal=True):
        for kind in BEGUN_BY_HAND:
            if st.button(word(kind), key=f"settings_job_{kind.value}"):
                start_job(actor, kind)
                parts.done(_("The work has begun."))
                st.rerun()
    jobs = recent_jobs(actor)
    if _is_any_running(jobs):
        watch(_goes_on, seconds=2)
    else:
        _list(jobs)


def _goes_on(actor: Actor) -> bool:
    """Show the list; False once nothing runs any more."""
    jobs = recent_jobs(actor)
    _list(jobs)
    return _is_any_running(jobs)


def _is_any_running(jobs: tuple[JobView, ...]) -> bool:
    return any(job.status in _RUNNING for job in jobs)


def _list(jobs: tuple[JobView, ...]) -> None:
    if not jobs:
        parts.empty(_("No long work was done yet."), _("Begin it with a button above."))
    for job in jobs:
        _show(job)


def _show(job: JobView) -> None:
    with st.container(border=True):
        begun = format_moment(job.created_at, time_zone=time_zone())
        st.markdown(f"**{escaped(word(job.kind))}** · {escaped(word(job.status))}")
        st.caption(escaped(f"{begun} · {job.created_by}"))
        if job.total and job.status in _RUNNING:
            counted = _("%(done)s of %(all)s") % {"done": job.done, "all": job.total}
            st.progress(min(1.0, job.done / job.total), text=counted)
        if job.error_id:
            st.error(
                _("It failed. Tell the administrator the number %(id)s.") % {"id": job.error_id}
            )
