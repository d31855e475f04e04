"""Checklists, steps, fees and the margin of passports, as the head keeps them."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
import time_machine

from core.errors import Conflict, DomainError, NotFound
from core.services.case_views import CaseView, cases_of_person
from core.services.charges import ChargeForm, list_charges, put_charge, withdraw_charge
from core.services.requirements import (
    RequirementForm,
    RequirementView,
    list_requirements,
    move_requirement,
    put_requirement,
    retire_requirement,
)
from core.services.steps import StepForm, add_step, change_step, list_steps, move_step
from core.services.visa_limits import change_passport_margin, passport_margin, visa_limits
from core.terms import (
    CaseKind,
    ChargeKind,
    Party,
    RequirementCondition,
    ResidenceKind,
    RuleUnit,
    VisaLimit,
)
from db.engine import writing
from db.models.people import Enrolment
from tests.cast import Cast, enrol, passport
from tests.services.test_rule_changes import refusal_of

REGISTRATION = CaseKind.REGISTRATION


def photo(**changes: object) -> RequirementForm:
    form = RequirementForm(
        procedure=REGISTRATION,
        name_en="Fictitious photo",
        copies=2,
        needs_original=True,
        needs_translation=True,
        source="a fictitious act",
        in_force_from=date(2026, 9, 10),
    )
    return replace(form, **changes)


def registration(cast: Cast, number: int, *, on: date, **changes: object) -> CaseView:
    """Return the registration case of somebody who is registered in the product on ``on``."""
    with time_machine.travel(f"{on}T06:00:00Z"):
        name = passport(number=f"ZZ{number}", surname=f"PERSON{number}")
        person_id = enrol(cast.staff, cast.medicine, passport=name, **changes)
    return next(c for c in cases_of_person(cast.staff, person_id) if c.kind is REGISTRATION)


def asked(case: CaseView) -> list[str]:
    return [item.name.en for item in case.items]


def row_of(cast: Cast, name: str) -> RequirementView:
    rows = list_requirements(cast.dean, REGISTRATION)
    return next(row for row in rows if row.name.en == name and not row.is_past)


def test_a_document_is_asked_for_in_cases_opened_from_its_day_on(cast: Cast) -> None:
    put_requirement(cast.head, photo())
    before = registration(cast, 1, on=date(2026, 9, 9))
    after = registration(cast, 2, on=date(2026, 9, 10))
    assert "Fictitious photo" not in asked(before)
    assert asked(after)[-1] == "Fictitious photo"
    item = after.items[-1]
    assert (item.copies, item.needs_original, item.needs_translation) == (2, True, True)


def test_a_change_takes_over_and_a_retirement_ends_it(cast: Cast) -> None:
    first = put_requirement(cast.head, photo(in_force_from=date(2026, 9, 1)))
    put_requirement(cast.head, photo(replaces=first, copies=3, name_en="Fictitious photos"))
    assert registration(cast, 1, on=date(2026, 9, 9)).items[-1].copies == 2
    changed = registration(cast, 2, on=date(2026, 9, 10))
    assert (changed.items[-1].copies, asked(changed)[-1]) == (3, "Fictitious photos")
    row = row_of(cast, "Fictitious photos")
    retire_requirement(
        cast.head, row.requirement_id, from_on=date(2026, 9, 20), version=row.version
    )
    assert asked(registration(cast, 3, on=date(2026, 9, 19)))[-1] == "Fictitious photos"
    assert "Fictitious photos" not in asked(registration(cast, 4, on=date(2026, 9, 20)))
    with pytest.raises(Conflict):
        retire_requirement(
            cast.head, row.requirement_id, from_on=date(2026, 9, 20), version=row.version
        )


def test_retiring_on_its_first_day_asks_nobody_for_it(cast: Cast) -> None:
    new = put_requirement(cast.head, photo())
    retire_requirement(cast.head, new, from_on=date(2026, 9, 10), version=1)
    assert "Fictitious photo" not in asked(registration(cast, 1, on=date(2026, 9, 10)))


def test_a_retired_document_is_not_asked_for_by_a_later_change_either(cast: Cast) -> None:
    first = put_requirement(cast.head, photo(in_force_from=date(2026, 9, 1)))
    put_requirement(cast.head, photo(replaces=first, copies=3, in_force_from=date(2026, 9, 20)))
    row = next(
        each for each in list_requirements(cast.head, REGISTRATION) if each.requirement_id == first
    )
    retire_requirement(cast.head, first, from_on=date(2026, 9, 10), version=row.version)
    assert "Fictitious photo" in asked(registration(cast, 1, on=date(2026, 9, 9)))
    for number, day in enumerate((date(2026, 9, 10), date(2026, 9, 20)), start=2):
        assert "Fictitious photo" not in asked(registration(cast, number, on=day))


def test_retiring_a_row_from_after_its_end_ends_the_one_that_follows_it(cast: Cast) -> None:
    first = put_requirement(cast.head, photo(in_force_from=date(2026, 9, 1)))
    put_requirement(cast.head, photo(replaces=first, copies=3, in_force_from=date(2026, 9, 10)))
    row = next(
        each for each in list_requirements(cast.head, REGISTRATION) if each.requirement_id == first
    )
    retire_requirement(cast.head, first, from_on=date(2026, 9, 20), version=row.version)
    assert asked(registration(cast, 1, on=date(2026, 9, 19))).count("Fictitious photo") == 1
    assert "Fictitious photo" not in asked(registration(cast, 2, on=date(2026, 9, 20)))


def test_a_second_click_asks_for_nothing_twice(cast: Cast) -> None:
    put_requirement(cast.head, photo())
    assert refusal_of(put_requirement, cast.head, photo()) == "requirement.taken"
    later = photo(name_en="fictitious  PHOTO", in_force_from=date(2026, 12, 1))
    assert refusal_of(put_requirement, cast.head, later) == "requirement.taken"
    # Of others it may be asked, and once more after it was retired.
    put_requirement(cast.head, photo(citizenships=frozenset({"IN"})))
    row = row_of(cast, "Fictitious photo")
    retire_requirement(
        cast.head, row.requirement_id, from_on=date(2026, 11, 1), version=row.version
    )
    assert put_requirement(cast.head, photo(in_force_from=date(2026, 11, 1)))


def test_a_proposal_is_asked_for_once_the_head_wants_it(cast: Cast) -> None:
    rows = list_requirements(cast.staff, REGISTRATION)
    proposal = next(row for row in rows if not row.is_active)
    put_requirement(
        cast.head,
        photo(
            name_en=proposal.name.en,
            name_ru=proposal.name.ru,
            name_ky=proposal.name.ky,
            replaces=proposal.requirement_id,
            in_force_from=date(2026, 9, 1),
        ),
    )
    assert proposal.name.en in asked(registration(cast, 1, on=date(2026, 9, 1)))
    same = [row for row in list_requirements(cast.staff, REGISTRATION) if row.name == proposal.name]
    assert len([row for row in same if row.is_active]) == 1
    assert not [row for row in same if not row.is_active]


@pytest.mark.parametrize(
    ("changes", "residence", "is_asked"),
    [
        ({"conditions": frozenset({RequirementCondition.LIVES_IN_FLAT})}, ResidenceKind.FLAT, True),
        (
            {"conditions": frozenset({RequirementCondition.LIVES_IN_FLAT})},
            ResidenceKind.HOSTEL,
            False,
        ),
        (
            {
                "conditions": frozenset(
                    {RequirementCondition.LIVES_IN_FLAT, RequirementCondition.HOLDS_NO_STUDY_VISA}
                )
            },
            ResidenceKind.FLAT,
            False,
        ),
        (
            {"conditions": frozenset({RequirementCondition.HOLDS_STUDY_VISA})},
            ResidenceKind.FLAT,
            True,
        ),
        ({"citizenships": frozenset({"PK", "BD"})}, ResidenceKind.FLAT, True),
        ({"citizenships": frozenset({"IN"})}, ResidenceKind.FLAT, False),
    ],
)
def test_every_condition_must_hold(
    cast: Cast, changes: dict[str, object], residence: ResidenceKind, is_asked: bool
) -> None:
    put_requirement(cast.head, photo(in_force_from=date(2026, 9, 1), **changes))
    case = registration(cast, 1, on=date(2026, 9, 1), residence=residence)
    assert ("Fictitious photo" in asked(case)) is is_asked


@pytest.mark.parametrize(("on", "is_asked"), [("2026-09-07", False), ("2026-09-08", True)])
def test_what_only_latecomers_bring(cast: Cast, on: str, is_asked: bool) -> None:
    late = frozenset({RequirementCondition.SUBMITTED_LATE})
    put_requirement(cast.head, photo(in_force_from=date(2026, 9, 1), conditions=late))
    # He entered on 28 August and is due on 7 September.
    case = registration(cast, 1, on=date.fromisoformat(on))
    assert ("Fictitious photo" in asked(case)) is is_asked


def test_the_order_is_the_heads(cast: Cast) -> None:
    put_requirement(cast.head, photo(in_force_from=date(2026, 9, 1)))
    order = asked(registration(cast, 1, on=date(2026, 9, 1)))
    row = row_of(cast, order[0])
    move_requirement(cast.head, row.requirement_id, up=True, version=row.version)
    assert asked(registration(cast, 2, on=date(2026, 9, 1))) == order
    row = row_of(cast, order[0])
    move_requirement(cast.head, row.requirement_id, up=False, version=row.version)
    moved = asked(registration(cast, 3, on=date(2026, 9, 1)))
    assert moved == [order[1], order[0], *order[2:]]
    with pytest.raises(Conflict):
        move_requirement(cast.head, row.requirement_id, up=False, version=row.version)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name_en": " "}, "requirement.name_missing"),
        ({"copies": 21}, "requirement.copies_out_of_range"),
        ({"copies": -1}, "requirement.copies_out_of_range"),
        ({"name_en": "x" * 301}, "text.too_long"),
        ({"name_ru": "x" * 301}, "text.too_long"),
        ({"name_en": "a\x00b"}, "text.characters"),
        (
            {
                "conditions": frozenset(
                    {RequirementCondition.LIVES_IN_FLAT, RequirementCondition.LIVES_IN_HOSTEL}
                )
            },
            "requirement.unreachable",
        ),
        ({"source": ""}, "rule.source.empty"),
        ({"citizenships": frozenset({"QQ"})}, "rule.citizenship.unknown"),
        ({"replaces": 999_999}, "not_found"),
    ],
)
def test_a_requirement_that_cannot_be_is_refused(
    cast: Cast, changes: dict[str, object], code: str
) -> None:
    before = list_requirements(cast.head, REGISTRATION)
    if code == "not_found":
        with pytest.raises(NotFound):
            put_requirement(cast.head, photo(**changes))
    else:
        assert refusal_of(put_requirement, cast.head, photo(**changes)) == code
    assert list_requirements(cast.head, REGISTRATION) == before


def test_steps_are_named_planned_and_ordered(cast: Cast) -> None:
    procedure = CaseKind.EXIT_VISA
    shipped = [step.code for step in list_steps(cast.dean, procedure)]
    assert shipped == ["department", "dcs", "issued"]
    form = StepForm(
        procedure=procedure, name_en="Fictitious step", waits_for=Party.STUDENT, source="an act"
    )
    first = add_step(cast.head, form)
    second = add_step(cast.head, replace(form, waits_for=Party.DCS, planned_days=7))
    change_step(
        cast.head,
        first,
        replace(form, name_en="Another", planned_days=3, planned_unit=RuleUnit.CALENDAR_DAYS),
        version=1,
    )
    move_step(cast.head, second, up=True, version=1)
    top = list_steps(cast.head, procedure)[0]
    move_step(cast.head, top.step_id, up=True, version=top.version)
    assert [step.code for step in list_steps(cast.rector, procedure)][:3] == shipped
    steps = list_steps(cast.rector, procedure)[len(shipped) :]
    assert [(s.step_id, s.name.en, s.waits_for, s.planned_days) for s in steps] == [
        (second, "Fictitious step", Party.DCS, 7),
        (first, "Another", Party.STUDENT, 3),
    ]
    assert len({step.code for step in steps}) == 2
    with pytest.raises(Conflict):
        change_step(cast.head, first, form, version=1)
    for changes, code in (
        ({"name_en": ""}, "step.name_missing"),
        ({"planned_days": -1}, "rule.days.out_of_range"),
        ({"planned_days": 3651}, "rule.days.out_of_range"),
        ({"name_en": "x" * 201}, "text.too_long"),
        ({"name_en": "another"}, "step.taken"),
        ({"source": " "}, "rule.source.empty"),
    ):
        assert refusal_of(add_step, cast.head, replace(form, **changes)) == code


def test_the_documented_procedures_come_with_their_steps(cast: Cast) -> None:
    steps = list_steps(cast.staff, CaseKind.STUDY_VISA_EXTENSION)
    assert [step.waits_for for step in steps] == [
        Party.DEAN,
        Party.DEPARTMENT,
        Party.SCNB,
        Party.DCS,
        Party.STUDENT,
    ]
    planned = {step.waits_for: step.planned_days for step in steps}
    assert (planned[Party.SCNB], planned[Party.DCS], planned[Party.DEAN]) == (4, 7, None)
    assert all(step.confirmed_by is None for step in steps)


def fee(**changes: object) -> ChargeForm:
    form = ChargeForm(
        kind=ChargeKind.FEE,
        name_en="Fictitious fee",
        amount="1 500,50",
        currency="kgs",
        source="a fictitious act",
        in_force_from=date(2026, 9, 1),
    )
    return replace(form, **changes)


def test_no_fee_is_invented_and_a_new_amount_takes_over(cast: Cast) -> None:
    assert list_charges(cast.dean) == ()
    put_charge(cast.head, fee())
    new = put_charge(cast.head, fee(amount="2000", in_force_from=date(2027, 1, 1)))
    rows = [(c.amount_minor, c.currency, c.in_force_until) for c in list_charges(cast.dean)]
    assert rows == [(200_000, "KGS", None), (150_050, "KGS", date(2026, 12, 31))]
    withdraw_charge(cast.head, new, version=1)
    assert [c.in_force_until for c in list_charges(cast.dean)] == [None]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name_en": ""}, "charge.name_missing"),
        ({"amount": ""}, "charge.amount_unusable"),
        ({"amount": "much"}, "charge.amount_unusable"),
        ({"amount": "-1"}, "charge.amount_unusable"),
        ({"amount": "1.005"}, "charge.amount_unusable"),
        ({"amount": "NaN"}, "charge.amount_unusable"),
        ({"amount": "1e999999"}, "charge.amount_unusable"),
        ({"currency": "som"}, None),
        ({"currency": "сом"}, "charge.currency_unusable"),
        ({"currency": "S"}, "charge.currency_unusable"),
        ({"source": ""}, "rule.source.empty"),
        ({"name_en": "x" * 201}, "text.too_long"),
    ],
)
def test_an_amount_that_is_none_is_refused(
    cast: Cast, changes: dict[str, object], code: str | None
) -> None:
    if code is None:
        put_charge(cast.head, fee(**changes))
        return
    assert refusal_of(put_charge, cast.head, fee(**changes)) == code
    assert list_charges(cast.head) == ()


def test_the_margin_decides_whether_the_passport_binds(cast: Cast) -> None:
    near = passport(expires_on=date(2027, 8, 31))
    person_id = enrol(cast.staff, cast.medicine, passport=near)
    limits = visa_limits(cast.dean, person_id)
    # His visa ends on 26 November; the passport less six months on 28 February.
    assert limits.starts_on == date(2026, 11, 27)
    assert (limits.end.binding.limit, limits.end.binding.until) == (
        VisaLimit.PASSPORT,
        date(2027, 2, 28),
    )
    assert passport_margin(cast.dean).version == 0
    change_passport_margin(cast.head, 0, version=0)
    limits = visa_limits(cast.dean, person_id)
    assert (limits.end.binding.limit, limits.end.binding.until) == (
        VisaLimit.PASSPORT,
        date(2027, 8, 31),
    )
    asked_for = visa_limits(cast.staff, person_id, requested_until=date(2027, 6, 30))
    assert asked_for.end.binding.limit is VisaLimit.REQUESTED
    with pytest.raises(Conflict):
        change_passport_margin(cast.head, 3, version=0)
    assert refusal_of(change_passport_margin, cast.head, 61, version=1) == (
        "limits.margin_out_of_range"
    )
    with pytest.raises(NotFound):
        visa_limits(cast.other_dean, person_id)


def test_a_visa_that_is_over_is_followed_by_one_from_today(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with time_machine.travel("2026-12-24T06:00:00Z"):
        limits = visa_limits(cast.staff, person_id)
    assert limits.starts_on == date(2026, 12, 24)
    assert (limits.end.binding.limit, limits.end.binding.until) == (
        VisaLimit.ACADEMIC_YEAR,
        date(2027, 12, 23),
    )


def test_the_end_of_the_course_takes_the_place_of_five_years(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, course_until=date(2027, 6, 30))
    assert visa_limits(cast.staff, person_id).end.binding.limit is VisaLimit.TOTAL_TERM
    with writing() as session:
        session.execute(sa.update(Enrolment).values(course_until=None))
    assert visa_limits(cast.staff, person_id).end.binding.limit is VisaLimit.ACADEMIC_YEAR


def test_nothing_can_be_changed_from_a_day_that_was_taken(cast: Cast) -> None:
    first = put_requirement(cast.head, photo())
    with pytest.raises(DomainError) as refusal:
        put_requirement(cast.head, photo(replaces=first))
    assert refusal.value.code == "period.overlap"
