"""Users: who can sign in, as what, and for which faculties. The administrator's work."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError, NotFound
from core.permissions import SYSTEM_ACTOR, Actor, Permission, Role
from core.rules.usernames import LONGEST, SHORTEST, is_acceptable, username_key
from core.services import audit, passwords
from core.services.guard import requires
from core.services.login_sessions import actor_of, end_sessions_of
from core.services.responsible import release_cases
from core.services.versions import claim, touch
from core.terms import Language
from db.engine import reading, writing
from db.models.access import Faculty, User, UserFaculty


@dataclass(frozen=True, kw_only=True)
class UserForm:
    """What the administrator decides of a user; ``faculty_ids`` counts for a dean's office only."""

    username: str
    full_name: str
    role: Role
    language: Language = Language.ENGLISH
    faculty_ids: frozenset[int] = frozenset()
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class UserView:
    """A user as the administrator sees him."""

    user_id: int
    version: int
    username: str
    full_name: str
    role: Role
    language: Language
    is_active: bool
    must_change_password: bool
    faculty_ids: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class NewPassword:
    """A one-time password: shown once, to be changed at the first sign-in."""

    user_id: int
    username: str
    password: str


@requires(Permission.MANAGE_USERS)
def list_users(actor: Actor) -> tuple[UserView, ...]:  # noqa: ARG001
    """Return every user, active ones first, by name."""
    with reading() as session:
        users = session.scalars(
            sa.select(User).order_by(User.is_active.desc(), User.username_key)
        ).all()
        scopes: dict[int, set[int]] = {}
        for row in session.scalars(sa.select(UserFaculty).order_by(UserFaculty.user_id)):
            scopes.setdefault(row.user_id, set()).add(row.faculty_id)
        return tuple(_view(user, frozenset(scopes.get(user.id, ()))) for user in users)


@requires(Permission.MANAGE_USERS)
def create_user(actor: Actor, form: UserForm) -> NewPassword:
    """Create a user with a one-time password, and return it.

    Raises ``user.name_unusable``, ``user.name_missing``, ``user.name_taken``,
    ``user.faculty_missing`` for a dean's office without faculty.
    """
    password = passwords.new_one_time_password()
    hashed = passwords.hash_password(password)
    with writing() as session:
        _check(session, form)
        user = _insert(session, form, hashed)
        _record(session, actor, "user.create", user, form)
        return NewPassword(user_id=user.id, username=user.username, password=password)


@requires(Permission.MANAGE_USERS)
def change_user(actor: Actor, user_id: int, form: UserForm, *, version: int) -> None:
    """Change name, role, scope or state of a user; a change of rights ends his sessions.

    The open cases of one who can be responsible for none any more are nobody's from here on.
    Raises as :func:`create_user`, and ``user.last_admin`` if nobody could manage users after it.
    """
    with writing() as session:
        user = session.get(User, user_id)
        if user is None:
            raise NotFound
        _check(session, form, but=user_id)
        _refuse_without_admin(session, user, form)
        claim(session, user, actor, seen_version=version)
        before = actor_of(session, user)
        was_active = user.is_active
        user.username, user.username_key = form.username.strip(), username_key(form.username)
        user.full_name, user.role = form.full_name.strip(), form.role
        user.is_active = form.is_active
        _set_scope(session, user, form)
        session.flush()
        after = actor_of(session, user)
        if (before.role, before.faculty_ids, was_active) != (
            after.role,
            after.faculty_ids,
            user.is_active,
        ):
            end_sessions_of(session, user.id, reason="rights_changed")
        released = release_cases(session, actor, user)
        _record(session, actor, "user.change", user, form, released_cases=released)


@requires(Permission.MANAGE_USERS)
def reset_password(actor: Actor, user_id: int) -> NewPassword:
    """Give a user a new one-time password; his sessions end."""
    password = passwords.new_one_time_password()
    hashed = passwords.hash_password(password)
    with writing() as session:
        user = session.get(User, user_id)
        if user is None:
            raise NotFound
        user.password_hash, user.must_change_password = hashed, True
        touch(user, actor)
        end_sessions_of(session, user.id, reason="password_reset")
        audit.record(
            session, actor, action="user.reset_password", subject_kind="user", subject_id=user.id
        )
        return NewPassword(user_id=user.id, username=user.username, password=password)


@requires(Permission.OWN_ACCOUNT)
def change_own_language(actor: Actor, language: Language) -> None:
    """Speak ``language`` to the actor from now on."""
    with writing() as session:
        user = session.get_one(User, actor.user_id)
        user.language = language
        audit.record(
            session,
            actor,
            action="user.change_language",
            subject_kind="user",
            subject_id=user.id,
            clear={"language": language.value},
        )


def create_first_administrator() -> NewPassword | None:
    """Create ``admin`` in a database without users; None where there is somebody already.

    Takes no actor: it is what makes the first one. Safe for two processes starting at once.
    """
    with reading() as session:
        if session.scalar(sa.select(sa.func.count()).select_from(User)):
            return None
    form = UserForm(username="admin", full_name="Administrator", role=Role.ADMIN)
    try:
        return create_user(SYSTEM_ACTOR, form)
    except DomainError:
        # The other process was first; its console shows the password.
        return None


def actor_named(username: str) -> Actor:
    """Return the active user ``username`` as an actor, for a command that acts as him.

    Raises :class:`NotFound` where there is no such active user.
    """
    with reading() as session:
        user = session.scalars(
            sa.select(User).filter_by(username_key=username_key(username), is_active=True)
        ).one_or_none()
        if user is None:
            raise NotFound
        return actor_of(session, user)


def user_id_of(username: str) -> int:
    """Return the id of the user ``username``. Raises :class:`NotFound`."""
    with reading() as session:
        found = session.scalar(sa.select(User.id).filter_by(username_key=username_key(username)))
        if found is None:
            raise NotFound
        return found


def _check(session: Session, form: UserForm, *, but: int | None = None) -> None:
    if not is_acceptable(form.username):
        raise DomainError("user.name_unusable", shortest=SHORTEST, longest=LONGEST)
    if not form.full_name.strip():
        raise DomainError("user.full_name_missing")
    if form.role is Role.SYSTEM:
        raise DomainError("user.role_unusable")
    taken = session.scalar(
        sa.select(User.id).where(
            User.username_key == username_key(form.username), User.id != (but or 0)
        )
    )
    if taken is not None:
        raise DomainError("user.name_taken", username=form.username)
    if form.role is Role.DEAN and not _known_faculties(session, form.faculty_ids):
        raise DomainError("user.faculty_missing")


def _known_faculties(session: Session, faculty_ids: Collection[int]) -> frozenset[int]:
    found = session.scalars(
        sa.select(Faculty.id).where(Faculty.id.in_(faculty_ids)).order_by(Faculty.id)
    )
    return frozenset(found)


def _insert(session: Session, form: UserForm, hashed: str) -> User:
    user = User(
        username=form.username.strip(),
        username_key=username_key(form.username),
        full_name=form.full_name.strip(),
        role=form.role,
        language=form.language,
        password_hash=hashed,
        must_change_password=True,
        is_active=form.is_active,
        created_at=clock.utc_now(),
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError as clash:
        raise DomainError("user.name_taken", username=form.username) from clash
    _set_scope(session, user, form)
    return user


def _set_scope(session: Session, user: User, form: UserForm) -> None:
    session.execute(sa.delete(UserFaculty).filter_by(user_id=user.id))
    if form.role is not Role.DEAN:
        return
    for faculty_id in sorted(_known_faculties(session, form.faculty_ids)):
        session.add(UserFaculty(user_id=user.id, faculty_id=faculty_id))


def _refuse_without_admin(session: Session, user: User, form: UserForm) -> None:
    if form.is_active and form.role is Role.ADMIN:
        return
    others = session.scalars(
        sa.select(User.id)
        .where(User.role == Role.ADMIN, User.is_active, User.id != user.id)
        .order_by(User.id)
        .with_for_update()
    ).all()
    if user.role is Role.ADMIN and user.is_active and not others:
        raise DomainError("user.last_admin")


def _record(
    session: Session, actor: Actor, action: str, user: User, form: UserForm, **more: int
) -> None:
    audit.record(
        session,
        actor,
        action=action,
        subject_kind="user",
        subject_id=user.id,
        clear={
            "username": user.username,
            "role": form.role.value,
            "faculty_ids": sorted(form.faculty_ids),
            "is_active": form.is_active,
            **more,
        },
    )


def _view(user: User, faculty_ids: frozenset[int]) -> UserView:
    return UserView(
        user_id=user.id,
        version=user.version,
        username=user.username,
        full_name=user.full_name,
        role=user.role,
        language=user.language,
        is_active=user.is_active,
        must_change_password=user.must_change_password,
        faculty_ids=faculty_ids,
    )
