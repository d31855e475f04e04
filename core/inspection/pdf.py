"""PDF files: their pages copied into a fresh document, and nothing else.

Annotations, actions, scripts, embedded files, forms and metadata stay behind, because only page
contents and what they draw with are copied.
"""

import io

import pikepdf
import pypdfium2

from core.errors import DomainError
from core.inspection.image import preview_of
from core.inspection.limits import MOST_PAGES, MOST_PREVIEWS, PREVIEW_SIDE
from core.inspection.result import Clean
from core.terms import MediaType

_LEFT_BEHIND = ("/Annots", "/AA", "/Metadata", "/PieceInfo", "/B", "/Tabs", "/StructParents")


def clean(content: bytes) -> Clean:
    """Return the pages made anew.

    Raises ``scan.encrypted``, ``scan.damaged``, ``scan.no_pages`` and ``scan.too_many_pages``.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as source:
            _refuse_by_pages(len(source.pages))
            fresh = _copied(source)
    except pikepdf.PasswordError as locked:
        raise DomainError("scan.encrypted") from locked
    except pikepdf.PdfError as fault:
        raise DomainError("scan.damaged") from fault
    count, previews = _rendered(fresh)
    return Clean(media_type=MediaType.PDF, content=fresh, page_count=count, previews=previews)


def _refuse_by_pages(count: int) -> None:
    if count == 0:
        raise DomainError("scan.no_pages")
    if count > MOST_PAGES:
        raise DomainError("scan.too_many_pages", most=MOST_PAGES)


def _copied(source: pikepdf.Pdf) -> bytes:
    fresh = pikepdf.new()
    fresh.pages.extend(source.pages)
    for page in fresh.pages:
        for key in _LEFT_BEHIND:
            if key in page.obj:
                del page.obj[key]
    fresh.remove_unreferenced_resources()
    out = io.BytesIO()
    fresh.save(out, linearize=False, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _rendered(content: bytes) -> tuple[int, tuple[bytes, ...]]:
    try:
        document = pypdfium2.PdfDocument(content)
        pages = range(min(len(document), MOST_PREVIEWS))
        pictures = tuple(_picture(document[number]) for number in pages)
        return len(document), pictures
    except pypdfium2.PdfiumError as fault:
        raise DomainError("scan.damaged") from fault


def _picture(page: pypdfium2.PdfPage) -> bytes:
    longest = max(page.get_size())
    if longest <= 0:
        raise DomainError("scan.damaged")
    rendered = page.render(scale=min(2.0, PREVIEW_SIDE / longest))
    return preview_of(rendered.to_pil())
