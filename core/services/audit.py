"""The audit log: what was done or refused, by whom, chained so that no row can be changed unseen.

A row is written in the transaction of what it tells. Personal values are sealed with a key of that
person, destroyed at erasure. The end of the chain is kept outside the database as well, in
``VAR_DIR/audit``, so that a cut tail shows.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, encryption
from core.permissions import Actor
from core.services import audit_anchor
from core.terms import AuditOutcome
from db.engine import insert_if_absent, reading
from db.models.audit import AuditEntry, AuditHead, PersonKey, Secret

#: What is written down although nothing was changed.
LOOKS = frozenset(
    {
        "person.view",
        "person.compare",
        "document.open",
        "case.print_checklist",
        "people.export",
        "cases.export",
        "cases.print_sheet",
        "sign_in",
    }
)

_HEAD_ID = 1
_SEED = "0" * 64
_SECRET_NAME = "audit"  # noqa: S105 - the name of a row, not a secret
_VERIFY_CHUNK = 2_000

#: What of a row goes into the chain, besides the link to the row before it.
_CHAINED = (
    "sequence",
    "recorded_at",
    "actor_id",
    "actor_name",
    "action",
    "outcome",
    "subject_kind",
    "subject_id",
    "person_id",
    "clear",
    "sealed",
)


@dataclass(frozen=True)
class ChainFault:
    """A place where the log is not what was written: the sequence number and what is wrong.

    ``kind`` is ``edited``, ``missing``, ``cut`` or ``anchor``.
    """

    sequence: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class ChainReport:
    """How many rows were read, and every fault found."""

    count: int
    faults: tuple[ChainFault, ...]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing to be written down; ``sealed`` is personal and needs ``person_id``."""

    action: str
    subject_kind: str
    subject_id: int | None = None
    person_id: int | None = None
    clear: Mapping[str, Any] | None = None
    sealed: Mapping[str, Any] | None = None
    outcome: AuditOutcome = AuditOutcome.DONE


def record(  # noqa: PLR0913 - the columns of an entry
    session: Session,
    actor: Actor,
    *,
    action: str,
    subject_kind: str,
    subject_id: int | None = None,
    person_id: int | None = None,
    clear: Mapping[str, Any] | None = None,
    sealed: Mapping[str, Any] | None = None,
    outcome: AuditOutcome = AuditOutcome.DONE,
) -> None:
    """Append one entry to the log, in the caller's transaction.

    ``clear`` may hold field names and values that are not personal; ``sealed`` is personal and
    encrypted for ``person_id``, which it needs. Writers queue at the head row, so the sequence has
    no gap.
    """
    entry = Entry(
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        person_id=person_id,
        clear=clear,
        sealed=sealed,
        outcome=outcome,
    )
    record_all(session, actor, (entry,))


def record_all(session: Session, actor: Actor, entries: Sequence[Entry]) -> None:
    """Append ``entries`` to the log in their order, as :func:`record` does each of them."""
    if not entries:
        return
    head = _locked_head(session)
    chain_key = _chain_key(session)
    keys = _person_keys(session, {entry.person_id for entry in entries if entry.sealed})
    now = clock.utc_now()
    rows = []
    for told in entries:
        row = {
            "sequence": head.sequence + 1,
            "recorded_at": now,
            "actor_id": actor.user_id,
            "actor_name": actor.username,
            "action": told.action,
            "outcome": told.outcome,
            "subject_kind": told.subject_kind,
            "subject_id": told.subject_id,
            "person_id": told.person_id,
            "clear": _plain(told.clear or {}),
            "sealed": _seal(keys, told.person_id, told.sealed) if told.sealed else None,
        }
        mac = _mac(chain_key, row, previous=head.mac)
        rows.append({**row, "mac": mac})
        head.sequence, head.mac = head.sequence + 1, mac
        if told.outcome is AuditOutcome.DONE and told.action not in LOOKS:
            head.last_change = head.sequence
    session.execute(sa.insert(AuditEntry).execution_options(render_nulls=True), rows)
    session.flush()
    audit_anchor.remember_after_commit(session, head.sequence, head.mac)


def verify() -> ChainReport:
    """Read the whole log and return every fault: an edited, missing, moved or cut row."""
    with reading() as session:
        head = session.get(AuditHead, _HEAD_ID)
        if head is None:
            return _report_of_empty(session)
        key = _chain_key(session)
        faults: list[ChainFault] = []
        anchors = audit_anchor.known()
        previous, expected, count = _SEED, 1, 0
        for entry in _in_order(session):
            if entry.sequence != expected:
                faults.append(ChainFault(expected, "missing"))
            elif not hmac.compare_digest(entry.mac, _mac(key, _row(entry), previous=previous)):
                faults.append(ChainFault(entry.sequence, "edited"))
            if anchors.get(entry.sequence, entry.mac) != entry.mac:
                faults.append(ChainFault(entry.sequence, "anchor"))
            previous, expected, count = entry.mac, entry.sequence + 1, count + 1
        last = max([head.sequence, *anchors])
        if expected <= last:
            faults.append(ChainFault(expected, "cut"))
        elif head.mac != previous:
            faults.append(ChainFault(head.sequence, "edited"))
    return ChainReport(count=count, faults=tuple(faults))


def unsealed(session: Session, entry: AuditEntry) -> dict[str, Any]:
    """Return the personal values of ``entry``; empty where there are none or they were erased."""
    if entry.sealed is None or entry.person_id is None:
        return {}
    key = session.get(PersonKey, entry.person_id)
    if key is None or key.wrapped_key is None:
        return {}
    plain = encryption.open_sealed(
        encryption.unwrap_key(key.wrapped_key), entry.sealed, context=_context(entry.person_id)
    )
    values: dict[str, Any] = json.loads(plain)
    return values


def erase_person_values(session: Session, person_id: int) -> None:
    """Destroy the person's key: his values in the log, in backups too, can be read no more."""
    key = session.get(PersonKey, person_id)
    if key is None:
        key = PersonKey(person_id=person_id)
        session.add(key)
    key.wrapped_key = None
    key.destroyed_at = clock.utc_now()


def _report_of_empty(session: Session) -> ChainReport:
    count = session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) or 0
    is_lost = count > 0 or bool(audit_anchor.known())
    return ChainReport(count=count, faults=(ChainFault(1, "cut"),) if is_lost else ())


def _in_order(session: Session) -> Iterator[AuditEntry]:
    statement = sa.select(AuditEntry).order_by(AuditEntry.sequence)
    return iter(session.scalars(statement.execution_options(yield_per=_VERIFY_CHUNK)))


def _locked_head(session: Session) -> AuditHead:
    statement = sa.select(AuditHead).filter_by(id=_HEAD_ID).with_for_update()
    head = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if head is None:
        insert_if_absent(session, AuditHead, [{"id": _HEAD_ID, "sequence": 0, "mac": _SEED}])
        head = session.scalars(statement).one()
    return head


def _chain_key(session: Session) -> bytes:
    secret = session.get(Secret, _SECRET_NAME)
    if secret is None:
        insert_if_absent(
            session,
            Secret,
            [
                {
                    "name": _SECRET_NAME,
                    "wrapped_key": encryption.wrap_key(encryption.new_key()),
                    "created_at": clock.utc_now(),
                }
            ],
        )
        secret = session.get_one(Secret, _SECRET_NAME)
    return encryption.unwrap_key(secret.wrapped_key)


def _person_keys(session: Session, people: AbstractSet[int | None]) -> dict[int, bytes | None]:
    """Return the key of each person, made at first use; None once it was destroyed."""
    if None in people:
        raise ValueError("personal values need the person they are about")
    known = _stored_keys(session, people)
    missing = [
        {"person_id": person_id, "wrapped_key": encryption.wrap_key(encryption.new_key())}
        for person_id in sorted(people - known.keys(), key=int)  # type: ignore[arg-type]
    ]
    if missing:
        insert_if_absent(session, PersonKey, missing)
        known = _stored_keys(session, people)
    return {
        person_id: None if wrapped is None else encryption.unwrap_key(wrapped)
        for person_id, wrapped in known.items()
    }


def _stored_keys(session: Session, people: AbstractSet[int | None]) -> dict[int, bytes | None]:
    if not people:
        return {}
    rows = session.execute(
        sa.select(PersonKey.person_id, PersonKey.wrapped_key)
        .where(PersonKey.person_id.in_(people))
        .order_by(PersonKey.person_id)
    )
    return {person_id: wrapped for person_id, wrapped in rows}  # noqa: C416 - rows are no pairs


def _seal(
    keys: Mapping[int, bytes | None], person_id: int | None, values: Mapping[str, Any]
) -> bytes | None:
    key = keys.get(person_id or 0)
    if person_id is None or key is None:
        return None
    plain = json.dumps(_plain(values), ensure_ascii=False).encode()
    return encryption.seal(key, plain, context=_context(person_id))


def _context(person_id: int) -> bytes:
    return b"audit person %d" % person_id


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``values`` with dates and instants as ISO texts, so that they can be stored."""
    plain: dict[str, Any] = json.loads(json.dumps(values, default=_iso, ensure_ascii=False))
    return plain


def _iso(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written to the log")


def _mac(key: bytes, row: Mapping[str, Any], *, previous: str) -> str:
    content = {
        **{name: row[name] for name in _CHAINED},
        "previous": previous,
        "recorded_at": row["recorded_at"].isoformat(),
        "outcome": str(row["outcome"]),
        "sealed": row["sealed"].hex() if row["sealed"] is not None else None,
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    return hmac.new(key, canonical, hashlib.sha256).hexdigest()


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _CHAINED}
