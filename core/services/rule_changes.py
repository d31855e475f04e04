"""Deadline rules: who may read them, and how the head changes one from a day on."""

from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.i18n import use_language
from core.messages import rule_sentence
from core.permissions import Actor, Permission
from core.rules.book import RuleBook
from core.rules.deadlines import Rule
from core.rules.limits import MONTHS_A_YEAR, add_months
from core.rules.periods import holds_again_from, last_day_before, one_taken_over
from core.rules.reach import FORMS, UNSHIPPED, refuse_unreachable
from core.services import dated_rows
from core.services.guard import requires
from core.services.impact import Impact, impact_of, refuse_unconfirmed
from core.services.jobs import recompute
from core.services.names import Names, note_of
from core.services.rulebook import open_rule_book, rule_of, visa_categories
from core.terms import (
    Confidence,
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
class RuleDraft:
    """A rule that does not exist yet, with nothing in it but what every one of its kind has."""

    code: str
    anchor: RuleAnchor
    side: RuleSide
    amount: int = 0
    unit: RuleUnit = RuleUnit.WORKING_DAYS
    citizenships: frozenset[str] = frozenset()
    visa_categories: frozenset[str] = frozenset()
    residence: ResidenceKind | None = None
    rule_id: None = None


@dataclass(frozen=True, kw_only=True)
class RuleView:
    """A rule as Settings shows it; ``is_due_for_recheck`` where its day of rechecking is past.

    ``next_recheck`` is the day to propose when it is confirmed: the one it has, if that lies ahead.
    """

    rule_id: int
    version: int
    code: str
    purpose: RulePurpose
    anchor: RuleAnchor
    side: RuleSide
    amount: int
    unit: RuleUnit
    citizenships: frozenset[str]
    visa_categories: frozenset[str]
    residence: ResidenceKind | None
    text: Names
    source: str
    source_url: str
    confidence: Confidence
    note: Names
    in_force_from: date
    in_force_until: date | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    recheck_by: date | None
    next_recheck: date
    is_due_for_recheck: bool
    withdrawn_by: str | None


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


@requires(Permission.READ_RULES)
def list_rules(actor: Actor) -> tuple[RuleView, ...]:  # noqa: ARG001
    """Return every rule by code, those in force and to come before the past and the withdrawn."""
    today = clock.today(settings.current().time_zone)
    with reading() as session:
        rows = session.scalars(
            sa.select(RuleRow).order_by(RuleRow.code, RuleRow.in_force_from.desc(), RuleRow.id)
        )
        views = [_view(row, today=today) for row in rows]
    return tuple(sorted(views, key=lambda view: (view.code, _is_past(view, today))))


@requires(Permission.READ_RULES)
def unset_terms(actor: Actor) -> tuple[RuleDraft, ...]:  # noqa: ARG001
    """Return for each kind of term that nobody has set what its rule would begin with."""
    with reading() as session:
        known = set(
            session.scalars(
                sa.select(RuleRow.code).filter_by(withdrawn_at=None).order_by(RuleRow.code)
            )
        )
    return tuple(
        RuleDraft(code=code, anchor=FORMS[code].anchors[0], side=FORMS[code].side)
        for code in UNSHIPPED
        if code not in known
    )


@requires(Permission.READ_RULES)
def visa_letters(actor: Actor) -> tuple[str, ...]:  # noqa: ARG001
    """Return the letters of visas a rule may speak of, abolished ones too."""
    return visa_categories()


@requires(Permission.EDIT_RULES)
def rules_to_recheck(actor: Actor) -> tuple[RuleView, ...]:
    """Return the rules in force or to come whose day of rechecking is past."""
    return tuple(view for view in list_rules(actor) if view.is_due_for_recheck)


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
        ended = dated_rows.put_in_force(session, actor, row, _of_scope(session, _rule(change)))
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
    ended = one_taken_over(same, new.in_force_from, new.in_force_until)
    if ended is None:
        return replace(book, rules=(*book.rules, new))
    kept = [rule for rule in book.rules if rule is not ended]
    kept.append(replace(ended, in_force_until=last_day_before(new.in_force_from)))
    if again := holds_again_from(ended, new.in_force_until):
        kept.append(replace(ended, in_force_from=again))
    return replace(book, rules=(*kept, new))


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


def _is_past(view: RuleView, today: date) -> bool:
    ended = view.in_force_until is not None and view.in_force_until < today
    return ended or view.withdrawn_by is not None


def _next_recheck(row: RuleRow, today: date) -> date:
    if row.recheck_by is not None and row.recheck_by > today:
        return row.recheck_by
    return add_months(today, MONTHS_A_YEAR)


def _view(row: RuleRow, *, today: date) -> RuleView:
    view = RuleView(
        rule_id=row.id,
        version=row.version,
        code=row.code,
        purpose=row.purpose,
        anchor=row.anchor,
        side=row.side,
        amount=row.amount,
        unit=row.unit,
        citizenships=frozenset(row.citizenships),
        visa_categories=frozenset(row.visa_categories),
        residence=row.residence,
        text=Names(en=row.text_en, ru=row.text_ru, ky=row.text_ky),
        source=row.source,
        source_url=row.source_url,
        confidence=row.confidence,
        note=note_of(row),
        in_force_from=row.in_force_from,
        in_force_until=row.in_force_until,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        recheck_by=row.recheck_by,
        next_recheck=_next_recheck(row, today),
        is_due_for_recheck=False,
        withdrawn_by=row.withdrawn_by,
    )
    is_due = row.recheck_by is not None and row.recheck_by < today and not _is_past(view, today)
    return replace(view, is_due_for_recheck=is_due)
