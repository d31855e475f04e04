"""How many months a passport has to outlast a visa; the head says it."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, ngettext
from core.permissions import Actor, Permission
from core.services.visa_limits import LONGEST_MARGIN, change_passport_margin, passport_margin
from pages.shell import parts
from pages.shell.parts import escaped


def show_margin(actor: Actor) -> None:
    """Show the margin, and to the head the form that changes it."""
    margin = passport_margin(actor)
    with st.container(border=True):
        said = ngettext(
            "The passport must outlast the visa by %(months)s month.",
            "The passport must outlast the visa by %(months)s months.",
            margin.months,
        )
        st.markdown(escaped(said % {"months": margin.months}))
        if margin.version == 0:
            with st.container(horizontal=True, vertical_alignment="center"):
                parts.unconfirmed(_("Sources name 90 days to 18 months."))
        elif margin.changed_by:
            st.caption(escaped(_("Confirmed by %(name)s") % {"name": margin.changed_by}))
        if not actor.can(Permission.EDIT_RULES):
            return
        with st.popover(_("Change")), st.form("settings_margin", border=False):
            months = st.number_input(
                _("Months"),
                min_value=0,
                max_value=LONGEST_MARGIN,
                value=margin.months,
                key=f"settings_margin_months_{margin.version}",
            )
            if not st.form_submit_button(_("Put in force"), type="primary"):
                return
            try:
                change_passport_margin(actor, int(months), version=margin.version)
            except DomainError as error:
                parts.refusal(error)
                return
            parts.done(_("The margin is in force."))
            st.rerun()
