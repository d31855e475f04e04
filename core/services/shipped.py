"""The shipped rows of law as the columns of their tables, and how to tell them from the house's."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from core.rules.periods import overlaps
from core.terms import (
    CaseKind,
    Confidence,
    MessageAudience,
    Party,
    RequirementCondition,
    ResidenceKind,
    RuleAnchor,
    RulePurpose,
    RuleSide,
    RuleUnit,
)
from db.models.messages import MessageTemplate, ReminderPlan
from db.models.reference import (
    RegistrationExemption,
    RequirementRow,
    RuleRow,
    StepRow,
    VisaFreeTerm,
)

FOLDER = Path(__file__).parents[2] / "db" / "reference"

Row = Mapping[str, str]
Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ShippedTable:
    """One file: the table it fills, what names a row, and the values a row stands for.

    Of the stored rows of one ``scope``, one holds on a day.
    """

    file: str
    model: Any
    key: Callable[[Row], str]
    values: Callable[[Row], Values]
    scope: Callable[[Any], tuple[Any, ...]]


def is_held_back(table: ShippedTable, values: Values, stored: Iterable[Any]) -> bool:
    """Return whether a row with ``values`` would speak beside one of the ``stored`` ones.

    What holds already was put there by somebody of the house, or was changed by him.
    """
    new = table.model(**values)
    return any(
        row.withdrawn_at is None
        and table.scope(row) == table.scope(new)
        and overlaps(row, new.in_force_from, new.in_force_until)
        for row in stored
    )


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


def _template_values(row: Row) -> Values:
    return {
        "code": row["code"],
        "procedure": CaseKind(row["procedure"]) if row["procedure"] else None,
        "audience": MessageAudience(row["audience"]),
        "is_reminder": row["reminder"] == "Y",
        "position": int(row["position"]),
        **{
            f"{part}_{language}": row[f"{part}_{language}"]
            for part in ("name", "subject", "body")
            for language in ("en", "ru", "ky")
        },
        **_founded(row),
    }


def _plan_values(row: Row) -> Values:
    return {
        "code": row["code"],
        "days_before": [int(days) for days in row["days_before"].split()],
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
        "note_ru": row["note_ru"],
        "note_ky": row["note_ky"],
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


def _scope_of_rule(row: RuleRow) -> tuple[Any, ...]:
    return row.code, frozenset(row.citizenships), frozenset(row.visa_categories), row.residence


#: Every file of dated rows.
SHIPPED = (
    ShippedTable(
        file="rules.csv",
        model=RuleRow,
        key=lambda row: f"rule {row['code']} {row['in_force_from']} {row['citizenships']}".strip(),
        values=rule_values,
        scope=_scope_of_rule,
    ),
    ShippedTable(
        file="requirements.csv",
        model=RequirementRow,
        key=lambda row: f"requirement {row['procedure']} {row['item_code']}",
        values=_requirement_values,
        scope=lambda row: (row.procedure, row.item_code),
    ),
    ShippedTable(
        file="steps.csv",
        model=StepRow,
        key=lambda row: f"step {row['procedure']} {row['code']}",
        values=_step_values,
        scope=lambda row: (row.procedure, row.code),
    ),
    ShippedTable(
        file="registration_exemptions.csv",
        model=RegistrationExemption,
        key=lambda row: f"exemption {row['iso2']} {row['in_force_from']}",
        values=_exemption_values,
        scope=lambda row: (row.iso2,),
    ),
    ShippedTable(
        file="visa_free.csv",
        model=VisaFreeTerm,
        key=lambda row: f"visa-free {row['iso2']} {row['in_force_from']}",
        values=_visa_free_values,
        scope=lambda row: (row.iso2,),
    ),
    ShippedTable(
        file="templates.csv",
        model=MessageTemplate,
        key=lambda row: f"template {row['code']}",
        values=_template_values,
        scope=lambda row: (row.code,),
    ),
    ShippedTable(
        file="reminder_plans.csv",
        model=ReminderPlan,
        key=lambda row: f"plan {row['code']}",
        values=_plan_values,
        scope=lambda row: (row.code,),
    ),
)


#: The translations of a note say nothing that the note does not: they are no change of law.
TRANSLATIONS = ("note_ru", "note_ky")


def digest_of(values: Values) -> str:
    """Return what a row is remembered by that was loaded with ``values``.

    It is the same however the note is translated, so that a better translation makes no row that
    the head changed wait for him.
    """
    said = {name: value for name, value in values.items() if name not in TRANSLATIONS}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


@cache
def shipped_rows(table: ShippedTable) -> Mapping[str, Values]:
    """Return the values of every row of the file of ``table``, by the key that names it."""
    return {table.key(row): table.values(row) for row in rows_of(table.file)}


@cache
def shipped_digests(table: ShippedTable) -> Mapping[str, str]:
    """Return the digest of every row of the file of ``table``."""
    return {key: digest_of(values) for key, values in shipped_rows(table).items()}
