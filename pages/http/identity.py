"""Whom the product's own routes are talking to."""

from starlette.requests import Request

from core.permissions import Actor
from core.services.login_sessions import UNKNOWN_IDENTITY, Identity
from pages.http.gate import IDENTITY_KEY


def identity_of(request: Request) -> Identity:
    """Return what the gate learnt from the cookie; nobody's where it did not get that far."""
    identity: Identity = request.scope.get(IDENTITY_KEY, UNKNOWN_IDENTITY)
    return identity


def actor_of(request: Request) -> Actor:
    """Return the signed-in actor; the gate lets nobody else reach a route that asks."""
    actor = identity_of(request).actor
    if actor is None:
        raise PermissionError("the gate let somebody in without a sign-in")
    return actor
