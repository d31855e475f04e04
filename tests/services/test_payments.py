"""Payments and notes beside a case."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.errors import Conflict, DomainError, NotFound
from core.rules.money import minor_units
from core.services.case_views import cases_of_person
from core.services.payments import PaymentForm, add_payment, payments_of_case, withdraw_payment
from core.services.person_history import person_history
from core.services.person_notes import add_note, notes_of_case, notes_of_person
from core.terms import CaseKind
from tests.cast import TODAY, Cast, enrol, passport

FORM = PaymentForm(name="State fee", amount="1 500,50", paid_on=TODAY, number="K-17")


def case_of(cast: Cast, person_id: int) -> int:
    return cases_of_person(cast.staff, person_id)[0].case_id


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("1500", 150_000), ("1500.5", 150_050), ("1 500,05", 150_005), ("0", 0), ("0.01", 1)],
)
def test_an_amount_is_read_as_people_type_it(typed: str, minor: int) -> None:
    assert minor_units(typed) == minor


@pytest.mark.parametrize("typed", ["", "-5", "1.005", "1,500.00", "five", "123456789", "١٢"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        minor_units(typed)
    assert refusal.value.code == "charge.amount_unusable"


def test_a_payment_stands_beside_its_case_until_it_is_taken_back(cast: Cast) -> None:
    case_id = case_of(cast, enrol(cast.staff, cast.medicine))
    add_payment(cast.staff, case_id, FORM)
    earlier = replace(FORM, paid_on=TODAY - timedelta(days=3), amount="20", currency="usd")
    add_payment(cast.head, case_id, earlier)
    first, second = payments_of_case(cast.rector, case_id)
    assert (first.amount_minor, first.currency, first.number) == (150_050, "KGS", "K-17")
    assert (second.amount_minor, second.currency, second.paid_on) == (
        2_000,
        "USD",
        date(2026, 8, 29),
    )
    withdraw_payment(cast.staff, first.payment_id, version=first.version)
    assert [each.payment_id for each in payments_of_case(cast.staff, case_id)] == [
        second.payment_id
    ]
    with pytest.raises(Conflict):
        withdraw_payment(cast.head, first.payment_id, version=first.version)
    with pytest.raises(DomainError) as refusal:
        withdraw_payment(cast.head, first.payment_id, version=first.version + 1)
    assert refusal.value.code == "payment.withdrawn"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "  "}, "payment.name_missing"),
        ({"paid_on": None}, "payment.day_missing"),
        ({"paid_on": TODAY + timedelta(days=1)}, "payment.future"),
        ({"amount": "much"}, "charge.amount_unusable"),
        ({"currency": "som"}, None),
        ({"currency": "K5S"}, "charge.currency_unusable"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(
    cast: Cast, change: dict[str, object], code: str | None
) -> None:
    case_id = case_of(cast, enrol(cast.staff, cast.medicine))
    form = replace(FORM, **change)
    if code is None:
        add_payment(cast.staff, case_id, form)
        return
    with pytest.raises(DomainError) as refusal:
        add_payment(cast.staff, case_id, form)
    assert refusal.value.code == code
    assert payments_of_case(cast.staff, case_id) == ()


def test_what_was_paid_is_told_in_the_history_of_the_person(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_payment(cast.staff, case_of(cast, person_id), FORM)
    line = next(
        line for line in person_history(cast.staff, person_id).rows if line.action == "payment.add"
    )
    assert line.clear == {"amount": 150_050, "currency": "KGS"}


def test_a_note_about_a_case_is_one_about_its_person_too(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    case = cases_of_person(cast.staff, person_id)[0]
    add_note(cast.staff, person_id, "Asked twice", case_id=case.case_id)
    add_note(cast.staff, person_id, "Speaks Russian")
    assert [note.text for note in notes_of_case(cast.staff, case.case_id)] == ["Asked twice"]
    told = [(note.text, note.case_kind) for note in notes_of_person(cast.rector, person_id)]
    assert told == [("Speaks Russian", None), ("Asked twice", case.kind)]
    assert case.kind in set(CaseKind)


def test_no_note_is_written_about_the_case_of_somebody_else(cast: Cast) -> None:
    first = enrol(cast.staff, cast.medicine)
    form = passport(number="ZZ2", surname="SECONDOV")
    second = enrol(cast.staff, cast.medicine, passport=form)
    with pytest.raises(NotFound):
        add_note(cast.staff, first, "A mistake", case_id=case_of(cast, second))
    assert notes_of_person(cast.staff, first) == ()
