"""The product's own answers when something is not there or went wrong."""

import logging
import secrets

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError, NotFound
from core.i18n import _, use_language
from core.messages import describe
from pages.http import forms
from pages.http.html import page, paragraph

_log = logging.getLogger(__name__)


def refused(request: Request, error: DomainError) -> Response:
    """Return a page that says why, in the language of whoever asked."""
    with use_language(forms.language_of(request)):
        status = 404 if isinstance(error, NotFound) else 409
        return page(_("This cannot be shown"), paragraph(describe(error)), status=status)


def failed(request: Request, fault: Exception) -> Response:
    """Return a page with the id under which the fault is in the log."""
    error_id = log_fault(fault)
    with use_language(forms.language_of(request)):
        text = _("Something went wrong here. Tell the administrator the number %(id)s.")
        return page(_("An error"), paragraph(text % {"id": error_id}), status=500)


def log_fault(fault: BaseException) -> str:
    """Write ``fault`` to the log and return the id it has there."""
    error_id = secrets.token_hex(4)
    _log.error("fault %s", error_id, exc_info=fault)
    return error_id
