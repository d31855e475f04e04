"""Commands that answer a question: a date with its reason as JSON, a checklist as a file."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from core.errors import DomainError
from core.messages import explained
from core.rules.calendar import WorkCalendar
from core.rules.deadlines import Facts, Rule, registration_deadlines
from core.services.checklists import checklist_pdf
from core.services.reference import rows_of, rule_values
from core.terms import Language, ResidenceKind, RuleAnchor


def registration(chosen: argparse.Namespace) -> int:
    """Print by when somebody must be registered, from the shipped reference data."""
    facts = Facts(
        citizenship=chosen.citizenship,
        residence=ResidenceKind(chosen.residence) if chosen.residence else None,
        exemption_days=_exempt_days(chosen.citizenship, chosen.entry),
        anchors={RuleAnchor.ENTRY: chosen.entry},
    )
    pair = registration_deadlines(facts, _rules(), _calendar())
    if pair is None:
        raise DomainError("rule.none_in_force", on=chosen.entry)
    due, target = pair
    answer = {
        "due_on": due.due_on.isoformat(),
        "target_on": target.due_on.isoformat() if target else None,
        "rule_id": due.rule.code,
        "source": due.rule.source,
        "confidence": due.rule.confidence.value,
        "steps": [explained(step) for step in due.explanation],
    }
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    return 0


def checklist(chosen: argparse.Namespace) -> int:
    """Write the checklist of a case to a file."""
    made = checklist_pdf(chosen.actor, chosen.case, language=Language(chosen.language))
    Path(chosen.output).write_bytes(made.content)
    return 0


def _rules() -> tuple[Rule, ...]:
    wanted = Rule.__dataclass_fields__
    rules = []
    for number, row in enumerate(rows_of("rules.csv"), start=1):
        values = {name: value for name, value in rule_values(row).items() if name in wanted}
        values["citizenships"] = frozenset(values["citizenships"])
        values["visa_categories"] = frozenset(values["visa_categories"])
        rules.append(Rule(rule_id=number, **values))
    return tuple(rules)


def _calendar() -> WorkCalendar:
    return WorkCalendar(
        holidays={date.fromisoformat(row["day"]): row["name_en"] for row in rows_of("holidays.csv")}
    )


def _exempt_days(citizenship: str, on: date) -> int | None:
    for row in rows_of("registration_exemptions.csv"):
        if row["iso2"] == citizenship and date.fromisoformat(row["in_force_from"]) <= on:
            return int(row["exempt_days"])
    return None
