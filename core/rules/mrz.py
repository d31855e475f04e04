"""The machine-readable zone of travel documents (ICAO Doc 9303), read by position.

Formats: TD3 passports (2 lines of 44), TD2 and MRV-B (2 of 36), MRV-A (2 of 44), TD1 cards (3 of
30). Check digits weigh 7, 3, 1 over 0-9, A-Z as 10-35 and the filler as 0, modulo 10. They do not
protect names, states and sex: those are for a person to compare.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.errors import DomainError
from core.terms import Sex

FILLER = "<"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS = (7, 3, 1)
_LOOK_ALIKES = str.maketrans({"«": "<", "‹": "<", "＜": "<", "〈": "<", "≤": "<"})

#: Twice the ten years a passport is given; an expiry further ahead belongs to the last century.
LONGEST_VALIDITY = timedelta(days=366 * 20)

Span = tuple[int, int, int]  # line, first, last; positions counted from 0, the last one exclusive


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where each field of a format stands; ``composite`` lists what the last digit covers."""

    kind: str
    lines: int
    length: int
    names: Span
    state: Span
    number: Span
    nationality: Span
    birth: Span
    sex: Span
    expiry: Span
    optional: Span | None
    personal_check: Span | None = None
    composite_check: Span | None = None
    composite: tuple[Span, ...] = ()


TD3 = Layout(
    kind="TD3",
    lines=2,
    length=44,
    names=(0, 5, 44),
    state=(0, 2, 5),
    number=(1, 0, 9),
    nationality=(1, 10, 13),
    birth=(1, 13, 19),
    sex=(1, 20, 21),
    expiry=(1, 21, 27),
    optional=(1, 28, 42),
    personal_check=(1, 42, 43),
    composite_check=(1, 43, 44),
    composite=((1, 0, 10), (1, 13, 20), (1, 21, 43)),
)
TD2 = replace(
    TD3,
    kind="TD2",
    length=36,
    names=(0, 5, 36),
    optional=(1, 28, 35),
    personal_check=None,
    composite_check=(1, 35, 36),
    composite=((1, 0, 10), (1, 13, 20), (1, 21, 35)),
)
#: Visas stand as passports and cards do, without a composite digit and with a free last field.
MRV_A = replace(
    TD3, kind="MRV-A", optional=None, personal_check=None, composite_check=None, composite=()
)
MRV_B = replace(TD2, kind="MRV-B", optional=None, composite_check=None, composite=())
TD1 = Layout(
    kind="TD1",
    lines=3,
    length=30,
    names=(2, 0, 30),
    state=(0, 2, 5),
    number=(0, 5, 14),
    nationality=(1, 15, 18),
    birth=(1, 0, 6),
    sex=(1, 7, 8),
    expiry=(1, 8, 14),
    optional=(0, 15, 30),
    composite_check=(1, 29, 30),
    composite=((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)),
)


@dataclass(frozen=True, kw_only=True)
class CheckDigit:
    """One check digit by name: what is printed and what the characters call for."""

    name: str
    given: str
    expected: str

    @property
    def is_valid(self) -> bool:
        """Whether the printed digit is the right one."""
        return self.given == self.expected


@dataclass(frozen=True, kw_only=True)
class MrzReading:
    """What the lines say. Dates are None where they are impossible; ``doubts`` names such fields.

    ``issuing_state`` and ``nationality`` are ICAO codes without fillers.
    """

    kind: str
    lines: tuple[str, ...]
    surname: str
    given_names: str
    document_number: str
    issuing_state: str
    nationality: str
    birth_date: date | None
    sex: Sex
    expiry_date: date | None
    checks: tuple[CheckDigit, ...]
    doubts: tuple[str, ...]

    @property
    def wrong_checks(self) -> tuple[CheckDigit, ...]:
        """The check digits that do not fit their characters."""
        return tuple(check for check in self.checks if not check.is_valid)

    @property
    def is_valid(self) -> bool:
        """Whether every check digit fits."""
        return not self.wrong_checks


def check_digit(text: str) -> str:
    """Return the check digit of ``text`` by ICAO Doc 9303 part 3, section 4.9."""
    values = (0 if c == FILLER else _ALPHABET.index(c) for c in text)
    total = sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values))
    return str(total % 10)


def parse_mrz(text: str, *, today: date) -> MrzReading:
    """Return what the pasted lines say; spaces, lower case and look-alikes of ``<`` are forgiven.

    Wrong check digits are not errors but listed in ``checks``. Raises ``mrz.lines``,
    ``mrz.line_length`` and ``mrz.characters`` where the text cannot be read at all.
    """
    lines = _lines(text)
    layout = _layout(lines)
    number, number_check = _document_number(lines, layout)
    surname, given_names = _names(_cut(lines, layout.names))
    birth = _date(_cut(lines, layout.birth))
    expiry = _date(_cut(lines, layout.expiry))
    birth_date = _birth_date(birth, today=today)
    expiry_date = _expiry_date(expiry, today=today)
    doubts = {
        "birth_date": birth_date is None,
        "expiry_date": expiry_date is None,
        "names_truncated": not _cut(lines, layout.names).endswith(FILLER),
        "sex": _cut(lines, layout.sex) not in "MF<X",
    }
    return MrzReading(
        kind=layout.kind,
        lines=lines,
        surname=surname,
        given_names=given_names,
        document_number=number,
        issuing_state=_cut(lines, layout.state).strip(FILLER),
        nationality=_cut(lines, layout.nationality).strip(FILLER),
        birth_date=birth_date,
        sex={"M": Sex.MALE, "F": Sex.FEMALE}.get(_cut(lines, layout.sex), Sex.UNSPECIFIED),
        expiry_date=expiry_date,
        checks=(number_check, *_other_checks(lines, layout)),
        doubts=tuple(name for name, is_doubtful in doubts.items() if is_doubtful),
    )


def _lines(text: str) -> tuple[str, ...]:
    tidy = text.translate(_LOOK_ALIKES).upper()
    lines = tuple(filter(None, (re.sub(r"\s+", "", line) for line in tidy.splitlines())))
    if len(lines) == 1:
        lines = _cut_apart(lines[0])
    if len(lines) not in {2, 3}:
        raise DomainError("mrz.lines", count=len(lines))
    for number, line in enumerate(lines, start=1):
        strange = "".join(sorted(set(line) - set(_ALPHABET + FILLER)))
        if strange:
            raise DomainError("mrz.characters", line=number, characters=strange)
    return lines


def _cut_apart(line: str) -> tuple[str, ...]:
    """Return the lines of a zone that was pasted as one, or the one line where it is none."""
    for layout in (TD3, TD2, TD1):
        if len(line) == layout.lines * layout.length:
            return tuple(
                line[start : start + layout.length] for start in range(0, len(line), layout.length)
            )
    return (line,)


def _layout(lines: tuple[str, ...]) -> Layout:
    is_visa = lines[0].startswith("V")
    candidates: Mapping[int, tuple[Layout, ...]] = {
        2: (MRV_A, MRV_B) if is_visa else (TD3, TD2),
        3: (TD1,),
    }
    fitting = [
        layout
        for layout in candidates[len(lines)]
        if all(len(line) == layout.length for line in lines)
        # A first line that begins with P is a passport booklet, whatever its length suggests.
        and not (lines[0].startswith("P") and layout is TD2)
    ]
    if fitting:
        return fitting[0]
    expected = min(candidates[len(lines)], key=lambda layout: abs(layout.length - len(lines[0])))
    if lines[0].startswith("P"):
        expected = TD3
    wrong = next(n for n, line in enumerate(lines) if len(line) != expected.length)
    raise DomainError(
        "mrz.line_length", line=wrong + 1, length=len(lines[wrong]), expected=expected.length
    )


def _cut(lines: tuple[str, ...], span: Span) -> str:
    line, first, last = span
    return lines[line][first:last]


def _document_number(lines: tuple[str, ...], layout: Layout) -> tuple[str, CheckDigit]:
    """Return the number and its check; numbers over nine characters go on in the optional field."""
    number = _cut(lines, layout.number)
    line, _first, last = layout.number
    given = lines[line][last]
    if given == FILLER and layout.kind in {"TD1", "TD2"} and layout.optional is not None:
        rest = _cut(lines, layout.optional).split(FILLER)[0]
        if rest:
            number, given = number + rest[:-1], rest[-1]
    check = CheckDigit(name="document_number", given=given, expected=check_digit(number))
    return number.rstrip(FILLER), check


def _other_checks(lines: tuple[str, ...], layout: Layout) -> tuple[CheckDigit, ...]:
    checks = [
        _check_after(lines, "birth_date", layout.birth),
        _check_after(lines, "expiry_date", layout.expiry),
    ]
    if layout.personal_check is not None and layout.optional is not None:
        covered = _cut(lines, layout.optional)
        given = _cut(lines, layout.personal_check)
        # ICAO lets the digit of an empty personal number be the filler.
        is_empty = given == FILLER and not covered.strip(FILLER)
        expected = FILLER if is_empty else check_digit(covered)
        checks.append(CheckDigit(name="personal_number", given=given, expected=expected))
    if layout.composite_check is not None:
        covered = "".join(_cut(lines, span) for span in layout.composite)
        checks.append(
            CheckDigit(
                name="composite",
                given=_cut(lines, layout.composite_check),
                expected=check_digit(covered),
            )
        )
    return tuple(checks)


def _check_after(lines: tuple[str, ...], name: str, span: Span) -> CheckDigit:
    line, _first, last = span
    return CheckDigit(name=name, given=lines[line][last], expected=check_digit(_cut(lines, span)))


def _names(field: str) -> tuple[str, str]:
    """Return surname and given names; some passports hold everything in the surname."""
    surname, _separator, given = field.rstrip(FILLER).partition("<<")
    return _words(surname), _words(given)


def _words(text: str) -> str:
    return " ".join(filter(None, text.split(FILLER)))


def _date(digits: str) -> tuple[int, int, int] | None:
    if not digits.isdigit():
        return None
    return int(digits[:2]), int(digits[2:4]), int(digits[4:])


def _birth_date(parts: tuple[int, int, int] | None, *, today: date) -> date | None:
    """Return the birth date: the century that lies in the past."""
    if parts is None:
        return None
    year, month, day = parts
    century = today.year // 100 * 100
    born = _possible(century + year, month, day)
    if born is not None and born <= today:
        return born
    return _possible(century - 100 + year, month, day)


def _expiry_date(parts: tuple[int, int, int] | None, *, today: date) -> date | None:
    """Return the expiry in this century, or in the last one if that were too far ahead."""
    if parts is None:
        return None
    year, month, day = parts
    century = today.year // 100 * 100
    expires = _possible(century + year, month, day)
    if expires is not None and expires > today + LONGEST_VALIDITY:
        return _possible(century - 100 + year, month, day)
    return expires


def _possible(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
