"""The card of one person: who he is, what is due and missing, and the parts of his record."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.i18n import N_, _
from core.permissions import Actor, Permission
from core.services.cards import PersonCard, person_card
from pages.shell import links
from pages.students.contacts_tab import show_contacts
from pages.students.documents_tab import show_documents
from pages.students.duplicates import offer_same_person
from pages.students.header import show_header
from pages.students.history_tab import show_history
from pages.students.living_tab import show_living
from pages.students.messages_tab import show_messages
from pages.students.notes_tab import show_notes
from pages.students.passports_tab import show_passports
from pages.students.procedures_tab import show_procedures
from pages.students.stay import show_crossings
from pages.students.study_tab import show_study


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One part of the card: its name in the address, its words, and who may see it."""

    name: str
    title: str
    show: Callable[[Actor, PersonCard], None]
    permission: Permission = Permission.READ_PEOPLE


TABS = (
    Tab(name="cases", title=N_("Cases"), show=show_procedures, permission=Permission.READ_CASES),
    Tab(name="passports", title=N_("Passports and visas"), show=show_passports),
    Tab(name="living", title=N_("Registration and address"), show=show_living),
    Tab(name="crossings", title=N_("Border crossings"), show=show_crossings),
    Tab(name="study", title=N_("Contract and study"), show=show_study),
    Tab(name="contacts", title=N_("Family and contacts"), show=show_contacts),
    Tab(name="documents", title=N_("Documents"), show=show_documents),
    Tab(
        name="messages",
        title=N_("Messages"),
        show=show_messages,
        permission=Permission.READ_MESSAGES,
    ),
    Tab(
        name="notes",
        title=N_("Notes"),
        show=show_notes,
        permission=Permission.READ_NOTES,
    ),
    Tab(
        name="history",
        title=N_("History"),
        show=show_history,
        permission=Permission.READ_HISTORY,
    ),
)


def show_card(actor: Actor, person_id: int) -> None:
    """Show the person, and the one part of his record that the address names."""
    card = person_card(actor, person_id)
    show_header(actor, card)
    offer_same_person(actor, person_id)
    tabs = {tab.name: tab for tab in TABS if actor.can(tab.permission)}
    given = links.text_in_address("tab")
    chosen = st.segmented_control(
        _("Part of the card"),
        list(tabs),
        default=given if given in tabs else TABS[0].name,
        format_func=lambda name: _(tabs[name].title),
        key=f"students_tab_{person_id}",
        label_visibility="collapsed",
        required=True,
    )
    name = chosen or TABS[0].name
    if name != given:
        links.put_in_address(tab=name, hp=None, mp=None)
    tabs[name].show(actor, card)
