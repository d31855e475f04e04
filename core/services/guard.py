"""The gate of every use case: the permission is asked first, and every refusal leaves a trace."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from core.errors import NotFound, OutOfScope, Refused
from core.permissions import Actor, Permission
from core.services import audit
from core.terms import AuditOutcome
from db.engine import writing

P = ParamSpec("P")
R = TypeVar("R")

UseCase = Callable[Concatenate[Actor, P], R]


def requires(permission: Permission) -> Callable[[UseCase[P, R]], UseCase[P, R]]:
    """Let only actors whose role holds ``permission`` into the decorated use case.

    A refusal is audited in a transaction of its own, after the use case's has been taken back.
    Raises :class:`Refused` for the role, :class:`NotFound` for a record outside the actor's scope.
    """

    def decorate(use_case: UseCase[P, R]) -> UseCase[P, R]:
        @wraps(use_case)
        def guarded(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not actor.can(permission):
                _record_refusal(actor, use_case.__name__, permission.value, None)
                raise Refused(permission.value)
            try:
                return use_case(actor, *args, **kwargs)
            except OutOfScope as refusal:
                _record_refusal(actor, use_case.__name__, refusal.subject_kind, refusal.subject_id)
                raise NotFound from None

        guarded.__required_permission__ = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def _record_refusal(actor: Actor, use_case: str, subject_kind: str, subject_id: int | None) -> None:
    with writing() as session:
        audit.record(
            session,
            actor,
            action=use_case,
            subject_kind=subject_kind,
            subject_id=subject_id,
            outcome=AuditOutcome.REFUSED,
        )
