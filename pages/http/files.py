"""Files the product hands out itself: authorised, audited, never stored on the way."""

from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.services.batch_papers import batch_excel, batch_pdf
from core.services.case_exports import export_cases
from core.services.checklists import checklist_pdf, checklists_pdf
from core.services.custody_list import custody_filter, export_held_passports
from core.services.documents import OpenedFile, open_document, open_preview
from core.services.exports import export_agent, export_people
from core.services.imports.sheets import error_file, template_file
from core.services.monday_sheets import monday_sheet_of, own_monday_sheet
from core.services.people_query import people_filter
from core.services.receipts import receipts_pdf
from core.terms import BatchPaper, Language
from pages.http.errors import refused
from pages.http.forms import language_of
from pages.http.identity import actor_of

#: No id of the database is larger; a larger one in an address leads nowhere.
_LARGEST_ID = 2**31 - 1


async def document(request: Request) -> Response:
    """Answer with a scan as it is stored."""
    actor, number = actor_of(request), _number(request, "document_id")
    return await _answer(request, lambda: open_document(actor, number))


async def preview(request: Request) -> Response:
    """Answer with the picture of one page of a scan."""
    actor, number = actor_of(request), _number(request, "document_id")
    page = _number(request, "page")
    return await _answer(request, lambda: open_preview(actor, number, page=page))


async def checklist(request: Request) -> Response:
    """Answer with the PDF checklist of a case, in the language asked for."""
    actor, number = actor_of(request), _number(request, "case_id")
    language = _language(request)
    return await _answer(request, lambda: checklist_pdf(actor, number, language=language))


async def batch_letter(request: Request) -> Response:
    """Answer with a list of the persons of a batch, as a PDF in the language asked for."""
    return await _batch(request, batch_pdf)


async def batch_table(request: Request) -> Response:
    """Answer with the same list as an Excel file."""
    return await _batch(request, batch_excel)


async def _batch(request: Request, make: Callable[..., OpenedFile]) -> Response:
    wish = request.path_params["paper"]
    if wish not in set(BatchPaper):
        raise HTTPException(404)
    actor, number = actor_of(request), _number(request, "batch_id")
    paper, language = BatchPaper(wish), _language(request)
    return await _answer(request, lambda: make(actor, number, paper, language=language))


async def receipts(request: Request) -> Response:
    """Answer with the receipts for passports taken in, in the language asked for."""
    actor, language = actor_of(request), _language(request)
    move_ids = [_known(text) for text in request.query_params.getlist("move")]
    return await _answer(request, lambda: receipts_pdf(actor, move_ids, language=language))


async def held_passports(request: Request) -> Response:
    """Answer with the list of passports we hold that the query asks for, as an Excel file."""
    actor, wanted = actor_of(request), custody_filter(request.query_params)
    return await _answer(request, lambda: export_held_passports(actor, wanted))


async def checklists(request: Request) -> Response:
    """Answer with the PDF checklists of the cases that were chosen, as one file."""
    actor, chosen, language = actor_of(request), _chosen(request), language_of(request)
    return await _answer(request, lambda: checklists_pdf(actor, chosen, language=language))


async def monday_sheet(request: Request) -> Response:
    """Answer with the reader's own sheet of the week, or that of the user asked for, as PDF."""
    actor, language = actor_of(request), language_of(request)
    if "user_id" not in request.path_params:
        return await _answer(request, lambda: own_monday_sheet(actor, language=language))
    number = _number(request, "user_id")
    return await _answer(request, lambda: monday_sheet_of(actor, number, language=language))


async def cases(request: Request) -> Response:
    """Answer with the cases that were chosen, as an Excel file."""
    actor, chosen = actor_of(request), _chosen(request)
    return await _answer(request, lambda: export_cases(actor, chosen))


async def people(request: Request) -> Response:
    """Answer with the list of people the query asks for, as an Excel file."""
    actor, wanted = actor_of(request), people_filter(request.query_params)
    return await _answer(request, lambda: export_people(actor, wanted))


async def agent(request: Request) -> Response:
    """Answer with the students of a representative, as an Excel file."""
    actor, number = actor_of(request), _number(request, "agent_id")
    return await _answer(request, lambda: export_agent(actor, number))


async def import_errors(request: Request) -> Response:
    """Answer with the rows of a file of people that are at fault, as Excel."""
    actor, number = actor_of(request), _number(request, "batch_id")
    language = language_of(request)
    return await _answer(request, lambda: error_file(actor, number, language=language))


async def import_template(request: Request) -> Response:
    """Answer with the empty list of people, as Excel."""
    actor, language = actor_of(request), language_of(request)
    return await _answer(request, lambda: template_file(actor, language=language))


def _language(request: Request) -> Language:
    """Return the language the address asks for, or that of whoever asks."""
    wish = request.query_params.get("lang", "")
    return Language(wish) if wish in set(Language) else language_of(request)


def _number(request: Request, name: str) -> int:
    """Return a number of the address; one no row can have becomes 0, which no row has."""
    number: int = request.path_params[name]
    return number if number <= _LARGEST_ID else 0


def _known(text: str) -> int:
    """Return the number a parameter holds, likewise; anything else is 0."""
    is_number = text.isascii() and text.isdigit() and len(text) < 11
    return int(text) if is_number and int(text) <= _LARGEST_ID else 0


def _chosen(request: Request) -> list[int]:
    """Return the cases the query names; what is no number of a case becomes 0, which none has."""
    texts = request.query_params.get("cases", "").split(",")
    return [
        int(text) if text.isascii() and text.isdigit() and len(text) < len(str(_LARGEST_ID)) else 0
        for text in texts
    ]


async def _answer(request: Request, make: Callable[[], OpenedFile]) -> Response:
    try:
        file = await run_in_threadpool(make)
    except DomainError as error:
        return refused(request, error)
    return Response(
        file.content,
        media_type=file.media_type,
        headers={
            "cache-control": "no-store",
            "content-disposition": f"inline; filename*=UTF-8''{quote(file.file_name)}",
        },
    )
