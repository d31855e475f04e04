"""Fees and fines: empty until the head fills them in, each with its source and its first day."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from core import clock, settings
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.money import currency_code, minor_units
from core.services import dated_rows
from core.services.guard import requires
from core.services.names import Names
from core.terms import CaseKind, ChargeKind, Confidence
from db.engine import reading
from db.models.reference import ChargeRow


@dataclass(frozen=True, kw_only=True)
class ChargeForm:
    """A fee or a fine from a day on; ``amount`` is text as typed, in whole units of ``currency``.

    The same name of the same kind and procedure takes over from the amount before it.
    """

    kind: ChargeKind
    procedure: CaseKind | None = None
    name_en: str
    name_ru: str = ""
    name_ky: str = ""
    amount: str
    currency: str = "KGS"
    source: str
    in_force_from: date


@dataclass(frozen=True, kw_only=True)
class ChargeView:
    """A fee or a fine; ``amount_minor`` is in the smallest unit of ``currency``."""

    charge_id: int
    version: int
    kind: ChargeKind
    procedure: CaseKind | None
    name: Names
    amount_minor: int
    currency: str
    source: str
    in_force_from: date
    in_force_until: date | None
    is_past: bool
    confirmed_by: str | None
    confirmed_at: datetime | None


@requires(Permission.READ_RULES)
def list_charges(actor: Actor) -> tuple[ChargeView, ...]:  # noqa: ARG001
    """Return every fee and fine by kind and name, the newest amount first."""
    today = clock.today(settings.current().time_zone)
    with reading() as session:
        rows = session.scalars(
            sa.select(ChargeRow)
            .filter_by(withdrawn_at=None)
            .order_by(
                ChargeRow.kind, ChargeRow.name_en, ChargeRow.in_force_from.desc(), ChargeRow.id
            )
        )
        return tuple(_view(row, today=today) for row in rows)


@requires(Permission.EDIT_RULES)
def put_charge(actor: Actor, form: ChargeForm) -> int:
    """Put an amount in force and return its id.

    Raises ``charge.name_missing``, ``charge.amount_unusable``, ``charge.currency_unusable``,
    and what ``dated_rows.put_in_force`` raises.
    """
    if not form.name_en.strip():
        raise DomainError("charge.name_missing")
    currency = currency_code(form.currency)
    row = ChargeRow(
        kind=form.kind,
        procedure=form.procedure,
        name_en=form.name_en.strip(),
        name_ru=form.name_ru.strip(),
        name_ky=form.name_ky.strip(),
        amount_minor=minor_units(form.amount),
        currency=currency,
        source=form.source.strip(),
        confidence=Confidence.OFFICIAL,
        in_force_from=form.in_force_from,
    )
    with dated_rows.changing() as session:
        rivals = dated_rows.every(
            session, ChargeRow, kind=row.kind, procedure=row.procedure, name_en=row.name_en
        )
        dated_rows.put_in_force(session, actor, row, rivals)
        dated_rows.record(
            session, actor, "charge.change", row, name=row.name_en, amount=row.amount_minor
        )
        return row.id


@requires(Permission.EDIT_RULES)
def withdraw_charge(actor: Actor, charge_id: int, *, version: int) -> None:
    """Take a mistaken amount back; the one before it holds again. Raises :class:`Conflict`."""
    with dated_rows.changing() as session:
        row = dated_rows.existing(session, ChargeRow, charge_id)
        dated_rows.withdraw(session, actor, row, version=version)
        dated_rows.give_back(session, actor, row)
        dated_rows.record(session, actor, "charge.withdraw", row, name=row.name_en)


def _view(row: ChargeRow, *, today: date) -> ChargeView:
    return ChargeView(
        charge_id=row.id,
        version=row.version,
        kind=row.kind,
        procedure=row.procedure,
        name=Names(en=row.name_en, ru=row.name_ru, ky=row.name_ky),
        amount_minor=row.amount_minor,
        currency=row.currency,
        source=row.source,
        in_force_from=row.in_force_from,
        in_force_until=row.in_force_until,
        is_past=row.in_force_until is not None and row.in_force_until < today,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )
