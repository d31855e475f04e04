"""The address of the reader's own calendar: made, made anew, switched off."""

from datetime import datetime

import streamlit as st

from core.i18n import _, format_moment
from core.permissions import Actor, Permission
from core.services.calendars import (
    AddressView,
    calendar_address,
    end_calendar_address,
    make_calendar_address,
)
from core.services.house import time_zone
from pages.shell import links, parts
from pages.shell.parts import escaped

#: The address between the click that made it and the one time it is shown.
_FRESH = "account_calendar_fresh"


def show_calendar(actor: Actor) -> None:
    """Show how the calendar stands, and the address where it was made just now."""
    st.subheader(_("Calendar"), anchor=False)
    st.caption(
        _(
            "Due dates and last days of papers in your own calendar, on the telephone too. "
            "People stand there by their initials only."
        )
    )
    if not actor.can(Permission.READ_CASES):
        st.caption(_("Your role knows of no due dates, so your calendar stays empty."))
    address = calendar_address(actor)
    _fresh()
    if address is None:
        if st.button(
            _("Make a calendar address"), key="account_calendar_make", icon=":material/event:"
        ):
            _make(actor, _("The address is made."))
        return
    _standing(address)
    with st.container(horizontal=True):
        if st.button(_("Make a new one"), key="account_calendar_renew", icon=":material/sync:"):
            _make(actor, _("The new address is made; the old one has stopped."))
        if st.button(_("Switch off"), key="account_calendar_end", icon=":material/event_busy:"):
            end_calendar_address(actor)
            parts.done(_("The calendar is switched off; its address leads nowhere now."))
            st.rerun()


def _make(actor: Actor, told: str) -> None:
    st.session_state[_FRESH] = make_calendar_address(actor, site=links.site())
    parts.done(told)
    st.rerun()


def _fresh() -> None:
    """Show the address once: it is kept nowhere, and whoever has it needs no password."""
    address = st.session_state.pop(_FRESH, None)
    if address is None:
        return
    with st.container(border=True):
        told = _("Copy the address now; it is shown this once.")
        st.markdown(f"**{escaped(told)}**")
        st.code(address, language=None, wrap_lines=True)
        st.caption(
            _(
                "Add it in your calendar under “From URL” or “Subscribe”. "
                "Give it to nobody: whoever has it can read your dates without a password."
            )
        )


def _standing(address: AddressView) -> None:
    st.markdown(escaped(_("The address was made on %(moment)s.") % _moment(address.created_at)))
    if address.last_read_at is None:
        told = _("No calendar has fetched it yet.")
    else:
        told = _("A calendar last fetched it on %(moment)s.") % _moment(address.last_read_at)
    warning = _("A new address stops the old one at once.")
    st.caption(escaped(f"{told} {warning}"))


def _moment(instant: datetime) -> dict[str, str]:
    return {"moment": format_moment(instant, time_zone=time_zone())}
