"""Who a person is besides his passport: names in other scripts, ways to reach him, who brought him.

Names, citizenship, birth date and sex belong to the passport and are corrected there; while there
is none, they are what was said and are kept here.
"""

from dataclasses import asdict, dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.countries import is_known_code, iso2_of
from core.services import audit
from core.services.consequences import follow_up
from core.services.guard import requires
from core.services.person_records import held_person, put, refuse, today
from core.services.scope import visible_person
from core.services.versions import claim
from core.terms import Language, Sex
from db.engine import reading, writing
from db.models.people import Passport, Person
from db.models.relations import Agent


@dataclass(frozen=True, kw_only=True)
class IdentityForm:
    """What is kept of a person whether or not his passport is known."""

    native_name: str = ""
    name_ru: str = ""
    name_ky: str = ""
    phone: str = ""
    email: str = ""
    language: Language | None = None
    agent_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class SaidForm:
    """What was said of a person whose passport is not known; ``nationality`` is an ICAO code."""

    surname: str
    given_names: str = ""
    nationality: str = ""
    birth_date: date | None = None
    sex: Sex = Sex.UNSPECIFIED


@dataclass(frozen=True, kw_only=True)
class AgentName:
    """A representative as a choice of a form."""

    agent_id: int
    name: str


@requires(Permission.EDIT_PEOPLE)
def change_identity(actor: Actor, person_id: int, form: IdentityForm, *, version: int) -> None:
    """Change names in other scripts, telephone, e-mail, language and representative.

    Raises ``agent.missing``, ``person.closed`` and :class:`Conflict`.
    """
    with writing() as session:
        person = held_person(session, actor, person_id)
        claim(session, person, actor, seen_version=version)
        if form.agent_id is not None and session.get(Agent, form.agent_id) is None:
            raise DomainError("agent.missing")
        _save(session, actor, person, asdict(form))


@requires(Permission.EDIT_PEOPLE)
def change_said(actor: Actor, person_id: int, form: SaidForm, *, version: int) -> None:
    """Change what was said of a person without a passport.

    Raises :class:`Invalid`, ``person.has_passport`` once a passport says it, ``person.closed`` and
    :class:`Conflict`.
    """
    with writing() as session:
        person = held_person(session, actor, person_id)
        claim(session, person, actor, seen_version=version)
        if _has_passport(session, person_id):
            raise DomainError("person.has_passport")
        has_name = bool(form.surname.strip() or form.given_names.strip())
        unknown = bool(form.nationality.strip()) and not is_known_code(form.nationality)
        is_unborn = form.birth_date is not None and form.birth_date > today()
        refuse(
            (not has_name, "surname", "passport.surname.missing"),
            (unknown, "nationality", "passport.nationality.unknown"),
            (is_unborn, "birth_date", "person.birth_date.future"),
        )
        values = asdict(form)
        values["citizenship"] = iso2_of(values.pop("nationality"))
        _save(session, actor, person, values)


@requires(Permission.READ_PEOPLE)
def agent_of_person(actor: Actor, person_id: int) -> AgentName | None:
    """Return who represents the person, or None. Raises :class:`NotFound` outside the scope."""
    with reading() as session:
        person = visible_person(session, actor, person_id)
        agent = session.get(Agent, person.agent_id) if person.agent_id else None
        return AgentName(agent_id=agent.id, name=agent.name) if agent else None


@requires(Permission.EDIT_PEOPLE)
def agent_choices(actor: Actor) -> dict[int, str]:  # noqa: ARG001
    """Return the names of the representatives still at work, by id."""
    with reading() as session:
        rows = session.execute(
            sa.select(Agent.id, Agent.name).filter_by(is_active=True).order_by(Agent.name, Agent.id)
        )
        return {row.id: row.name for row in rows}


def _has_passport(session: Session, person_id: int) -> bool:
    current = sa.select(Passport.id).filter_by(person_id=person_id, is_current=True)
    return session.scalar(current) is not None


def _save(session: Session, actor: Actor, person: Person, values: dict[str, object]) -> None:
    changes = put(person, values)
    audit.record(
        session,
        actor,
        action="person.change",
        subject_kind="person",
        subject_id=person.id,
        person_id=person.id,
        clear={"fields": sorted(changes)},
        sealed=changes or None,
    )
    follow_up(session, actor, person.id)
