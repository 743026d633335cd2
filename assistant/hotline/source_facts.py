"""Find the numbers, dates, document numbers and phones of a text, and which of them its sources do not hold. Knows nothing of scripts."""

from __future__ import annotations

import re
import unicodedata

_NUMERAL = "〇零一二三四五六七八九十百千万亿两"
_UNIT = (
    "个?(?:工作日|自然日|小时|分钟|周岁|平方米|学期|学年|年度|月份|日|天|年|月|周|岁|元|倍|次|套|人|条|款|项|章|节|号|时|分|"
    "成|份|张|寸|种|类|级|户|件|期|%)"
)
_FACTS = re.compile(
    rf"""
    \w{{1,12}}〔\d{{4}}〕\d+号                                        # 示政发〔2024〕12号
    | \d+(?:[.,:/\-—]\d+)*(?:[ ]?[百千万亿]*{_UNIT}|[ ]?[百千万亿]+)?  # 3.5%, 0900-8880101, 9:00—12:00, 50万元, 3天
    | 第?[{_NUMERAL}]+分之[{_NUMERAL}]+                               # 百分之三十
    | 第?[{_NUMERAL}]+{_UNIT}                                         # 十五个工作日, 第六条
    """,
    re.VERBOSE,
)


def facts(text: str) -> frozenset[str]:
    """Numbers with their units, as written except for width of characters."""
    return frozenset("".join(found.split()) for found in _FACTS.findall(unicodedata.normalize("NFKC", text)))


def unsupported_facts(text: str, known: frozenset[str]) -> frozenset[str]:
    """Facts of `text` that are not among those known from its sources; 12 is not supported by 120."""
    return facts(text) - known
