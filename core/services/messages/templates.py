"""The texts of messages: shipped, edited by the head, and chosen for a matter and a recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.templates import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    fields_for,
    one_line,
    refuse_unknown_fields,
)
from core.services import dated_rows
from core.services.guard import requires
from core.services.names import Names, note_of
from core.services.versions import claim
from core.terms import CaseKind, Confidence, Language, MessageAudience
from db.engine import reading
from db.models.messages import MessageTemplate


@dataclass(frozen=True, kw_only=True)
class TemplateForm:
    """Subject and text in the three languages; an empty one falls back to English."""

    subject: Names
    body: Names


@dataclass(frozen=True, kw_only=True)
class TemplateView:
    """A text as Settings shows it, with the fields it may use."""

    template_id: int
    version: int
    code: str
    name: Names
    procedure: CaseKind | None
    audience: MessageAudience
    is_reminder: bool
    fields: tuple[str, ...]
    form: TemplateForm
    source: str
    confidence: Confidence
    note: Names
    confirmed_by: str | None
    confirmed_at: datetime | None


@requires(Permission.READ_MESSAGES)
def list_templates(actor: Actor) -> tuple[TemplateView, ...]:  # noqa: ARG001
    """Return every text, in order."""
    with reading() as session:
        return tuple(_view(row) for row in load_templates(session))


@requires(Permission.EDIT_RULES)
def change_template(actor: Actor, template_id: int, form: TemplateForm, *, version: int) -> None:
    """Put another text in force, for messages prepared from now on.

    Raises what :func:`refuse_unusable` raises, and :class:`Conflict`.
    """
    with dated_rows.changing() as session:
        row = dated_rows.existing(session, MessageTemplate, template_id)
        refuse_unusable(form, fields_of(row))
        claim(session, row, actor, seen_version=version)
        for language in Language:
            name = language.value
            setattr(row, f"subject_{name}", one_line(getattr(form.subject, name)))
            setattr(row, f"body_{name}", getattr(form.body, name).strip())
        dated_rows.refuse_unfounded(row)
        row.confirmed_by, row.confirmed_at = actor.full_name, clock.utc_now()
        dated_rows.record(session, actor, "template.change", row, code=row.code)


def refuse_unusable(form: TemplateForm, allowed: Sequence[str]) -> None:
    """Raise where a text cannot be used.

    ``template.empty`` without an English subject and text, ``text.too_long`` (values ``text``,
    ``longest``), ``template.field_unknown`` and ``template.brace``.
    """
    if not form.subject.en.strip() or not form.body.en.strip():
        raise DomainError("template.empty")
    for texts, longest in ((form.subject, LONGEST_SUBJECT), (form.body, LONGEST_BODY)):
        for text in (texts.en, texts.ru, texts.ky):
            if len(text) > longest:
                raise DomainError("text.too_long", text=f"{text[:40]}…", longest=longest)
            refuse_unknown_fields(text, allowed)


def load_templates(session: Session) -> list[MessageTemplate]:
    """Return the texts in use, in order."""
    return list(
        session.scalars(
            sa.select(MessageTemplate)
            .filter_by(withdrawn_at=None)
            .order_by(MessageTemplate.position, MessageTemplate.id)
        )
    )


def reminder_text(
    rows: Sequence[MessageTemplate], kind: CaseKind, audience: MessageAudience
) -> MessageTemplate:
    """Return the text that reminds of ``kind``: its own, or the one for every procedure."""
    fitting = [row for row in rows if row.is_reminder and row.audience is audience]
    own = [row for row in fitting if row.procedure is kind]
    general = [row for row in fitting if row.procedure is None]
    return (own or general)[0]


def fields_of(row: MessageTemplate) -> tuple[str, ...]:
    """Return the fields the text of ``row`` may use."""
    return fields_for(row.audience, is_reminder=row.is_reminder)


def _view(row: MessageTemplate) -> TemplateView:
    return TemplateView(
        template_id=row.id,
        version=row.version,
        code=row.code,
        name=Names(en=row.name_en, ru=row.name_ru, ky=row.name_ky),
        procedure=row.procedure,
        audience=row.audience,
        is_reminder=row.is_reminder,
        fields=fields_of(row),
        form=TemplateForm(
            subject=Names(en=row.subject_en, ru=row.subject_ru, ky=row.subject_ky),
            body=Names(en=row.body_en, ru=row.body_ru, ky=row.body_ky),
        ),
        source=row.source,
        confidence=row.confidence,
        note=note_of(row),
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )
