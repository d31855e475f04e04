"""The way to the Monday sheet: one's own, or that of whoever the head or the rector chooses."""

import streamlit as st

from core.i18n import _
from core.permissions import Actor, Permission
from core.services.responsible import people_responsible

_OWN = "/letters/monday.pdf"


def offer_monday_sheet(actor: Actor) -> None:
    """Offer the sheet of the week for printing."""
    if not actor.can(Permission.READ_OTHERS_SHEET):
        _link(_("Monday sheet"), _OWN)
        return
    names = people_responsible(actor)
    if not names:
        return
    choices = list(names)
    with st.popover(_("Monday sheet"), icon=":material/print:", key="home_monday_open"):
        chosen = st.selectbox(
            _("Whose sheet?"),
            choices,
            index=choices.index(actor.user_id) if actor.user_id in choices else 0,
            format_func=lambda each: names[each],
            key="home_monday_whose",
        )
        _link(_("Open the sheet"), f"/letters/monday/{chosen}.pdf")


def _link(label: str, address: str) -> None:
    st.link_button(label, address, icon=":material/print:", key="home_monday")
