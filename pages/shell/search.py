"""The search on every screen of whoever may see people: a box to click into, and a key.

Both run by themselves while somebody types and the screen stays as it is; so they ask anew who is
signed in. Streamlit can give no field the focus, but after the key the field of the dialog is the
first stop of the Tab key.
"""

from functools import partial

import streamlit as st

from core.i18n import _, country_name, use_language
from core.permissions import Actor, Permission
from core.services.faculties import faculty_names
from core.services.search import SearchHit, find, is_long_enough
from core.words import word
from pages.shell import identity, links
from pages.shell.parts import escaped

#: How many searches led somewhere or were begun by the key, and where the last one leads.
_COUNT, _CHOSEN = "shell_search_count", "shell_search_chosen"

#: Found by their place on the keyboard, so that they work in a Russian layout too.
_BEGIN, _OPEN_FIRST, _LEAVE = "Ctrl+K", "Ctrl+Enter", "Esc"

#: In pixels.
_WIDTH = 340


def search_box(actor: Actor) -> None:
    """Show the box and what was found, or go where a hit leads."""
    chosen = st.session_state.pop(_CHOSEN, None)
    if chosen is not None:
        links.go_to("students", **chosen)
    if not actor.can(Permission.READ_PEOPLE):
        return
    with st.container(width=_WIDTH):
        st.fragment(partial(_ask, "box"))()
    if st.button(_("Find"), key="shell_search_begin", type="tertiary", shortcut=_BEGIN):
        _count_one_more()
        st.dialog(_("Find a person or a case"), dismissible=False)(_ask_in_dialog)()


def _count_one_more() -> None:
    """Let the fields be empty from now on."""
    st.session_state[_COUNT] = st.session_state.get(_COUNT, 0) + 1


def _ask_in_dialog() -> None:
    _ask("dialog")
    with use_language(identity.last_language()):
        st.caption(_("Tab leads to the field and to what was found, Enter opens it."))
        if st.button(_("Close"), key="shell_search_leave", shortcut=_LEAVE):
            st.rerun()


def _ask(place: str) -> None:
    with use_language(identity.last_language()):
        typed = st.text_input(
            _("Find a person or a case"),
            placeholder=_("Name, passport, telephone, case"),
            key=f"shell_search_{place}_{st.session_state.get(_COUNT, 0)}",
            type="search",
            live=True,
            label_visibility="collapsed",
        )
        if typed:
            _show_hits(place, typed)


def _show_hits(place: str, typed: str) -> None:
    actor = identity.current_actor()
    if actor is None or not actor.can(Permission.READ_PEOPLE):
        st.rerun()
    hits = find(actor, typed)
    if not hits:
        _nothing(typed)
        return
    faculties = faculty_names(actor)
    for position, hit in enumerate(hits):
        with st.container(gap=None):
            _hit(hit, faculties, key=f"shell_hit_{place}_{position}", is_first=position == 0)


def _nothing(typed: str) -> None:
    if is_long_enough(typed):
        st.caption(_("Nobody is found. Try fewer letters or the passport number."))
    else:
        st.caption(_("Type at least three letters, or a number."))


def _hit(hit: SearchHit, faculties: dict[int, str], *, key: str, is_first: bool) -> None:
    is_chosen = st.button(
        escaped(_title(hit)),
        key=key,
        type="tertiary",
        icon=":material/person:" if hit.case_id is None else ":material/folder_open:",
        shortcut=_OPEN_FIRST if is_first else None,
    )
    about = (
        country_name(hit.citizenship),
        faculties.get(hit.faculty_id or 0, ""),
        hit.passport_masked,
    )
    st.caption(escaped(" · ".join(text for text in about if text)))
    if is_chosen:
        case = {} if hit.case_id is None else {"case": hit.case_id}
        # The screens are known in a run of the whole only; it empties the field, too.
        st.session_state[_CHOSEN] = {"person": hit.person_id, **case}
        _count_one_more()
        st.rerun()


def _title(hit: SearchHit) -> str:
    if hit.case_id is None or hit.case_kind is None:
        return hit.name
    values = {"number": hit.case_id, "kind": word(hit.case_kind), "name": hit.name}
    return _("Case %(number)s: %(kind)s, %(name)s") % values
