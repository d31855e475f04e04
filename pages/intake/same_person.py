"""The question whether somebody about to be registered is here already."""

from dataclasses import dataclass, replace

import streamlit as st

from core.errors import DomainError
from core.i18n import _
from core.permissions import Actor
from core.services.comparisons import compare_with_form
from core.services.person_forms import NewPersonForm
from pages.shell import links, parts
from pages.students.comparison import show_comparison

_ASKED = "intake_asked"


@dataclass(frozen=True)
class Question:
    """What was refused, for which form of which key, and who may be meant."""

    key: str
    form: NewPersonForm
    refusal: DomainError
    person_ids: tuple[int, ...]


def remember_question(key: str, form: NewPersonForm, refusal: DomainError) -> None:
    """Keep the refusal of the form ``key`` until it is answered or that is saved again."""
    known = refusal.values.get("person_id")
    alike = refusal.values.get("person_ids")
    ids = alike if isinstance(alike, tuple) else (known,) if isinstance(known, int) else ()
    st.session_state[_ASKED] = Question(key, form, refusal, ids)


def forget_question() -> None:
    """Leave the question behind; the next form begins without it."""
    st.session_state.pop(_ASKED, None)


def answered(actor: Actor, key: str) -> NewPersonForm | None:
    """Show the question of the form ``key``, if one is open.

    Return what was entered once it is said to be another person's. Another passport, or another
    kind of newcomer, has a form of its own, for which nothing is asked yet.
    """
    question: Question | None = st.session_state.get(_ASKED)
    if question is None or question.key != key:
        return None
    parts.refusal(question.refusal)
    is_asked = question.refusal.code == "person.maybe_same"
    for person_id in question.person_ids:
        if is_asked:
            _compare(actor, question.form, person_id)
        words = _("Same person: open the card") if is_asked else _("Open the card")
        if st.button(words, key=f"intake_known_{person_id}", icon=":material/person:"):
            forget_question()
            links.go_to("students", person=person_id)
    if is_asked and st.button(
        _("Another person: save"), key="intake_another", icon=":material/save:"
    ):
        return replace(question.form, is_new_person=True)
    return None


def _compare(actor: Actor, form: NewPersonForm, person_id: int) -> None:
    try:
        comparison = compare_with_form(actor, form, person_id)
    except DomainError as error:
        parts.refusal(error)
        return
    show_comparison(
        actor, comparison.lines, first=_("This form"), second=_("The record that is here")
    )
