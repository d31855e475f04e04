"""New person: from a passport scan, or its two pasted lines, to the cases that follow."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import DomainError
from core.i18n import N_, _, format_date, ngettext
from core.permissions import Actor
from core.rules.mrz import MrzReading
from core.services.case_views import cases_of_person
from core.services.faculties import faculty_names
from core.services.people import read_passport_lines, register_person, register_student
from core.services.person_forms import NewPersonForm
from core.words import word
from pages.intake import scan
from pages.intake.form import (
    begin_next,
    form_key,
    other_person_form,
    relative_form,
    student_form,
)
from pages.intake.reading import show_reading
from pages.intake.same_person import answered, forget_question, remember_question
from pages.shell import links, parts
from pages.shell.once import once
from pages.shell.parts import escaped

_READING = "intake_reading"
_REGISTERED = "intake_registered"


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Who may be new: his form, and how it is saved; ``name`` stands in the address."""

    name: str
    title: str
    ask: Callable[..., Any]
    save: Callable[[Actor, Any], int]


STUDENT = Newcomer(name="student", title=N_("Student"), ask=student_form, save=register_student)
NEWCOMERS = (
    STUDENT,
    Newcomer(
        name="other",
        title=N_("Teacher, clinic staff or visitor"),
        ask=other_person_form,
        save=register_person,
    ),
    Newcomer(name="relative", title=N_("Family member"), ask=relative_form, save=register_person),
)


def render(actor: Actor) -> None:
    """Show the two steps: read the passport, then compare, complete and save."""
    parts.title(
        _("New person"),
        _("Drop a passport scan, or paste its lines; compare, add what you know, save."),
    )
    chosen = _choice()
    if chosen is STUDENT and not faculty_names(actor, only_active=True):
        parts.empty(
            _("There are no faculties yet."),
            _("Ask the administrator to create the faculties first."),
        )
        return
    _show_registered(actor)
    left, right = st.columns(2, gap="large")
    with left:
        is_dropped = scan.drop_scan(actor)
    with right:
        is_pasted = _paste(actor)
    if is_dropped:
        st.session_state.pop(_READING, None)
    elif is_pasted and scan.last_scan() is not None:
        scan.clear_scan()
        st.rerun()
    _read_and_complete(actor, chosen)


def _choice() -> Newcomer:
    """Ask who is new; the choice is in the address."""
    given = links.text_in_address("as")
    names = [newcomer.name for newcomer in NEWCOMERS]
    name = st.segmented_control(
        _("Who is new"),
        names,
        default=given if given in names else STUDENT.name,
        format_func=lambda each: _(NEWCOMERS[names.index(each)].title),
        required=True,
        key="intake_as",
    )
    links.put_in_address(**{"as": None if name == STUDENT.name else name})
    return next(newcomer for newcomer in NEWCOMERS if newcomer.name == (name or STUDENT.name))


def _read_and_complete(actor: Actor, newcomer: Newcomer) -> None:
    """Show what was read of the passport, and the form it fills."""
    pasted: MrzReading | None = st.session_state.get(_READING)
    if pasted is not None:
        show_reading(pasted)
        # Lines with a wrong check digit fill nothing in: what they say may be wrong anywhere.
        _form(actor, newcomer, pasted if pasted.is_valid else None)
        return
    scan.show_scan()
    scanned = scan.last_scan()
    doubts = frozenset(scanned.doubts) if scanned else frozenset[str]()
    _form(actor, newcomer, scanned.reading if scanned else None, doubts)


def _paste(actor: Actor) -> bool:
    """Ask for the lines as text; return whether some were read just now."""
    with st.form("intake_paste", border=False):
        text = st.text_area(
            _("Machine-readable lines"),
            key="intake_lines",
            height=100,
            placeholder="P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159…",
        )
        is_read = st.form_submit_button(_("Read the lines"), icon=":material/document_scanner:")
    if not is_read:
        return False
    forget_question()
    try:
        st.session_state[_READING] = read_passport_lines(actor, text)
    except DomainError as error:
        st.session_state.pop(_READING, None)
        parts.refusal(error)
        return False
    return True


def _form(
    actor: Actor,
    newcomer: Newcomer,
    reading: MrzReading | None,
    doubts: frozenset[str] = frozenset(),
) -> None:
    key = form_key(newcomer.name, reading)
    form = newcomer.ask(actor, key, reading, doubts=doubts)
    if form is not None:
        _register(actor, newcomer, key, form)
    form = answered(actor, key)
    if form is not None:
        _register(actor, newcomer, key, form)


def _register(actor: Actor, newcomer: Newcomer, key: str, form: NewPersonForm) -> None:
    try:
        person_id = once(key, lambda: newcomer.save(actor, form))
    except DomainError as error:
        remember_question(key, form, error)
        return
    scan.keep_scan(actor, person_id)
    st.session_state[_REGISTERED] = person_id
    forget_question()
    st.session_state.pop(_READING, None)
    scan.clear_scan()
    # Last: until the next form has its own key, a second press finds the record already made.
    begin_next(form)
    st.rerun()


def _show_registered(actor: Actor) -> None:
    """Say what was opened for the student just registered, until the next one begins."""
    person_id: int | None = st.session_state.get(_REGISTERED)
    if person_id is None:
        return
    cases = cases_of_person(actor, person_id)
    with st.container(border=True):
        counted = ngettext(
            "The record is kept; %(count)s case was opened.",
            "The record is kept; %(count)s cases were opened.",
            len(cases),
        )
        st.success(counted % {"count": len(cases)}, icon=":material/check_circle:")
        for case in cases:
            due = format_date(case.due.on) if case.due else _("no date known yet")
            st.markdown(f"- {escaped(word(case.kind))}: **{escaped(due)}**")
        scan.show_kept()
        with st.container(horizontal=True):
            if st.button(_("Open the card"), key="intake_open", type="primary"):
                del st.session_state[_REGISTERED]
                links.go_to("students", person=person_id)
            if st.button(_("Next person"), key="intake_next"):
                del st.session_state[_REGISTERED]
                st.rerun()
