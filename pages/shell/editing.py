"""How a row is changed on every screen: a button, a form under it, and what was done.

One form is open at a time. What is typed into it stays until it is saved or left, also when
somebody else saved first: his change is then told, and a second press puts ours over it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import Conflict, DomainError
from core.i18n import _
from pages.shell import parts
from pages.shell.once import once
from pages.shell.parts import escaped

_OPEN, _COUNT = "shell_editing", "shell_editing_count"

#: In pixels; what is wider than its place takes the whole of it.
_WHOLE_ROW = 2000

Form = TypeVar("Form")


@dataclass(frozen=True)
class Opened:
    """The form that is open: of which row, seen at which version, and which opening it is."""

    key: str
    version: int
    number: int

    @property
    def form_key(self) -> str:
        """The key of this opening of the form, and what the keys of its fields begin with."""
        return f"{self.key}_{self.number}"


def offer(  # noqa: PLR0913 - what a form, its button and its end are called
    label: str,
    *,
    key: str,
    fields: Callable[[str], Form],
    save: Callable[[Form, int], object],
    said: str,
    version: int = 0,
    icon: str = ":material/edit:",
    button: str | None = None,
) -> None:
    """Offer a form under a button.

    ``fields`` draws it with keys that begin with its argument and returns what was entered;
    ``save`` takes that and the version that was seen, and its refusal is told; ``said`` is the
    sentence after it. ``button`` stands on the button that saves.
    """
    form = opened(label, key=key, version=version, icon=icon)
    if form is None:
        return
    with frame(label):
        entered, is_saved = ask(form, fields, button or _("Save"), icon=":material/save:")
        if is_saved:
            keep(form, lambda: save(entered, form.version), said, version=version)


def opened(label: str, *, key: str, version: int, icon: str) -> Opened | None:
    """Return the form ``key`` if it is open; else offer the button that opens it."""
    form: Opened | None = st.session_state.get(_OPEN)
    if form is not None and form.key == key:
        return form
    if st.button(label, key=f"{key}_edit", icon=icon):
        _open(key, version)
        st.rerun()
    return None


def is_open(key: str) -> bool:
    """Return whether the form ``key`` is the open one."""
    form: Opened | None = st.session_state.get(_OPEN)
    return form is not None and form.key == key


def frame(label: str) -> DeltaGenerator:
    """Return the box of an open form, with its heading."""
    # Wider than any row, so that the form has a row of its own beside other buttons.
    box = st.container(border=True, width=_WHOLE_ROW)
    box.markdown(f"**{escaped(label)}**")
    return box


def ask(
    form: Opened, fields: Callable[[str], Form], button: str, *, icon: str
) -> tuple[Form, bool]:
    """Draw an open form; return what was entered, and whether ``button`` was pressed."""
    with st.form(form.form_key, border=False, enter_to_submit=False):
        entered = fields(form.form_key)
        with st.container(horizontal=True):
            is_pressed = st.form_submit_button(button, type="primary", icon=icon)
            is_left = st.form_submit_button(_("Leave it"))
    if is_left:
        close()
        st.rerun()
    return entered, is_pressed


def overtaken(form: Opened, conflict: Conflict, *, version: int) -> None:
    """Tell that somebody else saved first; pressed again, the form puts ours over his."""
    st.session_state[_OPEN] = replace(form, version=version)
    parts.refusal(conflict)
    st.info(_("What you entered is still in the form. Save again to put it over the other."))


def confirm(
    label: str, *, key: str, question: str, act: Callable[[], object], said: str, icon: str
) -> None:
    """Offer an act under a button, behind a question."""
    with st.popover(label, icon=icon):
        st.markdown(escaped(question))
        if not st.button(label, key=f"{key}_act", type="primary"):
            return
        try:
            act()
        except DomainError as error:
            parts.refusal(error)
            return
        parts.done(said)
        st.rerun()


def _open(key: str, version: int) -> None:
    number = st.session_state.get(_COUNT, 0) + 1
    st.session_state[_COUNT] = number
    st.session_state[_OPEN] = Opened(key, version, number)


def close() -> None:
    """Close the open form."""
    st.session_state.pop(_OPEN, None)


def keep(form: Opened, act: Callable[[], object], said: str, *, version: int) -> None:
    """Do what an open form asks for, once; close it and say ``said``, or tell why not."""
    try:
        once(form.form_key, act)
    except Conflict as conflict:
        overtaken(form, conflict, version=version)
        return
    except DomainError as error:
        parts.refusal(error)
        return
    close()
    parts.done(said)
    st.rerun()
