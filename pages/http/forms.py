"""What the product's own forms share: language, guard against forgery, cookies."""

import secrets

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core import settings
from core.terms import Language
from pages.http.gate import cookie_name
from pages.http.identity import identity_of
from pages.http.network import is_own_origin

#: No form of the product comes near this many bytes.
LARGEST_FORM = 16_384

CSRF_FIELD = "csrf_token"
_LANGUAGE_COOKIE = "lang"

_YEAR = 31_536_000


def language_of(request: Request) -> Language:
    """Return the language of a page: asked for, the user's, remembered, the browser's, English."""
    actor = identity_of(request).actor
    accepted = request.headers.get("accept-language", "")
    wishes = (
        request.query_params.get("lang", ""),
        actor.language.value if actor else "",
        request.cookies.get(_LANGUAGE_COOKIE, ""),
        *(part.split(";")[0].strip()[:2].lower() for part in accepted.split(",")),
    )
    known = {language.value for language in Language}
    return next((Language(wish) for wish in wishes if wish in known), Language.ENGLISH)


def remember_language(response: Response, language: Language) -> None:
    """Keep the language for the next visit."""
    response.set_cookie(
        _LANGUAGE_COOKIE,
        language.value,
        max_age=_YEAR,
        secure=settings.current().is_https,
        httponly=True,
        samesite="lax",
    )


def csrf_token(request: Request) -> str:
    """Return the token of this browser's forms, a fresh one at its first visit."""
    return request.cookies.get(_csrf_cookie()) or secrets.token_urlsafe(32)


def remember_csrf(response: Response, token: str) -> None:
    """Give the browser the cookie the forms are checked against."""
    response.set_cookie(
        _csrf_cookie(),
        token,
        secure=settings.current().is_https,
        httponly=True,
        samesite="lax",
        path="/",
    )


def remember_sign_in(response: Response, token: str) -> None:
    """Give the browser its sign-in. Lax, because Strict broke links from mail."""
    response.set_cookie(
        cookie_name(),
        token,
        secure=settings.current().is_https,
        httponly=True,
        samesite="lax",
        path="/",
    )


def known_device(request: Request) -> str | None:
    """Return what the browser shows of an earlier sign-in, if it does."""
    return request.cookies.get(_device_cookie())


def remember_device(response: Response, device: str) -> None:
    """Let the browser be known at its next sign-in; this opens nothing by itself."""
    response.set_cookie(
        _device_cookie(),
        device,
        max_age=_YEAR,
        secure=settings.current().is_https,
        httponly=True,
        samesite="lax",
        path="/",
    )


def forget_sign_in(response: Response) -> None:
    """Take the sign-in cookie back."""
    response.delete_cookie(
        cookie_name(),
        path="/",
        secure=settings.current().is_https,
        httponly=True,
        samesite="lax",
    )


async def posted(request: Request) -> FormData | None:
    """Return the form, or None if it is too large or did not come from our own page."""
    length = request.headers.get("content-length", "")
    is_own = is_own_origin(request.headers.get("origin"), request.headers.get("host"))
    if not length.isdecimal() or int(length) > LARGEST_FORM or not is_own:
        return None
    form = await request.form(max_files=0, max_fields=20)
    cookie, field = request.cookies.get(_csrf_cookie(), ""), form.get(CSRF_FIELD, "")
    if not cookie or not isinstance(field, str):
        return None
    return form if secrets.compare_digest(cookie.encode(), field.encode()) else None


def text_of(form: FormData, name: str) -> str:
    """Return a text field of the form, empty where it is absent."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _csrf_cookie() -> str:
    return "__Host-form" if settings.current().is_https else "form"


def _device_cookie() -> str:
    return "__Host-device" if settings.current().is_https else "device"
