"""What the forms of reference rows share, and the sentences that tell where a row is from."""

from datetime import date, datetime

import streamlit as st

from core.i18n import _, format_date, format_moment
from core.services.case_views import Names
from core.services.house import time_zone
from core.terms import Confidence
from core.words import word
from pages.shell.parts import escaped

_CONFIDENCES: list[Confidence] = list(Confidence)


def name_fields(key: str, given: Names | None = None) -> Names:
    """Ask for a name in the three languages; only the English one is needed."""
    given = given or Names(en="", ru="", ky="")
    first, second, third = st.columns(3)
    return Names(
        en=first.text_input(_("Name in English"), value=given.en, key=f"{key}_en"),
        ru=second.text_input(_("Name in Russian"), value=given.ru, key=f"{key}_ru"),
        ky=third.text_input(_("Name in Kyrgyz"), value=given.ky, key=f"{key}_ky"),
    )


def source_fields(key: str) -> tuple[str, Confidence, str]:
    """Ask for the source of a row, how sure it is, and a note."""
    first, second = st.columns([2, 1])
    source = first.text_input(
        _("Source: the act, its number and date"), key=f"{key}_source", max_chars=2000
    )
    confidence = second.selectbox(
        _("How sure it is"), _CONFIDENCES, format_func=word, key=f"{key}_confidence"
    )
    note = st.text_input(_("Note"), key=f"{key}_note", max_chars=2000)
    return source, confidence, note


def first_day_field(key: str, *, value: date) -> date:
    """Ask from which day on a row holds."""
    chosen = st.date_input(_("In force from"), value=value, key=f"{key}_from", format="DD/MM/YYYY")
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
    note: str,
) -> None:
    """Show where a row comes from and who of the house confirmed it."""
    st.caption(escaped(_("Source: %(source)s") % {"source": source}))
    if url.startswith("https://"):
        st.link_button(_("Open the source"), url)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(escaped(word(confidence)), color="gray")
        if confirmed_by is None or confirmed_at is None:
            st.badge(_("unconfirmed: nobody of the house has checked this"), color="orange")
        else:
            moment = format_moment(confirmed_at, time_zone=time_zone())
            values = {"name": confirmed_by, "moment": moment}
            st.caption(escaped(_("Confirmed by %(name)s, %(moment)s") % values), width="content")
    if note:
        st.caption(escaped(note))
