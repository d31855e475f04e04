"""How good the records are: two numbers, each leading to its list."""

import streamlit as st

from core.i18n import _, format_number, ngettext
from core.permissions import Actor
from core.services.page import MOST_COUNTED
from core.services.people_list import data_quality
from pages.shell import links
from pages.shell.parts import escaped


def show_quality(actor: Actor) -> None:
    """Say how many records are incomplete and contradict themselves; nothing where all is well."""
    quality = data_quality(actor)
    if not (quality.incomplete or quality.contradicting):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(escaped(_("Data quality:")), width="content")
        if quality.incomplete:
            told = ngettext(
                "%(count)s record incomplete", "%(count)s records incomplete", quality.incomplete
            )
            _number("incomplete", told, quality.incomplete)
        if quality.contradicting:
            told = ngettext(
                "%(count)s contradicts itself",
                "%(count)s contradict themselves",
                quality.contradicting,
            )
            _number("contradicting", told, quality.contradicting)


def _number(name: str, sentence: str, count: int) -> None:
    """Show a number that opens the list of what it counts."""
    more = "+" if count > MOST_COUNTED else ""
    label = sentence % {"count": f"{format_number(min(count, MOST_COUNTED))}{more}"}
    icon = ":material/rule:" if name == "contradicting" else ":material/edit_note:"
    if st.button(escaped(label), key=f"home_quality_{name}", type="tertiary", icon=icon):
        links.go_to("students", **{name: 1})
