"""Students: the list with its filters, and the card of one."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _
from core.permissions import Actor
from pages.shell import links, parts
from pages.students.card import show_card
from pages.students.people import show_people


def render(actor: Actor) -> None:
    """Show the card the address names, or the list."""
    person_id = links.number_in_address("person")
    if person_id is None:
        show_people(actor)
        return
    if st.button(_("All students"), icon=":material/arrow_back:", key="students_back"):
        links.put_in_address(person=None, case=None)
        st.rerun()
    try:
        show_card(actor, person_id, open_case_id=links.number_in_address("case"))
    except DomainError as error:
        parts.refusal(error)
