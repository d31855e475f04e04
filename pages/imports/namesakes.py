"""The question who in a file is somebody registered already, row by row and side by side."""

import streamlit as st

from core.errors import DomainError
from core.i18n import N_, _, format_date, format_number, ngettext
from core.permissions import Actor
from core.services.faculties import faculty_names
from core.services.imports.batches import answer_namesakes
from core.services.imports.differences import NamesakePair, PairSide, batch_namesakes
from core.services.imports.judging import Namesakes
from core.services.imports.views import BatchView
from pages.shell import links, parts
from pages.shell.parts import escaped

#: The page of the list in the address.
_PAGE = "pairs"

_ANSWERS = {
    Namesakes.ASK: N_("Not decided"),
    Namesakes.SAME: N_("The same person"),
    Namesakes.NEW: N_("Another person"),
}
_FOR_ALL = {
    Namesakes.ASK: N_("Ask about each"),
    Namesakes.SAME: N_("All are the same people"),
    Namesakes.NEW: N_("All are other people"),
}


def ask_about_namesakes(actor: Actor, batch: BatchView) -> None:
    """Show every pair that may be one person, take the answers, and check the file under them."""
    page = batch_namesakes(actor, batch.batch_id, page=links.number_in_address(_PAGE) or 1)
    if not page.total and batch.namesakes is Namesakes.ASK:
        return
    heading = ngettext(
        "%(count)s row may be about somebody registered",
        "%(count)s rows may be about somebody registered",
        page.total,
    )
    st.subheader(escaped(heading % {"count": format_number(page.total)}), anchor=False)
    st.caption(
        _(
            "Name and birth date are the same, the passport is not. The same person gets the new "
            "passport beside the earlier one; another person is registered anew."
        )
    )
    key = f"import_{batch.batch_id}_pairs"
    faculties = faculty_names(actor)
    with st.form(key, border=False):
        answers = {pair.row: _answer(pair, faculties, f"{key}_{pair.row}") for pair in page.rows}
        others = st.radio(
            _("All rows without an answer"),
            list(_FOR_ALL),
            index=list(_FOR_ALL).index(batch.namesakes),
            format_func=lambda answer: _(_FOR_ALL[answer]),
            horizontal=True,
            key=f"{key}_others",
        )
        is_sent = st.form_submit_button(
            _("Save the answers and check again"), icon=":material/fact_check:"
        )
    parts.pager(page, key="import_pairs", parameter=_PAGE)
    if is_sent:
        _save(actor, batch, answers, others or Namesakes.ASK)


def _answer(pair: NamesakePair, faculties: dict[int, str], key: str) -> Namesakes:
    with st.container(border=True):
        in_file = _("Row %(row)s of the file") % {"row": pair.row}
        registered = _("The record that is here")
        rows = [f"| | {escaped(in_file)} | {escaped(registered)} |", "|---|---|---|"]
        sides = zip(
            _facts(pair.in_file, faculties), _facts(pair.registered, faculties), strict=True
        )
        for (label, first), (_label, second) in sides:
            rows.append(f"| {escaped(label)} | {escaped(first)} | {escaped(second)} |")
        st.markdown("\n".join(rows))
        chosen = st.radio(
            _("Is this the same person?"),
            list(_ANSWERS),
            index=list(_ANSWERS).index(pair.answer),
            format_func=lambda answer: _(_ANSWERS[answer]),
            horizontal=True,
            label_visibility="collapsed",
            key=key,
        )
    return chosen or Namesakes.ASK


def _facts(side: PairSide, faculties: dict[int, str]) -> tuple[tuple[str, str], ...]:
    return (
        (_("Name"), side.name or "—"),
        (_("Born"), format_date(side.birth_date) if side.birth_date else "—"),
        (_("Passport"), side.passport_masked or "—"),
        (_("Faculty"), faculties.get(side.faculty_id or 0, "—")),
    )


def _save(actor: Actor, batch: BatchView, answers: dict[int, Namesakes], others: Namesakes) -> None:
    try:
        answer_namesakes(actor, batch.batch_id, answers, others=others, version=batch.version)
    except DomainError as error:
        parts.refusal(error)
        return
    st.rerun()
