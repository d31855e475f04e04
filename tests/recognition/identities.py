"""Invented holders of invented documents, the same for the same seed."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from core.rules.mrz import MRV_A, MRV_B, TD1, TD2, TD3, Layout, check_digit

#: Without the characters that look alike in print: O 0, I 1, B 8, S 5.
CLEAR_LETTERS, CLEAR_DIGITS = "ACDEFGHJKLMNPQRTUVWXYZ", "234679"
ALL_LETTERS, ALL_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"

_STATES = "IND IND IND PAK PAK PAK BGD NPL UZB KAZ RUS TUR CHN EGY NGA LKA AFG TJK D UTO".split()
_SURNAMES = (
    "TESTOV SAMPLE SPECIMENOV KHAN PATEL SINGH MUHAMMAD IQBAL HUSSAIN RAHMAN SHARMA GUPTA YILMAZ "
    "BEKOV OKAFOR FERNANDO ZHANG QURESHI WAZIRI DJUMABAEV JAYAWARDENE OLLIVIER"
).split()
_GIVEN = (
    "ANNA KARIM MUHAMMAD PRIYA RAVI KUMAR AYESHA FATIMA ALI HASSAN LAKSHMI DEEPAK OMAR ZAINAB "
    "JULIA WEI VIJAY QASIM XENIA ILLIA"
).split()


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Somebody who does not exist, and what his document says."""

    layout: Layout
    state: str
    nationality: str
    number: str
    surname: str
    given_names: str
    birth: date
    sex: str
    expiry: date
    personal_number: str

    def lines(self) -> tuple[str, ...]:
        """Return the machine-readable lines."""
        first = {"V": "V<", "P": "P<", "I": "I<"}[self._first_letter()] + self.state.ljust(3, "<")
        names = f"{self.surname}<<{self.given_names}".replace(" ", "<")
        if self.layout is TD1:
            return self._card_lines(first, names)
        second = f"{_checked(self.number.ljust(9, '<'))}{self.nationality.ljust(3, '<')}"
        second += f"{_checked(self._day(self.birth))}{self.sex}{_checked(self._day(self.expiry))}"
        return self._filled(first + names), second + self._tail(second)

    def _first_letter(self) -> str:
        if self.layout in (MRV_A, MRV_B):
            return "V"
        return "P" if self.layout is TD3 else "I"

    def _card_lines(self, first: str, names: str) -> tuple[str, ...]:
        upper = self._filled(first + _checked(self.number.ljust(9, "<")) + self.personal_number)
        middle = f"{_checked(self._day(self.birth))}{self.sex}{_checked(self._day(self.expiry))}"
        middle += self.nationality.ljust(3, "<") + "<" * 11
        covered = upper[5:] + middle[:7] + middle[8:15] + middle[18:]
        return upper, middle + check_digit(covered), self._filled(names)

    def _tail(self, second: str) -> str:
        length = self.layout.length
        if self.layout is TD3:
            personal = self.personal_number.ljust(14, "<")
            whole = second + (_checked(personal) if self.personal_number else personal + "<")
            return whole[28:] + check_digit(whole[:10] + whole[13:20] + whole[21:43])
        if self.layout is TD2:
            whole = second + "<" * (length - 1 - len(second))
            return whole[28:] + check_digit(whole[:10] + whole[13:20] + whole[21:35])
        return "<" * (length - len(second))

    def _filled(self, text: str) -> str:
        return text[: self.layout.length].ljust(self.layout.length, "<")

    @staticmethod
    def _day(day: date) -> str:
        return f"{day:%y%m%d}"


def invent(
    seed: int, layout: Layout = TD3, *, names: str = "usual", look_alikes: bool = False
) -> Identity:
    """Return the holder of ``seed``; ``names`` is usual, long, or surname (no given names)."""
    chance = random.Random(seed)
    letters = ALL_LETTERS if look_alikes else CLEAR_LETTERS
    digits = ALL_DIGITS if look_alikes else CLEAR_DIGITS
    state = chance.choice(_STATES)
    prefix = chance.choice((1, 1, 2, 2, 3))
    number = "".join(chance.choices(letters, k=prefix))
    number += "".join(chance.choices(digits, k=chance.choice((8, 9, 9)) - prefix))
    surname, given = chance.choice(_SURNAMES), chance.sample(_GIVEN, k=chance.choice((1, 1, 2)))
    if names == "long":
        surname, given = f"{surname} {chance.choice(_SURNAMES)}", chance.sample(_GIVEN, k=3)
    room = layout.length - (0 if layout is TD1 else 5) - 3
    given_names = "" if names == "surname" else " ".join(given)
    while len(surname) + len(given_names) > room:
        given_names = given_names.rpartition(" ")[0]
    return Identity(
        layout=layout,
        state=state,
        nationality=state,
        number=number,
        surname=surname,
        given_names=given_names,
        birth=date(1978, 1, 1) + timedelta(days=chance.randrange(11_000)),
        sex=chance.choice("MF"),
        expiry=date(2027, 1, 1) + timedelta(days=chance.randrange(3_600)),
        personal_number="".join(chance.choices(digits, k=chance.choice((0, 0, 7, 11)))),
    )


def _checked(text: str) -> str:
    return text + check_digit(text)
