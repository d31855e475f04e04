"""On whose behalf the work on a file is done: whoever asked for it, with the rights he has now."""

from core.errors import Refused
from core.permissions import SYSTEM_ACTOR, Actor, Permission
from core.services.jobs import ClaimedJob
from core.services.users import actor_named


def acting(job: ClaimedJob) -> Actor:
    """Return the actor a job was begun by. Raises :class:`Refused` if he may do so no more."""
    username = str(job.payload["username"])
    actor = SYSTEM_ACTOR if username == SYSTEM_ACTOR.username else actor_named(username)
    if not actor.can(Permission.EDIT_PEOPLE):
        raise Refused(Permission.EDIT_PEOPLE.value)
    return actor
