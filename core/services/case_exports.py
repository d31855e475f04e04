"""Chosen cases as an Excel file, with what the lists of cases show of them."""

from collections.abc import Collection, Iterator, Sequence

from core.i18n import _, country_name, use_language
from core.permissions import Actor, Permission
from core.services import audit
from core.services.case_lines import CaseLine, ask_for_cases, case_lines
from core.services.case_steps import StepNames, step_names
from core.services.documents import OpenedFile
from core.services.exports import EXCEL
from core.services.faculties import faculty_names
from core.services.guard import requires
from core.services.house import today
from core.services.names import name_of
from core.services.scope import visible_cases
from core.sheets.table import Value, table_file
from core.words import word
from db.engine import reading, writing
from db.models.cases import Case


@requires(Permission.EXPORT_PEOPLE)
def export_cases(actor: Actor, case_ids: Collection[int]) -> OpenedFile:
    """Return chosen cases in their order as an Excel file in the actor's language; it is audited.

    Raises :class:`NotFound` if one is outside the actor's scope, and ``cases.too_many``.
    """
    with reading() as session:
        chosen = [case.id for case in visible_cases(session, actor, case_ids)]
        asked = ask_for_cases(Case.id.in_(chosen)).order_by(Case.id)
        found = {line.case_id: line for line in case_lines(session, asked, on=today())}
        lines = [found[case_id] for case_id in chosen]
        names = step_names(session, {line.kind for line in lines})
    with use_language(actor.language):
        content = table_file(_("Cases"), _headings(), _rows(actor, lines, names))
    with writing() as session:
        audit.record(
            session,
            actor,
            action="cases.export",
            subject_kind="case",
            clear={"cases": chosen},
        )
    return OpenedFile(content=content, media_type=EXCEL, file_name="cases.xlsx")


def _headings() -> list[str]:
    return [
        _("Name"),
        _("Citizenship"),
        _("Faculty"),
        _("Procedure"),
        _("Step"),
        _("Waits for"),
        _("Responsible"),
        _("Since"),
        _("Days here"),
        _("Planned until"),
        _("Due"),
        _("Urgency"),
        _("Papers"),
    ]


def _rows(actor: Actor, lines: Sequence[CaseLine], steps: StepNames) -> Iterator[list[Value]]:
    faculties = faculty_names(actor)
    for line in lines:
        settled = {"done": line.settled_count, "all": line.required_count}
        yield [
            line.name,
            country_name(line.citizenship) if line.citizenship else None,
            faculties.get(line.faculty_id or 0),
            word(line.kind),
            name_of(steps.name(line.kind, line.step)),
            word(line.waits_for) if line.waits_for else None,
            line.responsible,
            line.moved_on,
            line.days_in_step,
            line.planned_until,
            line.due_on,
            word(line.urgency) if line.urgency else None,
            _("%(done)s of %(all)s") % settled if line.required_count else None,
        ]
