"""The facts of a row as JSON keeps them, and as the form of a student that the intake takes."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from core.rules.import_columns import DATE_FIELDS
from core.services.person_forms import PassportForm, StudentForm, VisaForm
from core.terms import Funding, ImportField, ResidenceKind, Sex, VisaEntries

_F = ImportField

_ENUMS: Mapping[ImportField, type[StrEnum]] = {
    _F.SEX: Sex,
    _F.FUNDING: Funding,
    _F.RESIDENCE: ResidenceKind,
    _F.VISA_ENTRIES: VisaEntries,
}

_VISA_FIELDS = (_F.VISA_CATEGORY, _F.VISA_UNTIL, _F.VISA_FROM, _F.VISA_NUMBER)

#: Which column a fault of the form belongs to, where the two names differ.
_FORM_NAMES = {"nationality": _F.CITIZENSHIP, "faculty_id": _F.FACULTY, "agent_id": _F.AGENT}

Values = Mapping[ImportField, Any]


def to_json(values: Values) -> dict[str, Any]:
    """Return ``values`` as they are kept with a row."""
    return {
        name.value: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def from_json(kept: Mapping[str, Any]) -> dict[ImportField, Any]:
    """Return the values that :func:`to_json` was given."""
    return {ImportField(name): _typed(ImportField(name), value) for name, value in kept.items()}


def field_of(form_field: str) -> ImportField:
    """Return the column of the file that a field of the form comes from."""
    return _FORM_NAMES.get(form_field) or ImportField(form_field)


def student_form(values: Values) -> StudentForm:
    """Return the form of a student out of the facts of a row."""
    text = {name: values.get(name, "") for name in _F}
    return StudentForm(
        passport=_passport(values),
        faculty_id=values.get(_F.FACULTY),
        course=values.get(_F.COURSE),
        programme=text[_F.PROGRAMME],
        group_name=text[_F.GROUP],
        funding=values.get(_F.FUNDING),
        order_number=text[_F.ORDER_NUMBER],
        order_on=values.get(_F.ORDER_ON),
        entered_on=values.get(_F.ENTERED_ON),
        residence=residence_of(values),
        address=text[_F.ADDRESS],
        owner_name=text[_F.OWNER_NAME],
        consent_until=values.get(_F.CONSENT_UNTIL),
        contract_number=text[_F.CONTRACT_NUMBER],
        contract_from=values.get(_F.CONTRACT_FROM),
        contract_until=values.get(_F.CONTRACT_UNTIL),
        course_until=values.get(_F.COURSE_UNTIL),
        visa=_visa(values),
        native_name=text[_F.NATIVE_NAME],
        name_ru=text[_F.NAME_RU],
        name_ky=text[_F.NAME_KY],
        phone=text[_F.PHONE],
        email=text[_F.EMAIL],
        agent_id=values.get(_F.AGENT),
    )


def residence_of(values: Values) -> ResidenceKind | None:
    """Return where somebody lives; who has an owner or his consent lives in a flat."""
    kind: ResidenceKind | None = values.get(_F.RESIDENCE)
    if kind is None and (values.get(_F.OWNER_NAME) or values.get(_F.CONSENT_UNTIL)):
        return ResidenceKind.FLAT
    return kind


def _passport(values: Values) -> PassportForm:
    nationality = values.get(_F.CITIZENSHIP, "")
    return PassportForm(
        number=values.get(_F.PASSPORT_NUMBER, ""),
        issuing_state=values.get(_F.ISSUING_STATE) or nationality,
        nationality=nationality,
        surname=values.get(_F.SURNAME, ""),
        given_names=values.get(_F.GIVEN_NAMES, ""),
        birth_date=values.get(_F.BIRTH_DATE),
        sex=values.get(_F.SEX, Sex.UNSPECIFIED),
        issued_on=values.get(_F.ISSUED_ON),
        expires_on=values.get(_F.EXPIRES_ON),
    )


def _visa(values: Values) -> VisaForm | None:
    if not any(values.get(name) for name in _VISA_FIELDS):
        return None
    return VisaForm(
        category=values.get(_F.VISA_CATEGORY, ""),
        entries=values.get(_F.VISA_ENTRIES, VisaEntries.SINGLE),
        number=values.get(_F.VISA_NUMBER, ""),
        valid_from=values.get(_F.VISA_FROM),
        valid_until=values.get(_F.VISA_UNTIL),
    )


def _typed(name: ImportField, value: Any) -> Any:
    if name in DATE_FIELDS:
        return date.fromisoformat(value)
    return _ENUMS[name](value) if name in _ENUMS else value
