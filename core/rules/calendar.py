"""Working days: weekends, public holidays, and weekend days the government makes working."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from core.rules.explanation import Explanation, Step

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayOff:
    """The name of a day off in the three languages; an empty one falls back to English."""

    en: str
    ru: str = ""
    ky: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """The days off of Kyrgyzstan, and the weekend days the government made working."""

    holidays: Mapping[date, DayOff] = field(default_factory=dict)
    working_weekends: frozenset[date] = frozenset()

    def is_weekend(self, day: date) -> bool:
        """Return whether ``day`` is a Saturday or Sunday that was not made a working day."""
        return day.weekday() >= SATURDAY and day not in self.working_weekends

    def is_working(self, day: date) -> bool:
        """Return whether offices work on ``day``."""
        return not self.is_weekend(day) and day not in self.holidays

    def add_working_days(self, start: date, count: int) -> date:
        """Return the ``count``-th working day after ``start``, which is day 0.

        A ``count`` of 0 returns ``start`` itself, be it a working day or not.
        """
        return [start, *self.walk(start, count, ONE_DAY)][-1]

    def subtract_working_days(self, end: date, count: int) -> date:
        """Return the ``count``-th working day before ``end``, which is day 0."""
        return [end, *self.walk(end, count, -ONE_DAY)][-1]

    def working_days_between(self, first: date, last: date) -> int:
        """Return how many working days lie after ``first`` up to and including ``last``.

        Negative, counted the same way backwards, when ``last`` is the earlier one.
        """
        if last < first:
            return -self.working_days_between(last, first)
        span = ((first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
        return sum(self.is_working(day) for day in span)

    def walk(self, start: date, count: int, step: timedelta) -> Iterator[date]:
        """Yield every day after ``start`` up to and including its ``count``-th working day.

        ``step`` is one day, forwards or backwards. All counting of working days goes through here.
        """
        day = start
        while count > 0:
            day += step
            count -= self.is_working(day)
            yield day


def explain_working_days(
    calendar: WorkCalendar, start: date, count: int, *, direction: int = 1
) -> tuple[date, Explanation]:
    """Return the ``count``-th working day from ``start`` and the count in steps.

    Runs of skipped days are told as one step each; ``direction`` is 1 for after, -1 for before.
    """
    steps: list[Step] = []
    skipped: list[date] = []
    day = start
    for day in calendar.walk(start, count, ONE_DAY * direction):
        if calendar.is_working(day):
            steps += _skipped(calendar, skipped)
            skipped = []
        else:
            skipped.append(day)
    steps.append(Step("count.working_day", {"number": count, "on": day.isoformat()}))
    return day, tuple(steps)


def _skipped(calendar: WorkCalendar, days: list[date]) -> list[Step]:
    if not days:
        return []
    first, last = min(days), max(days)
    names = dict.fromkeys(calendar.holidays[d] for d in sorted(days) if d in calendar.holidays)
    values = {"first": first.isoformat(), "last": last.isoformat()}
    if not names:
        return [Step("count.weekend", values)]
    texts = {
        "names": ", ".join(name.en for name in names),
        "names_ru": ", ".join(name.ru or name.en for name in names),
        "names_ky": ", ".join(name.ky or name.en for name in names),
    }
    return [Step("count.holidays", {**values, **texts})]
