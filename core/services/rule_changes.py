"""Deadline rules changed by the head from a day on: what that would do, and doing it."""

from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.i18n import use_language
from core.permissions import Actor, Permission
from core.rule_words import rule_sentence
from core.rules.book import RuleBook
from core.rules.deadlines import Rule
from core.rules.periods import holds_again_from, last_day_before, one_taken_over
from core.rules.reach import FORMS, refuse_unreachable
from core.services import dated_rows
from core.services.guard import requires
from core.services.impact import Impact, impact_of, refuse_unconfirmed
from core.services.jobs import recompute
from core.services.rulebook import open_rule_book, rule_of, visa_categories
from core.terms import (
    Language,
    ResidenceKind,
    RuleAnchor,
    RulePurpose,
    RuleSide,
    RuleUnit,
)
from db.engine import reading
from db.models.reference import Country, RuleRow


@dataclass(frozen=True, kw_only=True)
class RuleChange(dated_rows.Origin):
    """A rule the head wants in force from a day on; empty texts are written from the figures.

    ``in_force_until`` is inclusive. A scope (citizenships, letters of visas, residence) of its own
    makes a rule beside the present one, the same scope takes over from it. ``looked_at`` is the id
    of the rule that was open when the change was written, at ``version``.
    """

    code: str
    anchor: RuleAnchor
    amount: int
    unit: RuleUnit
    in_force_from: date
    in_force_until: date | None = None
    citizenships: frozenset[str] = frozenset()
    visa_categories: frozenset[str] = frozenset()
    residence: ResidenceKind | None = None
    text_en: str = ""
    text_ru: str = ""
    text_ky: str = ""
    recheck_by: date | None = None
    looked_at: int | None = None
    version: int | None = None


@requires(Permission.EDIT_RULES)
def preview_rule(actor: Actor, change: RuleChange) -> Impact:  # noqa: ARG001
    """Return what ``change`` would do to the open cases. Raises as :func:`change_rule`."""
    with reading() as session:
        return impact_of(session, _changed_book(session, change))


@requires(Permission.EDIT_RULES)
def change_rule(actor: Actor, change: RuleChange, *, accepts_late: bool = False) -> int:
    """Put a rule in force and return its id; the due dates of open cases follow within minutes.

    Raises what :func:`refuse_unreachable` and :class:`Rule` raise for a rule that cannot be, what
    ``dated_rows.put_in_force`` raises, :class:`Conflict`, and ``rule.cases_late`` until
    ``accepts_late`` says that open cases may become late.
    """
    refuse_unconfirmed(preview_rule(actor, change), accepts_late=accepts_late)
    with dated_rows.changing() as session:
        _refuse_stale(session, change)
        row = _row(change)
        ended = dated_rows.put_in_force(
            session,
            actor,
            row,
            _of_scope(session, _rule(change)),
            mistaken=_mistaken(session, change),
        )
        values = {"code": row.code, "amount": row.amount, "unit": row.unit.value}
        replaced = {"replaces": ended.id} if ended else {}
        dated_rows.record(session, actor, "rule.change", row, **values, **replaced)
        recompute(session, actor)
        return row.id


@requires(Permission.EDIT_RULES)
def confirm_rule(actor: Actor, rule_id: int, *, recheck_by: date | None, version: int) -> None:
    """Note that the head compared a rule with its source today.

    Raises :class:`Conflict`, and ``rule.recheck_past`` for a day to recheck that is over.
    """
    _refuse_past_recheck(recheck_by)
    with dated_rows.changing() as session:
        row = dated_rows.existing(session, RuleRow, rule_id)
        dated_rows.confirm(session, actor, row, recheck_by=recheck_by, version=version)
        dated_rows.record(session, actor, "rule.confirm", row)


@requires(Permission.EDIT_RULES)
def preview_withdrawal(actor: Actor, rule_id: int) -> Impact:  # noqa: ARG001
    """Return what withdrawing a rule would do to the open cases. Raises :class:`NotFound`."""
    with reading() as session:
        row = dated_rows.existing(session, RuleRow, rule_id)
        book, revival = open_rule_book(session), dated_rows.revival_of(session, row)
        kept = tuple(rule for rule in book.rules if rule.rule_id != rule_id)
        if revival is not None:
            revived, until = revival
            kept = tuple(
                replace(rule, in_force_until=until) if rule.rule_id == revived.id else rule
                for rule in kept
            )
        return impact_of(session, replace(book, rules=kept))


@requires(Permission.EDIT_RULES)
def withdraw_rule(actor: Actor, rule_id: int, *, version: int, accepts_late: bool = False) -> None:
    """Take a mistaken rule back; the one before it holds again.

    Raises ``rule.cases_lost`` where no other rule would give open cases a date, besides what
    :func:`change_rule` raises.
    """
    refuse_unconfirmed(preview_withdrawal(actor, rule_id), accepts_late=accepts_late)
    with dated_rows.changing() as session:
        row = dated_rows.existing(session, RuleRow, rule_id)
        dated_rows.withdraw(session, actor, row, version=version)
        dated_rows.give_back(session, actor, row)
        dated_rows.record(session, actor, "rule.withdraw", row, code=row.code)
        recompute(session, actor)


def _refuse_past_recheck(day: date | None) -> None:
    if day is not None and day <= clock.today(settings.current().time_zone):
        raise DomainError("rule.recheck_past")


def _refuse_stale(session: Session, change: RuleChange) -> None:
    if change.looked_at is not None:
        seen = dated_rows.existing(session, RuleRow, change.looked_at)
        dated_rows.refuse_stale(seen, seen_version=change.version)


def _changed_book(session: Session, change: RuleChange) -> RuleBook:
    _refuse_stale(session, change)
    _refuse_past_recheck(change.recheck_by)
    book = open_rule_book(session)
    new = _rule(change)
    states = session.scalars(sa.select(Country.iso2).order_by(Country.iso2)).all()
    refuse_unreachable(new, book, states=states, categories=visa_categories())
    dated_rows.refuse_unfounded(_row(change))
    same = [rule for rule in book.rules if rule.scope == new.scope]
    mistaken = _mistaken(session, change)
    others = [rule for rule in same if mistaken is None or rule.rule_id != mistaken.id]
    gone = one_taken_over(others, new.in_force_from, new.in_force_until)
    gone = gone or next((rule for rule in same if rule not in others), None)
    if gone is None:
        return replace(book, rules=(*book.rules, new))
    kept = [rule for rule in book.rules if rule is not gone]
    if gone.in_force_from < new.in_force_from:
        kept.append(replace(gone, in_force_until=last_day_before(new.in_force_from)))
    if again := holds_again_from(gone, new.in_force_until):
        kept.append(replace(gone, in_force_from=again))
    return replace(book, rules=(*kept, new))


def _mistaken(session: Session, change: RuleChange) -> RuleRow | None:
    """Return the rule that was open if ``change`` says other days from its own first day on."""
    if change.looked_at is None:
        return None
    seen = dated_rows.existing(session, RuleRow, change.looked_at)
    is_of_that_day = seen.in_force_from == change.in_force_from and seen.withdrawn_at is None
    return seen if is_of_that_day and rule_of(seen).scope == _rule(change).scope else None


def _rule(change: RuleChange) -> Rule:
    form = FORMS.get(change.code)
    return Rule(
        rule_id=0,
        code=change.code,
        purpose=form.purpose if form else RulePurpose.DUE,
        anchor=change.anchor,
        side=form.side if form else RuleSide.AFTER,
        amount=change.amount,
        unit=change.unit,
        in_force_from=change.in_force_from,
        in_force_until=change.in_force_until,
        citizenships=change.citizenships,
        visa_categories=change.visa_categories,
        residence=change.residence,
        source=change.source,
        confidence=change.confidence,
    )


def _of_scope(session: Session, rule: Rule) -> list[RuleRow]:
    rows = dated_rows.every(session, RuleRow, code=rule.code)
    return [row for row in rows if rule_of(row).scope == rule.scope]


def _row(change: RuleChange) -> RuleRow:
    form = FORMS[change.code]
    written = {}
    for language in Language:
        with use_language(language):
            written[language.value] = rule_sentence(
                change.code, change.amount, change.unit, change.anchor
            )
    return RuleRow(
        code=change.code,
        purpose=form.purpose,
        anchor=change.anchor,
        side=form.side,
        amount=change.amount,
        unit=change.unit,
        citizenships=sorted(change.citizenships),
        visa_categories=sorted(change.visa_categories),
        residence=change.residence,
        text_en=change.text_en.strip() or written["en"],
        text_ru=change.text_ru.strip() or written["ru"],
        text_ky=change.text_ky.strip() or written["ky"],
        **change.columns(),
        in_force_from=change.in_force_from,
        in_force_until=change.in_force_until,
        recheck_by=change.recheck_by,
    )
