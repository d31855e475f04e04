"""The PDF checklists of cases, made on demand for whoever may see the case."""

from collections.abc import Collection, Sequence

from core import clock, settings
from core.i18n import _, country_name, pick, use_language
from core.letters.checklist import ChecklistLetter, DateBlock, ItemLine, render_checklist
from core.letters.sheet import joined
from core.messages import explained, paper_text
from core.permissions import Actor, Permission
from core.services import audit
from core.services.cards import PersonCard, person_card
from core.services.case_views import CaseView, ExplainedDate, ItemView, case_view, views_of
from core.services.documents import OpenedFile
from core.services.faculties import faculty_names
from core.services.guard import requires
from core.services.house import House, house
from core.services.scope import visible_cases
from core.terms import Language
from core.words import word
from db.engine import reading, writing

PDF = "application/pdf"


@requires(Permission.PRINT_CHECKLIST)
def checklist_pdf(actor: Actor, case_id: int, *, language: Language) -> OpenedFile:
    """Return the checklist of a case in ``language``; the print is audited.

    Raises :class:`NotFound` outside the actor's scope.
    """
    content = _printed(actor, [case_view(actor, case_id)], language)
    return OpenedFile(
        file_name=f"checklist-{case_id}-{language.value}.pdf", media_type=PDF, content=content
    )


@requires(Permission.PRINT_CHECKLIST)
def checklists_pdf(actor: Actor, case_ids: Collection[int], *, language: Language) -> OpenedFile:
    """Return the checklists of chosen cases as one file, each on its own pages, and as above.

    Raises ``cases.too_many`` as well; of nothing at all there is no file.
    """
    with reading() as session:
        cases = views_of(session, actor, visible_cases(session, actor, case_ids))
    content = _printed(actor, cases, language)
    return OpenedFile(file_name=f"checklists-{language.value}.pdf", media_type=PDF, content=content)


def _printed(actor: Actor, cases: Sequence[CaseView], language: Language) -> bytes:
    own = house(actor)
    with use_language(language):
        letters = [
            _letter(actor, case, person_card(actor, case.person_id), own, language)
            for case in cases
        ]
    pages = [render_checklist(letter) for letter in letters]
    with writing() as session:
        audit.record_all(session, actor, [_entry(case, language) for case in cases])
    return pages[0] if len(pages) == 1 else joined(pages)


def _entry(case: CaseView, language: Language) -> audit.Entry:
    return audit.Entry(
        action="case.print_checklist",
        subject_kind="case",
        subject_id=case.case_id,
        person_id=case.person_id,
        clear={"language": language.value},
    )


def _letter(
    actor: Actor, case: CaseView, card: PersonCard, own: House, language: Language
) -> ChecklistLetter:
    current = next((passport for passport in card.passports if passport.is_current), None)
    return ChecklistLetter(
        language=language,
        university=pick(en=own.name_en, ru=own.name_ru, ky=own.name_ky),
        department=pick(en=own.department_en, ru=own.department_ru, ky=own.department_ky),
        contact=own.contact,
        case_title=word(case.kind),
        case_number=case.case_id,
        opened_on=case.opened_on,
        person_name=card.name,
        native_name=card.native_name,
        citizenship=country_name(card.citizenship),
        passport_number=current.number if current else "",
        faculty=faculty_names(actor).get(card.faculty_id or 0, ""),
        dates=tuple(
            _date(label, date)
            for label, date in ((_("Due by law"), case.due), (_("Safe date"), case.target))
            if date is not None
        ),
        items=tuple(_item(item) for item in case.items),
        settled_count=case.settled_count,
        required_count=len(case.required_items),
        printed_on=clock.today(settings.current().time_zone),
        printed_by=actor.full_name,
    )


def _date(label: str, date: ExplainedDate) -> DateBlock:
    return DateBlock(
        label=label,
        on=date.on,
        rule_text=pick(en=date.rule_text.en, ru=date.rule_text.ru, ky=date.rule_text.ky),
        source=date.source,
        confidence=word(date.confidence),
        confirmed_by=date.confirmed_by,
        steps=tuple(explained(step) for step in date.steps),
    )


def _item(item: ItemView) -> ItemLine:
    remark = paper_text(
        copies=item.copies,
        needs_original=item.needs_original,
        needs_translation=item.needs_translation,
    )
    if item.is_uncertain:
        remark += " " + _("(only if it applies: a fact it depends on is not known)")
    elif not item.is_required:
        remark += " " + _("(optional)")
    return ItemLine(
        name=pick(en=item.name.en, ru=item.name.ru, ky=item.name.ky),
        remark=remark.strip(),
        status=item.status,
        reason=item.reason,
    )
