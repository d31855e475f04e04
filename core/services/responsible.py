"""Who of the department is responsible for a case."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
from core.permissions import Actor, Permission, Role
from core.services import audit
from core.services.guard import requires
from core.services.remembered import remembered
from core.services.scope import visible_case
from core.services.versions import claim
from db.engine import reading, writing
from db.models.access import User
from db.models.cases import Case

#: In a filter it asks for the cases nobody is responsible for; no user has this id.
NOBODY = 0

#: Whose work cases are.
_ROLES = (Role.STAFF, Role.HEAD)


@requires(Permission.READ_CASES)
def people_responsible(actor: Actor) -> dict[int, str]:  # noqa: ARG001
    """Return the names of those who can be responsible for a case, by user, in their order."""
    with reading() as session:
        return remembered(session, "people_responsible", lambda: _people_responsible(session))


@requires(Permission.EDIT_CASES)
def assign_cases(
    actor: Actor, seen: Mapping[int, int], user_id: int | None
) -> dict[int, DomainError]:
    """Make a user responsible for many cases, or nobody; ``seen`` gives each case its version.

    Each is assigned by itself: return why those that stay as they are were refused, by case. Raises
    ``case.not_responsible`` where the user cannot be responsible for any.
    """
    if user_id is not None and user_id not in people_responsible(actor):
        raise DomainError("case.not_responsible")
    refused = {}
    for case_id, version in seen.items():
        try:
            assign_case(actor, case_id, user_id, version=version)
        except DomainError as error:
            refused[case_id] = error
    return refused


@requires(Permission.EDIT_CASES)
def assign_case(actor: Actor, case_id: int, user_id: int | None, *, version: int) -> None:
    """Make a user responsible for an open case, or nobody.

    Raises ``case.closed`` and, for who does no such work or left, ``case.not_responsible``.
    """
    with writing() as session:
        case = visible_case(session, actor, case_id)
        claim(session, case, actor, seen_version=version)
        if case.closed_at is not None:
            raise DomainError("case.closed")
        _refuse_unable(session, user_id)
        case.responsible_id = user_id
        audit.record(
            session,
            actor,
            action="case.assign",
            subject_kind="case",
            subject_id=case_id,
            person_id=case.person_id,
            clear={"responsible_id": user_id},
        )


def release_cases(session: Session, actor: Actor, user: User) -> int:
    """Take his open cases from a ``user`` who cannot be responsible any more; return how many.

    They stand in every list as nobody's, so that somebody takes them.
    """
    if user.is_active and user.role in _ROLES:
        return 0
    released = session.execute(
        sa.update(Case)
        .where(Case.responsible_id == user.id, Case.closed_at.is_(None))
        .values(
            responsible_id=None,
            version=Case.version + 1,
            changed_by=actor.full_name,
            changed_at=clock.utc_now(),
        )
        .returning(Case.id)
        .execution_options(synchronize_session=False)
    )
    return len(released.all())


def responsible_names(session: Session, user_ids: Collection[int | None]) -> dict[int, str]:
    """Return the names of users who are or were responsible for a case, by user."""
    rows = session.execute(
        sa.select(User.id, User.full_name).where(User.id.in_(user_ids)).order_by(User.id)
    )
    return {user_id: name for user_id, name in rows}  # noqa: C416 - rows are no pairs


def is_responsible(user_id: int | None) -> sa.ColumnElement[bool]:
    """Return the condition on ``Case`` that the user has it in hand; ``NOBODY`` that nobody has.

    None stands for anybody.
    """
    if user_id is None:
        return sa.true()
    if user_id == NOBODY:
        return Case.responsible_id.is_(None)
    return Case.responsible_id == user_id


def _people_responsible(session: Session) -> dict[int, str]:
    rows = session.execute(
        sa.select(User.id, User.full_name)
        .where(User.is_active, User.role.in_(_ROLES))
        .order_by(User.full_name, User.id)
    )
    return {user_id: name for user_id, name in rows}  # noqa: C416 - rows are no pairs


def _refuse_unable(session: Session, user_id: int | None) -> None:
    """Raise unless the user can be responsible; he stays as he is until the writer has ended."""
    if user_id is None:
        return
    able = (
        sa.select(User.id)
        .where(User.id == user_id, User.is_active, User.role.in_(_ROLES))
        .with_for_update(read=True)
    )
    if session.scalar(able) is None:
        raise DomainError("case.not_responsible")
