"""The card of one student: who he is, his papers, and his cases."""

import streamlit as st

from core.i18n import _, country_name, format_date
from core.permissions import Actor
from core.services.cards import PersonCard, person_card
from core.services.case_views import CaseView, cases_of_person
from core.services.faculties import faculty_names
from core.words import word
from pages.cases.panel import show_case
from pages.shell import parts
from pages.shell.parts import escaped
from pages.students.duplicates import offer_same_person
from pages.students.limits import show_limits
from pages.students.stay import show_crossings


def show_card(actor: Actor, person_id: int, *, open_case_id: int | None) -> None:
    """Show the person; the case ``open_case_id`` (or the first) begins unfolded."""
    card = person_card(actor, person_id)
    cases = cases_of_person(actor, person_id)
    _header(actor, card, cases)
    offer_same_person(actor, person_id)
    tabs = st.tabs(
        [
            _("Cases"),
            _("Passports and visas"),
            _("Border crossings"),
            _("Contract and residence"),
        ]
    )
    with tabs[0]:
        _cases(actor, cases, open_case_id)
    with tabs[1]:
        _passports(card)
        show_limits(actor, person_id)
    with tabs[2]:
        show_crossings(actor, person_id)
    with tabs[3]:
        _circumstances(card)


def _header(actor: Actor, card: PersonCard, cases: tuple[CaseView, ...]) -> None:
    parts.title(escaped(card.name))
    faculty = faculty_names(actor).get(card.faculty_id or 0)
    known = (
        card.native_name,
        country_name(card.citizenship),
        faculty,
        _("course %(number)s") % {"number": card.course} if card.course else None,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if card.status is not None:
            parts.badge(card.status)
        st.markdown(escaped(" · ".join(filter(None, known))))
    due = [case for case in cases if case.closed_at is None and case.due is not None]
    if due:
        nearest = min(due, key=lambda case: case.due.on if case.due else case.opened_on)
        sentence = _("Due next: %(case)s, %(date)s")
        values = {"case": word(nearest.kind), "date": format_date(nearest.due.on)}  # type: ignore[union-attr]
        st.markdown(f"**{escaped(sentence % values)}**")


def _cases(actor: Actor, cases: tuple[CaseView, ...], open_case_id: int | None) -> None:
    if not cases:
        parts.empty(
            _("No case is open."),
            _("Cases open by themselves when an entry or an enrolment is recorded."),
        )
    known = {case.case_id for case in cases}
    for position, case in enumerate(cases):
        is_first = position == 0 and open_case_id not in known
        show_case(actor, case, is_open=case.case_id == open_case_id or is_first)


def _passports(card: PersonCard) -> None:
    for passport in card.passports:
        expires = format_date(passport.expires_on) if passport.expires_on else "—"
        _facts(
            (
                (_("Passport number"), passport.number),
                (_("Issued by"), passport.issuing_state),
                (_("Name in the passport"), passport.name),
                (_("Born"), format_date(passport.birth_date) if passport.birth_date else "—"),
                (_("Sex"), word(passport.sex)),
                (_("Passport ends"), expires),
            )
        )
    for visa in card.visas:
        starts = format_date(visa.valid_from) if visa.valid_from else "—"
        _facts(
            (
                (_("Visa"), f"{visa.category} {visa.number}".strip()),
                (_("Entries"), word(visa.entries)),
                (_("From"), starts),
                (_("Last day"), format_date(visa.valid_until)),
                (_("State"), word(visa.status)),
            )
        )


def _circumstances(card: PersonCard) -> None:
    _facts(
        (
            (_("Contract"), card.contract_number or "—"),
            (_("From"), format_date(card.contract_from) if card.contract_from else "—"),
            (_("Until"), format_date(card.contract_until) if card.contract_until else "—"),
            (_("Course ends"), format_date(card.course_until) if card.course_until else "—"),
        )
    )
    _facts(
        (
            (_("Lives in"), word(card.residence) if card.residence else "—"),
            (_("Address"), card.address or "—"),
            (_("Owner of the flat"), card.owner_name or "—"),
            (_("Entered Kyrgyzstan"), ", ".join(format_date(day) for day in card.entries) or "—"),
            (_("Telephone"), card.phone or "—"),
            (_("E-mail"), card.email or "—"),
        )
    )


def _facts(facts: tuple[tuple[str, str], ...]) -> None:
    """Show labelled facts side by side, as many in a row as the width holds."""
    with st.container(border=True, horizontal=True, gap="large"):
        for label, value in facts:
            with st.container(width="content"):
                st.caption(escaped(label))
                st.markdown(escaped(value))
