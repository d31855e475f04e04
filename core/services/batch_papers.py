"""The lists of a batch for an authority, as PDF and as Excel of exactly the same rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from core.i18n import _, country_name, format_date, pick, use_language
from core.letters.persons import Column, PersonsLetter, render_persons
from core.permissions import Actor, Permission
from core.services import audit
from core.services.batch_persons import SubmittedPerson, submitted_persons
from core.services.batch_places import known_batch
from core.services.documents import OpenedFile
from core.services.exports import EXCEL
from core.services.faculties import faculty_names
from core.services.guard import requires
from core.services.house import house, today
from core.sheets.table import Value, table_file
from core.terms import BatchPaper, CaseKind, Language
from core.words import word
from db.engine import reading, writing
from db.models.batches import Batch


@dataclass(frozen=True, kw_only=True)
class _Field:
    """A column of a list and what stands in it for a person."""

    column: Column
    value: Callable[[SubmittedPerson], Value]


@dataclass(frozen=True, kw_only=True)
class _Submission:
    """What a list says of the batch as a whole."""

    batch_id: int
    kind: CaseKind
    reference: str
    submitted_on: date | None
    persons: tuple[SubmittedPerson, ...]


@requires(Permission.EDIT_CASES)
def batch_pdf(actor: Actor, batch_id: int, paper: BatchPaper, *, language: Language) -> OpenedFile:
    """Return a list of the persons of a batch as a PDF in ``language``; it is audited.

    It holds full passport numbers. Raises :class:`NotFound` and ``letter.glyph_missing``.
    """
    known = _submission(actor, batch_id)
    with use_language(language):
        letter = _letter(actor, known, paper, language)
    content = render_persons(letter)
    _record(actor, known, paper, language, "pdf")
    return OpenedFile(
        file_name=f"batch-{batch_id}-{paper.value}-{language.value}.pdf",
        media_type="application/pdf",
        content=content,
    )


@requires(Permission.EDIT_CASES)
def batch_excel(
    actor: Actor, batch_id: int, paper: BatchPaper, *, language: Language
) -> OpenedFile:
    """Return the same rows as an Excel file; raises :class:`NotFound`."""
    known = _submission(actor, batch_id)
    with use_language(language):
        fields = _fields(actor, known.kind, paper)
        rows = [
            [number, *(field.value(person) for field in fields)]
            for number, person in enumerate(known.persons, start=1)
        ]
        headings = [_("No."), *(field.column.heading for field in fields)]
        content = table_file(word(paper), headings, rows)
    _record(actor, known, paper, language, "xlsx")
    return OpenedFile(
        file_name=f"batch-{batch_id}-{paper.value}-{language.value}.xlsx",
        media_type=EXCEL,
        content=content,
    )


def _submission(actor: Actor, batch_id: int) -> _Submission:
    with reading() as session:
        batch: Batch = known_batch(session, batch_id)
        return _Submission(
            batch_id=batch.id,
            kind=batch.kind,
            reference=batch.reference,
            submitted_on=batch.submitted_on,
            persons=submitted_persons(session, actor, batch_id, batch.kind),
        )


def _letter(
    actor: Actor, known: _Submission, paper: BatchPaper, language: Language
) -> PersonsLetter:
    own, fields = house(actor), _fields(actor, known.kind, paper)
    return PersonsLetter(
        language=language,
        university=pick(en=own.name_en, ru=own.name_ru, ky=own.name_ky),
        department=pick(en=own.department_en, ru=own.department_ru, ky=own.department_ky),
        contact=own.contact,
        title=f"{word(paper)}: {word(known.kind)}",
        lines=_lines(known),
        columns=(Column(heading=_("No."), share=3), *(field.column for field in fields)),
        rows=tuple(
            (str(number), *(_written(field.value(person)) for field in fields))
            for number, person in enumerate(known.persons, start=1)
        ),
        printed_on=today(),
        printed_by=actor.full_name,
    )


def _lines(known: _Submission) -> tuple[str, ...]:
    counted = _("Batch %(number)s, persons: %(count)s")
    lines = [counted % {"number": known.batch_id, "count": len(known.persons)}]
    if known.submitted_on is not None:
        submitted = _("Submitted on %(date)s") % {"date": format_date(known.submitted_on)}
        lines.append(" · ".join(filter(None, (submitted, known.reference))))
    return tuple(lines)


def _fields(actor: Actor, kind: CaseKind, paper: BatchPaper) -> tuple[_Field, ...]:
    if paper is BatchPaper.SCNB:
        return _for_scnb(kind)
    return _of_persons(faculty_names(actor))


def _of_persons(faculties: Mapping[int, str]) -> tuple[_Field, ...]:
    return (
        _field(_("Name as in the passport"), 17, lambda person: person.name),
        _field(_("Native name"), 12, lambda person: person.native_name, may_lack=True),
        _field(_("Citizenship"), 9, _state),
        _field(_("Birth date"), 8, lambda person: person.birth_date),
        _field(_("Passport"), 9, lambda person: person.passport_number),
        _field(_("Passport ends"), 8, lambda person: person.passport_until),
        _field(_("Visa"), 9, _visa),
        _field(_("Visa until"), 8, lambda person: person.visa_until),
        _field(_("Faculty"), 13, lambda person: faculties.get(person.faculty_id or 0, "")),
        _field(_("Course"), 5, lambda person: person.course),
        _field(_("Requested until"), 8, lambda person: person.wanted_until),
    )


def _for_scnb(kind: CaseKind) -> tuple[_Field, ...]:
    purpose = word(kind)
    return (
        _field(_("Name as in the passport"), 20, lambda person: person.name),
        _field(_("Birth date"), 9, lambda person: person.birth_date),
        _field(_("Citizenship"), 11, _state),
        _field(_("Passport"), 10, lambda person: person.passport_number),
        _field(_("Passport ends"), 9, lambda person: person.passport_until),
        _field(_("Address of stay"), 26, _address),
        _field(_("Purpose of the request"), 18, lambda _person: purpose),
    )


def _field(
    heading: str,
    share: float,
    value: Callable[[SubmittedPerson], Value],
    *,
    may_lack: bool = False,
) -> _Field:
    return _Field(column=Column(heading=heading, share=share, may_lack=may_lack), value=value)


def _state(person: SubmittedPerson) -> str:
    return country_name(person.citizenship) if person.citizenship else ""


def _visa(person: SubmittedPerson) -> str:
    return " ".join(filter(None, (person.visa_category, person.visa_number)))


def _address(person: SubmittedPerson) -> str:
    kind = word(person.residence) if person.residence else ""
    return ", ".join(filter(None, (kind, person.address)))


def _written(value: Value) -> str:
    if isinstance(value, date):
        # As the Excel file has it, and narrow enough for a column.
        return f"{value:%d.%m.%Y}"
    return "" if value is None else str(value)


def _record(
    actor: Actor, known: _Submission, paper: BatchPaper, language: Language, file: str
) -> None:
    """Write down who was given whose passport number."""
    clear = {"batch": known.batch_id, "paper": paper.value, "file": file}
    whole = audit.Entry(
        action="batch.print",
        subject_kind="batch",
        subject_id=known.batch_id,
        clear={**clear, "language": language.value, "count": len(known.persons)},
    )
    each = [
        audit.Entry(
            action="case.batch.print",
            subject_kind="case",
            subject_id=person.case_id,
            person_id=person.person_id,
            clear=clear,
        )
        for person in known.persons
    ]
    with writing() as session:
        audit.record_all(session, actor, [whole, *each])
