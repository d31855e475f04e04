"""The messages about a person: what was said to him or his representative, and a new one."""

import streamlit as st

from core.i18n import _, format_moment
from core.permissions import Actor, Permission
from core.services.cards import PersonCard
from core.services.case_views import cases_of_person
from core.services.house import time_zone
from core.services.messages.outbox import LONGEST_TEXT
from core.services.messages.rows import LONGEST_SUBJECT
from core.services.messages.views import MessageFilter, MessageLine, list_messages, message_view
from core.services.messages.writing import (
    Address,
    WrittenForm,
    addresses_of,
    begin_message,
    write_message,
)
from core.words import word
from pages.messages.one import show_message
from pages.shell import editing, links, parts
from pages.shell.parts import escaped


def show_messages(actor: Actor, card: PersonCard) -> None:
    """Show what was written about the person, the newest first."""
    if actor.can(Permission.SEND_MESSAGES) and card.closed_at is None:
        _write(actor, card)
    chosen = MessageFilter(person_ids=frozenset({card.person_id}))
    page = list_messages(actor, chosen, page=links.number_in_address("mp") or 1)
    if page.total == 0:
        parts.empty(
            _("Nothing was written yet."),
            _("Reminders of due dates appear here, whoever they were sent to."),
        )
        return
    for line in page.rows:
        _message(actor, line)
    parts.pager(page, key="students_messages", parameter="mp")


def _message(actor: Actor, line: MessageLine) -> None:
    moment = format_moment(line.sent_at or line.created_at, time_zone=time_zone())
    told = (moment, word(line.channel), word(line.status), line.recipient, line.subject)
    folded = st.expander(
        escaped(" · ".join(told)),
        key=f"students_message_{line.message_id}",
        on_change="rerun",
    )
    if folded.open:
        with folded:
            show_message(actor, message_view(actor, line.message_id))


def _write(actor: Actor, card: PersonCard) -> None:
    """Offer to write to the person or his representative, beginning with a text."""
    label = _("Write a message")
    form = editing.opened(
        label, key=f"students_message_new_{card.person_id}", version=0, icon=":material/edit:"
    )
    if form is None:
        return
    with editing.frame(label):
        addresses = [each for each in addresses_of(actor, card.person_id) if each.channels]
        if not addresses:
            st.warning(
                _(
                    "Neither he nor a representative can be reached. Enter an e-mail address or a "
                    "telephone under “Family and contacts”."
                )
            )
            if st.button(_("Leave it"), key=f"{form.form_key}_leave"):
                editing.close()
                st.rerun()
            return
        chosen, case_id = _beginning(actor, card, addresses, form.form_key)
        _text(actor, card, chosen, case_id, form)


def _beginning(
    actor: Actor, card: PersonCard, addresses: list[Address], key: str
) -> tuple[Address, int | None]:
    """Ask to whom, and with which text to begin."""
    first, second = st.columns(2)
    chosen = first.selectbox(_("To"), addresses, format_func=_addressee, key=f"{key}_to")
    cases = {
        case.case_id: word(case.kind)
        for case in cases_of_person(actor, card.person_id)
        if case.closed_at is None
    }
    case_id = second.selectbox(
        _("Begin with"),
        [None, *cases],
        format_func=lambda each: cases[each] if each else _("a message of your own"),
        key=f"{key}_case",
    )
    return chosen, case_id


def _addressee(address: Address) -> str:
    if address.is_agent:
        return _("%(name)s (representative)") % {"name": address.name}
    return address.name


def _text(
    actor: Actor, card: PersonCard, chosen: Address, case_id: int | None, form: editing.Opened
) -> None:
    beginning = begin_message(actor, card.person_id, to_agent=chosen.is_agent, case_id=case_id)
    # Another beginning is another text: what was typed into the first one stays with it.
    place = f"{form.form_key}_{chosen.is_agent}_{case_id}"

    def fields(key: str) -> WrittenForm:
        channel = st.selectbox(
            _("Channel"), chosen.channels, format_func=word, key=f"{key}_channel"
        )
        subject = st.text_input(
            _("Subject line"),
            value=beginning.subject,
            key=f"{place}_subject",
            max_chars=LONGEST_SUBJECT,
        )
        body = st.text_area(
            _("Text"), value=beginning.body, key=f"{place}_body", height=320, max_chars=LONGEST_TEXT
        )
        st.caption(_("{executor} and {phone} become the signature when it is sent."))
        return WrittenForm(
            to_agent=chosen.is_agent,
            channel=channel,
            subject=subject,
            body=body,
            case_id=case_id,
        )

    written, is_kept = editing.ask(form, fields, _("Keep it"), icon=":material/save:")
    if is_kept:
        editing.keep(
            form,
            lambda: write_message(actor, card.person_id, written),
            _("The message is kept below. Open it to send it."),
            version=0,
        )
