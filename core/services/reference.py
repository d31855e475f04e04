"""The loader of the shipped reference data.

Loading is idempotent. A stored row remembers the digest of the values it was loaded with: while it
still has them, a new release may update it; once somebody changed it, it is left alone and the
difference is reported. Nothing is ever deleted.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.terms import (
    CaseKind,
    Confidence,
    InstitutionKind,
    PartnershipStage,
    Party,
    RequirementCondition,
    ResidenceKind,
    RuleAnchor,
    RulePurpose,
    RuleSide,
    RuleUnit,
)
from db.engine import writing
from db.models.partners import Institution
from db.models.reference import (
    Country,
    Holiday,
    HouseSetting,
    RegistrationExemption,
    RequirementRow,
    RuleRow,
    StepRow,
    VisaFreeTerm,
)

FOLDER = Path(__file__).parents[2] / "db" / "reference"

_DIGEST_NAME = "reference_digest"
_LOADER_LOCK = 7_214_002

Row = Mapping[str, str]
Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class LoadReport:
    """How many rows were added and updated, and the keys of rows that somebody changed here."""

    added: int = 0
    updated: int = 0
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Table:
    """One file: the table it fills, what names a row, and the values a row stands for."""

    file: str
    model: Any
    key: Callable[[Row], str]
    values: Callable[[Row], Values]


def load_reference_data() -> LoadReport:
    """Load what the shipped files hold and the database lacks; safe to run by two processes."""
    digest = _digest_of_files()
    with writing() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOADER_LOCK})"))
        stored = session.get(HouseSetting, _DIGEST_NAME)
        if stored is not None and stored.value["digest"] == digest:
            return LoadReport()
        _load_plain(session)
        report = _load_dated(session)
        if stored is None:
            session.add(HouseSetting(name=_DIGEST_NAME, value={"digest": digest}))
        else:
            stored.value = {"digest": digest}
        return report


def rows_of(file: str) -> Iterator[Row]:
    """Yield the rows of a shipped file."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def rule_values(row: Row) -> Values:
    """Return the columns of a rule for a row of ``rules.csv``."""
    return {
        "code": row["code"],
        "purpose": RulePurpose(row["purpose"]),
        "anchor": RuleAnchor(row["anchor"]),
        "side": RuleSide(row["side"]),
        "amount": int(row["amount"]),
        "unit": RuleUnit(row["unit"]),
        "citizenships": row["citizenships"].split(),
        "visa_categories": row["visa_categories"].split(),
        "residence": ResidenceKind(row["residence"]) if row["residence"] else None,
        "text_en": row["text_en"],
        "text_ru": row["text_ru"],
        "text_ky": row["text_ky"],
        **_founded(row),
    }


def _requirement_values(row: Row) -> Values:
    return {
        "procedure": CaseKind(row["procedure"]),
        "item_code": row["item_code"],
        "document_kind": row["document_kind"],
        "name_en": row["name_en"],
        "name_ru": row["name_ru"],
        "name_ky": row["name_ky"],
        "is_required": row["required"] == "Y",
        "conditions": [RequirementCondition(word).value for word in row["conditions"].split()],
        "citizenships": [],
        "position": int(row["position"]),
        "is_active": row["active"] == "Y",
        **_founded(row),
    }


def _step_values(row: Row) -> Values:
    return {
        "procedure": CaseKind(row["procedure"]),
        "code": row["code"],
        "name_en": row["name_en"],
        "name_ru": row["name_ru"],
        "name_ky": row["name_ky"],
        "waits_for": Party(row["waits_for"]),
        "planned_days": int(row["planned_days"]) if row["planned_days"] else None,
        "planned_unit": RuleUnit(row["planned_unit"]),
        "position": int(row["position"]),
        "is_active": row["active"] == "Y",
        **_founded(row),
    }


def _exemption_values(row: Row) -> Values:
    return {
        "iso2": row["iso2"],
        "exempt_days": int(row["exempt_days"]),
        "has_asterisk": row["has_asterisk"] == "Y",
        **_founded(row),
    }


def _visa_free_values(row: Row) -> Values:
    return {
        "iso2": row["iso2"],
        "stay_days": int(row["stay_days"]) if row["stay_days"] else None,
        "window_days": int(row["window_days"]) if row["window_days"] else None,
        "rule": row["rule"],
        **_founded(row),
    }


def _founded(row: Row) -> Values:
    text, url = _source(row["source"])
    return {
        "source": text,
        "source_url": url,
        "confidence": Confidence(row["confidence"]),
        "note": row["note"],
        "in_force_from": date.fromisoformat(row["in_force_from"]),
        # Not in every file, but of every row: one that was ended here was changed here.
        "in_force_until": _day(row.get("in_force_until", "")),
        "recheck_by": _day(row.get("recheck_by", "")),
    }


def _source(keys: str) -> tuple[str, str]:
    """Return the citation behind the keys, and the first address; other words stay as they are."""
    known = _sources()
    parts = keys.split()
    if not parts or any(part not in known for part in parts):
        return keys or "no source found", ""
    texts = [f"[{part}] {known[part]['text']}" for part in parts]
    urls = [known[part]["url"] for part in parts if known[part]["url"]]
    return "\n".join(texts), urls[0] if urls else ""


@cache
def _sources() -> dict[str, Row]:
    return {row["key"]: row for row in rows_of("sources.csv")}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_DATED = (
    _Table(
        file="rules.csv",
        model=RuleRow,
        key=lambda row: f"rule {row['code']} {row['in_force_from']} {row['citizenships']}".strip(),
        values=rule_values,
    ),
    _Table(
        file="requirements.csv",
        model=RequirementRow,
        key=lambda row: f"requirement {row['procedure']} {row['item_code']}",
        values=_requirement_values,
    ),
    _Table(
        file="steps.csv",
        model=StepRow,
        key=lambda row: f"step {row['procedure']} {row['code']}",
        values=_step_values,
    ),
    _Table(
        file="registration_exemptions.csv",
        model=RegistrationExemption,
        key=lambda row: f"exemption {row['iso2']} {row['in_force_from']}",
        values=_exemption_values,
    ),
    _Table(
        file="visa_free.csv",
        model=VisaFreeTerm,
        key=lambda row: f"visa-free {row['iso2']} {row['in_force_from']}",
        values=_visa_free_values,
    ),
)


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
    added = updated = 0
    differs: list[str] = []
    for table in _DATED:
        stored = {
            row.reference_key: row
            for row in session.scalars(sa.select(table.model).order_by(table.model.id))
        }
        for source in rows_of(table.file):
            key, values = table.key(source), table.values(source)
            row, digest = stored.get(key), _digest(values)
            if row is None:
                session.add(table.model(**values, reference_key=key, reference_digest=digest))
                added += 1
            elif row.reference_digest == digest:
                continue
            elif _digest({name: getattr(row, name) for name in values}) == row.reference_digest:
                for name, value in values.items():
                    setattr(row, name, value)
                row.reference_digest = digest
                updated += 1
            else:
                differs.append(key)
    return LoadReport(added=added, updated=updated, differs=tuple(differs))


def _digest(values: Values) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def _digest_of_files() -> str:
    total = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.csv")):
        total.update(path.read_bytes())
    return total.hexdigest()
