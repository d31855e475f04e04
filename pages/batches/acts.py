"""What can be done with a batch: submit it, write down answers, take somebody out."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from core.errors import DomainError
from core.i18n import _, ngettext
from core.permissions import Actor
from core.rules.steps import MoveFacts
from core.services.batch_answers import Reply, record_answers
from core.services.batch_views import BatchPerson, BatchView
from core.services.batches import submit_batch, take_out
from core.terms import BatchAnswer
from core.words import word
from pages.batches.form import Form, ask
from pages.shell import parts
from pages.shell.parts import escaped

#: The sign of each answer on its button.
_SIGNS = {
    BatchAnswer.APPROVED: ":material/task_alt:",
    BatchAnswer.RETURNED: ":material/undo:",
    BatchAnswer.REFUSED: ":material/block:",
}


_Deed = Callable[[Mapping[int, int], MoveFacts], dict[int, DomainError]]


def offer_submission(actor: Actor, batch: BatchView) -> None:
    """Offer to submit the batch, with the day and the number of the submission."""
    line = batch.line
    key = f"batches_submit_{line.batch_id}_{line.version}"
    form = Form(key=key, button=_("Submit"), asks_number=True, needs_number=batch.needs_reference)
    with st.popover(
        _("Submit the batch…"), type="primary", icon=":material/send:", key=f"{key}_open"
    ):
        told = _("Persons: %(count)s. They go to: %(authority)s.")
        st.markdown(escaped(told % {"count": line.count, "authority": word(line.authority)}))
        known, place = ask(form)
        if known is None:
            return
        try:
            submit_batch(actor, line.batch_id, known, version=line.version)
        except DomainError as error:
            with place:
                parts.refusal(error)
            return
    parts.done(_("The batch is submitted; every case in it is with the authority now."))
    st.rerun()


def offer_acts(actor: Actor, batch: BatchView, chosen: Sequence[BatchPerson]) -> None:
    """Offer what can be done with the persons chosen, who all still wait."""
    if not chosen:
        st.caption(_hint(batch))
        return
    if batch.line.submitted_on is not None:
        for answer in BatchAnswer:
            _answer(actor, batch, chosen, answer)
    _take_out(actor, batch, chosen)


def _hint(batch: BatchView) -> str:
    if batch.line.submitted_on is None:
        return _("Tick persons to take them out. More are added in the visa tracker.")
    return _("Tick those who have the same answer, then choose it.")


def _answer(
    actor: Actor, batch: BatchView, chosen: Sequence[BatchPerson], answer: BatchAnswer
) -> None:
    is_approved = answer is BatchAnswer.APPROVED

    def deed(seen: Mapping[int, int], known: MoveFacts) -> dict[int, DomainError]:
        reply = Reply(
            answer=answer,
            answered_on=known.moved_on,
            reference=known.reference,
            reason=known.reason,
        )
        return record_answers(actor, batch.line.batch_id, seen, reply)

    form = Form(
        key=_key(batch, answer.value),
        button=_("Save"),
        first_on=batch.line.submitted_on,
        asks_number=is_approved,
        needs_number=is_approved and batch.approval_needs_reference,
        asks_reason=not is_approved,
    )
    label = word(answer)
    with st.popover(
        escaped(f"{label[:1].upper()}{label[1:]} ({len(chosen)})…"),
        icon=_SIGNS[answer],
        key=f"{form.key}_open",
    ):
        st.caption(escaped(_consequence(batch, answer)))
        _do(form, chosen, deed, _answers_recorded)


def _answers_recorded(count: int) -> str:
    told = ngettext("%(count)s answer is recorded.", "%(count)s answers are recorded.", count)
    return told % {"count": count}


def _consequence(batch: BatchView, answer: BatchAnswer) -> str:
    if answer is BatchAnswer.REFUSED:
        return _("The case is closed as refused; its due date leaves every list.")
    if answer is BatchAnswer.RETURNED:
        return _("The case goes back to the International Department with the reason.")
    if batch.goes_on:
        return _("The case goes on to its next step.")
    return _("The case stays in its step, ready to be gathered for the next authority.")


def _take_out(actor: Actor, batch: BatchView, chosen: Sequence[BatchPerson]) -> None:
    is_submitted = batch.line.submitted_on is not None
    form = Form(
        key=_key(batch, "out"),
        button=_("Take out"),
        first_on=batch.line.submitted_on,
        asks_day=is_submitted,
        asks_reason=is_submitted,
    )
    told = (
        _("The case goes back to the step it came from.")
        if is_submitted
        else _("The case stays in its step.")
    )
    label = _("Take out (%(count)s)…") % {"count": len(chosen)}
    with st.popover(escaped(label), icon=":material/person_remove:", key=f"{form.key}_open"):
        st.caption(escaped(told))
        _do(form, chosen, partial(take_out, actor, batch.line.batch_id), _taken_out)


def _taken_out(count: int) -> str:
    told = ngettext("%(count)s person is taken out.", "%(count)s persons are taken out.", count)
    return told % {"count": count}


def _key(batch: BatchView, name: str) -> str:
    return f"batches_{name}_{batch.line.batch_id}_{batch.line.version}"


def _do(form: Form, chosen: Sequence[BatchPerson], deed: _Deed, said: Callable[[int], str]) -> None:
    """Draw the form; once it is sent do the deed with the chosen, and tell who stayed and why."""
    known, place = ask(form)
    if known is None:
        return
    try:
        stayed = deed({person.case_id: person.case_version for person in chosen}, known)
    except DomainError as error:
        with place:
            parts.refusal(error)
        return
    done = len(chosen) - len(stayed)
    if done:
        parts.done(said(done))
    names = {person.case_id: person.name for person in chosen}
    parts.left({names[case_id]: error for case_id, error in stayed.items()})
    st.rerun()
