"""The receipts for passports that were taken in, as a PDF made on demand."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError, NotFound
from core.i18n import pick, use_language
from core.letters.receipt import ReceiptLetter, render_receipts
from core.messages import state_name
from core.permissions import Actor, Permission
from core.services import audit
from core.services.custody import MOST_AT_ONCE, receipt_text
from core.services.documents import OpenedFile
from core.services.guard import requires
from core.services.house import House, load_house, today
from core.services.scope import visible_person
from core.terms import Language, PassportHolder
from db.engine import reading, writing
from db.models.custody import CustodyMove
from db.models.people import Passport


@requires(Permission.READ_CUSTODY)
def receipts_pdf(actor: Actor, move_ids: Sequence[int], *, language: Language) -> OpenedFile:
    """Return the receipts of these moves in ``language``, a page each; the print is audited.

    Raises ``receipt.none`` where one of them has no receipt, ``custody.too_many`` and
    :class:`NotFound`.
    """
    if not move_ids:
        raise DomainError("receipt.none")
    if len(move_ids) > MOST_AT_ONCE:
        raise DomainError("custody.too_many", most=MOST_AT_ONCE)
    with reading() as session:
        moves = [_move(session, actor, move_id) for move_id in dict.fromkeys(move_ids)]
        own = load_house(session)
        with use_language(language):
            letters = [_letter(session, move, own) for move in moves]
    content = render_receipts(
        letters, language=language, printed_on=today(), printed_by=actor.full_name
    )
    with writing() as session:
        for move in moves:
            _record(session, actor, move, language)
    return OpenedFile(
        file_name=f"receipt-{letters[0].number.replace('/', '-')}-{language.value}.pdf",
        media_type="application/pdf",
        content=content,
    )


def _move(session: Session, actor: Actor, move_id: int) -> CustodyMove:
    move = session.get(CustodyMove, move_id)
    if move is None:
        raise NotFound
    visible_person(session, actor, move.person_id)
    if move.receipt_year is None:
        raise DomainError("receipt.none")
    return move


def _letter(session: Session, move: CustodyMove, own: House) -> ReceiptLetter:
    passport = session.get_one(Passport, move.passport_id)
    return ReceiptLetter(
        university=pick(en=own.name_en, ru=own.name_ru, ky=own.name_ky),
        department=pick(en=own.department_en, ru=own.department_ru, ky=own.department_ky),
        contact=own.contact,
        number=receipt_text(move),
        person_name=f"{passport.surname} {passport.given_names}".strip(),
        issuing_state=state_name(passport.issuing_state),
        passport_number=passport.number,
        taken_on=move.moved_on,
        taken_by=move.recorded_by,
        purpose=move.note,
        expected_back_on=move.expected_back_on,
        returned_on=_returned_on(session, move),
    )


def _returned_on(session: Session, move: CustodyMove) -> date | None:
    """Return the day the passport first went back to its owner after ``move``."""
    return session.scalars(
        sa.select(CustodyMove.moved_on)
        .where(
            CustodyMove.passport_id == move.passport_id,
            CustodyMove.after == PassportHolder.OWNER,
            CustodyMove.id > move.id,
        )
        .order_by(CustodyMove.id)
        .limit(1)
    ).one_or_none()


def _record(session: Session, actor: Actor, move: CustodyMove, language: Language) -> None:
    audit.record(
        session,
        actor,
        action="custody.print_receipt",
        subject_kind="custody_move",
        subject_id=move.id,
        person_id=move.person_id,
        clear={"language": language.value},
    )
