"""Passports and visas of a person: the current ones first, the history under them."""

import streamlit as st

from core.i18n import _, country_name
from core.messages import state_name
from core.permissions import Actor, Permission
from core.rules.countries import ISO2_BY_ISO3
from core.services.cards import PassportView, PersonCard
from core.services.custody import custody_of_person
from core.services.passports import add_passport, change_passport, make_current
from core.services.person_forms import PassportForm
from core.services.person_identity import SaidForm, change_said
from core.terms import Sex
from pages.shell import editing, parts
from pages.students.custody import show_custody
from pages.students.fields import (
    date_field,
    facts,
    passport_fields,
    state_field,
    text_field,
    word_field,
)
from pages.students.limits import show_limits
from pages.students.visas import show_visas


def show_passports(actor: Actor, card: PersonCard) -> None:
    """Show passports, visas, and the limits of the next study visa."""
    can_edit = actor.can(Permission.EDIT_PEOPLE) and card.closed_at is None
    st.subheader(_("Passports"), anchor=False)
    if not card.passports:
        _without_passport(actor, card, can_edit=can_edit)
    knows_custody = actor.can(Permission.READ_CUSTODY) and bool(card.passports)
    custody = custody_of_person(actor, card.person_id) if knows_custody else {}
    for passport in card.passports:
        with st.container(border=True):
            _passport(actor, passport, can_edit=can_edit)
            if knows_custody:
                held = custody.get(passport.passport_id)
                show_custody(actor, passport, held, can_edit=can_edit)
    if can_edit:
        _add_passport(actor, card)
    show_visas(actor, card, can_edit=can_edit)
    if card.status is not None:
        show_limits(actor, card.person_id)


def _passport(actor: Actor, passport: PassportView, *, can_edit: bool) -> None:
    known = passport.known
    if passport.is_current:
        st.badge(_("current"), color="green")
    else:
        st.badge(_("earlier"), color="gray")
    facts(
        {
            _("Passport number"): known.number,
            _("Kind"): known.kind,
            _("Issued by"): state_name(known.issuing_state),
            _("Name in the passport"): passport.name,
            _("Born"): known.birth_date,
            _("Sex"): known.sex,
            _("Issued on"): known.issued_on,
            _("Passport ends"): known.expires_on,
        }
    )
    if can_edit:
        _passport_actions(actor, passport)


def _passport_actions(actor: Actor, passport: PassportView) -> None:
    with st.container(horizontal=True):
        editing.offer(
            _("Correct the passport"),
            key=f"students_passport_{passport.passport_id}",
            version=passport.version,
            fields=lambda key: passport_fields(key, passport.known),
            save=lambda form, seen: change_passport(
                actor, passport.passport_id, form, version=seen
            ),
            said=_("The passport is corrected."),
        )
        if not passport.is_current:
            editing.confirm(
                _("Make it the current one"),
                key=f"students_passport_current_{passport.passport_id}",
                question=_("Name, nationality and due dates will follow this passport."),
                act=lambda: make_current(actor, passport.passport_id, version=passport.version),
                said=_("The passport is the current one."),
                icon=":material/swap_horiz:",
            )


def _add_passport(actor: Actor, card: PersonCard) -> None:
    present = card.passports[0].known if card.passports else None
    given = PassportForm(
        number="",
        issuing_state=present.issuing_state if present else "",
        nationality=present.nationality if present else _icao(card.citizenship),
        surname=card.surname,
        given_names=card.given_names,
        birth_date=card.birth_date,
        sex=card.sex or Sex.UNSPECIFIED,
        expires_on=None,
    )
    editing.offer(
        _("Add a passport"),
        key=f"students_passport_new_{card.person_id}",
        fields=lambda key: passport_fields(key, given),
        save=lambda form, _seen: add_passport(actor, card.person_id, form),
        said=_("The passport is added; it is the current one now."),
        icon=":material/add:",
    )


def _without_passport(actor: Actor, card: PersonCard, *, can_edit: bool) -> None:
    parts.empty(
        _("No passport is known yet."),
        _("Name, citizenship, birth date and sex are what was said."),
    )
    facts(
        {
            _("Name"): card.name,
            _("Citizenship"): country_name(card.citizenship),
            _("Born"): card.birth_date,
            _("Sex"): card.sex,
        }
    )
    if can_edit:
        editing.offer(
            _("Correct what was said"),
            key=f"students_said_{card.person_id}",
            version=card.version,
            fields=lambda key: _said_fields(key, card),
            save=lambda form, seen: change_said(actor, card.person_id, form, version=seen),
            said=_("The record is corrected."),
        )


def _said_fields(key: str, card: PersonCard) -> SaidForm:
    first, second = st.columns(2)
    return SaidForm(
        surname=text_field(first, _("Surname"), f"{key}_surname", card.surname, most=100).upper(),
        given_names=text_field(
            second, _("Given names (may be empty)"), f"{key}_given", card.given_names, most=100
        ).upper(),
        nationality=state_field(first, _("Citizenship"), f"{key}_state", _icao(card.citizenship)),
        birth_date=date_field(second, _("Born"), f"{key}_birth", card.birth_date),
        sex=word_field(first, _("Sex"), f"{key}_sex", card.sex or Sex.UNSPECIFIED),
    )


def _icao(iso2: str | None) -> str:
    return next((code for code, known in ISO2_BY_ISO3.items() if known == iso2), "")
