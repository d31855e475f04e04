"""Lists as Excel files: exactly the people a list shows, with what it shows of them."""

from collections.abc import Iterator, Sequence

from core.errors import DomainError
from core.i18n import _, country_name, use_language
from core.permissions import Actor, Permission
from core.services import audit
from core.services.agents import agent_view
from core.services.documents import OpenedFile
from core.services.faculties import faculty_names
from core.services.guard import requires
from core.services.people_lines import PersonLine
from core.services.people_list import PeopleFilter, every_line
from core.sheets.table import Value, table_file
from core.words import word
from db.engine import reading, writing

#: A file of more people is nobody's list; the filter is to be narrowed first.
MOST_EXPORTED = 20_000

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Permission.EXPORT_PEOPLE)
def export_people(actor: Actor, wanted: PeopleFilter) -> OpenedFile:
    """Return the people of a list as an Excel file in the actor's language; it is audited.

    Raises ``export.too_many`` above :data:`MOST_EXPORTED` people.
    """
    with reading() as session:
        lines = every_line(session, actor, wanted, most=MOST_EXPORTED + 1)
    if len(lines) > MOST_EXPORTED:
        raise DomainError("export.too_many", most=MOST_EXPORTED)
    with use_language(actor.language):
        content = table_file(_("Students"), _headings(actor), _rows(actor, lines))
    with writing() as session:
        audit.record(
            session,
            actor,
            action="people.export",
            subject_kind="people",
            clear={"filter": _asked(wanted), "count": len(lines)},
        )
    return OpenedFile(content=content, media_type=EXCEL, file_name="students.xlsx")


@requires(Permission.READ_AGENTS)
def export_agent(actor: Actor, agent_id: int) -> OpenedFile:
    """Return a representative's students as an Excel file; raises as above, and NotFound."""
    agent_view(actor, agent_id)
    return export_people(actor, PeopleFilter(agent_id=agent_id))


def _headings(actor: Actor) -> list[str]:
    headings = [
        _("Name"),
        _("Citizenship"),
        _("Birth date"),
        _("Passport"),
        _("Faculty"),
        _("Course"),
        _("Status"),
        _("Due"),
        _("Urgency"),
        _("Missing"),
        _("Papers missing"),
        _("Contradicts itself"),
    ]
    return headings + ([_("Representative")] if actor.can(Permission.READ_AGENTS) else [])


def _rows(actor: Actor, lines: Sequence[PersonLine]) -> Iterator[list[Value]]:
    faculties = faculty_names(actor)
    knows_agents = actor.can(Permission.READ_AGENTS)
    for line in lines:
        row: list[Value] = [
            line.name,
            country_name(line.citizenship) if line.citizenship else None,
            line.birth_date,
            line.passport_masked,
            faculties.get(line.faculty_id or 0),
            line.course,
            word(line.status) if line.status else None,
            line.due_on,
            word(line.urgency) if line.urgency else None,
            ", ".join(word(fact) for fact in line.missing),
            line.papers_missing,
            " ".join(word(each) for each in line.contradictions),
        ]
        yield row + ([line.agent] if knows_agents else [])


def _asked(wanted: PeopleFilter) -> dict[str, object]:
    """Return the filter for the log: the letters of a search are personal and stay out."""
    given = {name: value for name, value in vars(wanted).items() if value not in (None, "", False)}
    if "search" in given:
        given["search"] = True
    return given
