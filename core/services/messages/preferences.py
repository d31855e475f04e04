"""How the house writes: who signs, from which address, when mail rests, and who presses "send"."""

from dataclasses import asdict, dataclass, fields
from datetime import time

from sqlalchemy.orm import Session

from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.addresses import is_mail_address
from core.rules.templates import one_line
from core.services import audit
from core.services.guard import requires
from core.services.versions import claim
from db.engine import reading, writing
from db.models.reference import HouseSetting

_NAME = "messages"

#: The longest name of whoever signs.
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What the head decided about messages; ``version`` is 0 while he has not.

    ``executor`` and ``phone`` sign every message; ``sender`` is the address mail comes from. Mail
    that nobody sent by hand rests from ``quiet_from`` on and before ``quiet_until``, by the
    university's clock; the hours shipped are the house's own default.
    """

    executor: str = ""
    phone: str = ""
    sender: str = ""
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    sends_automatically: bool = False
    version: int = 0

    def signature(self) -> dict[str, str]:
        """Return the fields of the signature that are known."""
        known = {"executor": self.executor, "phone": self.phone}
        return {name: text for name, text in known.items() if text}


@requires(Permission.READ_MESSAGES)
def preferences(actor: Actor) -> Preferences:  # noqa: ARG001
    """Return what is in force."""
    with reading() as session:
        return load_preferences(session)


@requires(Permission.EDIT_UNIVERSITY)
def change_preferences(actor: Actor, changed: Preferences) -> None:
    """Put ``changed`` in force; its ``version`` is the one that was seen.

    Raises ``message.sender_unusable``, ``message.signature_missing`` where mail would go out by
    itself and nobody signs it, and :class:`Conflict`.
    """
    sender = changed.sender.strip()
    if sender and not is_mail_address(sender):
        raise DomainError("message.sender_unusable", address=sender)
    stored = asdict(changed) | {
        "executor": one_line(changed.executor)[:LONGEST_NAME],
        "phone": one_line(changed.phone)[:LONGEST_NAME],
        "sender": sender,
        "quiet_from": f"{changed.quiet_from:%H:%M}",
        "quiet_until": f"{changed.quiet_until:%H:%M}",
    }
    if changed.sends_automatically and not (stored["executor"] and stored["phone"]):
        raise DomainError("message.signature_missing")
    del stored["version"]
    with writing() as session:
        row = session.get(HouseSetting, _NAME)
        if row is None:
            row = HouseSetting(name=_NAME, value={}, version=0)
            session.add(row)
            session.flush()
        claim(session, row, actor, seen_version=changed.version)
        row.value = stored
        audit.record(
            session,
            actor,
            action="messages.change_preferences",
            subject_kind="house",
            clear={"values": stored},
        )


def load_preferences(session: Session) -> Preferences:
    """Return the preferences as stored, or as shipped where the head has not decided."""
    row = session.get(HouseSetting, _NAME)
    if row is None:
        return Preferences()
    known = {field.name for field in fields(Preferences)}
    values = {name: value for name, value in row.value.items() if name in known}
    for name in ("quiet_from", "quiet_until"):
        if name in values:
            values[name] = time.fromisoformat(values[name])
    return Preferences(**values, version=row.version)
