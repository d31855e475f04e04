"""What a release ships against what the house has made of it: the head takes it over, or keeps his.

Nothing is stored for this: a row that remembers another digest than the shipped one has, or that
was never loaded because it would stand beside one of the house's, waits for the head.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError, NotFound
from core.permissions import Actor, Permission
from core.rules.book import Exemption, RuleBook
from core.services import dated_rows
from core.services.guard import requires
from core.services.impact import Impact, impact_of, refuse_unconfirmed
from core.services.jobs import recompute
from core.services.names import Names
from core.services.rulebook import open_rule_book, rule_of
from core.services.shipped import (
    SHIPPED,
    ShippedTable,
    Values,
    digest_of,
    is_held_back,
    shipped_digests,
    shipped_rows,
)
from core.services.versions import claim
from db.engine import reading
from db.models.reference import RegistrationExemption, RuleRow


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A column in which a shipped row and the house's differ; ``ours`` is None for a new row."""

    column: str
    ours: Any
    shipped: Any


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """A shipped row that waits for the head.

    ``version`` is that of the house's row, 0 where the shipped one is new and would stand beside
    one of the house's. ``name`` is None for a term of the state ``iso2``.
    """

    key: str
    kind: str
    name: Names | None
    iso2: str | None
    version: int
    differences: tuple[Difference, ...]

    @property
    def is_new(self) -> bool:
        """Whether the house has no row of this kind yet."""
        return self.version == 0


@requires(Permission.EDIT_RULES)
def shipped_changes(actor: Actor) -> tuple[Shipped, ...]:  # noqa: ARG001
    """Return the shipped rows that wait for the head, in the order of the files."""
    with reading() as session:
        return tuple(
            _view(table, key, values, row) for table, key, values, row in _waiting(session)
        )


@requires(Permission.EDIT_RULES)
def has_shipped_changes(actor: Actor) -> bool:  # noqa: ARG001
    """Return whether any shipped row waits; quick where none does, as on every ordinary day."""
    with reading() as session:
        is_as_loaded = all(
            shipped_digests(table).items() <= _loaded_digests(session, table).items()
            for table in SHIPPED
        )
        return not is_as_loaded and next(_waiting(session), None) is not None


@requires(Permission.EDIT_RULES)
def preview_shipped(actor: Actor, key: str) -> Impact:  # noqa: ARG001
    """Return what taking a shipped row over would do to the open cases.

    Raises :class:`NotFound` where it does not wait any more, and ``period.overlap``.
    """
    with reading() as session:
        table, values, row = _existing(session, key)
        _refuse_overlap(session, table, values, row)
        book = _changed_book(session, table, values, row)
        return impact_of(session, book) if book else Impact()


@requires(Permission.EDIT_RULES)
def take_shipped(actor: Actor, key: str, *, version: int, accepts_late: bool = False) -> None:
    """Give the house's row the shipped values, or put a new shipped row in force.

    Nobody has confirmed them yet. Raises as :func:`preview_shipped`, :class:`Conflict`, and
    ``rule.cases_lost`` and ``rule.cases_late`` as any change of a rule.
    """
    refuse_unconfirmed(preview_shipped(actor, key), accepts_late=accepts_late)
    with dated_rows.changing() as session:
        table, values, row = _existing(session, key)
        _refuse_overlap(session, table, values, row)
        if row is None:
            row = _add(session, table, key, values)
        else:
            claim(session, row, actor, seen_version=version)
            row.withdrawn_at = row.withdrawn_by = row.confirmed_at = row.confirmed_by = None
            for name, value in values.items():
                setattr(row, name, value)
            row.reference_digest = digest_of(values)
        session.flush()
        dated_rows.record(session, actor, "shipped.take", row, key=key)
        if table.model in (RuleRow, RegistrationExemption):
            recompute(session, actor)


@requires(Permission.EDIT_RULES)
def keep_ours(actor: Actor, key: str, *, version: int) -> None:
    """Keep the house's row; it is asked about again when another release ships other values.

    Raises :class:`NotFound` where the row does not wait any more, and :class:`Conflict`.
    """
    with dated_rows.changing() as session:
        table, values, row = _existing(session, key)
        if row is None:
            row = _add(session, table, key, values)
            row.withdrawn_at, row.withdrawn_by = clock.utc_now(), actor.full_name
        else:
            claim(session, row, actor, seen_version=version)
            row.reference_digest = digest_of(values)
        session.flush()
        dated_rows.record(session, actor, "shipped.decline", row, key=key)


def _waiting(session: Session) -> Iterator[tuple[ShippedTable, str, Values, Any]]:
    for table in SHIPPED:
        rows = session.scalars(sa.select(table.model).order_by(table.model.id)).all()
        stored = {row.reference_key: row for row in rows if row.reference_key is not None}
        for key, values in shipped_rows(table).items():
            row = stored.get(key)
            if row is None:
                if is_held_back(table, values, rows):
                    yield table, key, values, None
            elif row.reference_digest != digest_of(values) and _differences(values, row):
                yield table, key, values, row


def _loaded_digests(session: Session, table: ShippedTable) -> dict[str, str]:
    columns = table.model.reference_key, table.model.reference_digest
    rows = session.execute(sa.select(*columns).order_by(table.model.id))
    return {key: digest for key, digest in rows if key is not None}


def _existing(session: Session, key: str) -> tuple[ShippedTable, Values, Any]:
    for table, waiting, values, row in _waiting(session):
        if waiting == key:
            return table, values, row
    raise NotFound


def _add(session: Session, table: ShippedTable, key: str, values: Values) -> Any:
    row = table.model(**values, reference_key=key, reference_digest=digest_of(values))
    session.add(row)
    return row


def _refuse_overlap(session: Session, table: ShippedTable, values: Values, row: Any) -> None:
    rows = session.scalars(sa.select(table.model).order_by(table.model.id))
    others = [other for other in rows if other is not row]
    for other in others:
        if is_held_back(table, values, [other]):
            raise DomainError(
                "period.overlap", first=other.in_force_from, last=other.in_force_until or "…"
            )


def _changed_book(
    session: Session, table: ShippedTable, values: Values, row: Any
) -> RuleBook | None:
    book = open_rule_book(session)
    if table.model is RuleRow:
        new = rule_of(RuleRow(**values, id=row.id if row else 0))
        kept = tuple(rule for rule in book.rules if rule.rule_id != new.rule_id)
        return replace(book, rules=(*kept, new))
    if table.model is RegistrationExemption:
        rows = dated_rows.every(
            session, RegistrationExemption, iso2=values["iso2"], withdrawn_at=None
        )
        others = [other for other in rows if other is not row]
        terms = [*others, RegistrationExemption(**values)]
        exemptions = tuple(
            Exemption(
                days=term.exempt_days,
                in_force_from=term.in_force_from,
                in_force_until=term.in_force_until,
            )
            for term in terms
        )
        return replace(book, exemptions={**book.exemptions, values["iso2"]: exemptions})
    return None


def _view(table: ShippedTable, key: str, values: Values, row: Any) -> Shipped:
    return Shipped(
        key=key,
        kind=table.model.__tablename__,
        name=_name(values),
        iso2=values.get("iso2"),
        version=row.version if row else 0,
        differences=_differences(values, row),
    )


def _name(values: Values) -> Names | None:
    stem = next((stem for stem in ("text", "name") if f"{stem}_en" in values), None)
    if stem is None:
        return None
    return Names(en=values[f"{stem}_en"], ru=values[f"{stem}_ru"], ky=values[f"{stem}_ky"])


def _differences(values: Values, row: Any) -> tuple[Difference, ...]:
    return tuple(
        Difference(column=name, ours=getattr(row, name, None), shipped=value)
        for name, value in values.items()
        if row is None or getattr(row, name) != value
    )
