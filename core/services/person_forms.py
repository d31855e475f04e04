"""What is entered about people, and what is wrong with it as far as the form alone can tell."""

from dataclasses import dataclass
from datetime import date

from core.errors import Fault
from core.rules.countries import is_known_code
from core.services.rulebook import letters_abolished
from core.terms import (
    EngagementKind,
    FamilyRelation,
    Funding,
    PassportKind,
    ResidenceKind,
    Sex,
    VisaEntries,
)

#: A passport is not given to somebody who is not born yet, and nobody is older than this.
OLDEST_AGE_YEARS = 110


@dataclass(frozen=True, kw_only=True)
class PassportForm:
    """A passport as printed; ``mrz`` holds the pasted lines, or nothing if typed by hand.

    ``issuing_state`` and ``nationality`` are ICAO codes of up to three letters. Without a number
    nothing of it is a passport yet, and names, birth date and sex are what was said.
    """

    number: str
    issuing_state: str
    nationality: str
    surname: str
    given_names: str = ""
    birth_date: date | None
    sex: Sex
    kind: PassportKind = PassportKind.ORDINARY
    issued_on: date | None = None
    expires_on: date | None
    mrz: str = ""


@dataclass(frozen=True, kw_only=True)
class VisaForm:
    """A visa in the passport; ``valid_until`` is its last day."""

    category: str
    entries: VisaEntries
    valid_until: date | None
    valid_from: date | None = None
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class EngagementForm:
    """What a person who is no student is to the university; ``until_on`` is inclusive."""

    kind: EngagementKind
    position: str = ""
    unit: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class NewPersonForm:
    """What is entered of anybody new; everything but a name and a state may wait.

    ``entered_on`` is the day of the last entry, with the passport given here. ``is_new_person``
    says that somebody looked at the namesakes and knows this one to be another.
    """

    passport: PassportForm
    entered_on: date | None = None
    residence: ResidenceKind | None = None
    address: str = ""
    owner_name: str = ""
    owner_phone: str = ""
    consent_until: date | None = None
    visa: VisaForm | None = None
    native_name: str = ""
    name_ru: str = ""
    name_ky: str = ""
    phone: str = ""
    email: str = ""
    agent_id: int | None = None
    is_new_person: bool = False


@dataclass(frozen=True, kw_only=True)
class StudentForm(NewPersonForm):
    """What the department knows of a new student.

    ``faculty_id`` is None while nobody has said where he will study.
    """

    faculty_id: int | None = None
    course: int | None = None
    programme: str = ""
    group_name: str = ""
    funding: Funding | None = None
    order_number: str = ""
    order_on: date | None = None
    contract_number: str = ""
    contract_from: date | None = None
    contract_until: date | None = None
    course_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class OtherPersonForm(NewPersonForm):
    """Somebody new who is no student: what he is to the university, or to a person of ours.

    ``relation`` says what he is to ``relative_id``.
    """

    engagement: EngagementForm | None = None
    relative_id: int | None = None
    relation: FamilyRelation = FamilyRelation.OTHER


def student_faults(form: StudentForm, *, today: date) -> tuple[Fault, ...]:
    """Return what is wrong with a new student's form, all of it at once; empty if nothing is."""
    is_reversed = _is_after(form.contract_from, form.contract_until)
    contract = (Fault(field="contract_until", code="contract.reversed"),) if is_reversed else ()
    return (
        *_new_person_faults(form, today=today),
        *contract,
        *visa_faults(form.visa),
        *abolished_letter(form.visa),
    )


def other_person_faults(form: OtherPersonForm, *, today: date) -> tuple[Fault, ...]:
    """Return what is wrong with the form of somebody new who is no student."""
    is_nobody = form.engagement is None and form.relative_id is None
    part = (Fault(field="engagement", code="person.part.missing"),) if is_nobody else ()
    engagement = engagement_faults(form.engagement) if form.engagement else ()
    return (
        *_new_person_faults(form, today=today),
        *part,
        *engagement,
        *visa_faults(form.visa),
        *abolished_letter(form.visa),
    )


def engagement_faults(form: EngagementForm) -> tuple[Fault, ...]:
    """Return what is wrong with an engagement as it was entered."""
    is_reversed = _is_after(form.from_on, form.until_on)
    return (Fault(field="until_on", code="period.reversed"),) if is_reversed else ()


def _new_person_faults(form: NewPersonForm, *, today: date) -> tuple[Fault, ...]:
    is_future = _is_after(form.entered_on, today)
    entry = (Fault(field="entered_on", code="crossing.future"),) if is_future else ()
    return (*passport_faults(form.passport, today=today), *entry)


def passport_faults(passport: PassportForm, *, today: date) -> tuple[Fault, ...]:
    """Return what is wrong with a passport as it was entered; a name and a state must be there."""
    has_name = bool(passport.surname.strip() or passport.given_names.strip())
    checks = (
        (not has_name, "surname", "passport.surname.missing"),
        (not passport.nationality.strip(), "nationality", "passport.nationality.missing"),
        (_is_unknown(passport.nationality), "nationality", "passport.nationality.unknown"),
        (_is_unknown(passport.issuing_state), "issuing_state", "passport.issuer.unknown"),
        (_is_after(passport.birth_date, today), "birth_date", "person.birth_date.future"),
        (_is_too_old(passport.birth_date, today), "birth_date", "person.birth_date.too_old"),
        (
            _is_after(passport.issued_on, passport.expires_on),
            "expires_on",
            "passport.expires_before_issue",
        ),
    )
    return tuple(Fault(field=field, code=code) for is_wrong, field, code in checks if is_wrong)


def abolished_letter(visa: VisaForm | None) -> tuple[Fault, ...]:
    """Return the fault of a visa in force that has a letter no visa is given any more."""
    last = letters_abolished().get(visa.category.strip()) if visa else None
    if visa is None or last is None:
        return ()
    values = {"category": visa.category.strip(), "last": last}
    return (Fault(field="visa_category", code="visa.category.abolished", values=values),)


def visa_faults(visa: VisaForm | None) -> tuple[Fault, ...]:
    """Return what is wrong with a visa as it was entered; no visa has no faults."""
    if visa is None:
        return ()
    checks = (
        (_is_after(visa.valid_from, visa.valid_until), "visa_until", "visa.reversed"),
        (not visa.category.strip(), "visa_category", "visa.category.missing"),
        (visa.valid_until is None, "visa_until", "visa.until.missing"),
    )
    return tuple(Fault(field=field, code=code) for is_wrong, field, code in checks if is_wrong)


def _is_after(first: date | None, second: date | None) -> bool:
    return first is not None and second is not None and first > second


def _is_too_old(birth_date: date | None, today: date) -> bool:
    return birth_date is not None and today.year - birth_date.year > OLDEST_AGE_YEARS


def _is_unknown(code: str) -> bool:
    return bool(code.strip()) and not is_known_code(code)
