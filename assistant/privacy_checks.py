"""Checksums and plausibility tests of Chinese personal numbers. Pure functions over the number as written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

_SEPARATORS = re.compile(r"[\s.·•-]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_DIGITS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(3**place % 31 for place in range(17))
# Province codes of GB/T 2260; 81-83 for residents from Hong Kong, Macao and Taiwan, 99 for invented places.
_PROVINCES = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83, 99))
)


def resident_id(number: str) -> bool:
    """True for an 18-place citizen number with a real birth date and the right check digit (GB 11643-1999, ISO 7064 MOD 11-2)."""
    digits = _bare(number)
    if len(digits) != 18 or not digits[:17].isdigit() or not birth_date(number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=False))
    return digits[17] == _ID_CHECK_DIGITS[total % 11]


def birth_date(number: str) -> bool:
    """True if places 7 to 14 are a date of 1900 to 2099, whatever the check digit."""
    digits = _bare(number)
    return len(digits) == 18 and _is_date(digits[6:14])


def old_resident_id(number: str) -> bool:
    """True for a 15-place number (before 1999) of a known province with a real birth date; it has no check digit."""
    digits = _bare(number)
    return len(digits) == 15 and digits[:2] in _PROVINCES and _is_date("19" + digits[6:12])


def bank_card(number: str) -> bool:
    """True for 16 to 19 digits with the right check digit (Luhn, ISO/IEC 7812-1 annex B)."""
    digits = _bare(number)
    if not 16 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def credit_code(number: str) -> bool:
    """True for a unified social credit code with the right check character (GB 32100-2015) that cannot be a citizen number."""
    code = _bare(number)
    if len(code) != 18 or any(char not in _CREDIT_ALPHABET for char in code) or _reads_as_resident_id(code):
        return False
    total = sum(_CREDIT_ALPHABET.index(char) * weight for char, weight in zip(code, _CREDIT_WEIGHTS, strict=False))
    return code[17] == _CREDIT_ALPHABET[(31 - total % 31) % 31]


def licence_plate(number: str) -> bool:
    """True if at least two of the places after the issuing letter are digits (GA 36-2018 allows three letters of five)."""
    return sum(char.isdigit() for char in number[2:]) >= 2


CHECKS: Mapping[str, Callable[[str], bool]] = {
    check.__name__: check for check in (resident_id, birth_date, old_resident_id, bank_card, credit_code, licence_plate)
}


def _bare(number: str) -> str:
    return _SEPARATORS.sub("", number).upper().replace("×", "X")


def _reads_as_resident_id(code: str) -> bool:
    """One mistyped citizen number in 31 has the right check character of a credit code."""
    return code[:17].isdigit() and birth_date(code)


def _is_date(digits: str) -> bool:
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year < 2100
    except ValueError:
        return False
