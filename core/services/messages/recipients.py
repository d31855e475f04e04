"""Who gets a message about a person: himself or his representative, how, in which language."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only

from core.errors import DomainError
from core.rules.addresses import dialled, is_mail_address
from core.rules.templates import one_line
from core.services.cards import full_name
from core.services.imports.phones import read_phone
from core.terms import Language, MessageAudience, MessageChannel
from db.models.people import Person
from db.models.relations import Agent

#: What of a person is asked for here.
_USED = (
    Person.surname,
    Person.given_names,
    Person.citizenship,
    Person.email,
    Person.phone,
    Person.language,
    Person.agent_id,
)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A person or a representative (one of the ids), with what messages can be sent to.

    ``email`` and ``phone`` (``+`` and digits) are empty where there is none that can be used.
    """

    person_id: int | None
    agent_id: int | None
    name: str
    language: Language
    email: str
    phone: str

    @property
    def audience(self) -> MessageAudience:
        """Whom a text addresses that is sent to him."""
        return MessageAudience.AGENT if self.agent_id is not None else MessageAudience.STUDENT

    @property
    def key(self) -> str:
        """Who he is in the key of a reminder; the case says which student is meant."""
        return "self" if self.agent_id is None else f"a{self.agent_id}"

    def address(self, channel: MessageChannel) -> str:
        """Return where he is reached on ``channel``, empty where he is not."""
        return self.email if channel is MessageChannel.EMAIL else self.phone

    def channel(self, wanted: MessageChannel | None) -> MessageChannel | None:
        """Return ``wanted`` if he is reached there; for None mail, or else WhatsApp, or None."""
        choices = (wanted,) if wanted else (MessageChannel.EMAIL, MessageChannel.WHATSAPP)
        return next((each for each in choices if self.address(each)), None)


@dataclass(frozen=True, kw_only=True)
class Reachable:
    """The two who may be written to about a person; ``agent`` is None where he has none."""

    student: Recipient
    agent: Recipient | None

    def chosen(
        self, wanted: MessageChannel | None, *, to_students: bool
    ) -> tuple[Recipient, MessageChannel] | None:
        """Return who gets the message and how: the representative if he can be reached.

        The student gets it where ``to_students`` asks for that, where nobody represents him, and
        where his representative cannot be reached. None where nobody can.
        """
        for recipient in (None if to_students else self.agent, self.student):
            channel = recipient.channel(wanted) if recipient else None
            if recipient is not None and channel is not None:
                return recipient, channel
        return None


def reachable(session: Session, person_ids: Collection[int]) -> dict[int, Reachable]:
    """Return who may be written to about each person, by his id; closed records are left out."""
    people = session.scalars(
        sa.select(Person)
        .options(load_only(*_USED))
        .where(Person.id.in_(person_ids), Person.closed_at.is_(None))
        .order_by(Person.id)
    ).all()
    agents = _agents(session, {row.agent_id for row in people if row.agent_id})
    return {
        row.id: Reachable(
            student=Recipient(
                person_id=row.id,
                agent_id=None,
                name=full_name(row),
                language=row.language or Language.ENGLISH,
                email=_mail(row.email),
                phone=_number(row.phone, row.citizenship),
            ),
            agent=agents.get(row.agent_id or 0),
        )
        for row in people
    }


def _agents(session: Session, agent_ids: Collection[int]) -> dict[int, Recipient]:
    """Return the representatives who still are at work."""
    rows = session.scalars(
        sa.select(Agent).where(Agent.id.in_(agent_ids), Agent.is_active).order_by(Agent.id)
    )
    return {
        row.id: Recipient(
            person_id=None,
            agent_id=row.id,
            name=one_line(row.name),
            language=row.language,
            email=_mail(row.email),
            phone=_number(row.phone, row.country),
        )
        for row in rows
    }


def _mail(text: str) -> str:
    return text.strip() if is_mail_address(text.strip()) else ""


def _number(text: str, region: str | None) -> str:
    """Return a number as it is dialled from anywhere, empty for what is none."""
    if not text.strip():
        return ""
    try:
        number = read_phone(text.strip(), region)
    except DomainError:
        return ""
    return number if dialled(number) else ""
