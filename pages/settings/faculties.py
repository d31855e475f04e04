"""Faculties: their names in three languages; none is given beforehand."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _
from core.permissions import Actor
from core.services.faculties import (
    FacultyForm,
    FacultyView,
    change_faculty,
    create_faculty,
    list_faculties,
)
from pages.shell import parts
from pages.shell.parts import escaped


def render(actor: Actor) -> None:
    """Show every faculty with its form, and the form for a new one."""
    faculties = list_faculties(actor)
    if not faculties:
        parts.empty(
            _("There are no faculties yet."),
            _("Create them here; accounts and students need them."),
        )
    for faculty in faculties:
        _edit(actor, faculty)
    _create(actor, is_first=not faculties)


def _create(actor: Actor, *, is_first: bool) -> None:
    with (
        st.expander(_("New faculty"), icon=":material/add:", expanded=is_first),
        st.form("settings_faculty_new"),
    ):
        form = _fields("settings_faculty_new", None)
        if not st.form_submit_button(_("Create the faculty"), type="primary"):
            return
    try:
        create_faculty(actor, form)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("The faculty was created."))
    st.rerun()


def _edit(actor: Actor, faculty: FacultyView) -> None:
    unused = _("not in use")
    state = "" if faculty.is_active else f" · {unused}"
    key = f"settings_faculty_{faculty.faculty_id}_{faculty.version}"
    with st.expander(escaped(faculty.name_en + state)), st.form(key, border=False):
        form = _fields(key, faculty)
        if not st.form_submit_button(_("Save")):
            return
    try:
        change_faculty(actor, faculty.faculty_id, form, version=faculty.version)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("The faculty was changed."))
    st.rerun()


def _fields(key: str, faculty: FacultyView | None) -> FacultyForm:
    given = faculty or FacultyForm(name_en="")
    columns = st.columns(3)
    names = (
        (_("Name in English"), given.name_en, "en"),
        (_("Name in Russian"), given.name_ru, "ru"),
        (_("Name in Kyrgyz"), given.name_ky, "ky"),
    )
    en, ru, ky = (
        column.text_input(label, value=value, key=f"{key}_{language}")
        for column, (label, value, language) in zip(columns, names, strict=True)
    )
    is_active = True
    if faculty is not None:
        is_active = st.checkbox(_("In use"), value=faculty.is_active, key=f"{key}_active")
    return FacultyForm(name_en=en, name_ru=ru, name_ky=ky, is_active=is_active)
