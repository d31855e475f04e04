"""Authorised representatives: the list, and one of them with his students."""

from collections.abc import Sequence

import streamlit as st

from core.errors import DomainError
from core.i18n import _, country_name, format_date
from core.permissions import Actor, Permission
from core.services.agents import AgentView, agent_view, list_agents
from core.services.people_lines import PersonLine
from core.services.people_list import PeopleFilter, list_people
from core.terms import EnrolmentStatus, Urgency
from core.words import word
from pages.agents.form import add_form, change_form
from pages.shell import links, parts
from pages.shell.parts import escaped


def render(actor: Actor) -> None:
    """Show the representative the address names, or all of them."""
    agent_id = links.number_in_address("agent")
    if agent_id is None:
        _all_of_them(actor)
        return
    if st.button(_("All representatives"), icon=":material/arrow_back:", key="agents_back"):
        links.put_in_address(agent=None, p=None)
        st.rerun()
    try:
        _one_of_them(actor, agent_view(actor, agent_id))
    except DomainError as error:
        parts.refusal(error)


def _all_of_them(actor: Actor) -> None:
    parts.title(_("Representatives"), _("Click a row to see his students and what they lack."))
    if actor.can(Permission.EDIT_AGENTS):
        add_form(actor)
    agents = list_agents(actor)
    if not agents:
        parts.empty(
            _("There are no representatives yet."),
            _("Add the first; then choose him on the card of his students.")
            if actor.can(Permission.EDIT_AGENTS)
            else _("The International Department registers them; they appear here."),
        )
        return
    clicked = parts.table(
        {
            "name": [_name(agent) for agent in agents],
            "company": [agent.form.company or "—" for agent in agents],
            "students": [agent.students for agent in agents],
            "late": [agent.late for agent in agents],
            "incomplete": [agent.incomplete for agent in agents],
            "country": [country_name(agent.form.country) for agent in agents],
            "phone": [agent.form.phone or "—" for agent in agents],
            "email": [agent.form.email or "—" for agent in agents],
        },
        key="agents_list",
        column_config={
            "name": st.column_config.TextColumn(_("Name")),
            "company": st.column_config.TextColumn(_("Company")),
            "students": st.column_config.NumberColumn(_("Students")),
            "late": st.column_config.NumberColumn(_("Overdue")),
            "incomplete": st.column_config.NumberColumn(_("Incomplete")),
            "country": st.column_config.TextColumn(_("Country")),
            "phone": st.column_config.TextColumn(_("Telephone")),
            "email": st.column_config.TextColumn(_("E-mail")),
        },
    )
    if clicked is not None:
        links.put_in_address(agent=agents[clicked].agent_id)
        st.rerun()


def _name(agent: AgentView) -> str:
    if agent.form.is_active:
        return agent.form.name
    return _("%(name)s (no longer active)") % {"name": agent.form.name}


def _one_of_them(actor: Actor, agent: AgentView) -> None:
    form = agent.form
    parts.title(escaped(_name(agent)), escaped(form.company) or None)
    with st.container(horizontal=True, gap="large"):
        st.metric(_("Students"), agent.students)
        st.metric(_("Overdue"), agent.late)
        st.metric(_("Incomplete"), agent.incomplete)
    known = (country_name(form.country), form.phone, form.email, word(form.language), form.note)
    st.markdown(escaped(" · ".join(text for text in known if text and text != "—")))
    if actor.can(Permission.EDIT_AGENTS):
        change_form(actor, agent)
    page = list_people(
        actor, PeopleFilter(agent_id=agent.agent_id), page=links.number_in_address("p") or 1
    )
    if page.total == 0:
        parts.empty(_("He has no students here yet."), _("Choose him on the card of a student."))
        return
    clicked = _students(page.rows)
    parts.pager(page, key="agents")
    address = f"/files/agents/{agent.agent_id}.xlsx"
    st.link_button(_("This list as Excel"), address, icon=":material/table_view:")
    if clicked is not None:
        links.go_to("students", person=page.rows[clicked].person_id)


def _students(people: Sequence[PersonLine]) -> int | None:
    return parts.table(
        {
            "name": [person.name for person in people],
            "status": [[word(person.status)] if person.status else [] for person in people],
            "due": [format_date(person.due_on) if person.due_on else "—" for person in people],
            "urgency": [[word(person.urgency)] if person.urgency else [] for person in people],
            "facts": [parts.words_of(person.missing) for person in people],
            "papers": [str(person.papers_missing or "—") for person in people],
        },
        key="agents_students",
        column_config={
            "name": st.column_config.TextColumn(_("Name")),
            "status": parts.status_column(_("Status"), list(EnrolmentStatus), width=110),
            "due": st.column_config.TextColumn(_("Due")),
            "urgency": parts.status_column(_("Urgency"), list(Urgency), width=130),
            "facts": st.column_config.TextColumn(_("Missing"), width=360),
            "papers": st.column_config.TextColumn(_("Papers missing")),
        },
    )
