"""Users: who can sign in, as what, for which faculties."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _
from core.permissions import Actor, Role
from core.services.faculties import faculty_names
from core.services.users import (
    NewPassword,
    UserForm,
    UserView,
    change_user,
    create_user,
    list_users,
    reset_password,
)
from core.terms import Language
from core.words import word
from pages.shell import links, parts
from pages.shell.parts import escaped

_ROLES: list[Role] = [role for role in Role if role is not Role.SYSTEM]
_PASSWORD_KEY = "settings_new_password"  # noqa: S105 - a key of the page's state


def render(actor: Actor) -> None:
    """Show the users, the form for a new one, and the one the address names."""
    _show_new_password()
    users = list_users(actor)
    faculties = faculty_names(actor)
    clicked = parts.table(
        {
            "name": [user.full_name for user in users],
            "username": [user.username for user in users],
            "role": [word(user.role) for user in users],
            "faculties": [
                ", ".join(faculties.get(i, "?") for i in sorted(user.faculty_ids)) for user in users
            ],
            "state": [_("active") if user.is_active else _("disabled") for user in users],
        },
        key="settings_users",
        column_config={
            "name": st.column_config.TextColumn(_("Name")),
            "username": st.column_config.TextColumn(_("User name")),
            "role": st.column_config.TextColumn(_("Role")),
            "faculties": st.column_config.TextColumn(_("Faculties")),
            "state": st.column_config.TextColumn(_("State")),
        },
    )
    if clicked is not None:
        links.put_in_address(user=users[clicked].user_id)
    chosen_id = links.number_in_address("user")
    chosen = next((user for user in users if user.user_id == chosen_id), None)
    if chosen is not None:
        _edit(actor, chosen, faculties)
    _create(actor, faculties)


def _show_new_password() -> None:
    """Show a one-time password until the next action; it is nowhere else."""
    created: NewPassword | None = st.session_state.pop(_PASSWORD_KEY, None)
    if created is None:
        return
    with st.container(border=True):
        sentence = _("One-time password of %(name)s. It is shown only now; hand it over in person.")
        st.markdown(escaped(sentence % {"name": created.username}))
        st.code(created.password, language=None)


def _create(actor: Actor, faculties: dict[int, str]) -> None:
    with (
        st.expander(_("New user"), icon=":material/person_add:"),
        st.form("settings_user_new", clear_on_submit=False),
    ):
        form = _fields("settings_new", faculties, None)
        if not st.form_submit_button(_("Create the user"), type="primary"):
            return
    try:
        created = create_user(actor, form)
    except DomainError as error:
        parts.refusal(error)
        return
    st.session_state[_PASSWORD_KEY] = created
    st.rerun()


def _edit(actor: Actor, user: UserView, faculties: dict[int, str]) -> None:
    with st.container(border=True):
        st.subheader(escaped(user.full_name), anchor=False)
        with st.form(f"settings_user_{user.user_id}_{user.version}", border=False):
            form = _fields(f"settings_{user.user_id}_{user.version}", faculties, user)
            is_saved = st.form_submit_button(_("Save"), type="primary")
        is_reset = st.button(_("New one-time password"), key=f"settings_reset_{user.user_id}")
    try:
        if is_saved:
            change_user(actor, user.user_id, form, version=user.version)
            parts.done(_("The user was changed."))
        elif is_reset:
            st.session_state[_PASSWORD_KEY] = reset_password(actor, user.user_id)
        else:
            return
    except DomainError as error:
        parts.refusal(error)
        return
    st.rerun()


def _fields(key: str, faculties: dict[int, str], user: UserView | None) -> UserForm:
    left, right = st.columns(2)
    full_name = left.text_input(
        _("Name"), value=user.full_name if user else "", key=f"{key}_full_name"
    )
    username = right.text_input(
        _("User name"), value=user.username if user else "", key=f"{key}_username"
    )
    role = left.selectbox(
        _("Role"),
        _ROLES,
        index=_ROLES.index(user.role) if user else 0,
        format_func=word,
        key=f"{key}_role",
    )
    scope = right.multiselect(
        _("Faculties (for a dean's office)"),
        list(faculties),
        default=[i for i in sorted(user.faculty_ids) if i in faculties] if user else [],
        format_func=lambda faculty: faculties[faculty],
        key=f"{key}_faculties",
        placeholder=_("Choose"),
    )
    is_active = True
    language = user.language if user else Language.ENGLISH
    if user is None:
        chosen = left.selectbox(
            _("Language"), list(Language), format_func=word, key=f"{key}_language"
        )
        language = chosen or Language.ENGLISH
    else:
        is_active = left.checkbox(_("Active"), value=user.is_active, key=f"{key}_active")
    return UserForm(
        username=username,
        full_name=full_name,
        role=role,
        language=language,
        faculty_ids=frozenset(scope) if role is Role.DEAN else frozenset(),
        is_active=is_active,
    )
