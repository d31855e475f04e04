"""What the forms of reference rows share, and the sentences that tell where a row is from."""

from datetime import date, datetime

import streamlit as st

from core.i18n import _, format_date, format_moment
from core.services.dated_rows import Origin
from core.services.house import time_zone
from core.services.names import Names, name_of
from core.terms import Confidence, Language
from core.words import word
from pages.shell import parts
from pages.shell.parts import escaped

_CONFIDENCES: list[Confidence] = list(Confidence)

#: Before it, nothing here was law yet.
_EARLIEST = date(1991, 8, 31)


def name_fields(key: str, given: Names | None = None, *, longest: int = 200) -> Names:
    """Ask for a name in the three languages; only the English one is needed."""
    labels = (_("Name in English"), _("Name in Russian"), _("Name in Kyrgyz"))
    return _three_fields(key, labels, given or Names(en="", ru="", ky=""), longest=longest)


def text_fields(key: str) -> Names:
    """Ask for the words of a rule in the three languages; they may all stay empty."""
    labels = (_("Text in English"), _("Text in Russian"), _("Text in Kyrgyz"))
    return _three_fields(key, labels, Names(en="", ru="", ky=""), longest=2000)


def _note_fields(key: str) -> Names:
    """Ask for a note in the three languages; whoever has none in his reads one of the others."""
    labels = (_("Note in English"), _("Note in Russian"), _("Note in Kyrgyz"))
    with st.expander(_("Note (may stay empty)")):
        return _three_fields(f"{key}_note", labels, Names(en="", ru="", ky=""), longest=2000)


def _three_fields(key: str, labels: tuple[str, str, str], given: Names, *, longest: int) -> Names:
    texts = [
        column.text_input(label, value=text, key=f"{key}_{language.value}", max_chars=longest)
        for column, label, language, text in zip(
            st.columns(3), labels, Language, (given.en, given.ru, given.ky), strict=True
        )
    ]
    return Names(en=texts[0], ru=texts[1], ky=texts[2])


def origin_fields(key: str) -> Origin:
    """Ask for the source of a row, how sure it is, its address, and a note in three languages."""
    first, second = st.columns([2, 1])
    source = first.text_input(
        _("Source: the act, its number and date"), key=f"{key}_source", max_chars=2000
    )
    confidence = second.selectbox(
        _("How sure it is"), _CONFIDENCES, format_func=word, key=f"{key}_confidence"
    )
    url = st.text_input(_("Link to the source"), key=f"{key}_url", max_chars=2000)
    note = _note_fields(key)
    return Origin(
        source=source,
        source_url=url,
        confidence=confidence,
        note=note.en,
        note_ru=note.ru,
        note_ky=note.ky,
    )


def first_day_field(key: str, *, value: date) -> date:
    """Ask from which day on a row holds."""
    chosen = st.date_input(
        _("In force from"),
        value=value,
        min_value=_EARLIEST,
        key=f"{key}_from",
        format="DD/MM/YYYY",
    )
    return chosen if isinstance(chosen, date) else value


def period_text(first: date, last: date | None) -> str:
    """Return since when a row holds, and until when if that is known."""
    if last is None:
        return _("from %(first)s") % {"first": format_date(first)}
    return _("%(first)s to %(last)s") % {"first": format_date(first), "last": format_date(last)}


def show_origin(
    *,
    source: str,
    url: str,
    confidence: Confidence,
    confirmed_by: str | None,
    confirmed_at: datetime | None,
    note: Names,
) -> None:
    """Show where a row comes from and who of the house confirmed it."""
    parts.source(source, url)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(escaped(word(confidence)), color="gray")
        if confirmed_by is None or confirmed_at is None:
            parts.unconfirmed(_("Nobody of the house has checked this yet."))
        else:
            moment = format_moment(confirmed_at, time_zone=time_zone())
            values = {"name": confirmed_by, "moment": moment}
            st.caption(escaped(_("Confirmed by %(name)s, %(moment)s") % values), width="content")
    if words := name_of(note):
        st.caption(escaped(words))
