"""The product's own addresses beside the screens."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from core.services.health import is_database_reachable
from pages.http.calendars import calendar
from pages.http.errors import nothing_there
from pages.http.files import (
    agent,
    batch_letter,
    batch_table,
    cases,
    checklist,
    checklists,
    document,
    held_passports,
    import_errors,
    import_template,
    monday_sheet,
    people,
    preview,
    receipts,
)
from pages.http.sign_in import password_page, sign_in_page, sign_out_page

_ASSETS = Path(__file__).parents[1] / "assets"

#: The product's own names. Streamlit would answer any other address under them with its page.
_OWN_NAMES = ("assets", "calendar", "files", "letters", "verify")


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in {path.name for path in _ASSETS.iterdir()}:
        raise HTTPException(404)
    return FileResponse(_ASSETS / name, headers={"cache-control": "max-age=3600"})


def _health(_request: Request) -> Response:
    is_well = is_database_reachable()
    return JSONResponse({"status": "ok" if is_well else "unavailable"}, 200 if is_well else 503)


ROUTES = (
    Route("/sign-in", sign_in_page, methods=["GET", "POST"]),
    Route("/sign-out", sign_out_page, methods=["GET", "POST"]),
    Route("/password", password_page, methods=["GET", "POST"]),
    Route("/healthz", _health, methods=["GET"]),
    Route("/assets/{name}", _asset, methods=["GET"]),
    Route("/files/people.xlsx", people, methods=["GET"]),
    Route("/files/passports.xlsx", held_passports, methods=["GET"]),
    Route("/files/cases.xlsx", cases, methods=["GET"]),
    Route("/files/agents/{agent_id:int}.xlsx", agent, methods=["GET"]),
    Route("/files/{document_id:int}", document, methods=["GET"]),
    Route("/files/{document_id:int}/page/{page:int}.png", preview, methods=["GET"]),
    Route("/files/imports/template.xlsx", import_template, methods=["GET"]),
    Route("/files/imports/{batch_id:int}/errors.xlsx", import_errors, methods=["GET"]),
    Route("/letters/checklist/{case_id:int}.pdf", checklist, methods=["GET"]),
    Route("/letters/batches/{batch_id:int}/{paper}.pdf", batch_letter, methods=["GET"]),
    Route("/files/batches/{batch_id:int}/{paper}.xlsx", batch_table, methods=["GET"]),
    Route("/letters/receipts.pdf", receipts, methods=["GET"]),
    Route("/calendar/{token}.ics", calendar, methods=["GET"]),
    Route("/letters/checklists.pdf", checklists, methods=["GET"]),
    Route("/letters/monday.pdf", monday_sheet, methods=["GET"]),
    Route("/letters/monday/{user_id:int}.pdf", monday_sheet, methods=["GET"]),
    *(Route(f"/{name}/{{rest:path}}", nothing_there, methods=["GET"]) for name in _OWN_NAMES),
)
