"""What is entered about a representative, new or known."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, country_name
from core.permissions import Actor
from core.services.agents import AgentForm, AgentView, add_agent, change_agent
from core.services.countries import list_countries
from core.terms import Language
from core.words import word
from pages.shell import links, parts


def add_form(actor: Actor) -> None:
    """Offer a form for a new representative."""
    with st.expander(_("New representative"), icon=":material/person_add:"):
        form = _fields(actor, AgentForm(name=""), key="agents_new")
    if form is None:
        return
    try:
        agent_id = add_agent(actor, form)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("%(name)s was added.") % {"name": form.name.strip()})
    links.put_in_address(agent=agent_id)
    st.rerun()


def change_form(actor: Actor, agent: AgentView) -> None:
    """Offer the form of a known representative; whoever changed him meanwhile is named."""
    key = f"agents_{agent.agent_id}_{agent.version}"
    with st.expander(_("Change"), icon=":material/edit:"):
        form = _fields(actor, agent.form, key=key)
    if form is None:
        return
    try:
        change_agent(actor, agent.agent_id, form, version=agent.version)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("%(name)s was changed.") % {"name": form.name.strip()})
    st.rerun()


def _fields(actor: Actor, given: AgentForm, *, key: str) -> AgentForm | None:
    """Return what was entered once it is sent, None before."""
    languages = list(Language)
    states: list[str | None] = [None, *(state.iso2 for state in list_countries(actor))]
    with st.form(key, border=False):
        left, right = st.columns(2)
        form = AgentForm(
            name=left.text_input(_("Name"), value=given.name, key=f"{key}_name"),
            company=right.text_input(_("Company"), value=given.company, key=f"{key}_company"),
            country=left.selectbox(
                _("Country"),
                states,
                index=states.index(given.country) if given.country in states else 0,
                format_func=country_name,
                key=f"{key}_country",
            ),
            phone=right.text_input(_("Telephone"), value=given.phone, key=f"{key}_phone"),
            email=left.text_input(_("E-mail"), value=given.email, key=f"{key}_email"),
            language=right.selectbox(
                _("Language of letters"),
                languages,
                index=languages.index(given.language),
                format_func=word,
                key=f"{key}_language",
            ),
            note=st.text_area(_("Note"), value=given.note, key=f"{key}_note"),
            is_active=st.checkbox(_("Active"), value=given.is_active, key=f"{key}_active"),
        )
        is_sent = st.form_submit_button(_("Save"), type="primary")
    return form if is_sent else None
