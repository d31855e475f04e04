"""Commands that answer a question: a date with its reason, a stay, a checklist as a file."""

import argparse
import csv
import json
import sys
from datetime import date
from pathlib import Path

from core.errors import DomainError
from core.messages import explained
from core.permissions import SYSTEM_ACTOR
from core.rules.book import CaseDates, Exemption, RuleBook, deadlines_of
from core.rules.calendar import DayOff, WorkCalendar
from core.rules.deadlines import Rule
from core.rules.stay import StayTerm, count_stay, stays_of
from core.services.checklists import checklist_pdf
from core.services.passport_scans import read_passport_scan
from core.services.shipped import rows_of, rule_values
from core.terms import CaseKind, CrossingDirection, Language, ResidenceKind

_MRZ_FIELDS = (
    "surname",
    "given_names",
    "document_number",
    "issuing_state",
    "nationality",
    "birth_date",
    "sex",
    "expiry_date",
)


def registration(chosen: argparse.Namespace) -> int:
    """Print by when somebody must be registered, from the shipped reference data."""
    _refuse_unknown_state(chosen.citizenship)
    known = CaseDates(
        kind=CaseKind.REGISTRATION,
        citizenship=chosen.citizenship,
        residence=ResidenceKind(chosen.residence) if chosen.residence else None,
        entered_on=chosen.entry,
    )
    pair = deadlines_of(known, shipped_book())
    if pair is None:
        raise DomainError("rule.none_in_force", on=chosen.entry)
    due, target = pair
    return _print(
        {
            "due_on": due.due_on.isoformat(),
            "target_on": target.due_on.isoformat() if target else None,
            "rule_id": due.rule.code,
            "source": due.rule.source,
            "confidence": due.rule.confidence.value,
            "steps": [explained(step) for step in due.explanation],
        }
    )


def stay(chosen: argparse.Namespace) -> int:
    """Print how a visa-free national stands on a day, from the shipped reference data."""
    _refuse_unknown_state(chosen.citizenship)
    counted = count_stay(
        stays_of(_crossings(Path(chosen.crossings))),
        shipped_stay_terms(chosen.citizenship),
        on=chosen.on,
    )
    if counted is None:
        raise DomainError("stay.no_term", on=chosen.on)
    last = counted.last_safe_day
    return _print(
        {
            "rule": f"{counted.term.stay_days}/{counted.term.window_days}",
            "days_used": counted.days_used,
            "days_left": counted.days_left,
            "last_safe_day": last.isoformat() if last else None,
        }
    )


def read_mrz(chosen: argparse.Namespace) -> int:
    """Print what the machine-readable lines of a passport scan say; fields are null on red."""
    try:
        content = Path(chosen.file).read_bytes()
    except OSError:
        raise DomainError("file.unreadable", name=chosen.file) from None
    scan = read_passport_scan(SYSTEM_ACTOR, content=content)
    return _print(
        {
            "status": scan.status.value,
            "doubts": list(scan.doubts),
            "fields": {name: _plain(getattr(scan.reading, name, None)) for name in _MRZ_FIELDS},
        }
    )


def checklist(chosen: argparse.Namespace) -> int:
    """Write the checklist of a case to a file."""
    made = checklist_pdf(chosen.actor, chosen.case, language=Language(chosen.language))
    Path(chosen.output).write_bytes(made.content)
    return 0


def shipped_book() -> RuleBook:
    """Return the rule book as it is shipped, without a database."""
    exemptions = {
        row["iso2"]: (
            Exemption(
                days=int(row["exempt_days"]),
                in_force_from=date.fromisoformat(row["in_force_from"]),
            ),
        )
        for row in rows_of("registration_exemptions.csv")
    }
    holidays = {
        date.fromisoformat(row["day"]): DayOff(row["name_en"], row["name_ru"], row["name_ky"])
        for row in rows_of("holidays.csv")
    }
    return RuleBook(rules=_rules(), calendar=WorkCalendar(holidays=holidays), exemptions=exemptions)


def shipped_stay_terms(iso2: str) -> tuple[StayTerm, ...]:
    """Return the visa-free terms of a state that count days in a window, as they are shipped."""
    return tuple(
        StayTerm(
            stay_days=int(row["stay_days"]),
            window_days=int(row["window_days"]),
            in_force_from=date.fromisoformat(row["in_force_from"]),
        )
        for row in rows_of("visa_free.csv")
        if row["iso2"] == iso2 and row["window_days"] and row["stay_days"] != "0"
    )


def _refuse_unknown_state(iso2: str) -> None:
    if iso2 not in {row["iso2"] for row in rows_of("countries.csv")}:
        raise DomainError("rule.citizenship.unknown", names=(iso2,))


def _print(answer: dict[str, object]) -> int:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    return 0


def _plain(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _crossings(path: Path) -> list[tuple[date, CrossingDirection]]:
    """Return the crossings of a file with the columns ``date`` and ``direction``."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError):
        raise DomainError("file.unreadable", name=str(path)) from None
    crossings = []
    for number, row in enumerate(rows, start=2):
        try:
            day = date.fromisoformat((row.get("date") or "").strip())
            crossings.append((day, CrossingDirection((row.get("direction") or "").strip())))
        except ValueError:
            text = ",".join(str(value) for value in row.values())
            raise DomainError("stay.crossings.unreadable", line=number, text=text) from None
    return crossings


def _rules() -> tuple[Rule, ...]:
    wanted = Rule.__dataclass_fields__
    rules = []
    for number, row in enumerate(rows_of("rules.csv"), start=1):
        values = {name: value for name, value in rule_values(row).items() if name in wanted}
        values["citizenships"] = frozenset(values["citizenships"])
        values["visa_categories"] = frozenset(values["visa_categories"])
        rules.append(Rule(rule_id=number, **values))
    return tuple(rules)
