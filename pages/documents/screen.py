"""Documents: the dean's door for who delivers, the office queue for who decides."""

from core.permissions import Actor, Permission
from pages.documents.door import show_door
from pages.documents.queue import show_queue


def render(actor: Actor) -> None:
    """Show the queue to the office and the door to a dean's office."""
    if actor.can(Permission.DECIDE_DOCUMENT):
        show_queue(actor)
    else:
        show_door(actor)
