"""How a passport changes hands, on its list and on a card: the form, and what came of it."""

from collections.abc import Collection, Sequence
from datetime import date

import streamlit as st

from core.i18n import _, ngettext
from core.messages import describe
from core.rules.custody import HandOver
from core.services.custody import NOTE_LENGTH, HandedOver
from core.services.house import today
from core.terms import Language, PassportHolder
from core.words import word
from pages.shell.parts import escaped

#: What came of the last act on many passports, told once under the heading of the list.
_TOLD = "custody_told"


def ask_for_hand_over(
    choices: Sequence[PassportHolder], button: str, *, key: str, earliest: date | None
) -> tuple[PassportHolder, HandOver] | None:
    """Ask into whose hands, on what day and until when; return the answer once it is given.

    A single choice is not asked for. ``earliest`` is the day of the move before, None for none.
    """
    with st.form(key, border=False):
        after = choices[0]
        if len(choices) > 1:
            after = st.selectbox(
                _("Into whose hands"), choices, format_func=word, key=f"{key}_holder"
            )
        known = hand_over_fields(key, earliest=earliest, is_back=after is PassportHolder.OWNER)
        return (after, known) if st.form_submit_button(button, type="primary") else None


def hand_over_fields(key: str, *, earliest: date | None, is_back: bool = False) -> HandOver:
    """Ask for the day, the day it is expected back unless it goes back now, and a note."""
    moved_on = st.date_input(
        _("On what day"),
        value=today(),
        min_value=earliest,
        max_value=today(),
        format="DD/MM/YYYY",
        key=f"{key}_on",
    )
    expected = (
        None
        if is_back
        else st.date_input(
            _("Expected back with its owner on"),
            value=None,
            min_value=earliest,
            format="DD/MM/YYYY",
            help=_("Left empty, it stays as it was said before."),
            key=f"{key}_back",
        )
    )
    note = st.text_input(_("What for"), key=f"{key}_note", max_chars=NOTE_LENGTH)
    return HandOver(moved_on=moved_on, expected_back_on=expected, note=note)


def receipt_links(move_ids: Collection[int], *, key: str) -> None:
    """Offer the receipts of these moves for printing, in each language."""
    query = "&".join(f"move={move_id}" for move_id in move_ids)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            ngettext("Print the receipt:", "Print the receipts:", len(move_ids)), width="content"
        )
        for language in Language:
            st.link_button(
                word(language),
                f"/letters/receipts.pdf?{query}&lang={language.value}",
                icon=":material/print:",
                key=f"{key}_{language.value}",
            )


def note_told(came_of_it: HandedOver, *, has_receipts: bool) -> None:
    """Keep what came of an act on many passports for the next run."""
    st.session_state[_TOLD] = (came_of_it, has_receipts)


def show_told() -> None:
    """Tell how many passports changed hands, which did not and why, until it is put away."""
    told: tuple[HandedOver, bool] | None = st.session_state.get(_TOLD)
    if told is None:
        return
    came_of_it, has_receipts = told
    done = len(came_of_it.move_ids)
    with st.container(border=True):
        if done:
            counted = ngettext(
                "%(count)s passport has changed hands.",
                "%(count)s passports have changed hands.",
                done,
            )
            st.success(escaped(counted % {"count": done}), icon=":material/check_circle:")
        for name, error in came_of_it.refused.items():
            st.error(escaped(f"{name}: {describe(error)}"), icon=":material/error:")
        if done and has_receipts:
            receipt_links(came_of_it.move_ids, key="custody_told_receipt")
        if st.button(_("Put this away"), key="custody_told_away"):
            st.session_state.pop(_TOLD)
            st.rerun()


def overdue_badge(days: int) -> None:
    """Say for how many days a passport should have been back."""
    if days:
        counted = ngettext("%(days)s day overdue", "%(days)s days overdue", days)
        st.badge(escaped(counted % {"days": days}), color="red")
