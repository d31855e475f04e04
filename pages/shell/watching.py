"""What changes by itself while somebody looks, such as how far long work is."""

from collections.abc import Callable

import streamlit as st

from core.i18n import use_language
from core.permissions import Actor
from pages.shell import identity


def watch(draw: Callable[[Actor], bool], *, seconds: int) -> None:
    """Draw something again every so many seconds until ``draw`` says that it is over.

    The whole page runs once more then, and nothing asks again. Each drawing runs by itself, without
    the page around it, so it asks anew who is signed in and speaks his language.
    """

    def again() -> None:
        actor = identity.current_actor()
        if actor is None:
            return
        with use_language(actor.language):
            goes_on = draw(actor)
        if not goes_on:
            st.rerun()

    st.fragment(again, run_every=seconds)()
