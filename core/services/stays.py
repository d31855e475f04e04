"""The stay counter of a person: days used of his state's visa-free term, and the last safe day."""

from dataclasses import dataclass
from datetime import date, timedelta

from core import clock, settings
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.stay import Stay, StayCount, count_stay, stays_of
from core.services.crossings import crossings_of_person
from core.services.deadlines import current_visa
from core.services.guard import requires
from core.services.rulebook import load_stay_terms
from core.services.scope import visible_person
from db.engine import reading


@dataclass(frozen=True, kw_only=True)
class StayView:
    """How a visa-free national stands on a day.

    ``count`` is None where ``fault`` says what is wrong with the crossings, or where no term was
    in force that day. ``has_visa`` says that a visa, and not this count, decides how long he may
    stay. The window runs from ``window_from`` to the day, both included.
    """

    on: date
    citizenship: str
    stays: tuple[Stay, ...]
    count: StayCount | None
    fault: DomainError | None
    has_visa: bool

    @property
    def window_from(self) -> date:
        """The first day of the sliding window, or the day itself where there is none."""
        days = self.count.term.window_days if self.count else 1
        return self.on - timedelta(days=days - 1)


@requires(Permission.READ_PEOPLE)
def stay_of_person(actor: Actor, person_id: int, *, on: date | None = None) -> StayView | None:
    """Return the person's count on ``on``, by default today.

    None where his state has no visa-free term that counts days in a window. Raises
    :class:`NotFound` outside the actor's scope.
    """
    day = on or clock.today(settings.current().time_zone)
    with reading() as session:
        person = visible_person(session, actor, person_id)
        if person.citizenship is None:
            return None
        terms = load_stay_terms(session, person.citizenship)
        visa = current_visa(session, person_id)
    if not terms:
        return None
    crossings = crossings_of_person(actor, person_id)
    stays: tuple[Stay, ...] = ()
    count, fault = None, None
    try:
        stays = stays_of((row.crossed_on, row.direction) for row in crossings)
        count = count_stay(stays, terms, on=day)
    except DomainError as found:
        fault = found
    return StayView(
        on=day,
        citizenship=person.citizenship,
        stays=stays,
        count=count,
        fault=fault,
        has_visa=visa is not None and visa.valid_until >= day,
    )
