"""The fields of forms about people, the same on the card and at intake."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.i18n import _, country_name, current_language, format_date, use_language
from core.messages import state_name
from core.permissions import Actor
from core.rules.countries import ISO2_BY_ISO3
from core.services.faculties import faculty_names
from core.services.house import today
from core.services.person_forms import EngagementForm, PassportForm, VisaForm
from core.services.rule_views import visa_letters
from core.terms import EngagementKind, Funding, Language, ResidenceKind
from core.terms import VisaEntries as Entries
from core.words import word
from pages.shell.parts import escaped

#: The longest course of study offered in the field, in years.
LONGEST_COURSE = 7

_EARLIEST = date(1930, 1, 1)

Choice = TypeVar("Choice")
Member = TypeVar("Member", bound=StrEnum)


def places_in_rows() -> Iterator[DeltaGenerator]:
    """Yield places for fields, three in a row; on a telephone they stand in the same order."""
    while True:
        yield from st.columns(3)


def date_field(column: DeltaGenerator, label: str, key: str, value: date | None) -> date | None:
    """Ask for a day; it may stay empty."""
    return column.date_input(
        label,
        value=value,
        min_value=_EARLIEST,
        max_value=today().replace(year=today().year + 30, day=1),
        format="DD/MM/YYYY",
        key=key,
    )


def text_field(column: DeltaGenerator, label: str, key: str, value: str, *, most: int) -> str:
    """Ask for a text of at most ``most`` characters."""
    return column.text_input(label, value=value, key=key, max_chars=most).strip()


def choice_field(
    column: DeltaGenerator,
    label: str,
    key: str,
    value: Choice | None,
    *,
    choices: list[Choice],
    shown: Callable[[Choice], str],
) -> Choice | None:
    """Ask for one of ``choices``; none may be chosen. A value of before stays a choice."""
    offered = choices if value is None or value in choices else [value, *choices]
    return column.selectbox(
        label,
        offered,
        index=offered.index(value) if value is not None else None,
        format_func=shown,
        placeholder=_("not known yet"),
        key=key,
    )


def word_field(column: DeltaGenerator, label: str, key: str, value: Member) -> Member:
    """Ask for a word of the list ``value`` belongs to."""
    members = list(type(value))
    return column.selectbox(label, members, index=members.index(value), format_func=word, key=key)


def state_field(column: DeltaGenerator, label: str, key: str, value: str) -> str:
    """Ask for a state by its name and return its code as travel documents have it, or nothing."""
    states = _states(current_language())
    chosen = choice_field(
        column,
        label,
        key,
        value or None,
        choices=list(states),
        shown=lambda code: states.get(code) or state_name(code),
    )
    return chosen or ""


def faculty_field(actor: Actor, column: DeltaGenerator, key: str, value: int | None) -> int | None:
    """Ask for the faculty; the only one there is, is chosen for somebody new."""
    known, active = faculty_names(actor), list(faculty_names(actor, only_active=True))
    return choice_field(
        column,
        _("Faculty"),
        key,
        value,
        choices=active,
        shown=lambda faculty: known[faculty],
    )


def course_field(column: DeltaGenerator, key: str, value: int | None) -> int | None:
    """Ask for the year of the course."""
    return column.number_input(
        _("Course"), min_value=1, max_value=LONGEST_COURSE, value=value, step=1, key=key
    )


def funding_field(column: DeltaGenerator, key: str, value: Funding | None) -> Funding | None:
    """Ask who pays for the place."""
    return choice_field(column, _("Who pays"), key, value, choices=list(Funding), shown=word)


def marked(label: str, field: str, doubts: Collection[str]) -> str:
    """Return the label of a field, with a word beside it where the field is doubtful."""
    if field not in doubts:
        return label
    word = _("compare")
    return f"{label} :orange-badge[{word}]"


def passport_fields(
    key: str, given: PassportForm, doubts: Collection[str] = frozenset()
) -> PassportForm:
    """Ask for a passport as printed; names and number come back in capitals.

    ``doubts`` names the fields of a reading that are marked as doubtful.
    """

    def label(text: str, field: str) -> str:
        return marked(text, field, doubts)

    places = places_in_rows()
    surname = text_field(
        next(places),
        label(_("Surname as in the passport"), "surname"),
        f"{key}_surname",
        given.surname,
        most=100,
    )
    names = text_field(
        next(places),
        label(_("Given names (may be empty)"), "given_names"),
        f"{key}_given",
        given.given_names,
        most=100,
    )
    sex = word_field(next(places), label(_("Sex"), "sex"), f"{key}_sex", given.sex)
    nationality = state_field(
        next(places),
        label(_("Nationality"), "nationality"),
        f"{key}_nationality",
        given.nationality,
    )
    birth = date_field(
        next(places), label(_("Born"), "birth_date"), f"{key}_birth", given.birth_date
    )
    kind = word_field(next(places), _("Kind of passport"), f"{key}_kind", given.kind)
    number = text_field(
        next(places),
        label(_("Passport number"), "document_number"),
        f"{key}_number",
        given.number,
        most=40,
    )
    issued = date_field(next(places), _("Issued on"), f"{key}_issued", given.issued_on)
    expires = date_field(
        next(places), label(_("Passport ends"), "expiry_date"), f"{key}_expires", given.expires_on
    )
    state = state_field(
        next(places), label(_("Issued by"), "issuing_state"), f"{key}_state", given.issuing_state
    )
    return PassportForm(
        kind=kind,
        number=number.upper(),
        issuing_state=state or nationality,
        nationality=nationality,
        surname=surname.upper(),
        given_names=names.upper(),
        birth_date=birth,
        sex=sex,
        issued_on=issued,
        expires_on=expires,
        mrz=given.mrz,
    )


def visa_fields(actor: Actor, key: str, given: VisaForm | None) -> VisaForm:
    """Ask for a visa; without letter and last day there is none."""
    places = places_in_rows()
    category = choice_field(
        next(places),
        _("Visa letter"),
        f"{key}_category",
        given.category if given else None,
        choices=list(visa_letters(actor)),
        shown=str,
    )
    entries = word_field(
        next(places), _("Entries"), f"{key}_entries", given.entries if given else Entries.SINGLE
    )
    number = text_field(
        next(places), _("Visa number"), f"{key}_visa_number", given.number if given else "", most=40
    )
    starts = date_field(
        next(places), _("Visa from"), f"{key}_visa_from", given.valid_from if given else None
    )
    ends = date_field(
        next(places),
        _("Visa until (its last day)"),
        f"{key}_visa_until",
        given.valid_until if given else None,
    )
    return VisaForm(
        category=category or "",
        entries=entries,
        number=number,
        valid_from=starts,
        valid_until=ends,
    )


def residence_kind_field(key: str, value: ResidenceKind | None) -> ResidenceKind | None:
    """Ask where somebody lives; it may be unknown."""
    kinds: list[ResidenceKind | None] = [None, *ResidenceKind]
    return st.radio(
        _("Lives in"),
        kinds,
        index=kinds.index(value),
        format_func=lambda choice: word(choice) if choice else _("not known yet"),
        horizontal=True,
        key=f"{key}_residence",
    )


def owner_fields(
    key: str, *, address: str, owner: str, phone: str, consent: date | None
) -> dict[str, Any]:
    """Ask for the room or address and, for a flat, who owns it and how long he consents."""
    first, second = st.columns(2)
    third, fourth = st.columns(2)
    return {
        "address": text_field(first, _("Room or address"), f"{key}_address", address, most=300),
        "owner_name": text_field(second, _("Owner of the flat"), f"{key}_owner", owner, most=200),
        "owner_phone": text_field(
            third, _("Telephone of the owner"), f"{key}_owner_phone", phone, most=40
        ),
        "consent_until": date_field(
            fourth, _("The owner's consent ends"), f"{key}_consent", consent
        ),
    }


def engagement_fields(key: str, given: EngagementForm) -> EngagementForm:
    """Ask what a person who is no student is to the university."""
    places = places_in_rows()
    kind = word_field(next(places), _("Is here as"), f"{key}_kind", EngagementKind(given.kind))
    position = text_field(next(places), _("Position"), f"{key}_position", given.position, most=200)
    unit = text_field(next(places), _("Department or host"), f"{key}_unit", given.unit, most=200)
    starts = date_field(next(places), _("From"), f"{key}_from", given.from_on)
    ends = date_field(next(places), _("Until"), f"{key}_until", given.until_on)
    return EngagementForm(kind=kind, position=position, unit=unit, from_on=starts, until_on=ends)


def facts(known: Mapping[str, object]) -> None:
    """Show labelled facts side by side, as many in a row as the width holds."""
    with st.container(horizontal=True, gap="medium"):
        for label, value in known.items():
            told = f":small[:gray[{escaped(label)}]]  \n{escaped(_shown(value))}"
            st.markdown(told, width="content")


def _shown(value: object) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, date):
        return format_date(value)
    return word(value) if isinstance(value, StrEnum) else str(value)


@cache
def _states(language: Language) -> dict[str, str]:
    """Return the names of the states in ``language``, by ICAO code, in the order of the names."""
    with use_language(language):
        named = {code: country_name(iso2) for code, iso2 in ISO2_BY_ISO3.items()}
    return dict(sorted(named.items(), key=lambda each: each[1]))
