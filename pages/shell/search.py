"""The search box at the top of the menu, on every screen of whoever may see people.

It costs nothing while it is empty. What was found stands right beneath, as buttons; the first is
one press of the Enter key away where nothing else was found.
"""

import streamlit as st

from core.i18n import _, country_name
from core.permissions import Actor, Permission
from core.services.faculties import faculty_names
from core.services.search import SearchHit, find, is_long_enough
from core.words import word
from pages.shell import links
from pages.shell.parts import escaped

_TYPED, _ANSWERED = "shell_search", "shell_search_answered"


def search_box(actor: Actor) -> None:
    """Show the box and what was found; a single hit of a fresh question opens by itself."""
    if not actor.can(Permission.READ_PEOPLE):
        return
    typed = st.sidebar.text_input(
        _("Find"),
        placeholder=_("Name, passport, telephone, case"),
        key=_TYPED,
        icon=":material/search:",
        label_visibility="collapsed",
    )
    is_fresh = typed != st.session_state.get(_ANSWERED, "")
    st.session_state[_ANSWERED] = typed
    if not typed:
        return
    hits = find(actor, typed)
    if is_fresh and len(hits) == 1:
        _open(hits[0])
    with st.sidebar.container(gap="small"):
        if not hits:
            _nothing(typed)
        faculties = faculty_names(actor) if hits else {}
        for position, hit in enumerate(hits):
            _hit(hit, faculties, position)


def _nothing(typed: str) -> None:
    if is_long_enough(typed):
        st.caption(_("Nobody is found. Try fewer letters or the passport number."))
    else:
        st.caption(_("Type at least three letters, or a number."))


def _hit(hit: SearchHit, faculties: dict[int, str], position: int) -> None:
    if st.button(
        escaped(_title(hit)), key=f"shell_hit_{position}", type="tertiary", icon=_icon(hit)
    ):
        _open(hit)
    about = (
        country_name(hit.citizenship),
        faculties.get(hit.faculty_id or 0, ""),
        hit.passport_masked,
    )
    st.caption(escaped(" · ".join(text for text in about if text)))


def _title(hit: SearchHit) -> str:
    if hit.case_id is None or hit.case_kind is None:
        return hit.name
    values = {"number": hit.case_id, "kind": word(hit.case_kind), "name": hit.name}
    return _("Case %(number)s: %(kind)s, %(name)s") % values


def _icon(hit: SearchHit) -> str:
    return ":material/person:" if hit.case_id is None else ":material/folder_open:"


def _open(hit: SearchHit) -> None:
    if hit.case_id is None:
        links.go_to("students", person=hit.person_id)
    else:
        links.go_to("students", person=hit.person_id, case=hit.case_id)
