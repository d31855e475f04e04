"""The screens of the product, in their sections, and who is led to which.

Every address is registered for everybody, so that a link never falls to the first page; the
services refuse what a role may not see, and the menu shows a role only its own screens.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.errors import NotFound
from core.i18n import N_, _
from core.permissions import Actor, Permission
from pages.account.screen import render as render_account
from pages.agents.screen import render as render_agents
from pages.batches.screen import render as render_batches
from pages.custody.screen import render as render_custody
from pages.documents.screen import render as render_documents
from pages.home.screen import render as render_home
from pages.imports.screen import render as render_imports
from pages.intake.screen import render as render_intake
from pages.messages.screen import render as render_messages
from pages.partners.screen import render as render_partners
from pages.settings.screen import render as render_settings
from pages.shell import parts
from pages.students.screen import render as render_students
from pages.tracker.screen import render as render_tracker


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One screen: its name in the address, its title, section, icon and permission."""

    name: str
    title: str
    section: str
    icon: str
    permission: Permission
    render: Callable[[Actor], None]


SCREENS = (
    Screen(
        name="home",
        title=N_("Today"),
        section=N_("Work"),
        icon=":material/today:",
        permission=Permission.OWN_ACCOUNT,
        render=render_home,
    ),
    Screen(
        name="intake",
        title=N_("New person"),
        section=N_("Work"),
        icon=":material/person_add:",
        permission=Permission.EDIT_PEOPLE,
        render=render_intake,
    ),
    Screen(
        name="imports",
        title=N_("Import from Excel"),
        section=N_("Work"),
        icon=":material/upload_file:",
        permission=Permission.EDIT_PEOPLE,
        render=render_imports,
    ),
    Screen(
        name="students",
        title=N_("Students"),
        section=N_("Work"),
        icon=":material/school:",
        permission=Permission.READ_PEOPLE,
        render=render_students,
    ),
    Screen(
        name="agents",
        title=N_("Representatives"),
        section=N_("Work"),
        icon=":material/supervisor_account:",
        permission=Permission.READ_AGENTS,
        render=render_agents,
    ),
    Screen(
        name="tracker",
        title=N_("Visa tracker"),
        section=N_("Visas and papers"),
        icon=":material/view_kanban:",
        permission=Permission.READ_CASES,
        render=render_tracker,
    ),
    Screen(
        name="batches",
        title=N_("Batches"),
        section=N_("Visas and papers"),
        icon=":material/inventory_2:",
        permission=Permission.READ_BATCHES,
        render=render_batches,
    ),
    Screen(
        name="custody",
        title=N_("Passports we hold"),
        section=N_("Visas and papers"),
        icon=":material/badge:",
        permission=Permission.READ_CUSTODY,
        render=render_custody,
    ),
    Screen(
        name="documents",
        title=N_("Documents"),
        section=N_("Visas and papers"),
        icon=":material/folder_open:",
        permission=Permission.UPLOAD_DOCUMENT,
        render=render_documents,
    ),
    Screen(
        name="messages",
        title=N_("Messages"),
        section=N_("Visas and papers"),
        icon=":material/mail:",
        permission=Permission.READ_MESSAGES,
        render=render_messages,
    ),
    Screen(
        name="partners",
        title=N_("Partners"),
        section=N_("Cooperation"),
        icon=":material/handshake:",
        permission=Permission.READ_PARTNERS,
        render=render_partners,
    ),
    Screen(
        name="settings",
        title=N_("Settings"),
        section=N_("House"),
        icon=":material/settings:",
        permission=Permission.READ_UNIVERSITY,
        render=render_settings,
    ),
    Screen(
        name="account",
        title=N_("My account"),
        section=N_("House"),
        icon=":material/account_circle:",
        permission=Permission.OWN_ACCOUNT,
        render=render_account,
    ),
)


def pages_for(actor: Actor) -> dict[str, StreamlitPage]:
    """Return every screen by name, in the order of the menu; those of other roles are hidden."""
    return {screen.name: _page(screen, actor) for screen in SCREENS}


def sections(pages: Mapping[str, StreamlitPage]) -> dict[str, list[StreamlitPage]]:
    """Return ``pages`` under the headings of the menu, in the language of the moment."""
    grouped: dict[str, list[StreamlitPage]] = {}
    for screen in SCREENS:
        grouped.setdefault(_(screen.section), []).append(pages[screen.name])
    return grouped


def pages_without_identity(show: Callable[[], None]) -> list[StreamlitPage]:
    """Return every address with ``show`` behind it, for a browser nobody is signed in at."""
    return [
        st.Page(
            show,
            title=_(screen.title),
            url_path=screen.name,
            default=screen.name == "home",
            visibility="hidden",
        )
        for screen in SCREENS
    ]


def show_screen(screen: Screen, actor: Actor) -> None:
    """Draw the screen, or say that it is not there for a role that has no business with it."""
    if actor.can(screen.permission):
        screen.render(actor)
    else:
        parts.refusal(NotFound())


def _page(screen: Screen, actor: Actor) -> StreamlitPage:
    def show() -> None:
        show_screen(screen, actor)

    return st.Page(
        show,
        title=_(screen.title),
        icon=screen.icon,
        url_path=screen.name,
        default=screen.name == "home",
        visibility="visible" if actor.can(screen.permission) else "hidden",
    )
