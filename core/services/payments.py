"""What was paid for a case: fees with their receipts, as the department noted them."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError, NotFound
from core.permissions import Actor, Permission
from core.rules.money import currency_code, minor_units
from core.services import audit
from core.services.guard import requires
from core.services.house import today
from core.services.scope import visible_case
from core.services.versions import claim
from db.engine import reading, writing
from db.models.cases import Case, CasePayment


@dataclass(frozen=True, kw_only=True)
class PaymentForm:
    """A payment; ``amount`` is text as typed, in whole units of ``currency``."""

    name: str
    amount: str
    currency: str = "KGS"
    paid_on: date | None
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class PaymentView:
    """A payment for a case; ``amount_minor`` is in the smallest unit of ``currency``."""

    payment_id: int
    version: int
    name: str
    amount_minor: int
    currency: str
    paid_on: date
    number: str
    recorded_at: datetime
    recorded_by: str


@requires(Permission.READ_HISTORY)
def payments_of_case(actor: Actor, case_id: int) -> tuple[PaymentView, ...]:
    """Return what was paid for a case, the latest first. Raises :class:`NotFound`."""
    with reading() as session:
        visible_case(session, actor, case_id)
        rows = session.scalars(
            sa.select(CasePayment)
            .filter_by(case_id=case_id, withdrawn_at=None)
            .order_by(CasePayment.paid_on.desc(), CasePayment.id.desc())
        )
        return tuple(_view(row) for row in rows)


@requires(Permission.EDIT_CASES)
def add_payment(actor: Actor, case_id: int, form: PaymentForm) -> int:
    """Note a payment for a case, a closed one too, and return its id.

    Raises ``payment.name_missing``, ``payment.day_missing``, ``payment.future``,
    ``charge.amount_unusable``, ``charge.currency_unusable`` and :class:`NotFound`.
    """
    if not form.name.strip():
        raise DomainError("payment.name_missing")
    if form.paid_on is None:
        raise DomainError("payment.day_missing")
    if form.paid_on > today():
        raise DomainError("payment.future")
    row = CasePayment(
        case_id=case_id,
        name=form.name.strip(),
        amount_minor=minor_units(form.amount),
        currency=currency_code(form.currency),
        paid_on=form.paid_on,
        number=form.number.strip(),
        recorded_at=clock.utc_now(),
        recorded_by=actor.full_name,
    )
    with writing() as session:
        case = visible_case(session, actor, case_id)
        session.add(row)
        session.flush()
        _record(session, actor, "payment.add", case, row)
        return row.id


@requires(Permission.EDIT_CASES)
def withdraw_payment(actor: Actor, payment_id: int, *, version: int) -> None:
    """Take back a payment noted by mistake. Raises ``payment.withdrawn`` and :class:`Conflict`."""
    with writing() as session:
        row = session.get(CasePayment, payment_id)
        if row is None:
            raise NotFound
        case = visible_case(session, actor, row.case_id)
        claim(session, row, actor, seen_version=version)
        if row.withdrawn_at is not None:
            raise DomainError("payment.withdrawn")
        row.withdrawn_at = clock.utc_now()
        _record(session, actor, "payment.withdraw", case, row)


def _record(session: Session, actor: Actor, action: str, case: Case, row: CasePayment) -> None:
    audit.record(
        session,
        actor,
        action=action,
        subject_kind="case",
        subject_id=case.id,
        person_id=case.person_id,
        clear={"amount": row.amount_minor, "currency": row.currency},
        sealed={"name": row.name, "number": row.number},
    )


def _view(row: CasePayment) -> PaymentView:
    return PaymentView(
        payment_id=row.id,
        version=row.version,
        name=row.name,
        amount_minor=row.amount_minor,
        currency=row.currency,
        paid_on=row.paid_on,
        number=row.number,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
