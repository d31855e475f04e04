"""Which limit binds: the last day the next study visa may be asked for, and what to do about it."""

from datetime import date

import streamlit as st

from core.i18n import N_, _, format_date, ngettext
from core.permissions import Actor
from core.rules.limits import Candidate
from core.services.visa_limits import visa_limits
from core.terms import VisaLimit
from core.words import word
from pages.shell import parts
from pages.shell.parts import escaped

#: What helps against each limit.
ADVICE = {
    VisaLimit.PASSPORT: N_(
        "The passport binds: have the embassy extend or renew it before the visa is asked for."
    ),
    VisaLimit.CONTRACT: N_(
        "The contract binds: have the dean's office prolong it before the visa is asked for."
    ),
    VisaLimit.TOTAL_TERM: N_(
        "The end of the studies binds: no visa goes beyond it; plan the departure or a new course."
    ),
    VisaLimit.ACADEMIC_YEAR: N_(
        "One academic year binds, as usual: extend again before it is over."
    ),
    VisaLimit.REQUESTED: N_("Nothing is in the way of the end that is asked for."),
}


def show_limits(actor: Actor, person_id: int) -> None:
    """Show every limit with its day, the binding one marked."""
    with st.container(border=True):
        question = _("Which limit binds the next study visa?")
        st.markdown(f"**{escaped(question)}**")
        requested = st.date_input(
            _("Asked for until (may stay empty)"),
            value=None,
            key=f"students_requested_{person_id}",
            format="DD/MM/YYYY",
            width=260,
        )
        limits = visa_limits(
            actor,
            person_id,
            requested_until=requested if isinstance(requested, date) else None,
        )
        binding = limits.end.binding
        for candidate in limits.end.candidates:
            _candidate(candidate, is_binding=candidate is binding)
        if binding.until < limits.starts_on:
            refused = _("No visa can follow on %(day)s: a limit lies before it.")
            st.error(escaped(refused % {"day": format_date(limits.starts_on)}))
        st.markdown(escaped(_(ADVICE[binding.limit])))
        if limits.end.is_over_five_years:
            st.warning(_("The course outlasts the five years the department's page names."))
        months = limits.margin.months
        margin = ngettext(
            "The passport must outlast the visa by %(months)s month.",
            "The passport must outlast the visa by %(months)s months.",
            months,
        )
        st.caption(escaped(margin % {"months": months}))
        if limits.margin.version == 0:
            with st.container(horizontal=True, vertical_alignment="center"):
                parts.unconfirmed(_("Sources name 90 days to 18 months."))


def _candidate(candidate: Candidate, *, is_binding: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        text = f"{format_date(candidate.until)} · {word(candidate.limit)}"
        st.markdown(f"**{escaped(text)}**" if is_binding else escaped(text), width="content")
        if is_binding:
            st.badge(_("binds"), color="red", icon=":material/priority_high:")
