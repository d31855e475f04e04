"""The pages of signing in, signing out and setting a password."""

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.errors import DomainError
from core.i18n import _, use_language
from core.messages import describe
from core.services import sign_in as accounts
from core.services.passwords import SHORTEST
from core.services.sign_in import SignedIn
from pages.http import forms
from pages.http.gate import cookie_name
from pages.http.html import Input, form, page, paragraph
from pages.http.identity import actor_of, identity_of
from pages.http.network import local_path, network_of

_FORGED = "form.forged"

#: So many passwords are looked at at once, each a quarter of a second of work, so that a flood of
#: attempts leaves the threads free in which the gate reads everybody else's cookies.
_AT_THE_HASHER = asyncio.Semaphore(2)


async def sign_in_page(request: Request) -> Response:
    """Show the sign-in form (GET), or sign in and go on to ``next`` (POST)."""
    wanted = request.query_params.get("next")
    if request.method != "POST":
        is_signed_in = identity_of(request).actor is not None
        target = local_path(wanted)
        return _see_other(target) if is_signed_in else _sign_in_form(request, wanted=target)
    posted = await forms.posted(request)
    if posted is None:
        return _sign_in_form(request, wanted="/", error=DomainError(_FORGED), status=403)
    wanted = local_path(forms.text_of(posted, "next"))
    username = forms.text_of(posted, "username")
    try:
        signed_in = await _at_the_hasher(
            lambda: accounts.sign_in(
                username,
                forms.text_of(posted, "password"),
                network=network_of(request.client, request.headers),
                old_token=request.cookies.get(cookie_name()),
                device=forms.known_device(request),
            )
        )
    except DomainError as error:
        return _sign_in_form(
            request, wanted=wanted, username=username, error=error, status=_status(error)
        )
    target = "/password" if signed_in.must_change_password else wanted
    return _signed_in(target, signed_in)


async def sign_out_page(request: Request) -> Response:
    """Ask whether to sign out (GET), or end the sign-in (POST)."""
    if request.method == "POST":
        if await forms.posted(request) is None:
            return _sign_out_form(request, error=DomainError(_FORGED), status=403)
        session_id = identity_of(request).session_id or 0
        await asyncio.to_thread(accounts.sign_out_of, actor_of(request), session_id)
        response = _see_other("/sign-in")
        forms.forget_sign_in(response)
        return response
    return _sign_out_form(request)


async def password_page(request: Request) -> Response:
    """Show the form for a new password (GET), or set it and go on (POST)."""
    if request.method != "POST":
        return _password_form(request)
    posted = await forms.posted(request)
    if posted is None:
        return _password_form(request, error=DomainError(_FORGED), status=403)
    new = forms.text_of(posted, "new_password")
    try:
        if new != forms.text_of(posted, "repeated_password"):
            raise DomainError("password.not_repeated")
        fresh = await _at_the_hasher(
            lambda: accounts.change_own_password(
                actor_of(request),
                old=forms.text_of(posted, "password"),
                new=new,
                network=network_of(request.client, request.headers),
            )
        )
    except DomainError as error:
        return _password_form(request, error=error, status=_status(error))
    return _signed_in("/", fresh)


async def _at_the_hasher(work: Callable[[], SignedIn]) -> SignedIn:
    async with _AT_THE_HASHER:
        return await asyncio.to_thread(work)


def _status(error: DomainError) -> int:
    return 429 if error.code == "sign_in.wait" else 422


def _signed_in(target: str, signed_in: SignedIn) -> Response:
    response = _see_other(target)
    forms.remember_sign_in(response, signed_in.token)
    forms.remember_device(response, signed_in.device)
    forms.remember_language(response, signed_in.language)
    return response


def _see_other(target: str) -> Response:
    return RedirectResponse(target, 303, headers={"cache-control": "no-store"})


def _sign_in_form(
    request: Request,
    *,
    wanted: str,
    username: str = "",
    error: DomainError | None = None,
    status: int = 200,
) -> Response:
    fields = (
        ("username", "text", "username", username),
        ("password", "password", "current-password", ""),
    )
    language = forms.language_of(request)
    with use_language(language):
        labels = {"username": _("User name"), "password": _("Password")}
        inputs = [
            Input(name=name, label=labels[name], kind=kind, autocomplete=hint, value=value)
            for name, kind, hint, value in fields
        ]
        address = "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}"
        return _guarded_form(
            request,
            title=_("Sign in"),
            action="/sign-in",
            inputs=inputs,
            submit=_("Sign in"),
            hidden={"next": wanted},
            error=error,
            status=status,
            languages_at=address,
        )


def _sign_out_form(
    request: Request, *, error: DomainError | None = None, status: int = 200
) -> Response:
    with use_language(forms.language_of(request)):
        return _guarded_form(
            request,
            title=_("Sign out"),
            action="/sign-out",
            inputs=[],
            submit=_("Sign out"),
            error=error,
            status=status,
        )


def _password_form(
    request: Request, *, error: DomainError | None = None, status: int = 200
) -> Response:
    with use_language(forms.language_of(request)):
        hint = _("At least %(count)s characters. A sentence is easiest to remember.")
        inputs = [
            Input(
                name="username",
                label=_("User name"),
                autocomplete="username",
                value=actor_of(request).username,
                is_fixed=True,
            ),
            Input(
                name="password",
                label=_("Present password"),
                kind="password",
                autocomplete="current-password",
            ),
            Input(
                name="new_password",
                label=_("New password"),
                kind="password",
                autocomplete="new-password",
                hint=hint % {"count": SHORTEST},
            ),
            Input(
                name="repeated_password",
                label=_("New password again"),
                kind="password",
                autocomplete="new-password",
            ),
        ]
        return _guarded_form(
            request,
            title=_("Set your password"),
            action="/password",
            inputs=inputs,
            submit=_("Save the password"),
            before=paragraph(
                _("Every other device signed in with the old password is signed out.")
            ),
            error=error,
            status=status,
        )


def _guarded_form(  # noqa: PLR0913 - what a form page is made of
    request: Request,
    *,
    title: str,
    action: str,
    inputs: list[Input],
    submit: str,
    hidden: Mapping[str, str] | None = None,
    before: str = "",
    error: DomainError | None,
    status: int,
    languages_at: str = "",
) -> HTMLResponse:
    token = forms.csrf_token(request)
    body = before + form(
        action,
        inputs,
        submit=submit,
        hidden={forms.CSRF_FIELD: token, **(hidden or {})},
        error=describe(error) if error else "",
    )
    response = page(title, body, status=status, languages_at=languages_at)
    forms.remember_csrf(response, token)
    if "lang" in request.query_params:
        forms.remember_language(response, forms.language_of(request))
    return response
