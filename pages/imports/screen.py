"""Import from Excel: a list of people in, what it comes to, and the way back out."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_moment
from core.permissions import Actor
from core.services.house import time_zone
from core.services.imports.batches import (
    receive_file,
)
from core.services.imports.views import (
    batch_view,
    recent_batches,
)
from core.terms import ImportStatus
from core.words import word
from pages.imports.batch import show_batch
from pages.shell import links, parts

#: The name a pasted list is kept under.
_PASTED = "pasted.csv"


def render(actor: Actor) -> None:
    """Show the file in the address, or the ways to bring one in and the earlier ones."""
    parts.title(
        _("Import from Excel"),
        _("Bring in a whole list of students. Nothing is saved before you have seen the result."),
    )
    batch_id = links.number_in_address("batch")
    if batch_id is not None:
        if st.button(_("All imports"), key="import_back", icon=":material/arrow_back:"):
            links.put_in_address(batch=None, p=None)
            st.rerun()
        try:
            show_batch(actor, batch_view(actor, batch_id))
        except DomainError as error:
            parts.refusal(error)
        return
    _bring_in(actor)
    _earlier(actor)


def _bring_in(actor: Actor) -> None:
    template = _("Download the template")
    st.markdown(f":material/download: [{template}](/files/imports/template.xlsx)")
    by_file, by_paste = st.tabs([_("File"), _("Paste")])
    with by_file:
        file = st.file_uploader(
            _("Excel file (.xlsx) or .csv"), key="import_file", help=_("At most 15 MB.")
        )
        if file is not None and st.button(
            _("Read the file"), key="import_read", type="primary", icon=":material/table_view:"
        ):
            _receive(actor, file.name, file.getvalue())
    with by_paste, st.form("import_paste", border=False):
        text = st.text_area(
            _("Rows copied from a spreadsheet, with the headings"), key="import_text", height=200
        )
        if st.form_submit_button(_("Read the rows"), icon=":material/content_paste:"):
            _receive(actor, _PASTED, text.encode())


def _receive(actor: Actor, name: str, content: bytes) -> None:
    try:
        batch_id = receive_file(actor, file_name=name, content=content)
    except DomainError as error:
        parts.refusal(error)
        return
    links.put_in_address(batch=batch_id)
    st.rerun()


def _earlier(actor: Actor) -> None:
    lines = recent_batches(actor)
    st.subheader(_("Earlier imports"), anchor=False)
    if not lines:
        parts.empty(
            _("Nothing was imported yet."),
            _("Download the template and fill it in, or take a list you have."),
        )
        return
    zone = time_zone()
    chosen = parts.table(
        {
            "file": [line.file_name for line in lines],
            "status": [[word(line.status)] for line in lines],
            "new": [line.new_count for line in lines],
            "updates": [line.update_count for line in lines],
            "errors": [line.error_count for line in lines],
            "at": [format_moment(line.created_at, time_zone=zone) for line in lines],
            "by": [line.created_by for line in lines],
        },
        key="import_earlier",
        column_config={
            "file": st.column_config.TextColumn(_("File")),
            "status": parts.status_column(_("Status"), list(ImportStatus), width=150),
            "new": st.column_config.NumberColumn(_("New")),
            "updates": st.column_config.NumberColumn(_("Updates")),
            "errors": st.column_config.NumberColumn(_("Errors")),
            "at": st.column_config.TextColumn(_("When")),
            "by": st.column_config.TextColumn(_("By")),
        },
    )
    if chosen is not None:
        links.put_in_address(batch=lines[chosen].batch_id)
        st.rerun()
