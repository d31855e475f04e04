"""Where a person lives and lived, and his registrations at the place of stay."""

import streamlit as st

from core.i18n import _
from core.permissions import Actor, Permission
from core.services.cards import PersonCard
from core.services.house import today
from core.services.registrations import (
    RegistrationForm,
    RegistrationView,
    add_registration,
    change_registration,
    registrations_of_person,
)
from core.services.residences import (
    ResidenceForm,
    ResidenceView,
    change_residence,
    move,
    residences_of_person,
)
from core.terms import ResidenceKind
from pages.shell import editing, parts
from pages.students.fields import date_field, facts, owner_fields, text_field, word_field


def show_living(actor: Actor, card: PersonCard) -> None:
    """Show registrations and residences, the present ones first."""
    can_edit = actor.can(Permission.EDIT_PEOPLE) and card.closed_at is None
    st.subheader(_("Registrations"), anchor=False)
    registrations = registrations_of_person(actor, card.person_id)
    if not registrations:
        parts.empty(_("No registration is noted."), _("Noting one closes the case it answers."))
    for registration in registrations:
        _registration(actor, registration, can_edit=can_edit)
    residences = residences_of_person(actor, card.person_id)
    if can_edit:
        _register(actor, card, residences)
    st.subheader(_("Address"), anchor=False)
    if not residences:
        parts.empty(
            _("No address is known."), _("The papers of a registration depend on where he lives.")
        )
    for residence in residences:
        _residence(actor, residence, can_edit=can_edit)
    if can_edit:
        _move(actor, card)


def _registration(actor: Actor, row: RegistrationView, *, can_edit: bool) -> None:
    with st.container(border=True):
        if row.is_current:
            st.badge(_("current"), color="green")
        else:
            st.badge(_("earlier"), color="gray")
        facts(
            {
                _("Registered on"): row.registered_on,
                _("Registered until"): row.valid_until,
                _("Number"): row.number,
                _("Place"): row.place,
            }
        )
        if can_edit:
            given = RegistrationForm(
                registered_on=row.registered_on,
                valid_until=row.valid_until,
                number=row.number,
                place=row.place,
            )
            editing.offer(
                _("Correct the registration"),
                key=f"students_registration_{row.registration_id}",
                version=row.version,
                fields=lambda key: _registration_fields(key, given),
                save=lambda form, seen: change_registration(
                    actor, row.registration_id, form, version=seen
                ),
                said=_("The registration is corrected."),
            )


def _register(actor: Actor, card: PersonCard, residences: tuple[ResidenceView, ...]) -> None:
    present = residences[0].address if residences and residences[0].until_on is None else ""
    given = RegistrationForm(registered_on=today(), place=present)
    editing.offer(
        _("Note a registration"),
        key=f"students_registration_new_{card.person_id}",
        fields=lambda key: _registration_fields(key, given),
        save=lambda form, _seen: add_registration(actor, card.person_id, form),
        said=_("The registration is noted."),
        icon=":material/add:",
    )


def _registration_fields(key: str, given: RegistrationForm) -> RegistrationForm:
    first, second = st.columns(2)
    return RegistrationForm(
        registered_on=date_field(first, _("Registered on"), f"{key}_on", given.registered_on),
        valid_until=date_field(second, _("Registered until"), f"{key}_until", given.valid_until),
        number=text_field(first, _("Number"), f"{key}_number", given.number, most=60),
        place=text_field(second, _("Place"), f"{key}_place", given.place, most=300),
    )


def _residence(actor: Actor, row: ResidenceView, *, can_edit: bool) -> None:
    with st.container(border=True):
        if row.until_on is None:
            st.badge(_("lives here"), color="green")
        else:
            st.badge(_("earlier"), color="gray")
        known: dict[str, object] = {_("Lives in"): row.kind, _("Room or address"): row.address}
        if row.kind is ResidenceKind.FLAT:
            known |= {
                _("Owner of the flat"): row.owner_name,
                _("Telephone of the owner"): row.owner_phone,
                _("The owner's consent ends"): row.consent_until,
            }
        facts(known | {_("From"): row.from_on, _("Until"): row.until_on})
        if can_edit:
            given = ResidenceForm(
                kind=row.kind,
                address=row.address,
                owner_name=row.owner_name,
                owner_phone=row.owner_phone,
                consent_until=row.consent_until,
                from_on=row.from_on,
            )
            editing.offer(
                _("Correct the address"),
                key=f"students_residence_{row.residence_id}",
                version=row.version,
                fields=lambda key: _residence_fields(key, given),
                save=lambda form, seen: change_residence(
                    actor, row.residence_id, form, version=seen
                ),
                said=_("The address is corrected."),
            )


def _move(actor: Actor, card: PersonCard) -> None:
    given = ResidenceForm(kind=ResidenceKind.HOSTEL, from_on=today())
    editing.offer(
        _("Note a new address"),
        key=f"students_residence_new_{card.person_id}",
        fields=lambda key: _residence_fields(key, given),
        save=lambda form, _seen: move(actor, card.person_id, form),
        said=_("The new address is noted."),
        icon=":material/add:",
    )


def _residence_fields(key: str, given: ResidenceForm) -> ResidenceForm:
    first, second = st.columns(2)
    kind = word_field(first, _("Lives in"), f"{key}_kind", given.kind)
    from_on = date_field(second, _("From"), f"{key}_from", given.from_on)
    owner = owner_fields(
        key,
        address=given.address,
        owner=given.owner_name,
        phone=given.owner_phone,
        consent=given.consent_until,
    )
    return ResidenceForm(kind=kind, from_on=from_on, **owner)
