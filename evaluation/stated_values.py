"""Find what can be checked word for word in Chinese text: links, 文号, phone numbers, dates, numbers with their units. Judges nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge_base.chinese_numbers import NUMERALS, read_number

LINK, DOCUMENT_NUMBER, PHONE, DATE, NUMBER = "网址", "文号", "电话", "日期", "数字"

# Longest first: 个工作日 before 个月 before 日.
_UNIT = (
    "个工作日|工作日|个自然日|自然日|平方公里|平方米|立方米|个月|小时|分钟|公里|千克|公斤|周岁|元|日|天|年|月|岁|人|次|倍|条|款|项|目|"
    "章|节|号|级|户|份|套|吨|度|米|名|间|层|辆|只|周|折|张|种|类|%"
)
_SCALES = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000, "百万": 1_000_000, "千万": 10_000_000}
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum() or chr(code - 0xFEE0) in "%.-/:"}
_SAME_DAYS = {"个工作日": "工作日", "个自然日": "自然日", "天": "日", "周岁": "岁"}

# Tried in this order at every place, so that the digits of a 文号 or a phone number are not read as numbers of their own.
_PATTERN = re.compile(
    rf"""
    (?P<link>(?:https?://|www\.)[^\s，。；、！？）》”’"'<>()（]+)
  | (?P<document>(?P<agency>[\u4e00-\u9fff]{{0,3}})[〔\[（(](?P<year>(?:19|20)\d\d)[〕\]）)]第?(?P<serial>\d+)号)
  | (?P<phone>(?<![\d.])(?:0\d{{2,3}}[-\s]?\d{{7,8}}|1[3-9]\d{{9}}|[48]00[-\s]?\d{{3}}[-\s]?\d{{4}})(?![\d.]))
  | (?P<date>(?P<y>(?:19|20)\d\d)(?:年|-)(?P<m>\d{{1,2}})(?:月|-)(?P<d>\d{{1,2}})日?)
  | (?P<share>百分之(?P<percent>[{NUMERALS}点]+|\d+(?:\.\d+)?))
  | (?P<figure>(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<scale>百万|千万|百|千|万|亿)?(?P<unit>{_UNIT})?)
  | (?P<written>(?P<words>[{NUMERALS}万亿]+)(?P<unit_of_words>{_UNIT}))
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class StatedValue:
    """`meaning` is equal for two ways of writing the same value: 十五个工作日 and 15个工作日. `unit` "" where none follows a number."""

    kind: str
    text: str
    meaning: str
    unit: str = ""


def stated_values(text: str) -> Iterator[StatedValue]:
    """In order. Numerals that are part of ordinary words (一般, 统一) have no unit and are left out."""
    for match in _PATTERN.finditer(text.translate(_FULL_WIDTH)):
        value = _value(match)
        if value is not None:
            yield value


def _value(match: re.Match[str]) -> StatedValue | None:
    # The outermost group closes last, so it is the one named here.
    return _READERS[match.lastgroup or ""](match.group(), match.groupdict(""))


def _link(text: str, _parts: dict[str, str]) -> StatedValue:
    return StatedValue(LINK, text, text.rstrip(".,/").lower())


def _document(text: str, parts: dict[str, str]) -> StatedValue:
    # Where the agency's short name begins in a sentence cannot be told; three characters tell 京政规 from 示政规.
    return StatedValue(DOCUMENT_NUMBER, text, f"{parts['agency']}〔{parts['year']}〕{int(parts['serial'])}")


def _phone(text: str, _parts: dict[str, str]) -> StatedValue:
    return StatedValue(PHONE, text, "".join(filter(str.isdigit, text)))


def _date(text: str, parts: dict[str, str]) -> StatedValue:
    return StatedValue(DATE, text, f"{parts['y']}-{int(parts['m'])}-{int(parts['d'])}")


def _share(text: str, parts: dict[str, str]) -> StatedValue:
    return StatedValue(NUMBER, text, _meaning(parts["percent"]), "%")


def _figure(text: str, parts: dict[str, str]) -> StatedValue:
    number = float(parts["digits"].replace(",", "")) * _SCALES[parts["scale"]]
    return StatedValue(NUMBER, text, _plain(number), _unit(parts["unit"]))


def _number_in_words(text: str, parts: dict[str, str]) -> StatedValue | None:
    number = _written(parts["words"])
    return None if number is None else StatedValue(NUMBER, text, number, _unit(parts["unit_of_words"]))


_READERS: dict[str, Callable[[str, dict[str, str]], StatedValue | None]] = {
    "link": _link,
    "document": _document,
    "phone": _phone,
    "date": _date,
    "share": _share,
    "figure": _figure,
    "written": _number_in_words,
}


def _written(words: str) -> str | None:
    """一百二十万 → 1200000."""
    total = 0
    for scale, size in (("亿", 100_000_000), ("万", 10_000)):
        head, mark, rest = words.partition(scale)
        if mark:
            number = read_number(head) if head else None
            if number is None:
                return None
            total, words = total + number * size, rest
    rest_number = read_number(words.replace("两", "二")) if words else 0
    return None if rest_number is None else _plain(total + rest_number)


def _meaning(words: str) -> str:
    if words[0].isdigit():
        return _plain(float(words))
    whole, _, fraction = words.partition("点")
    number = read_number(whole)
    digits = "".join(str(read_number(digit)) for digit in fraction)
    return words if number is None else _plain(float(f"{number}.{digits or 0}"))


def _unit(unit: str) -> str:
    return _SAME_DAYS.get(unit, unit)


def _plain(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".")
