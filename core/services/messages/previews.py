"""A text as a recipient would read it, about students who do not exist."""

from datetime import timedelta

from core.permissions import Actor, Permission
from core.rules.templates import fill
from core.services import dated_rows
from core.services.guard import requires
from core.services.house import load_house, today
from core.services.messages.composing import Matter, Paper, Text, compose, filled, free_values
from core.services.messages.preferences import load_preferences
from core.services.messages.recipients import Recipient
from core.services.messages.templates import TemplateForm, fields_of, refuse_unusable
from core.services.names import Names
from core.terms import CaseKind, Language, MessageAudience
from db.engine import reading
from db.models.messages import MessageTemplate

_NAMES = ("SAMPLE STUDENT ONE", "SAMPLE STUDENT TWO", "SAMPLE STUDENT THREE")
_PAPERS = (
    Paper(name=Names(en="Photo", ru="Фотография", ky="Сүрөт")),
    Paper(
        name=Names(en="Photocopy of passport", ru="Копия паспорта", ky="Паспорттун көчүрмөсү"),
        reason="…",
    ),
)


@requires(Permission.READ_MESSAGES)
def preview_template(
    actor: Actor,  # noqa: ARG001
    template_id: int,
    form: TemplateForm,
    language: Language,
) -> Text:
    """Return what ``form`` would look like in ``language``; nothing is stored.

    Raises as :func:`refuse_unusable`, and NotFound.
    """
    with reading() as session:
        stored = dated_rows.existing(session, MessageTemplate, template_id)
        refuse_unusable(form, fields_of(stored))
        house, own = load_house(session), load_preferences(session)
        row = _row(stored, form)
    recipient = _recipient(row.audience, language)
    if row.is_reminder:
        matters = _matters(row)
        text = compose(row, recipient, matters, house=house, today=today())
    else:
        names = _NAMES if row.audience is MessageAudience.AGENT else _NAMES[:1]
        text = filled(row, language, free_values(recipient, names, house=house, today=today()))
    signed = own.signature()
    return Text(subject=fill(text.subject, signed), body=fill(text.body, signed))


def _row(stored: MessageTemplate, form: TemplateForm) -> MessageTemplate:
    """Return a row of its own with the text of ``form``; the stored one is not touched."""
    texts = {
        f"{part}_{language.value}": getattr(getattr(form, part), language.value)
        for part in ("subject", "body")
        for language in Language
    }
    return MessageTemplate(
        procedure=stored.procedure,
        audience=stored.audience,
        is_reminder=stored.is_reminder,
        **texts,
    )


def _recipient(audience: MessageAudience, language: Language) -> Recipient:
    is_agent = audience is MessageAudience.AGENT
    return Recipient(
        person_id=None if is_agent else 0,
        agent_id=0 if is_agent else None,
        name="Sample Representative" if is_agent else _NAMES[0],
        language=language,
        email="sample@example.org",
        phone="",
    )


def _matters(row: MessageTemplate) -> list[Matter]:
    count = len(_NAMES) if row.audience is MessageAudience.AGENT else 1
    return [
        Matter(
            case_id=number,
            person_id=number,
            name=name,
            kind=row.procedure or CaseKind.EXIT_VISA,
            due_on=today() + timedelta(days=14 + number),
            papers=_PAPERS[: 2 - number],
        )
        for number, name in enumerate(_NAMES[:count])
    ]
