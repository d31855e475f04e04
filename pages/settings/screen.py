"""Settings: what the head and the administrator decide, in sections; the address names one."""

from collections.abc import Callable

import streamlit as st

from core.i18n import N_, _
from core.permissions import Actor, Permission
from pages.settings import (
    audit_log,
    charges,
    checklists,
    countries,
    faculties,
    holidays,
    house,
    jobs,
    messages,
    release,
    rules,
    steps,
    users,
)
from pages.shell import links, parts

#: section → its title, who sees it, and what draws it.
SECTIONS: dict[str, tuple[str, Permission, Callable[[Actor], None]]] = {
    "users": (N_("Users"), Permission.MANAGE_USERS, users.render),
    "faculties": (N_("Faculties"), Permission.MANAGE_FACULTIES, faculties.render),
    "house": (N_("University"), Permission.READ_UNIVERSITY, house.render),
    "rules": (N_("Rules"), Permission.READ_RULES, rules.render),
    "checklists": (N_("Checklists"), Permission.READ_RULES, checklists.render),
    "countries": (N_("Countries"), Permission.READ_RULES, countries.render),
    "holidays": (N_("Days off"), Permission.READ_RULES, holidays.render),
    "steps": (N_("Steps"), Permission.READ_RULES, steps.render),
    "messages": (N_("Messages"), Permission.READ_MESSAGES, messages.render),
    "charges": (N_("Fees and fines"), Permission.READ_RULES, charges.render),
    "release": (N_("New release"), Permission.EDIT_RULES, release.render),
    "audit": (N_("Audit log"), Permission.READ_AUDIT, audit_log.render),
    "jobs": (N_("Long work"), Permission.RUN_JOBS, jobs.render),
}


#: What the sections write into the address; another section begins without it.
_OF_SECTIONS = (
    "user",
    "faculty",
    "p",
    "q",
    "rule",
    "procedure",
    "item",
    "state",
    "year",
    "charge",
    "part",
    "text",
    "row",
)


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
        links.put_in_address(section=chosen, **dict.fromkeys(_OF_SECTIONS))
    SECTIONS[chosen][2](actor)
