"""The forms of somebody new, filled from the passport's lines where they were read."""

from datetime import date
from typing import Any

import streamlit as st

from core.i18n import _
from core.permissions import Actor
from core.rules.mrz import MrzReading
from core.services.faculties import faculty_names
from core.services.people_list import PeopleFilter, list_people
from core.services.person_forms import (
    EngagementForm,
    NewPersonForm,
    OtherPersonForm,
    PassportForm,
    StudentForm,
    VisaForm,
)
from core.services.person_identity import agent_choices
from core.terms import EngagementKind, FamilyRelation, Sex
from pages.students.fields import (
    choice_field,
    course_field,
    date_field,
    engagement_fields,
    faculty_field,
    funding_field,
    owner_fields,
    passport_fields,
    places_in_rows,
    residence_kind_field,
    text_field,
    visa_fields,
    word_field,
)

_NO_PASSPORT = PassportForm(
    number="",
    issuing_state="",
    nationality="",
    surname="",
    birth_date=None,
    sex=Sex.UNSPECIFIED,
    expires_on=None,
)
_NOBODY = StudentForm(passport=_NO_PASSPORT)

#: How many people were registered here, and the place of the student registered last.
_TURN, _PLACE = "intake_turn", "intake_place"


def begin_next(form: NewPersonForm) -> None:
    """Let the next form be empty but for the place of a student, as ``form`` had it."""
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    if isinstance(form, StudentForm):
        st.session_state[_PLACE] = form


def form_key(newcomer: str, reading: MrzReading | None) -> str:
    """Return what the keys of a form begin with: one for each turn, reading and kind of newcomer.

    A fresh reading gives the fields fresh keys, so that it fills them and an earlier one does not.
    """
    turn = st.session_state.get(_TURN, 0)
    return f"intake_{turn}_{abs(hash(reading.lines)) if reading else 'hand'}_{newcomer}"


def student_form(
    actor: Actor, key: str, reading: MrzReading | None, *, doubts: frozenset[str]
) -> StudentForm | None:
    """Show the form of a student and return what was entered once it is submitted, else None.

    The keys of its fields begin with ``key``; ``doubts`` names the fields of ``reading`` that are
    marked as doubtful.
    """
    with st.form(f"{key}_form", enter_to_submit=False):
        passport = _passport(key, reading, doubts)
        study = _study(key, actor)
        rest = _rest(actor, key)
        if not _is_saved():
            return None
    return StudentForm(passport=passport, **study, **rest)


def other_person_form(
    actor: Actor, key: str, reading: MrzReading | None, *, doubts: frozenset[str]
) -> OtherPersonForm | None:
    """Show the form of a teacher, clinic staff or a visitor; as :func:`student_form`."""
    with st.form(f"{key}_form", enter_to_submit=False):
        passport = _passport(key, reading, doubts)
        st.subheader(_("Work or visit"), anchor=False)
        engagement = engagement_fields(
            f"{key}_engagement", EngagementForm(kind=EngagementKind.TEACHER)
        )
        rest = _rest(actor, key)
        if not _is_saved():
            return None
    return OtherPersonForm(passport=passport, engagement=engagement, **rest)


def relative_form(
    actor: Actor, key: str, reading: MrzReading | None, *, doubts: frozenset[str]
) -> OtherPersonForm | None:
    """Show the form of somebody's relative; as :func:`student_form`."""
    found = _search_of_relative(actor)
    if not found:
        return None
    with st.form(f"{key}_form", enter_to_submit=False):
        st.subheader(_("Family here"), anchor=False)
        first, second = st.columns(2)
        relative_id = choice_field(
            first,
            _("Belongs to"),
            f"{key}_relative_id",
            next(iter(found)),
            choices=list(found),
            shown=lambda each: found[each],
        )
        relation = word_field(
            second, _("What he is to him"), f"{key}_relation", FamilyRelation.SPOUSE
        )
        passport = _passport(key, reading, doubts)
        rest = _rest(actor, key)
        if not _is_saved():
            return None
    return OtherPersonForm(passport=passport, relative_id=relative_id, relation=relation, **rest)


def _is_saved() -> bool:
    st.caption(_("Save at any point: what is missing stands on the card and can be added there."))
    return st.form_submit_button(_("Save"), type="primary", icon=":material/save:")


def _search_of_relative(actor: Actor) -> dict[int, str]:
    """Ask to whom he belongs, and return the people who match."""
    search = st.text_input(
        _("Whose relative: part of a name or passport number"), key="intake_relative_search"
    )
    if not search.strip():
        return {}
    found = list_people(actor, PeopleFilter(search=search)).rows
    if not found:
        st.info(_("Nobody matches."))
    return {line.person_id: f"{line.name} · {line.passport_masked}" for line in found}


def _passport(key: str, reading: MrzReading | None, doubts: frozenset[str]) -> PassportForm:
    st.subheader(_("Passport"), anchor=False)
    if reading is None:
        return passport_fields(key, _NO_PASSPORT, doubts)
    given = PassportForm(
        number=reading.document_number,
        issuing_state=reading.issuing_state,
        nationality=reading.nationality,
        surname=reading.surname,
        given_names=reading.given_names,
        birth_date=reading.birth_date,
        sex=reading.sex,
        expires_on=reading.expiry_date,
        mrz="\n".join(reading.lines),
    )
    return passport_fields(key, given, doubts)


def _study(key: str, actor: Actor) -> dict[str, Any]:
    """Return the fields of the form about faculty, contract and course.

    Students come in groups: what a group has in common stays as the one before had it.
    """
    st.subheader(_("Study"), anchor=False)
    before = _before(actor)
    if before is not None:
        st.caption(_("As the student before him had it; correct what differs."))
    given = before or _NOBODY
    places = places_in_rows()

    def text(label: str, name: str, value: str, *, most: int) -> str:
        return text_field(next(places), label, f"{key}_{name}", value, most=most)

    def day(label: str, name: str, value: date | None) -> date | None:
        return date_field(next(places), label, f"{key}_{name}", value)

    return {
        "faculty_id": faculty_field(actor, next(places), f"{key}_faculty", _faculty(actor, given)),
        "programme": text(_("Programme"), "programme", given.programme, most=200),
        "group_name": text(_("Group"), "group", given.group_name, most=40),
        "course": course_field(next(places), f"{key}_course", given.course),
        "funding": funding_field(next(places), f"{key}_funding", given.funding),
        "course_until": day(_("Course ends"), "course_until", given.course_until),
        "order_number": text(_("Order of admission"), "order", given.order_number, most=60),
        "order_on": day(_("Order of"), "order_on", given.order_on),
        "contract_number": text(_("Contract number"), "contract", "", most=60),
        "contract_from": day(_("Contract from"), "contract_from", given.contract_from),
        "contract_until": day(_("Contract until"), "contract_until", given.contract_until),
    }


def _before(actor: Actor) -> StudentForm | None:
    """Return the student registered before, while his faculty still takes students."""
    before: StudentForm | None = st.session_state.get(_PLACE)
    known = faculty_names(actor, only_active=True)
    return before if before is not None and before.faculty_id in known else None


def _faculty(actor: Actor, given: StudentForm) -> int | None:
    """Return the faculty to begin with: that of the one before, or the only one there is."""
    active = list(faculty_names(actor, only_active=True))
    return given.faculty_id or (active[0] if len(active) == 1 else None)


def _rest(actor: Actor, key: str) -> dict[str, Any]:
    """Return what is asked of anybody: entry and visa, residence, contact."""
    entered_on, visa = _entry(actor, key)
    return {
        "entered_on": entered_on,
        "visa": visa,
        **_residence(key),
        **_contact(actor, key),
    }


def _entry(actor: Actor, key: str) -> tuple[date | None, VisaForm | None]:
    st.subheader(_("Entry and visa"), anchor=False)
    first, _second, _third = st.columns(3)
    entered_on = date_field(
        first, _("Entered Kyrgyzstan on, with this passport"), f"{key}_entered", None
    )
    visa = visa_fields(actor, f"{key}_visa", None)
    is_empty = not (visa.category or visa.number or visa.valid_from or visa.valid_until)
    return entered_on, None if is_empty else visa


def _residence(key: str) -> dict[str, Any]:
    st.subheader(_("Residence"), anchor=False)
    kind = residence_kind_field(key, None)
    return {"residence": kind} | owner_fields(key, address="", owner="", phone="", consent=None)


def _contact(actor: Actor, key: str) -> dict[str, Any]:
    st.subheader(_("Contact"), anchor=False)
    agents = agent_choices(actor)
    places = places_in_rows()
    return {
        "native_name": text_field(
            next(places), _("Name in his own script"), f"{key}_native", "", most=200
        ),
        "name_ru": text_field(next(places), _("His name in Russian"), f"{key}_ru", "", most=200),
        "name_ky": text_field(next(places), _("His name in Kyrgyz"), f"{key}_ky", "", most=200),
        "phone": text_field(next(places), _("Telephone"), f"{key}_phone", "", most=40),
        "email": text_field(next(places), _("E-mail"), f"{key}_email", "", most=200),
        "agent_id": choice_field(
            next(places),
            _("Representative"),
            f"{key}_agent",
            None,
            choices=list(agents),
            shown=lambda agent: agents[agent],
        ),
    }
