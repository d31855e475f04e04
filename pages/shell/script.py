"""The one script that Streamlit runs: whoever is signed in, in his language, at his screen.

Without an identity from the gate nothing is shown but the way to sign in. The user, his role and
his session are read anew on every run.
"""

import streamlit as st

from core.i18n import _, use_language
from core.permissions import Actor
from core.services.demonstration import is_demonstration
from core.services.moment import one_moment
from core.services.users import change_own_language
from core.terms import Language
from core.words import word
from pages.shell import identity, links, navigation
from pages.shell.search import search_box


def main() -> None:
    """Run one screen for one browser."""
    st.set_page_config(page_icon="🌐", layout="wide")
    actor = identity.current_actor()
    if actor is None:
        _run_without_identity()
        return
    with use_language(actor.language), one_moment():
        pages = navigation.pages_for(actor)
        links.register(pages)
        screen = st.navigation(navigation.sections(pages), expanded=True)
        _corner(actor)
        with st.container(horizontal=True):
            search_box(actor)
            _banner()
        screen.run()


def _run_without_identity() -> None:
    with use_language(identity.last_language()):
        st.navigation(
            navigation.pages_without_identity(identity.signed_out_screen), position="hidden"
        ).run()


def _corner(actor: Actor) -> None:
    """Show who is signed in, his language and the way out, at the foot of the menu."""
    with st.sidebar.container(border=True):
        st.text(actor.full_name)
        st.caption(word(actor.role))
        languages = list(Language)
        chosen = st.selectbox(
            _("Language"),
            languages,
            index=languages.index(actor.language),
            format_func=word,
            key=f"shell_language_{actor.language}",
        )
        if chosen is not actor.language:
            change_own_language(actor, chosen)
            st.rerun()
        if st.button(_("Sign out"), key="shell_sign_out", icon=":material/logout:"):
            identity.sign_out(actor)


def _banner() -> None:
    if is_demonstration():
        st.badge(_("Demonstration data: nobody on these screens exists."), color="orange")


main()
