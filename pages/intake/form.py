"""The form of a new student, filled from the passport's lines where they were read."""

from datetime import date
from typing import Any

import streamlit as st

from core.i18n import _
from core.permissions import Actor
from core.rules.mrz import MrzReading
from core.services.faculties import faculty_names
from core.services.house import today
from core.services.person_forms import PassportForm, StudentForm, VisaForm
from core.terms import ResidenceKind, Sex, VisaEntries
from core.words import word
from pages.intake.scan import marked

#: The longest course of study offered in the field, in years.
LONGEST_COURSE = 7

_EARLIEST_BIRTH = date(1930, 1, 1)


def student_form(
    actor: Actor, reading: MrzReading | None, *, doubts: frozenset[str] = frozenset()
) -> StudentForm | None:
    """Show the form and return what was entered once it is submitted, else None.

    ``doubts`` names the fields of ``reading`` that are marked as doubtful. A fresh reading gives
    the fields fresh keys, so that it fills them and an earlier one does not.
    """
    key = f"intake_{abs(hash(reading.lines)) if reading else 'hand'}"
    with st.form(f"{key}_form"):
        passport = _passport(key, reading, doubts)
        study = _study(key, actor)
        entered_on, visa = _entry(key)
        residence, address, owner = _residence(key)
        native_name, phone, email = _contact(key)
        if not st.form_submit_button(_("Save"), type="primary", icon=":material/save:"):
            return None
    return StudentForm(
        passport=passport,
        **study,
        entered_on=entered_on,
        residence=residence,
        address=address,
        owner_name=owner,
        visa=visa,
        native_name=native_name,
        phone=phone,
        email=email,
    )


def _passport(key: str, reading: MrzReading | None, doubts: frozenset[str]) -> PassportForm:
    st.subheader(_("Passport"), anchor=False)
    first, second, third = st.columns(3)
    surname = first.text_input(
        marked(_("Surname as in the passport"), "surname", doubts),
        value=reading.surname if reading else "",
        key=f"{key}_surname",
    )
    given = second.text_input(
        marked(_("Given names (may be empty)"), "given_names", doubts),
        value=reading.given_names if reading else "",
        key=f"{key}_given",
    )
    number = third.text_input(
        marked(_("Passport number"), "document_number", doubts),
        value=reading.document_number if reading else "",
        key=f"{key}_number",
    )
    state = first.text_input(
        marked(_("Issued by (three letters)"), "issuing_state", doubts),
        value=reading.issuing_state if reading else "",
        max_chars=3,
        key=f"{key}_state",
    )
    nationality = second.text_input(
        marked(_("Nationality (three letters)"), "nationality", doubts),
        value=reading.nationality if reading else "",
        max_chars=3,
        key=f"{key}_nationality",
    )
    sexes = list(Sex)
    sex = third.selectbox(
        marked(_("Sex"), "sex", doubts),
        sexes,
        index=sexes.index(reading.sex) if reading else 2,
        format_func=word,
        key=f"{key}_sex",
    )
    born = marked(_("Born"), "birth_date", doubts)
    birth = _date(first, born, f"{key}_birth", reading.birth_date if reading else None)
    issued = _date(second, _("Issued on"), f"{key}_issued", None)
    ends = marked(_("Passport ends"), "expiry_date", doubts)
    expires = _date(third, ends, f"{key}_expires", reading.expiry_date if reading else None)
    return PassportForm(
        number=number.strip().upper(),
        issuing_state=state.strip().upper() or nationality.strip().upper(),
        nationality=nationality.strip().upper(),
        surname=surname.strip().upper(),
        given_names=given.strip().upper(),
        birth_date=birth,
        sex=sex,
        issued_on=issued,
        expires_on=expires,
        mrz="\n".join(reading.lines) if reading else "",
    )


def _study(key: str, actor: Actor) -> dict[str, Any]:
    """Return the fields of the form about faculty, contract and course."""
    st.subheader(_("Study"), anchor=False)
    faculties = faculty_names(actor, only_active=True)
    first, second = st.columns([2, 1])
    faculty_id = first.selectbox(
        _("Faculty"),
        list(faculties),
        index=0 if len(faculties) == 1 else None,
        format_func=lambda choice: faculties[choice],
        placeholder=_("Choose"),
        key=f"{key}_faculty",
    )
    course = second.number_input(
        _("Course"), min_value=1, max_value=LONGEST_COURSE, value=None, step=1, key=f"{key}_course"
    )
    first, second, third, fourth = st.columns(4)
    return {
        "faculty_id": faculty_id,
        "course": course,
        "contract_number": first.text_input(_("Contract number"), key=f"{key}_contract"),
        "contract_from": _date(second, _("Contract from"), f"{key}_contract_from", None),
        "contract_until": _date(third, _("Contract until"), f"{key}_contract_until", None),
        "course_until": _date(fourth, _("Course ends"), f"{key}_course_until", None),
    }


def _entry(key: str) -> tuple[date | None, VisaForm | None]:
    st.subheader(_("Entry and visa"), anchor=False)
    first, second, third = st.columns(3)
    entered_on = first.date_input(
        _("Entered Kyrgyzstan on, with this passport"),
        value=None,
        min_value=date(2015, 1, 1),
        max_value=today(),
        format="DD/MM/YYYY",
        key=f"{key}_entered",
    )
    category = second.text_input(
        _("Visa letter (S, J, …; empty if none)"), max_chars=5, key=f"{key}_visa_category"
    )
    entries = third.selectbox(
        _("Entries"), list(VisaEntries), format_func=word, key=f"{key}_visa_entries"
    )
    number = first.text_input(_("Visa number"), key=f"{key}_visa_number")
    valid_from = _date(second, _("Visa from"), f"{key}_visa_from", None)
    valid_until = _date(third, _("Visa until (its last day)"), f"{key}_visa_until", None)
    if not category.strip() and valid_until is None:
        return entered_on, None
    return entered_on, VisaForm(
        category=category.strip().upper(),
        entries=entries or VisaEntries.SINGLE,
        number=number,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _residence(key: str) -> tuple[ResidenceKind | None, str, str]:
    st.subheader(_("Residence"), anchor=False)
    kind = st.radio(
        _("Lives in"),
        [None, *ResidenceKind],
        format_func=lambda choice: word(choice) if choice else _("not known yet"),
        horizontal=True,
        key=f"{key}_residence",
    )
    first, second = st.columns(2)
    address = first.text_input(_("Room or address"), key=f"{key}_address")
    owner = second.text_input(_("Owner of the flat"), key=f"{key}_owner")
    return kind, address, owner


def _contact(key: str) -> tuple[str, str, str]:
    st.subheader(_("Contact"), anchor=False)
    first, second, third = st.columns(3)
    return (
        first.text_input(_("Name in his own script"), key=f"{key}_native"),
        second.text_input(_("Telephone"), key=f"{key}_phone"),
        third.text_input(_("E-mail"), key=f"{key}_email"),
    )


def _date(
    column: "st.delta_generator.DeltaGenerator", label: str, key: str, value: date | None
) -> date | None:
    return column.date_input(
        label,
        value=value,
        min_value=_EARLIEST_BIRTH,
        max_value=today().replace(year=today().year + 30, day=1),
        format="DD/MM/YYYY",
        key=key,
    )
