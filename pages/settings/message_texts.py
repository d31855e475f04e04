"""The texts of messages: each as a recipient reads it, and the head's form to change it."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, current_language
from core.permissions import Actor, Permission
from core.rules.templates import LONGEST_BODY, LONGEST_SUBJECT
from core.services.messages.previews import preview_template
from core.services.messages.templates import (
    TemplateForm,
    TemplateView,
    change_template,
    list_templates,
)
from core.services.names import Names, name_of
from core.terms import Language
from core.words import word
from pages.messages.text import show_text
from pages.settings.fields import show_origin
from pages.shell import editing, links, parts


def show_texts(actor: Actor) -> None:
    """Show the text the address names, or the first, in the chosen language."""
    texts = {text.template_id: text for text in list_templates(actor)}
    languages: list[Language] = list(Language)
    given = links.number_in_address("text")
    first, second = st.columns([2, 1])
    chosen = first.selectbox(
        _("Text"),
        list(texts),
        index=list(texts).index(given) if given in texts else 0,
        format_func=lambda each: name_of(texts[each].name),
        key="settings_text",
    )
    language = second.selectbox(
        _("Language"),
        languages,
        index=languages.index(current_language()),
        format_func=word,
        key="settings_text_language",
    )
    if chosen != given:
        links.put_in_address(text=chosen)
    _show(actor, texts[chosen], language)


def _show(actor: Actor, text: TemplateView, language: Language) -> None:
    label, key = _("Change the text"), f"settings_text_{text.template_id}"
    if not editing.is_open(key):
        _preview(actor, text.template_id, text.form, language)
    show_origin(
        source=text.source,
        url="",
        confidence=text.confidence,
        confirmed_by=text.confirmed_by,
        confirmed_at=text.confirmed_at,
        note=text.note,
    )
    if not actor.can(Permission.EDIT_RULES):
        return
    form = editing.opened(label, key=key, version=text.version, icon=":material/edit:")
    if form is None:
        return
    with editing.frame(label):
        _form(actor, text, form, language)


def _form(actor: Actor, text: TemplateView, form: editing.Opened, language: Language) -> None:
    """Draw the form without a frame of one's own, so that the preview follows what is typed."""
    fields = ", ".join(f"`{{{field}}}`" for field in text.fields)
    st.caption(_("Fields that are filled in:") + f" {fields}")
    entered = _fields(text, form.form_key)
    _preview(actor, text.template_id, entered, language)
    with st.container(horizontal=True):
        is_saved = st.button(
            _("Save"), key=f"{form.form_key}_save", type="primary", icon=":material/save:"
        )
        is_left = st.button(_("Leave it"), key=f"{form.form_key}_leave")
    if is_left:
        editing.close()
        st.rerun()
    if is_saved:
        editing.keep(
            form,
            lambda: change_template(actor, text.template_id, entered, version=form.version),
            _("The text is changed."),
            version=text.version,
        )


def _fields(text: TemplateView, key: str) -> TemplateForm:
    subjects, bodies = {}, {}
    for language, place in zip(Language, st.tabs([word(each) for each in Language]), strict=True):
        name = language.value
        subjects[name] = place.text_input(
            _("Subject line"),
            value=getattr(text.form.subject, name),
            key=f"{key}_subject_{name}",
            max_chars=LONGEST_SUBJECT,
        )
        bodies[name] = place.text_area(
            _("Text"),
            value=getattr(text.form.body, name),
            key=f"{key}_body_{name}",
            height=320,
            max_chars=LONGEST_BODY,
        )
    return TemplateForm(subject=Names(**subjects), body=Names(**bodies))


def _preview(actor: Actor, template_id: int, form: TemplateForm, language: Language) -> None:
    st.caption(_("As a recipient reads it; the names are invented."))
    try:
        shown = preview_template(actor, template_id, form, language)
    except DomainError as error:
        parts.refusal(error)
        return
    show_text(shown.subject, shown.body)
