"""A message written: the fields of a text filled in, in the language of the recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.i18n import _, format_date, ngettext, pick, use_language
from core.rules.templates import fill, one_line
from core.services.house import House
from core.services.messages.recipients import Recipient
from core.services.names import Names, name_of
from core.terms import CaseKind, ItemStatus, Language
from core.words import word
from db.models.cases import CaseItem
from db.models.messages import MessageTemplate

#: What of the recipient's language a message is written in, besides its own text.
_LANGUAGES = tuple(Language)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A document that is still wanted; ``reason`` says why the last one was rejected."""

    name: Names
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What is due of one person: a case with its date, which is None while none is known."""

    case_id: int
    person_id: int
    name: str
    kind: CaseKind
    due_on: date | None
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Text:
    """A message as it is read; fields of the signature may still be open."""

    subject: str
    body: str


def compose(
    template: MessageTemplate,
    recipient: Recipient,
    matters: Sequence[Matter],
    *,
    house: House,
    today: date,
) -> Text:
    """Return the text of ``template`` about ``matters``, of which there is at least one.

    The subject is one line. The fields of the signature stay open.
    """
    with use_language(recipient.language):
        values = _common(recipient, house, today)
        values |= _of_one(matters[0], today) if len(matters) == 1 else {}
        values |= _of_all(matters)
    return filled(template, recipient.language, values)


def filled(template: MessageTemplate, language: Language, values: dict[str, str]) -> Text:
    """Return the text of ``template`` in ``language`` with ``values`` in its fields."""
    with use_language(language):
        subject, body = (
            pick(**{each.value: getattr(template, f"{part}_{each.value}") for each in _LANGUAGES})
            for part in ("subject", "body")
        )
    lines = {name: one_line(value) for name, value in values.items()}
    return Text(subject=one_line(fill(subject, lines)), body=fill(body, values))


def free_values(
    recipient: Recipient, names: Sequence[str], *, house: House, today: date
) -> dict[str, str]:
    """Return the fields of a text that reminds of nothing and is about the people ``names``."""
    with use_language(recipient.language):
        return {
            **_common(recipient, house, today),
            "name": names[0],
            "students": "\n".join(
                f"{number}. {name}" for number, name in enumerate(names, start=1)
            ),
        }


def wanted_papers(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[Paper, ...]]:
    """Return by case the required papers that are missing or were rejected, in their order."""
    rows = session.execute(
        sa.select(
            CaseItem.case_id,
            CaseItem.name_en,
            CaseItem.name_ru,
            CaseItem.name_ky,
            CaseItem.status,
            CaseItem.reason,
        )
        .where(
            CaseItem.case_id.in_(case_ids),
            CaseItem.is_required,
            CaseItem.status.in_((ItemStatus.MISSING, ItemStatus.REJECTED)),
        )
        .order_by(CaseItem.case_id, CaseItem.position, CaseItem.id)
    )
    papers: dict[int, list[Paper]] = {}
    for row in rows:
        reason = row.reason if row.status is ItemStatus.REJECTED else ""
        name = Names(en=row.name_en, ru=row.name_ru, ky=row.name_ky)
        papers.setdefault(row.case_id, []).append(Paper(name=name, reason=one_line(reason)))
    return {case_id: tuple(each) for case_id, each in papers.items()}


def _common(recipient: Recipient, house: House, today: date) -> dict[str, str]:
    return {
        "recipient": one_line(recipient.name),
        "university": pick(en=house.name_en, ru=house.name_ru, ky=house.name_ky),
        "department": pick(en=house.department_en, ru=house.department_ru, ky=house.department_ky),
        "today": format_date(today),
    }


def _of_one(matter: Matter, today: date) -> dict[str, str]:
    left = (matter.due_on - today).days if matter.due_on else None
    return {
        "name": one_line(matter.name),
        "due_on": _day(matter.due_on),
        "days_left": "—" if left is None else str(left),
        "time_left": "—" if left is None else _time_left(left),
        "missing_papers": _papers(matter.papers, separator="\n") or _("all papers are in"),
    }


def _of_all(matters: Sequence[Matter]) -> dict[str, str]:
    lines = [_line(number, matter) for number, matter in enumerate(matters, start=1)]
    days = [matter.due_on for matter in matters if matter.due_on is not None]
    return {
        "procedure": word(matters[0].kind),
        "students": "\n".join(lines),
        "student_count": str(len(matters)),
        "first_due_on": _day(min(days, default=None)),
    }


def _line(number: int, matter: Matter) -> str:
    """Return one student in a list: name, date, and what is wanted of him."""
    known = [f"{number}. {one_line(matter.name)}", _day(matter.due_on)]
    papers = _papers(matter.papers, separator="; ")
    known.append(
        _("missing: %(papers)s") % {"papers": papers} if papers else _("all papers are in")
    )
    return " — ".join(known)


def _papers(papers: Sequence[Paper], *, separator: str) -> str:
    mark = "- " if separator == "\n" else ""
    return separator.join(f"{mark}{_paper(paper)}" for paper in papers)


def _paper(paper: Paper) -> str:
    name = one_line(name_of(paper.name))
    if not paper.reason:
        return name
    return _("%(paper)s (rejected: %(reason)s)") % {"paper": name, "reason": paper.reason}


def _day(day: date | None) -> str:
    return format_date(day) if day else "—"


def _time_left(days: int) -> str:
    if days == 0:
        return _("today is the last day")
    if days < 0:
        late = ngettext("%(days)s day late", "%(days)s days late", -days)
        return late % {"days": -days}
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
