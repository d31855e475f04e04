"""My account: who I am here, my language, my password, my calendar."""

import streamlit as st

from core.i18n import _
from core.permissions import Actor
from core.services.faculties import faculty_names
from core.words import word
from pages.account.calendar import show_calendar
from pages.shell import parts
from pages.shell.parts import escaped


def render(actor: Actor) -> None:
    """Show the actor's own account."""
    parts.title(_("My account"), _("Your language is chosen at the foot of the menu."))
    faculties = faculty_names(actor)
    with st.container(border=True):
        st.markdown(f"**{escaped(actor.full_name)}** · {escaped(actor.username)}")
        st.caption(word(actor.role))
        if actor.is_bound_to_faculties:
            names = ", ".join(faculties[i] for i in sorted(actor.faculty_ids) if i in faculties)
            st.caption(escaped(_("Faculties: %(names)s") % {"names": names or "—"}))
    st.link_button(_("Change the password"), "/password", icon=":material/password:")
    show_calendar(actor)
