"""The shipped reference data as the rules read it, without a database."""

from datetime import date

from core.commands.explain import shipped_book
from core.rules.calendar import WorkCalendar
from core.rules.deadlines import Rule
from core.services.shipped import rows_of


def shipped_rules() -> tuple[Rule, ...]:
    return shipped_book().rules


def shipped_calendar() -> WorkCalendar:
    return shipped_book().calendar


def shipped_exemptions() -> dict[str, int]:
    return {row["iso2"]: int(row["exempt_days"]) for row in rows_of("registration_exemptions.csv")}


def shipped_days() -> dict[date, str]:
    return {date.fromisoformat(row["day"]): row["confidence"] for row in rows_of("holidays.csv")}
