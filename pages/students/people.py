"""The list of students: its filters, its rows, and the way to the same as an Excel file."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.i18n import _, country_name, format_date
from core.permissions import Actor, Permission
from core.services.faculties import faculty_names
from core.services.page import Page
from core.services.people_lines import PersonLine
from core.services.people_list import EVERYBODY, PeopleFilter, list_people
from core.services.people_query import query_of
from core.terms import EnrolmentStatus, Urgency
from core.words import word
from pages.shell import links, parts
from pages.students.duplicates import offer_duplicates
from pages.students.filters import ask_for_filter


def show_people(actor: Actor) -> None:
    """Show the people the filters ask for; a click on a row opens the card."""
    parts.title(_("Students"), _("Click a row to open the card."))
    wanted = ask_for_filter(actor)
    page = list_people(actor, wanted, page=links.number_in_address("p") or 1)
    if page.total == 0:
        _nobody(actor, is_filtered=wanted != EVERYBODY)
        offer_duplicates(actor)
        return
    clicked = _table(actor, page.rows, wanted)
    _foot(actor, page, wanted)
    if clicked is not None:
        links.put_in_address(person=page.rows[clicked].person_id)
        st.rerun()


def _table(actor: Actor, people: Sequence[PersonLine], wanted: PeopleFilter) -> int | None:
    faculties = faculty_names(actor)
    columns: dict[str, Sequence[Any]] = {
        "name": [person.name for person in people],
        "status": [[word(person.status)] if person.status else [] for person in people],
        "due": [format_date(person.due_on) if person.due_on else "—" for person in people],
        "urgency": [[word(person.urgency)] if person.urgency else [] for person in people],
        "citizenship": [country_name(person.citizenship) for person in people],
        "passport": [person.passport_masked or "—" for person in people],
        "faculty": [faculties.get(person.faculty_id or 0, "—") for person in people],
        "course": [str(person.course or "—") for person in people],
    }
    if wanted.is_incomplete or wanted.agent_id is not None:
        missing = [parts.words_of(person.missing) for person in people]
        columns = {"name": columns.pop("name"), "missing": missing, **columns}
    if wanted.is_contradicting:
        held = [" ".join(word(each) for each in person.contradictions) for person in people]
        columns = {"name": columns.pop("name"), "contradictions": held, **columns}
    return parts.table(
        columns,
        key="students_list",
        column_config={
            "name": st.column_config.TextColumn(_("Name")),
            "missing": st.column_config.TextColumn(_("Missing"), width=320),
            "contradictions": st.column_config.TextColumn(_("Contradicts itself"), width=480),
            "due": st.column_config.TextColumn(_("Due")),
            "urgency": parts.status_column(_("Urgency"), list(Urgency), width=130),
            "citizenship": st.column_config.TextColumn(_("Citizenship")),
            "passport": st.column_config.TextColumn(_("Passport")),
            "faculty": st.column_config.TextColumn(_("Faculty")),
            "course": st.column_config.TextColumn(_("Course")),
            "status": parts.status_column(_("Status"), list(EnrolmentStatus), width=110),
        },
    )


def _foot(actor: Actor, page: Page[PersonLine], wanted: PeopleFilter) -> None:
    parts.pager(page, key="students")
    with st.container(horizontal=True):
        if actor.can(Permission.EXPORT_PEOPLE):
            st.link_button(
                _("This list as Excel"),
                f"/files/people.xlsx?{urlencode(query_of(wanted))}",
                icon=":material/table_view:",
            )
        offer_duplicates(actor)


def _nobody(actor: Actor, *, is_filtered: bool) -> None:
    if is_filtered:
        parts.empty(_("Nobody matches."), _("Try fewer letters, or take the filter out."))
    elif actor.can(Permission.EDIT_PEOPLE):
        parts.empty(_("There are no students yet."), _("Register the first under “New person”."))
    else:
        parts.empty(
            _("There are no students yet."),
            _("The International Department registers them; they appear here."),
        )
