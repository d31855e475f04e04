"""Students: the list with its filters, and the card of one."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _
from core.permissions import Actor
from pages.shell import links
from pages.students.card import show_card
from pages.students.duplicates import (
    VIEW,
    back_from_comparison,
    show_duplicates,
    show_refusal,
)
from pages.students.people import show_people
from pages.students.same_person import show_same_person


def render(actor: Actor) -> None:
    """Show the card the address names, or the list."""
    person_id = links.number_in_address("person")
    shows_duplicates = links.text_in_address("view") == VIEW
    if person_id is None and not shows_duplicates:
        show_people(actor)
        return
    same_id = links.number_in_address("same")
    if person_id is not None and same_id is not None and shows_duplicates:
        if st.button(_("All pairs"), icon=":material/arrow_back:", key="students_pairs_back"):
            back_from_comparison(person_id)
    elif st.button(_("All students"), icon=":material/arrow_back:", key="students_back"):
        links.put_in_address(
            person=None, case=None, tab=None, hp=None, same=None, view=None, p=None
        )
        st.rerun()
    try:
        _show(actor, person_id, same_id)
    except DomainError as error:
        show_refusal(error)


def _show(actor: Actor, person_id: int | None, same_id: int | None) -> None:
    if person_id is None:
        show_duplicates(actor)
    elif same_id is not None:
        show_same_person(actor, person_id, same_id)
    else:
        show_card(actor, person_id)
