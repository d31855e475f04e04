"""Ways to reach a person, who represents him, whom to call, and his family here."""

import streamlit as st

from core.i18n import _
from core.permissions import Actor, Permission
from core.services.cards import PersonCard
from core.services.contacts import (
    ContactForm,
    ContactView,
    add_contact,
    change_contact,
    contacts_of_person,
    end_contact,
)
from core.services.families import (
    RelativeView,
    add_relative,
    end_relative,
    relatives_of_person,
)
from core.services.people_list import PeopleFilter, list_people
from core.services.person_identity import (
    IdentityForm,
    agent_choices,
    agent_of_person,
    change_identity,
)
from core.terms import FamilyRelation, Language
from core.words import word
from pages.shell import editing, links, parts
from pages.shell.parts import escaped
from pages.students.fields import choice_field, facts, places_in_rows, text_field, word_field


def show_contacts(actor: Actor, card: PersonCard) -> None:
    """Show how to reach the person and everybody who stands beside him."""
    can_edit = actor.can(Permission.EDIT_PEOPLE) and card.closed_at is None
    _identity(actor, card, can_edit=can_edit)
    st.subheader(_("Whom to call"), anchor=False)
    contacts = contacts_of_person(actor, card.person_id)
    if not contacts:
        parts.empty(_("Nobody is noted."), _("Note at least one relative with a telephone."))
    for contact in contacts:
        _contact(actor, contact, can_edit=can_edit)
    if can_edit:
        editing.offer(
            _("Note whom to call"),
            key=f"students_contact_new_{card.person_id}",
            fields=lambda key: _contact_fields(key, ContactForm(name="")),
            save=lambda form, _seen: add_contact(actor, card.person_id, form),
            said=_("The contact is noted."),
            icon=":material/add:",
        )
    _family(actor, card, can_edit=can_edit)


def _identity(actor: Actor, card: PersonCard, *, can_edit: bool) -> None:
    agent = agent_of_person(actor, card.person_id)
    st.subheader(_("Contact"), anchor=False)
    with st.container(border=True):
        facts(
            {
                _("Name in his own script"): card.native_name,
                _("His name in Russian"): card.name_ru,
                _("His name in Kyrgyz"): card.name_ky,
                _("Telephone"): card.phone,
                _("E-mail"): card.email,
                _("Language of messages"): word(card.language) if card.language else None,
                _("Representative"): agent.name if agent else None,
            }
        )
        if can_edit:
            editing.offer(
                _("Correct names and contact"),
                key=f"students_identity_{card.person_id}",
                version=card.version,
                fields=lambda key: _identity_fields(actor, key, card),
                save=lambda form, seen: change_identity(actor, card.person_id, form, version=seen),
                said=_("Names and contact are corrected."),
            )


def _identity_fields(actor: Actor, key: str, card: PersonCard) -> IdentityForm:
    agents = agent_choices(actor)
    present = agent_of_person(actor, card.person_id)
    if present is not None:
        agents.setdefault(present.agent_id, present.name)
    places = places_in_rows()
    return IdentityForm(
        native_name=text_field(
            next(places), _("Name in his own script"), f"{key}_native", card.native_name, most=200
        ),
        name_ru=text_field(
            next(places), _("His name in Russian"), f"{key}_ru", card.name_ru, most=200
        ),
        name_ky=text_field(
            next(places), _("His name in Kyrgyz"), f"{key}_ky", card.name_ky, most=200
        ),
        phone=text_field(next(places), _("Telephone"), f"{key}_phone", card.phone, most=40),
        email=text_field(next(places), _("E-mail"), f"{key}_email", card.email, most=200),
        language=choice_field(
            next(places),
            _("Language of messages"),
            f"{key}_language",
            card.language,
            choices=list(Language),
            shown=word,
        ),
        agent_id=choice_field(
            next(places),
            _("Representative"),
            f"{key}_agent",
            card.agent_id,
            choices=list(agents),
            shown=lambda agent: agents[agent],
        ),
    )


def _contact(actor: Actor, contact: ContactView, *, can_edit: bool) -> None:
    known = contact.known
    with st.container(border=True):
        facts(
            {
                _("Name"): known.name,
                _("What he is to him"): known.relation,
                _("Telephone"): known.phone,
                _("E-mail"): known.email,
                _("Note"): known.note,
            }
        )
        if not can_edit:
            return
        with st.container(horizontal=True):
            editing.offer(
                _("Correct"),
                key=f"students_contact_{contact.contact_id}",
                version=contact.version,
                fields=lambda key: _contact_fields(key, known),
                save=lambda form, seen: change_contact(
                    actor, contact.contact_id, form, version=seen
                ),
                said=_("The contact is corrected."),
            )
            editing.confirm(
                _("Take off the card"),
                key=f"students_contact_end_{contact.contact_id}",
                question=_("The history keeps it."),
                act=lambda: end_contact(actor, contact.contact_id, version=contact.version),
                said=_("The contact is off the card."),
                icon=":material/remove_circle:",
            )


def _contact_fields(key: str, given: ContactForm) -> ContactForm:
    first, second = st.columns(2)
    return ContactForm(
        name=text_field(first, _("Name"), f"{key}_name", given.name, most=200),
        relation=text_field(
            second, _("What he is to him"), f"{key}_relation", given.relation, most=100
        ),
        phone=text_field(first, _("Telephone"), f"{key}_phone", given.phone, most=40),
        email=text_field(second, _("E-mail"), f"{key}_email", given.email, most=200),
        note=text_field(first, _("Note"), f"{key}_note", given.note, most=1000),
    )


def _family(actor: Actor, card: PersonCard, *, can_edit: bool) -> None:
    st.subheader(_("Family here"), anchor=False)
    relatives = relatives_of_person(actor, card.person_id)
    if not relatives:
        parts.empty(
            _("No relative is noted."), _("Relatives who came along have cards of their own.")
        )
    for relative in relatives:
        _relative(actor, relative, can_edit=can_edit)
    if can_edit:
        _link(actor, card)


def _relative(actor: Actor, relative: RelativeView, *, can_edit: bool) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.badge(escaped(word(relative.relation)), color="blue")
        st.markdown(escaped(relative.name), width="content")
        if st.button(
            _("Open the card"),
            key=f"students_relative_{relative.link_id}",
            icon=":material/open_in_new:",
        ):
            links.go_to("students", person=relative.person_id)
        if can_edit:
            editing.confirm(
                _("Undo the link"),
                key=f"students_relative_end_{relative.link_id}",
                question=_("Both cards stay; the history keeps the link."),
                act=lambda: end_relative(actor, relative.link_id, version=relative.version),
                said=_("The link is undone."),
                icon=":material/link_off:",
            )


def _link(actor: Actor, card: PersonCard) -> None:
    """Offer to find a person of ours and to say what he is to this one."""
    with st.expander(_("Note a relative"), icon=":material/add:"):
        search = st.text_input(
            _("Part of the relative's name or passport number"),
            key=f"students_relative_search_{card.person_id}",
        )
        if not search.strip():
            st.caption(_("Who is not registered yet is entered under “New person” first."))
            return
        found = {
            line.person_id: f"{line.name} · {line.passport_masked}"
            for line in list_people(actor, PeopleFilter(search=search)).rows
            if line.person_id != card.person_id
        }
        if not found:
            parts.empty(_("Nobody matches."), _("Try fewer letters."))
            return
        _link_form(actor, card, found)


def _link_form(actor: Actor, card: PersonCard, found: dict[int, str]) -> None:
    def fields(key: str) -> tuple[int, FamilyRelation]:
        first, second = st.columns(2)
        relative_id = first.selectbox(
            _("Relative"), list(found), format_func=lambda each: found[each], key=f"{key}_who"
        )
        relation = word_field(
            second, _("What he is to him"), f"{key}_relation", FamilyRelation.SPOUSE
        )
        return relative_id, relation

    editing.offer(
        _("Choose the relative"),
        key=f"students_relative_new_{card.person_id}",
        fields=fields,
        save=lambda chosen, _seen: add_relative(
            actor, card.person_id, chosen[0], relation=chosen[1]
        ),
        said=_("The relative is noted on both cards."),
        icon=":material/family_restroom:",
    )
