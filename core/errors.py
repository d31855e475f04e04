"""What the product answers when it says no: a code and the values that belong to it.

The words for a code are in one place, :mod:`core.messages`; nothing here is shown as it stands.
"""

import dataclasses
from collections.abc import Mapping


class DomainError(Exception):
    """An ordinary refusal that a person can act on.

    ``code`` is dotted and permanent (``passport.number.taken``); ``values`` fill the sentence that
    stands for it. The code is the key of the sentence, of the audit entry and of the test.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values: Mapping[str, object] = values

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.code}({details})"


class NotFound(DomainError):
    """The thing is not there, or not there for whoever asks: the two look the same outside."""

    def __init__(self, code: str = "not_found", **values: object) -> None:
        super().__init__(code, **values)


class OutOfScope(NotFound):
    """It is there, but outside the actor's scope: told as "not found", audited as refused."""

    def __init__(self, *, subject_kind: str, subject_id: int) -> None:
        super().__init__()
        self.subject_kind = subject_kind
        self.subject_id = subject_id


class Refused(DomainError):
    """The actor's role does not allow the action."""

    def __init__(self, permission: str) -> None:
        super().__init__("permission.refused", permission=permission)


class Conflict(DomainError):
    """Somebody else changed the row after it was shown.

    ``changed_by`` is a user's name and ``changed_at`` an instant in UTC.
    """

    def __init__(self, *, changed_by: str | None, changed_at: object) -> None:
        super().__init__("version.conflict", changed_by=changed_by, changed_at=changed_at)


class Invalid(DomainError):
    """A form with faults, all of them at once: each with its field, code and values."""

    def __init__(self, faults: tuple["Fault", ...]) -> None:
        super().__init__("form.invalid", count=len(faults))
        self.faults = faults


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong with one field of a form; ``code`` and ``values`` as in an error."""

    field: str
    code: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)
