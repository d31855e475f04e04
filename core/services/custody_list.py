"""The passports that are not with their owners: who has them, since when, and which are overdue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError
from core.i18n import _, use_language
from core.permissions import Actor, Permission
from core.rules.cases import urgency
from core.rules.custody import days_overdue
from core.services import audit
from core.services.cards import full_name, masked
from core.services.custody import receipt_text
from core.services.documents import OpenedFile
from core.services.exports import EXCEL, MOST_EXPORTED
from core.services.guard import requires
from core.services.house import today
from core.services.page import PAGE_SIZE, Page, last_page
from core.services.remembered import remembered
from core.services.scope import people_in_scope, scope_key
from core.sheets.table import table_file
from core.terms import PassportHolder, Urgency
from core.words import word
from db.engine import reading, writing
from db.models.custody import Custody, CustodyMove
from db.models.people import Passport, Person

#: Those who hold a passport of somebody else.
KEEPERS = tuple(each for each in PassportHolder if each is not PassportHolder.OWNER)

_YES = "1"


@dataclass(frozen=True, kw_only=True)
class CustodyFilter:
    """What the list is narrowed to; everything left out does not matter."""

    holder: PassportHolder | None = None
    is_overdue: bool = False


@dataclass(frozen=True, kw_only=True)
class HeldLine:
    """A passport in the list, its number masked; ``receipt_id`` is the move it was taken in by."""

    passport_id: int
    version: int
    person_id: int
    name: str
    passport_masked: str
    holder: PassportHolder
    since_on: date
    days_held: int
    expected_back_on: date | None
    days_overdue: int
    urgency: Urgency | None
    receipt_id: int | None
    receipt: str


@dataclass(frozen=True, kw_only=True)
class HeldCounts:
    """How many passports each keeper has, and how many of all are overdue."""

    by_holder: Mapping[PassportHolder, int]
    overdue: int

    @property
    def total(self) -> int:
        """How many are not with their owners."""
        return sum(self.by_holder.values())


@requires(Permission.READ_CUSTODY)
def held_counts(actor: Actor) -> HeldCounts:
    """Return how many passports each keeper has, none included."""
    is_late = sa.case((Custody.expected_back_on < today(), 1), else_=0)
    with reading() as session:
        rows = session.execute(
            sa.select(Custody.holder, sa.func.count(), sa.func.sum(is_late))
            .where(*_conditions(actor, CustodyFilter()))
            .group_by(Custody.holder)
            .order_by(Custody.holder)
        ).all()
    counted = {holder: count for holder, count, _late in rows}
    return HeldCounts(
        by_holder={keeper: counted.get(keeper, 0) for keeper in KEEPERS},
        overdue=sum(int(late) for _holder, _count, late in rows),
    )


@requires(Permission.READ_CUSTODY)
def held_passports(actor: Actor, wanted: CustodyFilter, *, page: int = 1) -> Page[HeldLine]:
    """Return a page of the passports not with their owners: overdue first, then by the day.

    A page beyond the last is the last one.
    """
    with reading() as session:
        return remembered(
            session,
            ("held", scope_key(actor), wanted, page, today()),
            lambda: _held_page(session, _conditions(actor, wanted), page=page),
        )


def _held_page(
    session: Session, conditions: list[sa.ColumnElement[bool]], *, page: int
) -> Page[HeldLine]:
    counted = sa.select(sa.func.count()).select_from(Custody).where(*conditions)
    total = session.scalar(counted) or 0
    number = min(page, last_page(total, PAGE_SIZE))
    lines = _lines(session, conditions, skipped=(number - 1) * PAGE_SIZE, most=PAGE_SIZE)
    return Page(rows=lines, total=total, number=number)


@requires(Permission.READ_CUSTODY)
def export_held_passports(actor: Actor, wanted: CustodyFilter) -> OpenedFile:
    """Return the passports of the list as an Excel file in the actor's language; it is audited.

    Raises ``export.too_many``.
    """
    with reading() as session:
        lines = _lines(session, _conditions(actor, wanted), skipped=0, most=MOST_EXPORTED + 1)
    if len(lines) > MOST_EXPORTED:
        raise DomainError("export.too_many", most=MOST_EXPORTED)
    with use_language(actor.language):
        rows = (_cells(line) for line in lines)
        content = table_file(_("Passports we hold"), _headings(), rows)
    with writing() as session:
        audit.record(
            session,
            actor,
            action="custody.export",
            subject_kind="custody",
            clear={"filter": query_of(wanted), "count": len(lines)},
        )
    return OpenedFile(content=content, media_type=EXCEL, file_name="passports.xlsx")


def custody_filter(query: Mapping[str, str]) -> CustodyFilter:
    """Return the filter that the parameters of an address ask for; nonsense is left out."""
    holder = query.get("holder", "")
    return CustodyFilter(
        holder=PassportHolder(holder) if holder in set(KEEPERS) else None,
        is_overdue=query.get("overdue") == _YES,
    )


def query_of(wanted: CustodyFilter) -> dict[str, str]:
    """Return ``wanted`` as parameters of an address; :func:`custody_filter` reads them back."""
    given = {
        "holder": wanted.holder.value if wanted.holder else "",
        "overdue": _YES if wanted.is_overdue else "",
    }
    return {name: value for name, value in given.items() if value}


def _conditions(actor: Actor, wanted: CustodyFilter) -> list[sa.ColumnElement[bool]]:
    # Written out, so that SQLite takes the index of what is held.
    is_held = Custody.holder != sa.literal_column("'owner'")
    conditions = [is_held, people_in_scope(actor, Custody.person_id)]
    if wanted.holder is not None:
        conditions.append(Custody.holder == wanted.holder)
    if wanted.is_overdue:
        conditions.append(Custody.expected_back_on < today())
    return conditions


def _lines(
    session: Session, conditions: list[sa.ColumnElement[bool]], *, skipped: int, most: int
) -> tuple[HeldLine, ...]:
    listed: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            Custody.passport_id,
            Custody.version,
            Custody.person_id,
            Custody.holder,
            Custody.since_on,
            Custody.expected_back_on,
            Person.surname,
            Person.given_names,
            Passport.number,
        )
        .join(Person, Person.id == Custody.person_id)
        .join(Passport, Passport.id == Custody.passport_id)
        .where(*conditions)
        .order_by(
            Custody.expected_back_on.is_(None),
            Custody.expected_back_on,
            Custody.since_on,
            Custody.id,
        )
        .offset(skipped)
        .limit(most)
    )
    rows = session.execute(listed).all()
    receipts = _receipts(session, [row.passport_id for row in rows])
    on = today()
    return tuple(_line(row, receipts.get(row.passport_id), on=on) for row in rows)


def _receipts(session: Session, passport_ids: list[int]) -> dict[int, CustodyMove]:
    """Return by passport the move it was last taken in by."""
    moves = session.scalars(
        sa.select(CustodyMove)
        .where(CustodyMove.passport_id.in_(passport_ids), CustodyMove.receipt_year.is_not(None))
        .order_by(CustodyMove.id)
    )
    return {move.passport_id: move for move in moves}


def _line(row: sa.Row[Any], receipt: CustodyMove | None, *, on: date) -> HeldLine:
    return HeldLine(
        passport_id=row.passport_id,
        version=row.version,
        person_id=row.person_id,
        name=full_name(row),
        passport_masked=masked(row.number),
        holder=row.holder,
        since_on=row.since_on,
        days_held=(on - row.since_on).days,
        expected_back_on=row.expected_back_on,
        days_overdue=days_overdue(row.expected_back_on, today=on),
        urgency=urgency(row.expected_back_on, today=on) if row.expected_back_on else None,
        receipt_id=receipt.id if receipt else None,
        receipt=receipt_text(receipt) if receipt else "",
    )


def _headings() -> list[str]:
    return [
        _("Name"),
        _("Passport"),
        _("In whose hands"),
        _("Since"),
        _("Days there"),
        _("Expected back"),
        _("Days overdue"),
        _("Receipt"),
    ]


def _cells(line: HeldLine) -> list[str | int | date | None]:
    return [
        line.name,
        line.passport_masked,
        word(line.holder),
        line.since_on,
        line.days_held,
        line.expected_back_on,
        line.days_overdue or None,
        line.receipt,
    ]
