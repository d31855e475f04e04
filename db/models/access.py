"""Users, faculties, dean's scopes, sign-in sessions and the attempts that are throttled."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.permissions import Role
from core.terms import Language
from db.base import Base, Versioned, words


class Faculty(Versioned, Base):
    """A faculty of the university; data of the house, never shipped."""

    __tablename__ = "faculty"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_en: Mapped[str] = mapped_column(sa.String(200))
    name_ru: Mapped[str] = mapped_column(sa.String(200), default="")
    name_ky: Mapped[str] = mapped_column(sa.String(200), default="")
    name_key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)


class User(Versioned, Base):
    """Somebody who can sign in. ``username_key`` is the folded name that must be unique."""

    __tablename__ = "app_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(150))
    username_key: Mapped[str] = mapped_column(sa.String(150), unique=True)
    full_name: Mapped[str] = mapped_column(sa.String(200))
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    language: Mapped[Language] = mapped_column(words(Language, "language"))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class UserFaculty(Base):
    """A faculty in the scope of a dean's office."""

    __tablename__ = "user_faculty"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("app_user.id"), primary_key=True)
    faculty_id: Mapped[int] = mapped_column(
        sa.ForeignKey("faculty.id"), primary_key=True, index=True
    )


class LoginSession(Base):
    """A signed-in browser. Only the hash of its token is kept; a row is ended, never deleted.

    ``token_hash`` is the SHA-256 of the cookie in hexadecimal. ``expires_at`` is the absolute
    limit; the idle limit counts from ``last_seen_at``.
    """

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("app_user.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None] = mapped_column(sa.String(40))
    network: Mapped[str] = mapped_column(sa.String(64))


class SignInAttempt(Base):
    """One attempt to sign in, kept for throttling by account and by network."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.Index(None, "username_key", "attempted_at"),
        sa.Index(None, "network", "attempted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username_key: Mapped[str] = mapped_column(sa.String(150))
    network: Mapped[str] = mapped_column(sa.String(64))
    attempted_at: Mapped[datetime]
    has_succeeded: Mapped[bool]
