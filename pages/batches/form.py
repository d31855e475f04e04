"""The form of an act with a batch: the day, the number of the authority, the reason."""

from dataclasses import dataclass
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.i18n import _
from core.rules.steps import MoveFacts
from core.services.house import today
from core.services.transitions import REASON_LENGTH, REFERENCE_LENGTH


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a form asks for; ``first_on`` is the earliest day that can be entered."""

    key: str
    button: str
    first_on: date | None = None
    asks_day: bool = True
    asks_number: bool = False
    needs_number: bool = False
    asks_reason: bool = False


def ask(form: Form) -> tuple[MoveFacts | None, DeltaGenerator]:
    """Draw the form; return what was entered once it is sent, and the place for a refusal."""
    with st.form(form.key, border=False):
        day: date = today()
        number = reason = ""
        if form.asks_day:
            day = st.date_input(
                _("On what day"),
                value=today(),
                min_value=form.first_on,
                max_value=today(),
                format="DD/MM/YYYY",
                key=f"{form.key}_on",
            )
        if form.asks_number:
            number = st.text_input(
                _("Number given by the authority")
                if form.needs_number
                else _("Number given by the authority (if any)"),
                key=f"{form.key}_number",
                max_chars=REFERENCE_LENGTH,
            )
        if form.asks_reason:
            reason = st.text_area(
                _("Reason"), key=f"{form.key}_reason", max_chars=REASON_LENGTH, height=68
            )
        place = st.container()
        if not st.form_submit_button(form.button, type="primary"):
            return None, place
    return MoveFacts(moved_on=day, reference=number, reason=reason), place
