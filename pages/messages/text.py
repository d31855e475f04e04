"""How the text of a message is shown: as it goes out, with what is still open marked."""

import re

import streamlit as st

from core.i18n import _
from core.rules.templates import SIGNATURE
from pages.shell.parts import escaped

_OPEN = re.compile(r"(\{[a-z_]+\})")


def show_text(subject: str, text: str) -> None:
    """Show a subject and the text under it, line by line; open fields stand in orange."""
    with st.container(border=True):
        st.markdown(f"**{_marked(subject)}**")
        # Two spaces end a line without beginning a paragraph.
        st.markdown("  \n".join(_marked(line) for line in text.splitlines()))


def show_gaps(gaps: tuple[str, ...]) -> None:
    """Say where the signature is filled in, if anything of it is open."""
    if set(gaps) & set(SIGNATURE):
        st.warning(
            _(
                "The signature is not complete: the head enters the executor's name and telephone "
                "under “Settings”, “Messages”. Nothing can be sent before."
            )
        )


def _marked(line: str) -> str:
    return "".join(
        f":orange-badge[{escaped(part)}]" if _OPEN.fullmatch(part) else escaped(part)
        for part in _OPEN.split(line)
    )
