"""The calendar file, fetched by programs that know its address and never sign in."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core.errors import DomainError, NotFound
from core.i18n import use_language
from core.messages import describe
from core.services.calendar_files import CalendarFile, calendar_file
from pages.http.forms import language_of
from pages.http.network import network_of

_HEADERS = {"cache-control": "private, no-store"}


async def calendar(request: Request) -> Response:
    """Answer with what is due for the user of the address; nothing tells a dead one from none."""
    try:
        file = await run_in_threadpool(_file, request)
    except NotFound:
        raise HTTPException(404, headers=_HEADERS) from None
    except DomainError as error:
        return _later(request, error)
    headers = {**_HEADERS, "etag": f'"{file.tag}"'}
    if file.content is None:
        return Response(None, 304, headers=headers)
    headers["content-disposition"] = 'inline; filename="calendar.ics"'
    return Response(file.content, media_type="text/calendar; charset=utf-8", headers=headers)


def _file(request: Request) -> CalendarFile:
    return calendar_file(
        request.path_params["token"],
        network=network_of(request.client, request.headers),
        site=str(request.base_url).rstrip("/"),
        known_tags=_tags(request.headers.get("if-none-match", "")),
    )


def _tags(header: str) -> frozenset[str]:
    """Return the tags a client has; a proxy may have marked them as weak."""
    return frozenset(tag.strip().removeprefix("W/").strip('"') for tag in header.split(","))


def _later(request: Request, error: DomainError) -> Response:
    seconds = int(str(error.values["minutes"])) * 60
    with use_language(language_of(request)):
        text = describe(error)
    return PlainTextResponse(text, 429, headers={**_HEADERS, "retry-after": str(seconds)})
