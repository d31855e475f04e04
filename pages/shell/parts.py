"""Parts that every screen shares, so that the same thing looks the same everywhere."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

import pyarrow as pa
import streamlit as st

from core.errors import DomainError, Invalid
from core.i18n import _, format_number, ngettext
from core.messages import describe, sentence
from core.services.page import Page
from core.terms import (
    CaseKind,
    DueGap,
    EnrolmentStatus,
    ImportStatus,
    ItemStatus,
    MessageStatus,
    Party,
    PlaceState,
    ScanStatus,
    Urgency,
    VisaStatus,
)
from core.words import word
from pages.shell import links

Tone = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]

#: The colour of each status; beside it always stands its word.
TONES: Mapping[type[StrEnum], Mapping[StrEnum, Tone]] = {
    Urgency: {
        Urgency.OVERDUE: "red",
        Urgency.THIS_WEEK: "orange",
        Urgency.TWO_WEEKS: "yellow",
        Urgency.THIS_MONTH: "blue",
        Urgency.LATER: "gray",
    },
    DueGap: {
        DueGap.NO_TERM: "red",
    },
    ScanStatus: {
        ScanStatus.GREEN: "green",
        ScanStatus.YELLOW: "orange",
        ScanStatus.RED: "red",
    },
    ItemStatus: {
        ItemStatus.MISSING: "gray",
        ItemStatus.PENDING: "blue",
        ItemStatus.ACCEPTED: "green",
        ItemStatus.REJECTED: "red",
        ItemStatus.SEEN_ON_PAPER: "green",
    },
    Party: {
        Party.STUDENT: "green",
        Party.DEAN: "orange",
        Party.DEPARTMENT: "blue",
        Party.SCNB: "violet",
        Party.DCS: "violet",
        Party.EMBASSY: "violet",
    },
    PlaceState: {
        PlaceState.GATHERED: "blue",
        PlaceState.WAITING: "violet",
        PlaceState.APPROVED: "green",
        PlaceState.RETURNED: "orange",
        PlaceState.REFUSED: "red",
        PlaceState.TAKEN_OUT: "gray",
    },
    EnrolmentStatus: {
        EnrolmentStatus.INVITED: "gray",
        EnrolmentStatus.ARRIVED: "blue",
        EnrolmentStatus.STUDYING: "green",
        EnrolmentStatus.ON_LEAVE: "orange",
        EnrolmentStatus.GRADUATED: "gray",
        EnrolmentStatus.TRANSFERRED: "gray",
        EnrolmentStatus.EXPELLED: "red",
        EnrolmentStatus.LEFT: "gray",
    },
    VisaStatus: {
        VisaStatus.ACTIVE: "green",
        VisaStatus.REPLACED: "gray",
        VisaStatus.ANNULLED: "red",
        VisaStatus.EXIT: "orange",
    },
    MessageStatus: {
        MessageStatus.PREPARED: "yellow",
        MessageStatus.QUEUED: "blue",
        MessageStatus.SENDING: "blue",
        MessageStatus.SENT: "green",
        MessageStatus.FAILED: "red",
        MessageStatus.UNCERTAIN: "orange",
        MessageStatus.WITHDRAWN: "gray",
    },
    ImportStatus: {
        ImportStatus.UPLOADED: "gray",
        ImportStatus.CHECKING: "blue",
        ImportStatus.CHECKED: "yellow",
        ImportStatus.COMMITTING: "blue",
        ImportStatus.COMMITTED: "green",
        ImportStatus.UNDOING: "blue",
        ImportStatus.UNDONE: "gray",
        ImportStatus.FAILED: "red",
    },
}

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&\"'@/^=])")
_ADDRESS = re.compile(r"https?://(?P<site>[\w.-]+)[^\s()<>\[\]\\;$]*")
_MARK = re.compile(r"^\[\w+\] ")
_DONE_KEY, _LEFT_KEY = "shell_done", "shell_left"

#: A longer table scrolls within this height, in pixels; a shorter one is as high as its rows.
_LONGEST_TABLE, _MOST_ROWS = 640, 18


def escaped(text: str) -> str:
    """Return ``text`` so that markdown shows it letter by letter: no stored value is markup."""
    return _MARKUP.sub(r"\\\1", text)


def title(text: str, hint: str | None = None) -> None:
    """Show the heading of a screen and, under it, what the screen is for."""
    st.title(text, anchor=False)
    if hint:
        st.caption(hint)
    _show_what_was_done()


def done(text: str) -> None:
    """Say that something was done; the sentence outlives the rerun that follows."""
    st.session_state[_DONE_KEY] = text


def left(refused: Mapping[str, DomainError]) -> None:
    """Say of each name why it was left as it was; the sentences outlive the rerun that follows."""
    st.session_state[_LEFT_KEY] = [f"{name}: {describe(why)}" for name, why in refused.items()]


def _show_what_was_done() -> None:
    outcome(st.session_state.pop(_DONE_KEY, ""))


def outcome(text: str, *, but: Sequence[str] = ()) -> None:
    """Show what was done, if anything, and in a line each what could not be done."""
    if text:
        st.success(escaped(text), icon=":material/check_circle:")
    for sentence_of_one in st.session_state.pop(_LEFT_KEY, ()):
        st.warning(escaped(sentence_of_one), icon=":material/warning:")
    if but:
        st.error("  \n".join(escaped(each) for each in but), icon=":material/error:")


def refusal(error: DomainError) -> None:
    """Show why something was not done, and each fault of a form on a line of its own."""
    st.error(escaped(describe(error)), icon=":material/error:")
    if isinstance(error, Invalid):
        for fault in error.faults:
            st.error(escaped(sentence(fault.code, fault.values)))


def source(text: str, url: str = "") -> None:
    """Show where a value comes from; an address in ``text`` becomes a link named by its site.

    The marks by which shipped tables name their sources say nothing to a reader. ``url`` has a
    button of its own where the text does not name it, if a browser opens it.
    """
    lines = " · ".join(_linked(_MARK.sub("", line)) for line in text.splitlines())
    st.caption(_("Source: %(source)s") % {"source": lines})
    if url not in text and url.startswith(("https://", "http://")):
        st.link_button(_("Open the source"), url, icon=":material/open_in_new:")


def _linked(text: str) -> str:
    """Return ``text`` with its addresses as links; all else is shown letter by letter."""
    shown, begin = "", 0
    for found in _ADDRESS.finditer(text):
        site = found["site"].removeprefix("www.")
        shown += f"{escaped(text[begin : found.start()])}[{escaped(site)}]({found[0]})"
        begin = found.end()
    return shown + escaped(text[begin:])


def unconfirmed(said: str) -> None:
    """Show in a row of its caller that nobody vouches for a value, and what there is to say."""
    st.badge(_("unconfirmed"), color="orange")
    st.caption(escaped(said), width="content")


def empty(text: str, hint: str) -> None:
    """Show that a list has no rows, and what to do next."""
    with st.container(border=True):
        st.markdown(f"**{escaped(text)}**")
        st.caption(hint)


def _tone(member: StrEnum) -> Tone:
    return TONES.get(type(member), {}).get(member, "gray")


def badge(member: StrEnum) -> None:
    """Show a status as a word in its colour."""
    st.badge(escaped(word(member)), color=_tone(member))


def words_of(members: Sequence[StrEnum]) -> str:
    """Return several members as words in one line, a dash where there are none."""
    return ", ".join(word(member) for member in members) or "—"


def status_column(label: str, members: Sequence[StrEnum], *, width: int = 200) -> Any:
    """Return the column of a table that shows a status as a coloured word, ``width`` in pixels."""
    return st.column_config.MultiselectColumn(
        label,
        options=[word(member) for member in members],
        color=[_tone(member) for member in members],
        width=width,
    )


def columns(values: Mapping[str, Sequence[Any]]) -> pa.Table:
    """Return equally long columns as the tables of screens take them."""
    return pa.table({name: pa.array(list(column)) for name, column in values.items()})


def table(values: Mapping[str, Sequence[Any]], *, key: str, **options: Any) -> int | None:
    """Show a table of equally long columns and return the row clicked, counted from 0."""
    cell = table_of_cells(values, key=key, **options)
    return cell[0] if cell else None


def table_of_cells(
    values: Mapping[str, Sequence[Any]], *, key: str, **options: Any
) -> tuple[int, str] | None:
    """Show the same and return the row clicked and the name of the column."""
    count = len(next(iter(values.values())))
    shown = st.dataframe(
        columns(values),
        key=key,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        height="content" if count <= _MOST_ROWS else _LONGEST_TABLE,
        **options,
    )
    cells = shown.selection.cells
    return cells[0] if cells else None


def table_of_rows(values: Mapping[str, Sequence[Any]], *, key: str, **options: Any) -> list[int]:
    """Show the same with a box to tick before each row, and return the rows ticked."""
    count = len(next(iter(values.values())))
    shown = st.dataframe(
        columns(values),
        key=key,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        height="content" if count <= _MOST_ROWS else _LONGEST_TABLE,
        **options,
    )
    # A page may have become shorter since its rows were ticked.
    return [row for row in shown.selection.rows if row < count]


def procedure_choice(key: str, given: str) -> CaseKind:
    """Ask for a procedure; ``given`` is what the address says."""
    kinds: list[CaseKind] = list(CaseKind)
    return st.selectbox(
        _("Procedure"),
        kinds,
        index=kinds.index(CaseKind(given)) if given in set(CaseKind) else 0,
        format_func=word,
        key=f"{key}_procedure",
    )


def rows_counted(page: Page[Any]) -> str:
    """Return how many rows a list has, in words."""
    if page.is_capped:
        return _("more than %(total)s rows") % {"total": format_number(page.total)}
    counted = ngettext("%(total)s row", "%(total)s rows", page.total)
    return counted % {"total": format_number(page.total)}


def pager(page: Page[Any], *, key: str, parameter: str = "p") -> None:
    """Show how many rows there are and the way to the other pages; the page is in the address."""
    summary, last = rows_counted(page), page.last
    if last == 1:
        st.caption(summary)
        return
    where = _("%(rows)s, page %(number)s of %(last)s")
    values = {"rows": summary, "number": page.number, "last": last}
    with st.container(horizontal=True, vertical_alignment="center"):
        goes_back = st.button(_("Previous"), key=f"{key}_previous", disabled=page.number <= 1)
        goes_on = st.button(_("Next"), key=f"{key}_next", disabled=page.number >= last)
        st.caption(where % values, width="content")
    if goes_back or goes_on:
        links.put_in_address(**{parameter: page.number + (1 if goes_on else -1)})
        st.rerun()
