"""Gathering the cases that are ticked into a batch for the authority that comes next."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, ngettext
from core.messages import describe
from core.permissions import Actor, Permission
from core.services.batch_gathering import (
    NAME_LENGTH,
    OpenBatch,
    Prospect,
    add_to_batch,
    gather,
    prospect,
)
from core.services.names import name_of
from pages.cases.chosen import Chosen
from pages.shell import links, parts
from pages.shell.parts import escaped


def offer_gathering(actor: Actor, chosen: Chosen) -> None:
    """Offer to gather cases of one step; tell first how many go, and of the others why not."""
    if not actor.can(Permission.EDIT_CASES) or chosen.place is None:
        return
    kind, step = chosen.place
    found = prospect(actor, kind, step, list(chosen.seen))
    if found is None:
        return
    with st.popover(
        _("Gather into a batch…"), icon=":material/inventory_2:", key=f"{chosen.key}_gather_open"
    ):
        seen = {each: version for each, version in chosen.seen.items() if each not in found.refused}
        _tell(found, chosen, len(seen))
        asked = _ask(found, len(seen), key=f"{chosen.key}_gather") if seen else None
        if asked is None:
            return
        batch_id, name = asked
        try:
            done = (
                add_to_batch(actor, batch_id, seen)
                if batch_id
                else gather(actor, kind, found.step, seen, name=name)
            )
        except DomainError as error:
            parts.refusal(error)
            return
    counted = ngettext("%(count)s case is gathered.", "%(count)s cases are gathered.", done.count)
    parts.done(counted % {"count": done.count})
    refused = found.refused | done.refused
    parts.left({chosen.names[each]: why for each, why in refused.items()})
    links.go_to("batches", batch=done.batch_id)


def _tell(found: Prospect, chosen: Chosen, count: int) -> None:
    told = _("%(count)s of %(all)s can go: %(step)s")
    values = {"count": count, "all": len(chosen.cases), "step": name_of(found.step_name)}
    st.markdown(f"**{escaped(told % values)}**")
    for case_id, why in found.refused.items():
        st.caption(escaped(f"{chosen.names[case_id]}: {describe(why)}"))


def _ask(found: Prospect, count: int, *, key: str) -> tuple[int, str] | None:
    """Ask into which batch, 0 for a new one; None where nothing was sent yet."""
    into = {0: _("a new batch")} | {batch.batch_id: _named(batch) for batch in found.batches}
    with st.form(key, border=False):
        batch_id = st.selectbox(
            _("Into"), list(into), format_func=lambda each: into[each], key=f"{key}_into"
        )
        name = st.text_input(
            _("Name of the new batch (if any)"), key=f"{key}_name", max_chars=NAME_LENGTH
        )
        button = ngettext("Gather %(count)s case", "Gather %(count)s cases", count)
        is_sent = st.form_submit_button(escaped(button % {"count": count}), type="primary")
    return (batch_id, name) if is_sent else None


def _named(batch: OpenBatch) -> str:
    told = ngettext(
        "batch %(number)s, %(count)s person", "batch %(number)s, %(count)s persons", batch.count
    )
    text = told % {"number": batch.batch_id, "count": batch.count}
    return " · ".join(filter(None, (text, batch.name)))
