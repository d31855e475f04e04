"""The loader of the shipped reference data.

Loading is idempotent. A stored row remembers the digest of the values it was loaded with: while it
still has them, a new release may update it; once somebody changed it, it is left alone and the
difference is reported. The translations of a note follow the release wherever the note is still
the shipped one. Nothing is ever deleted.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import SYSTEM_ACTOR
from core.services.dated_rows import changing
from core.services.jobs import enqueue
from core.services.shipped import (
    FOLDER,
    SHIPPED,
    TRANSLATIONS,
    Row,
    ShippedTable,
    Values,
    digest_of,
    is_held_back,
    rows_of,
    shipped_rows,
)
from core.terms import Confidence, InstitutionKind, JobKind, PartnershipStage
from db.models.partners import Institution
from db.models.reference import Country, Holiday, HouseSetting

_DIGEST_NAME = "reference_digest"


@dataclass(frozen=True, kw_only=True)
class LoadReport:
    """How many rows were added and updated, and the keys of those the house has its own values for.

    A row of which nothing but the translation of its note came anew does not count as updated.
    The head finds them in Settings (:mod:`core.services.releases`).
    """

    added: int = 0
    updated: int = 0
    differs: tuple[str, ...] = ()


def load_reference_data() -> LoadReport:
    """Load what the shipped files hold and the database lacks; safe to run by two processes."""
    digest = _digest_of_files()
    with changing() as session:
        stored = session.get(HouseSetting, _DIGEST_NAME)
        if stored is not None and stored.value["digest"] == digest:
            return LoadReport()
        _load_plain(session)
        report = _load_dated(session)
        if stored is None:
            session.add(HouseSetting(name=_DIGEST_NAME, value={"digest": digest}))
        else:
            stored.value = {"digest": digest}
            # Work of its own, even where some waits: it ends what every process remembers.
            enqueue(session, SYSTEM_ACTOR, JobKind.RECOMPUTE_DEADLINES)
        return report


def _load_plain(session: Session) -> None:
    """Load the tables without a digest of their own: states, days off, partners."""
    states = set(session.scalars(sa.select(Country.iso2).order_by(Country.iso2)))
    session.add_all(Country(**row) for row in rows_of("countries.csv") if row["iso2"] not in states)
    session.flush()
    days = set(session.scalars(sa.select(Holiday.day).order_by(Holiday.day)))
    for row in rows_of("holidays.csv"):
        day = date.fromisoformat(row["day"])
        if day not in days:
            values = {**row, "day": day, "confidence": Confidence(row["confidence"])}
            session.add(Holiday(**values))
    partners = set(
        session.scalars(sa.select(Institution.reference_key).order_by(Institution.reference_key))
    )
    for row in rows_of("partners.csv"):
        if f"partner {row['name']}" not in partners:
            session.add(_institution(row))


def _institution(row: Row) -> Institution:
    return Institution(
        reference_key=f"partner {row['name']}",
        name=row["name"],
        name_on_page=row["name_on_page"],
        kind=InstitutionKind(row["kind"]),
        stage=PartnershipStage(row["stage"]),
        stage_words=row["stage_words"],
        page_reference=row["page_reference"],
        city=row["city"],
        city_confidence=row["city_confidence"],
        country=row["country"] or None,
        latitude=float(row["latitude"]) if row["latitude"] else None,
        longitude=float(row["longitude"]) if row["longitude"] else None,
        note=row["note"],
    )


def _load_dated(session: Session) -> LoadReport:
    reports = [_load_table(session, table) for table in SHIPPED]
    return LoadReport(
        added=sum(report.added for report in reports),
        updated=sum(report.updated for report in reports),
        differs=tuple(key for report in reports for key in report.differs),
    )


def _load_table(session: Session, table: ShippedTable) -> LoadReport:
    """Update what nobody changed first, because that may make room for what is added."""
    rows = session.scalars(sa.select(table.model).order_by(table.model.id)).all()
    stored = {row.reference_key: row for row in rows if row.reference_key is not None}
    shipped = shipped_rows(table)
    known = [(key, values) for key, values in shipped.items() if key in stored]
    taken = [(key, _update(stored[key], values)) for key, values in known]
    for key, values in known:
        _translate_note(stored[key], values)
    differs = [key for key, outcome in taken if outcome is None]
    added = 0
    for key, values in shipped.items():
        if key in stored:
            continue
        if is_held_back(table, values, rows):
            differs.append(key)
            continue
        session.add(table.model(**values, reference_key=key, reference_digest=digest_of(values)))
        added += 1
    updated = sum(outcome is True for _key, outcome in taken)
    return LoadReport(added=added, updated=updated, differs=tuple(differs))


def _update(row: Any, values: Values) -> bool | None:
    """Return whether ``row`` was updated, or None where somebody changed it and may not want it."""
    digest, present = digest_of(values), digest_of({name: getattr(row, name) for name in values})
    if digest in (row.reference_digest, present):
        row.reference_digest = digest
        return False
    if present != row.reference_digest:
        return None
    for name, value in values.items():
        setattr(row, name, value)
    row.reference_digest = digest
    return True


def _translate_note(row: Any, values: Values) -> None:
    """Give ``row`` the shipped translations of its note, unless the note is another one here."""
    if row.note == values["note"]:
        for name in TRANSLATIONS:
            setattr(row, name, values[name])


def _digest_of_files() -> str:
    total = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.csv")):
        total.update(path.read_bytes())
    return total.hexdigest()
