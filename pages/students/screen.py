"""Students: the list with its search, and the card of one."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, country_name
from core.permissions import Actor, Permission
from core.services.cards import list_people
from core.services.faculties import faculty_names
from core.terms import EnrolmentStatus
from core.words import word
from pages.shell import links, parts
from pages.students.card import show_card
from pages.students.duplicates import VIEW, offer_duplicates, show_duplicates, show_refusal
from pages.students.same_person import show_same_person


def render(actor: Actor) -> None:
    """Show the card the address names, or the list."""
    person_id = links.number_in_address("person")
    shows_duplicates = links.text_in_address("view") == VIEW
    if person_id is None and not shows_duplicates:
        _list(actor)
        return
    if st.button(_("All students"), icon=":material/arrow_back:", key="students_back"):
        links.put_in_address(
            person=None, case=None, tab=None, hp=None, same=None, view=None, p=None
        )
        st.rerun()
    try:
        _show(actor, person_id)
    except DomainError as error:
        show_refusal(error)


def _show(actor: Actor, person_id: int | None) -> None:
    same_id = links.number_in_address("same")
    if person_id is None:
        show_duplicates(actor)
    elif same_id is not None:
        show_same_person(actor, person_id, same_id)
    else:
        show_card(actor, person_id)


def _list(actor: Actor) -> None:
    parts.title(_("Students"), _("Click a row to open the card."))
    offer_duplicates(actor)
    faculties = faculty_names(actor)
    search = _search_box()
    faculty_id = _faculty_filter(actor, faculties)
    page = list_people(
        actor, search=search, faculty_id=faculty_id, page=links.number_in_address("p") or 1
    )
    if page.total == 0:
        _nobody(actor, is_filtered=bool(search) or faculty_id is not None)
        return
    people = page.rows
    statuses = [person.status for person in people]
    clicked = parts.table(
        {
            "name": [person.name for person in people],
            "citizenship": [country_name(person.citizenship) for person in people],
            "passport": [person.passport_masked for person in people],
            "faculty": [faculties.get(person.faculty_id or 0, "—") for person in people],
            "course": [str(person.course or "—") for person in people],
            "status": [[word(status)] if status else [] for status in statuses],
        },
        key="students_list",
        column_config={
            "name": st.column_config.TextColumn(_("Name")),
            "citizenship": st.column_config.TextColumn(_("Citizenship")),
            "passport": st.column_config.TextColumn(_("Passport")),
            "faculty": st.column_config.TextColumn(_("Faculty")),
            "course": st.column_config.TextColumn(_("Course")),
            "status": parts.status_column(_("Status"), list(EnrolmentStatus)),
        },
    )
    parts.pager(page, key="students")
    if clicked is not None:
        links.put_in_address(person=people[clicked].person_id)
        st.rerun()


def _search_box() -> str:
    given = links.text_in_address("q")
    search = st.text_input(
        _("Search"),
        value=given,
        placeholder=_("Part of a name in Latin or Cyrillic, or of a passport number"),
        key="students_search",
        icon=":material/search:",
    )
    if search != given:
        links.put_in_address(q=search, p=None)
    return search


def _faculty_filter(actor: Actor, faculties: dict[int, str]) -> int | None:
    choices = [None, *faculties]
    given = links.number_in_address("faculty")
    if len(faculties) <= 1 or actor.is_bound_to_faculties:
        return None
    chosen = st.selectbox(
        _("Faculty"),
        choices,
        index=choices.index(given) if given in faculties else 0,
        format_func=lambda faculty: faculties[faculty] if faculty else _("All faculties"),
        key="students_faculty",
    )
    if chosen != given:
        links.put_in_address(faculty=chosen, p=None)
    return chosen


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
