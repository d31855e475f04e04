"""The filters above the list of students; what is chosen stands in the address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from core.i18n import N_, _, country_name, current_language, ngettext
from core.permissions import Actor, Permission
from core.services.agents import agent_names
from core.services.faculties import faculty_names
from core.services.people_list import PeopleFilter, citizenships
from core.services.people_query import DUE_SPANS, people_filter, query_of
from core.terms import EnrolmentStatus
from core.words import word
from pages.shell import links

_COURSES = tuple(range(1, 8))

#: In pixels; two stand side by side on a telephone.
_CHOICE_WIDTH = 170

#: filter → its label, and what it says while nothing is chosen.
_WORDS = {
    "faculty": (N_("Faculty"), N_("All faculties")),
    "course": (N_("Course"), N_("All courses")),
    "status": (N_("Status"), N_("Every status")),
    "citizenship": (N_("Citizenship"), N_("All states")),
    "within": (N_("Due"), N_("At any time")),
    "agent": (N_("Representative"), N_("Any representative")),
}

T = TypeVar("T")


def ask_for_filter(actor: Actor) -> PeopleFilter:
    """Show the filters as the address has them, and return what is asked for now."""
    given = people_filter(st.query_params.to_dict())
    box, rest = st.columns([3, 2], vertical_alignment="bottom")
    with box:
        search = st.text_input(
            _("Search"),
            value=given.search,
            placeholder=_("Part of a name in Latin or Cyrillic, or of a passport number"),
            key="students_search",
            icon=":material/search:",
        )
    with rest:
        is_incomplete = st.toggle(
            _("Only incomplete records"), value=given.is_incomplete, key="students_incomplete"
        )
        is_contradicting = st.toggle(
            _("Only what contradicts itself"),
            value=given.is_contradicting,
            key="students_contradicting",
        )
    asked = PeopleFilter(
        search=search, is_incomplete=is_incomplete, is_contradicting=is_contradicting
    )
    chosen = _choices(actor, given, asked)
    if chosen != given:
        gone = dict.fromkeys(query_of(given))
        links.put_in_address(**(gone | query_of(chosen)), p=None)
    return chosen


def _choices(actor: Actor, given: PeopleFilter, asked: PeopleFilter) -> PeopleFilter:
    """Add to what is asked for what is chosen from lists."""
    agents = agent_names(actor) if actor.can(Permission.READ_AGENTS) else {}
    faculties, states = faculty_names(actor), _named(citizenships(actor), country_name)
    statuses = _named(list(EnrolmentStatus), word)
    courses, spans = _named(_COURSES, str), _named(DUE_SPANS, _span)
    with st.container(horizontal=True):
        return replace(
            asked,
            faculty_id=_one_of("faculty", faculties, given.faculty_id),
            course=_one_of("course", courses, given.course),
            status=_one_of("status", statuses, given.status),
            citizenship=_one_of("citizenship", states, given.citizenship),
            due_within=_one_of("within", spans, given.due_within),
            agent_id=_one_of("agent", agents, given.agent_id),
        )


def _one_of(name: str, names: Mapping[T, str], given: T | None) -> T | None:
    """Ask for one of ``names`` or for no matter which, where there is a choice at all.

    A choice is known by its words: in another language it is read from the address anew.
    """
    if not names:
        return given
    label, everything = (_(text) for text in _WORDS[name])
    choices: list[T | None] = [None, *names]
    if given is not None and given not in names:
        choices.append(given)
    return st.selectbox(
        label,
        choices,
        index=choices.index(given),
        format_func=lambda each: everything if each is None else names.get(each, str(each)),
        key=f"students_{name}_{current_language()}",
        width=_CHOICE_WIDTH,
    )


def _named(values: Sequence[T], name: Callable[[T], str]) -> dict[T, str]:
    return {value: name(value) for value in values}


def _span(days: int) -> str:
    if days < 0:
        return _("overdue")
    within = ngettext("within %(days)s day", "within %(days)s days", days)
    return within % {"days": days}
