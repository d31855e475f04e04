"""Authorised representatives: who they are, and what the students they brought still lack."""

from dataclasses import dataclass

import phonenumbers
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from core.errors import Fault, Invalid, NotFound
from core.permissions import Actor, Permission
from core.rules.names import fold
from core.services import audit
from core.services.guard import requires
from core.services.house import today
from core.services.remembered import remembered
from core.services.versions import claim
from core.terms import Language
from db.engine import reading, writing
from db.models.cases import Deadline
from db.models.people import Person
from db.models.relations import Agent

#: The country a telephone number without one belongs to.
HOME = "KG"


@dataclass(frozen=True, kw_only=True)
class AgentForm:
    """What is entered about a representative; only the name must be there."""

    name: str
    company: str = ""
    country: str | None = None
    phone: str = ""
    email: str = ""
    language: Language = Language.ENGLISH
    note: str = ""
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class AgentView:
    """A representative with the version an edit must name, and how his students stand.

    ``late`` counts students with an overdue case, ``incomplete`` those of whom a fact is missing.
    """

    agent_id: int
    version: int
    form: AgentForm
    students: int
    late: int
    incomplete: int


@requires(Permission.READ_AGENTS)
def list_agents(actor: Actor) -> tuple[AgentView, ...]:  # noqa: ARG001
    """Return every representative, active ones first, by name."""
    with reading() as session:
        return _views(session, sa.true())


@requires(Permission.READ_AGENTS)
def agent_names(actor: Actor, *, only_active: bool = False) -> dict[int, str]:  # noqa: ARG001
    """Return the names of the representatives by id."""
    known = sa.select(Agent.id, Agent.name).order_by(Agent.name, Agent.id)
    if only_active:
        known = known.where(Agent.is_active)
    with reading() as session:
        names = remembered(
            session,
            ("agents", only_active),
            lambda: {row[0]: row[1] for row in session.execute(known)},
        )
        return dict(names)


@requires(Permission.READ_AGENTS)
def agent_view(actor: Actor, agent_id: int) -> AgentView:  # noqa: ARG001
    """Return one representative; raises :class:`NotFound` where there is none."""
    with reading() as session:
        found = _views(session, Agent.id == agent_id)
    if not found:
        raise NotFound
    return found[0]


@requires(Permission.EDIT_AGENTS)
def add_agent(actor: Actor, form: AgentForm) -> int:
    """Add a representative and return his id; raises :class:`Invalid` with what is wrong."""
    values = _checked(form)
    with writing() as session:
        agent = Agent(**values, created_at=clock.utc_now(), created_by=actor.full_name)
        session.add(agent)
        _save(session, actor, agent, "agent.add")
        return agent.id


@requires(Permission.EDIT_AGENTS)
def change_agent(actor: Actor, agent_id: int, form: AgentForm, *, version: int) -> None:
    """Change a representative, or take him out of use; his students keep him. Raises as above."""
    values = _checked(form)
    with writing() as session:
        agent = session.get(Agent, agent_id)
        if agent is None:
            raise NotFound
        claim(session, agent, actor, seen_version=version)
        for name, value in values.items():
            setattr(agent, name, value)
        _save(session, actor, agent, "agent.change")


def _checked(form: AgentForm) -> dict[str, object]:
    """Return the values to store, the telephone in its international form."""
    faults = []
    name, phone = form.name.strip(), _international(form.phone, form.country)
    if not fold(name):
        faults.append(Fault(field="name", code="agent.name_missing"))
    if phone is None:
        faults.append(Fault(field="phone", code="agent.phone_unusable"))
    if faults:
        raise Invalid(tuple(faults))
    return {
        **vars(form),
        "name": name,
        "name_key": fold(name),
        "company": form.company.strip(),
        "phone": phone,
        "email": form.email.strip(),
        "note": form.note.strip(),
    }


def _international(phone: str, country: str | None) -> str | None:
    """Return ``phone`` as +996 555 123 456, empty where none is given, None where it is none."""
    if not phone.strip():
        return ""
    try:
        number = phonenumbers.parse(phone, country or HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _save(session: Session, actor: Actor, agent: Agent, action: str) -> None:
    try:
        session.flush()
    except IntegrityError as clash:
        fault = Fault(field="name", code="agent.name_taken", values={"name": agent.name})
        raise Invalid((fault,)) from clash
    audit.record(
        session,
        actor,
        action=action,
        subject_kind="agent",
        subject_id=agent.id,
        clear={"name": agent.name, "is_active": agent.is_active},
    )


def _views(session: Session, condition: sa.ColumnElement[bool]) -> tuple[AgentView, ...]:
    is_late = sa.exists().where(
        Deadline.person_id == Person.id, Deadline.is_open.is_(True), Deadline.due_on < today()
    )
    counts = (
        sa.select(
            Person.agent_id,
            sa.func.count().label("students"),
            _count_if(is_late).label("late"),
            _count_if(Person.missing_count > 0).label("incomplete"),
        )
        .where(Person.agent_id.is_not(None), Person.closed_at.is_(None))
        .group_by(Person.agent_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(Agent, counts.c.students, counts.c.late, counts.c.incomplete)
        .outerjoin(counts, counts.c.agent_id == Agent.id)
        .where(condition)
        .order_by(Agent.is_active.desc(), Agent.name, Agent.id)
    )
    return tuple(
        _view(agent, students=students or 0, late=late or 0, incomplete=incomplete or 0)
        for agent, students, late, incomplete in rows
    )


def _count_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _view(agent: Agent, *, students: int, late: int, incomplete: int) -> AgentView:
    return AgentView(
        agent_id=agent.id,
        version=agent.version,
        form=AgentForm(
            name=agent.name,
            company=agent.company,
            country=agent.country,
            phone=agent.phone,
            email=agent.email,
            language=agent.language,
            note=agent.note,
            is_active=agent.is_active,
        ),
        students=students,
        late=int(late),
        incomplete=int(incomplete),
    )
