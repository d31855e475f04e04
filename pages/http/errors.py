"""The product's own answers when something is not there or went wrong."""

import logging
import secrets

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError, NotFound, Refused
from core.i18n import _, use_language
from core.messages import describe
from pages.http import forms
from pages.http.headers import security_headers
from pages.http.html import link, page, paragraph

_log = logging.getLogger(__name__)


def refused(request: Request, error: DomainError) -> Response:
    """Return a page that says why, in the language of whoever asked."""
    status = 409
    if isinstance(error, NotFound):
        status = 404
    elif isinstance(error, Refused):
        status = 403
    with use_language(forms.language_of(request)):
        return page(
            _("This cannot be shown"), paragraph(describe(error)) + _way_back(), status=status
        )


def answered(request: Request, refusal: HTTPException) -> Response:
    """Return the page for an address that is not there or does not do what was asked of it."""
    with use_language(forms.language_of(request)):
        if refusal.status_code == 404:
            title, text = _("Page not found"), _("There is nothing at this address.")
        else:
            title, text = _("This is not possible"), _("The address does not take this request.")
        response = page(title, paragraph(text) + _way_back(), status=refusal.status_code)
    response.headers.update(refusal.headers or {})
    return response


async def nothing_there(_request: Request) -> Response:
    """Answer for the addresses under the product's own names that lead nowhere."""
    raise HTTPException(404)


def failed(request: Request, fault: Exception) -> Response:
    """Return a page with the id under which the fault is in the log.

    It is drawn outside the gate, so it brings the security headers itself.
    """
    error_id = log_fault(fault)
    with use_language(forms.language_of(request)):
        text = _("Something went wrong here. Tell the administrator the number %(id)s.")
        body = paragraph(text % {"id": error_id}) + _way_back()
        response = page(_("An error"), body, status=500)
    response.headers.update({name.decode(): value.decode() for name, value in security_headers()})
    return response


def log_fault(fault: BaseException) -> str:
    """Write ``fault`` to the log and return the id it has there."""
    error_id = secrets.token_hex(4)
    _log.error("fault %s", error_id, exc_info=fault)
    return error_id


def _way_back() -> str:
    return link("/", _("To the first page"))
