"""States: for how long their citizens need no registration, and how long they may stay.

Two tables that have nothing to do with each other; everybody reads them, the head changes them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.i18n import country_name
from core.permissions import Actor, Permission
from core.rules.book import Exemption, RuleBook
from core.rules.deadlines import LONGEST_TERM
from core.rules.names import fold
from core.rules.periods import last_day_before, one_taken_over
from core.services import dated_rows
from core.services.guard import requires
from core.services.impact import Impact, impact_of, refuse_unconfirmed
from core.services.jobs import recompute
from core.services.names import Names, note_of
from core.services.rulebook import open_rule_book
from core.terms import Confidence
from db.engine import reading
from db.models.reference import Country, RegistrationExemption, VisaFreeTerm


@dataclass(frozen=True, kw_only=True)
class TermView:
    """A dated row about a state. ``days`` is None where the sources give no number.

    Of a visa-free term ``days`` is 0 where a visa is needed, and ``window`` is the sliding window
    in days, None where there is none; an exemption from registration has no window.
    """

    row_id: int
    version: int
    days: int | None
    window: int | None
    words: str
    in_force_from: date
    in_force_until: date | None
    source: str
    source_url: str
    confidence: Confidence
    note: Names
    confirmed_by: str | None
    confirmed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CountryView:
    """A state with the terms in force today and every other one, the newest first.

    The editions name what was seen of either table (see ``dated_rows.edition_of``).
    """

    iso2: str
    name: str
    exemption: TermView | None
    visa_free: TermView | None
    exemptions: tuple[TermView, ...]
    visa_free_terms: tuple[TermView, ...]
    exemption_edition: int
    visa_free_edition: int


@dataclass(frozen=True, kw_only=True)
class ExemptionForm(dated_rows.Origin):
    """From a day on, so many calendar days without registration; ``days`` None: none any more.

    ``edition`` is the one of the state's rows that was seen, None where nobody looked.
    """

    iso2: str
    days: int | None
    in_force_from: date
    edition: int | None = None


@dataclass(frozen=True, kw_only=True)
class VisaFreeForm(dated_rows.Origin):
    """From a day on, so many days without a visa in a window of so many; 0: a visa is needed.

    ``edition`` is the one of the state's rows that was seen, None where nobody looked.
    """

    iso2: str
    days: int
    window: int | None
    in_force_from: date
    edition: int | None = None


@requires(Permission.READ_RULES)
def list_countries(actor: Actor, *, search: str = "") -> tuple[CountryView, ...]:  # noqa: ARG001
    """Return every state by its name in the language of the moment.

    ``search`` is a part of that name in any script, or the two letters of the state.
    """
    today = clock.today(settings.current().time_zone)
    exemptions: defaultdict[str, list[RegistrationExemption]] = defaultdict(list)
    terms: defaultdict[str, list[VisaFreeTerm]] = defaultdict(list)
    with reading() as session:
        states = session.scalars(sa.select(Country.iso2).order_by(Country.iso2)).all()
        for exempt in dated_rows.every(session, RegistrationExemption):
            exemptions[exempt.iso2].insert(0, exempt)
        for term in dated_rows.every(session, VisaFreeTerm):
            terms[term.iso2].insert(0, term)
        views = [_view(iso2, exemptions[iso2], terms[iso2], today=today) for iso2 in states]
    wanted, letters = fold(search), search.strip().upper()
    found = (view for view in views if wanted in fold(view.name) or view.iso2 == letters)
    return tuple(sorted(found, key=lambda view: view.name))


@requires(Permission.EDIT_RULES)
def preview_exemption(actor: Actor, form: ExemptionForm) -> Impact:  # noqa: ARG001
    """Return what a change would do to the open cases. Raises as :func:`change_exemption`."""
    with reading() as session:
        return impact_of(session, _changed_book(session, form))


@requires(Permission.EDIT_RULES)
def change_exemption(actor: Actor, form: ExemptionForm, *, accepts_late: bool = False) -> None:
    """Put another number of exempt days in force, or take the state off the list.

    Raises ``rule.days.out_of_range``, ``country.unknown``, ``country.not_exempt``, what
    ``dated_rows.put_in_force`` raises, :class:`Conflict`, and ``rule.cases_late`` until
    ``accepts_late``.
    """
    refuse_unconfirmed(preview_exemption(actor, form), accepts_late=accepts_late)
    with dated_rows.changing() as session:
        rivals = dated_rows.every(session, RegistrationExemption, iso2=form.iso2)
        dated_rows.refuse_overtaken(rivals, edition=form.edition)
        row = _exemption(form)
        if form.days is None:
            row = _struck(session, actor, form, rivals)
        else:
            dated_rows.put_in_force(session, actor, row, rivals)
        values = {"state": form.iso2, "days": form.days, "source": form.source.strip()}
        dated_rows.record(session, actor, "exemption.change", row, **values)
        recompute(session, actor)


@requires(Permission.EDIT_RULES)
def change_visa_free(actor: Actor, form: VisaFreeForm) -> None:
    """Put another visa-free term in force from a day on.

    Raises ``stay.term.out_of_range`` (values ``days``, ``of``) unless the days fit into their
    window, ``rule.days.out_of_range``, ``country.unknown``, what ``dated_rows.put_in_force``
    raises, and :class:`Conflict`.
    """
    _refuse_days(form.days)
    _refuse_days(form.window or 0)
    if form.window is not None and not 0 < form.days < form.window:
        raise DomainError("stay.term.out_of_range", days=form.days, of=form.window)
    with dated_rows.changing() as session:
        _known(session, form.iso2)
        row = VisaFreeTerm(
            iso2=form.iso2,
            stay_days=form.days,
            window_days=form.window,
            rule=f"{form.days}/{form.window}" if form.window else str(form.days),
            **form.columns(),
            in_force_from=form.in_force_from,
        )
        rivals = dated_rows.every(session, VisaFreeTerm, iso2=form.iso2)
        dated_rows.refuse_overtaken(rivals, edition=form.edition)
        dated_rows.put_in_force(session, actor, row, rivals)
        dated_rows.record(session, actor, "visa_free.change", row, state=form.iso2, rule=row.rule)


def _changed_book(session: Session, form: ExemptionForm) -> RuleBook:
    _known(session, form.iso2)
    _refuse_days(form.days or 0)
    dated_rows.refuse_unfounded(_exemption(form))
    rows = dated_rows.every(session, RegistrationExemption, iso2=form.iso2)
    dated_rows.refuse_overtaken(rows, edition=form.edition)
    book = open_rule_book(session)
    present = book.exemptions.get(form.iso2, ())
    ended = one_taken_over(present, form.in_force_from, None)
    if ended is None and form.days is None:
        raise DomainError("country.not_exempt")
    kept = [
        replace(row, in_force_until=last_day_before(form.in_force_from)) if row is ended else row
        for row in present
    ]
    if form.days is not None:
        kept.append(Exemption(days=form.days, in_force_from=form.in_force_from))
    return replace(book, exemptions={**book.exemptions, form.iso2: tuple(kept)})


def _exemption(form: ExemptionForm) -> RegistrationExemption:
    return RegistrationExemption(
        iso2=form.iso2,
        exempt_days=form.days or 0,
        **form.columns(),
        in_force_from=form.in_force_from,
    )


def _struck(
    session: Session,
    actor: Actor,
    form: ExemptionForm,
    rivals: Sequence[RegistrationExemption],
) -> RegistrationExemption:
    """End the row that holds when the state is taken off the list, and return it."""
    standing = [rival for rival in rivals if rival.withdrawn_at is None]
    row = one_taken_over(standing, form.in_force_from, None)
    if row is None:
        raise DomainError("country.not_exempt")
    last_day = last_day_before(form.in_force_from)
    dated_rows.end(session, actor, row, last_day=last_day, version=row.version)
    return row


def _refuse_days(days: int) -> None:
    if not 0 <= days <= LONGEST_TERM:
        raise DomainError("rule.days.out_of_range", amount=days, longest=LONGEST_TERM)


def _known(session: Session, iso2: str) -> None:
    if session.get(Country, iso2) is None:
        raise DomainError("country.unknown")


def _view(
    iso2: str,
    exemptions: Sequence[RegistrationExemption],
    terms: Sequence[VisaFreeTerm],
    *,
    today: date,
) -> CountryView:
    """Return a state with its rows, the newest first; the withdrawn ones are not shown."""
    exempt = [_exemption_view(row) for row in exemptions if row.withdrawn_at is None]
    free = [_term_view(row) for row in terms if row.withdrawn_at is None]
    return CountryView(
        iso2=iso2,
        name=country_name(iso2),
        exemption=_holding(exempt, today),
        visa_free=_holding(free, today),
        exemptions=tuple(exempt),
        visa_free_terms=tuple(free),
        exemption_edition=dated_rows.edition_of(exemptions),
        visa_free_edition=dated_rows.edition_of(terms),
    )


def _holding(views: list[TermView], on: date) -> TermView | None:
    holding = (
        view
        for view in views
        if view.in_force_from <= on and (view.in_force_until is None or on <= view.in_force_until)
    )
    return next(holding, None)


def _exemption_view(row: RegistrationExemption) -> TermView:
    return TermView(
        row_id=row.id,
        version=row.version,
        days=row.exempt_days,
        window=None,
        words=str(row.exempt_days),
        in_force_from=row.in_force_from,
        in_force_until=row.in_force_until,
        source=row.source,
        source_url=row.source_url,
        confidence=row.confidence,
        note=note_of(row),
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )


def _term_view(row: VisaFreeTerm) -> TermView:
    return TermView(
        row_id=row.id,
        version=row.version,
        days=row.stay_days,
        window=row.window_days,
        words=row.rule,
        in_force_from=row.in_force_from,
        in_force_until=row.in_force_until,
        source=row.source,
        source_url=row.source_url,
        confidence=row.confidence,
        note=note_of(row),
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )
