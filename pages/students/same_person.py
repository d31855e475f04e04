"""Two records side by side, and the decision: one person, or two."""

import streamlit as st

from core.errors import DomainError
from core.i18n import N_, _, format_date
from core.permissions import Actor
from core.services.comparisons import ComparedRecord, compare
from core.services.duplicates import tell_apart
from core.services.merging import merge_people
from pages.shell import parts
from pages.shell.parts import escaped
from pages.students.comparison import show_comparison
from pages.students.duplicates import back_from_comparison

#: What a merge does, in the words of those who ask for it.
CONSEQUENCES = (
    N_("Everything of the other record moves to the one that stays: passports, visas, crossings, "
       "addresses, study, cases, scans, relatives and notes."),
    N_("Where both have a current passport, place of study, registration or address, those of the "
       "record that stays remain current; the others become history."),
    N_("Of two open cases of one kind one goes on; the other is closed and kept with its papers."),
    N_("Telephone, e-mail and the like are filled in where the record that stays has none."),
    N_("The other record is closed and leads to this one. This cannot be taken back."),
)  # fmt: skip


def show_same_person(actor: Actor, person_id: int, other_id: int) -> None:
    """Show both records and ask whether they are one person."""
    parts.title(_("Is this the same person?"), _("Compare both records, then decide."))
    comparison = compare(actor, person_id, other_id)
    first, second = comparison.first, comparison.second
    if first is None:
        return
    show_comparison(actor, comparison.lines, first=_heading(first), second=_heading(second))
    # Whoever decides must have seen both as they are: a change gives the widgets fresh keys.
    key = f"students_merge_{person_id}_{first.version}_{other_id}_{second.version}"
    _ask_to_merge(actor, key, first, second)
    _ask_to_tell_apart(actor, key, first, second)


def _ask_to_merge(actor: Actor, key: str, first: ComparedRecord, second: ComparedRecord) -> None:
    with st.container(border=True):
        heading = _("One person: make one record of the two")
        st.markdown(f"**{escaped(heading)}**")
        keep = st.radio(
            _("The record that stays"),
            sorted((first, second), key=lambda record: record.person_id),
            format_func=_heading,
            # A choice is known by its words: in another language none would be chosen.
            key=f"{key}_keep_{actor.language}",
        )
        for sentence in CONSEQUENCES:
            text = _(sentence)
            st.markdown(f"- {escaped(text)}")
        is_sure = st.checkbox(_("I compared both: it is one person"), key=f"{key}_sure")
        is_asked = st.button(
            _("Merge the records"),
            type="primary",
            icon=":material/merge:",
            disabled=not is_sure,
            key=f"{key}_merge",
        )
    if is_asked:
        _merge(actor, keep, second if keep == first else first)


def _merge(actor: Actor, keep: ComparedRecord, drop: ComparedRecord) -> None:
    try:
        merge_people(
            actor,
            keep_id=keep.person_id,
            drop_id=drop.person_id,
            keep_version=keep.version,
            drop_version=drop.version,
        )
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("The two records are one now."))
    back_from_comparison(keep.person_id)


def _ask_to_tell_apart(
    actor: Actor, key: str, first: ComparedRecord, second: ComparedRecord
) -> None:
    with st.container(border=True):
        heading = _("Two people: leave both as they are")
        st.markdown(f"**{escaped(heading)}**")
        st.caption(_("The pair leaves the list of possible duplicates for good."))
        if not st.button(_("They are two people"), icon=":material/group:", key=f"{key}_apart"):
            return
    try:
        tell_apart(actor, first.person_id, second.person_id)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("Remembered: they are two people."))
    back_from_comparison(first.person_id)


def _heading(record: ComparedRecord) -> str:
    text = _("Record № %(number)s, registered %(day)s")
    return text % {"number": record.person_id, "day": format_date(record.registered_on)}
