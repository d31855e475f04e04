"""The house: what the head decides about the university's name and how letters sign."""

from dataclasses import asdict, dataclass, fields
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.services import audit
from core.services.guard import requires
from core.services.versions import claim
from db.engine import reading, writing
from db.models.reference import HouseSetting

_NAME = "house"


@dataclass(frozen=True, kw_only=True)
class House:
    """The university as letters name it; shipped with what the department's page says.

    ``version`` is 0 while the head has not confirmed it.
    """

    name_en: str = "EIMU"
    name_ru: str = ""
    name_ky: str = ""
    department_en: str = "International Department"
    department_ru: str = "Международный отдел"
    department_ky: str = "Эл аралык бөлүм"
    contact: str = ""
    version: int = 0


@requires(Permission.READ_UNIVERSITY)
def house(actor: Actor) -> House:  # noqa: ARG001
    """Return the names and the contact line in force."""
    with reading() as session:
        return load_house(session)


@requires(Permission.EDIT_UNIVERSITY)
def change_house(actor: Actor, changed: House) -> None:
    """Put ``changed`` in force; its ``version`` is the one that was seen.

    Raises ``house.name_missing`` and :class:`Conflict`.
    """
    if not changed.name_en.strip():
        raise DomainError("house.name_missing")
    values = {name: text.strip() for name, text in asdict(changed).items() if name != "version"}
    with writing() as session:
        row = session.get(HouseSetting, _NAME)
        if row is None:
            row = HouseSetting(name=_NAME, value={}, version=0)
            session.add(row)
            session.flush()
        claim(session, row, actor, seen_version=changed.version)
        row.value = values
        audit.record(
            session, actor, action="house.change", subject_kind="house", clear={"values": values}
        )


def load_house(session: Session) -> House:
    """Return the house as stored, or as shipped where the head has not decided."""
    row = session.get(HouseSetting, _NAME)
    if row is None:
        return House()
    known = {field.name for field in fields(House)}
    stored = {name: value for name, value in row.value.items() if name in known}
    return House(**stored, version=row.version)


def time_zone() -> ZoneInfo:
    """Return the university's time zone."""
    return settings.current().time_zone


def today() -> date:
    """Return today's date at the university."""
    return clock.today(settings.current().time_zone)
