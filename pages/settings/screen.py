"""Settings: what the head and the administrator decide, in sections; the address names one."""

from collections.abc import Callable

import streamlit as st

from core.i18n import N_, _
from core.permissions import Actor, Permission
from pages.settings import audit_log, faculties, house, jobs, users
from pages.shell import links, parts

#: section → its title, who sees it, and what draws it.
SECTIONS: dict[str, tuple[str, Permission, Callable[[Actor], None]]] = {
    "users": (N_("Users"), Permission.MANAGE_USERS, users.render),
    "faculties": (N_("Faculties"), Permission.MANAGE_FACULTIES, faculties.render),
    "house": (N_("University"), Permission.READ_UNIVERSITY, house.render),
    "audit": (N_("Audit log"), Permission.READ_AUDIT, audit_log.render),
    "jobs": (N_("Long work"), Permission.RUN_JOBS, jobs.render),
}


def render(actor: Actor) -> None:
    """Show the section the address names, or the first the actor may see."""
    parts.title(_("Settings"))
    names = [
        name for name, (_title, permission, _draw) in SECTIONS.items() if actor.can(permission)
    ]
    given = links.text_in_address("section")
    chosen = st.segmented_control(
        _("Section"),
        names,
        default=given if given in names else names[0],
        format_func=lambda name: _(SECTIONS[name][0]),
        key="settings_section",
        label_visibility="collapsed",
        required=True,
    )
    if chosen != given:
        links.put_in_address(section=chosen, user=None, faculty=None, p=None)
    SECTIONS[chosen][2](actor)
