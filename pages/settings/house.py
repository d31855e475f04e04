"""The university: its name on screens and letters, and who signs for the department."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, pick
from core.permissions import Actor, Permission
from core.services.house import House, change_house, house
from pages.shell import parts
from pages.shell.parts import escaped


def render(actor: Actor) -> None:
    """Show the names in force; the head may change them."""
    own = house(actor)
    if own.version == 0:
        st.badge(_("unconfirmed: as the department's page writes it"), color="orange")
    if not actor.can(Permission.EDIT_UNIVERSITY):
        with st.container(border=True):
            name = pick(en=own.name_en, ru=own.name_ru, ky=own.name_ky)
            department = pick(en=own.department_en, ru=own.department_ru, ky=own.department_ky)
            for line in filter(None, (name, department, own.contact)):
                st.markdown(escaped(line))
        return
    with st.form(f"settings_house_{own.version}"):
        changed = _fields(own)
        if not st.form_submit_button(_("Save"), type="primary"):
            return
    try:
        change_house(actor, changed)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("The names are in force."))
    st.rerun()


def _fields(own: House) -> House:
    key = f"settings_house_{own.version}"
    columns = st.columns(3)
    labels = (_("in English"), _("in Russian"), _("in Kyrgyz"))
    names, departments = [], []
    for column, language, label in zip(columns, ("en", "ru", "ky"), labels, strict=True):
        name, department = getattr(own, f"name_{language}"), getattr(own, f"department_{language}")
        names.append(
            column.text_input(
                _("University, %(language)s") % {"language": label},
                value=name,
                key=f"{key}_name_{language}",
            )
        )
        departments.append(
            column.text_input(
                _("Department, %(language)s") % {"language": label},
                value=department,
                key=f"{key}_department_{language}",
            )
        )
    contact = st.text_input(
        _("Contact line of letters: name and telephone"), value=own.contact, key=f"{key}_contact"
    )
    return House(
        name_en=names[0],
        name_ru=names[1],
        name_ky=names[2],
        department_en=departments[0],
        department_ru=departments[1],
        department_ky=departments[2],
        contact=contact,
        version=own.version,
    )
