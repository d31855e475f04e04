"""One file on its way: columns, dry run, result, and what can be done with it now."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.errors import DomainError
from core.i18n import N_, _, format_number, ngettext
from core.messages import sentence
from core.permissions import Actor
from core.services.imports.batches import (
    start_commit,
    start_undo,
)
from core.services.imports.views import (
    BatchView,
    batch_faults,
    batch_view,
)
from core.terms import ImportStatus
from pages.imports.changes import show_changes
from pages.imports.mapping import choose_columns
from pages.imports.namesakes import ask_about_namesakes
from pages.shell import links, parts
from pages.shell.parts import escaped
from pages.shell.watching import watch

_AT_WORK = {
    ImportStatus.CHECKING: N_("Checking: %(done)s of %(all)s"),
    ImportStatus.COMMITTING: N_("Taking over: %(done)s of %(all)s"),
    ImportStatus.UNDOING: N_("Undoing: %(done)s of %(all)s"),
}


def show_batch(actor: Actor, batch: BatchView) -> None:
    """Show a file as far as it has come."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(escaped(batch.file_name), anchor=False, width="content")
        parts.badge(batch.status)
    if batch.is_at_work:
        watch(partial(_progress, batch.batch_id), seconds=1)
        return
    if batch.status is ImportStatus.FAILED:
        st.error(_("Something went wrong at work on this file. Start it once more."))
        _go_on(actor, batch)
    for code, values in batch.notices:
        st.info(escaped(sentence(code, values)), icon=":material/info:")
    if batch.status in (ImportStatus.CHECKED, ImportStatus.COMMITTED, ImportStatus.UNDONE):
        _result(actor, batch)
    is_unread = batch.status in (ImportStatus.UPLOADED, ImportStatus.CHECKED)
    if is_unread or batch.failed_at is ImportStatus.CHECKING:
        choose_columns(actor, batch)


def _progress(batch_id: int, actor: Actor) -> bool:
    """Show how far the work on a file is; False once it has ended."""
    batch = batch_view(actor, batch_id)
    if not batch.is_at_work:
        return False
    share = batch.done / batch.total if batch.total else 0.0
    numbers = {"done": format_number(batch.done), "all": format_number(batch.total or 0)}
    text = _(_AT_WORK[batch.status]) % numbers
    if not batch.total:
        text = _("The work begins in a moment.")
    st.progress(min(1.0, share), text=escaped(text))
    return True


def _result(actor: Actor, batch: BatchView) -> None:
    counted = (
        ngettext("%(count)s new", "%(count)s new", batch.new_count) % _count(batch.new_count),
        ngettext("%(count)s update", "%(count)s updates", batch.update_count)
        % _count(batch.update_count),
        ngettext("%(count)s unchanged", "%(count)s unchanged", batch.same_count)
        % _count(batch.same_count),
        ngettext("%(count)s error", "%(count)s errors", batch.error_count)
        % _count(batch.error_count),
    )
    st.markdown(f"### {escaped(', '.join(counted))}")
    good = batch.new_count + batch.update_count
    if batch.status is ImportStatus.CHECKED and good:
        label = ngettext("Take over %(count)s good row", "Take over %(count)s good rows", good)
        if st.button(
            label % _count(good), key="import_commit", type="primary", icon=":material/done_all:"
        ):
            _start(lambda: start_commit(actor, batch.batch_id, version=batch.version))
    if batch.status is ImportStatus.COMMITTED and good:
        with st.popover(_("Undo the whole import"), icon=":material/undo:"):
            st.markdown(_("Newcomers are closed, changed records get back what they said before."))
            if st.button(_("Undo it now"), key="import_undo", type="primary"):
                _start(lambda: start_undo(actor, batch.batch_id, version=batch.version))
    show_changes(actor, batch)
    if batch.status is ImportStatus.CHECKED:
        ask_about_namesakes(actor, batch)
    if batch.error_count:
        _faults(actor, batch)


def _go_on(actor: Actor, batch: BatchView) -> None:
    """Offer to begin the work once more that had failed; what is done already stays done."""
    again = {ImportStatus.COMMITTING: start_commit, ImportStatus.UNDOING: start_undo}
    begin = again.get(batch.failed_at) if batch.failed_at else None
    if begin is not None and st.button(_("Go on"), key="import_go_on", type="primary"):
        _start(lambda: begin(actor, batch.batch_id, version=batch.version))


def _count(number: int) -> dict[str, str]:
    return {"count": format_number(number)}


def _start(begin: Callable[[], None]) -> None:
    try:
        begin()
    except DomainError as error:
        parts.refusal(error)
        return
    st.rerun()


def _faults(actor: Actor, batch: BatchView) -> None:
    st.subheader(_("What is wrong"), anchor=False)
    address = f"/files/imports/{batch.batch_id}/errors.xlsx"
    download = _("Download these rows with the reasons")
    st.markdown(f":material/download: [{download}]({address})")
    page = batch_faults(actor, batch.batch_id, page=links.number_in_address("p") or 1)
    parts.table(
        {
            "row": [line.row for line in page.rows],
            "column": [line.column for line in page.rows],
            "reason": [sentence(line.code, line.values) for line in page.rows],
            "value": [line.value for line in page.rows],
        },
        key="import_faults",
        column_config={
            "row": st.column_config.NumberColumn(_("Row"), width=60),
            "column": st.column_config.TextColumn(_("Column"), width=160),
            "reason": st.column_config.TextColumn(_("What is wrong"), width=480),
            "value": st.column_config.TextColumn(_("Value")),
        },
    )
    parts.pager(page, key="import_faults")
