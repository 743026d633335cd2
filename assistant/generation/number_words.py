"""Numbers, dates, 文号, phones and links of a text in one spelling each, so that 二十日 and 20 日 are the same and 20 元 is another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.generation.rules import FactRules
from knowledge_base.chinese_numbers import read_number

_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_WORDS = "[〇零一二三四五六七八九十百千万亿两]+"
_NUMBER = f"(?:{_DIGITS}|{_WORDS}|半)"
_NO_MARK = r"[^\s，。；、）)》”]*"
_LINK = re.compile(
    rf"[a-z][a-z0-9+.-]*:/{{0,2}}[a-z0-9]{_NO_MARK}|(?:[a-z0-9_-]+\.)+[a-z]{{2,}}{_NO_MARK}|\S*@\S+", re.IGNORECASE | re.ASCII
)
# Two characters before the bracket tell whose number it is; those before them may belong to the sentence.
_DOCUMENT_NUMBER = re.compile(r"[一-鿿]{0,2}[〔\[【(（](?:19|20)\d{2}[〕\]】)）]第?\d+号|[一-鿿]{0,2}令?第\d+号")
_PHONE = re.compile(r"\+?\d{2,}(?:[-–—－ ]\d{3,})+|(?<![\d.])\d{5,}(?![\d.]|[元万亿])")
_CLOCK = re.compile(r"\d{1,2}[:：]\d{2}")
_DATE = re.compile(f"(?P<year>(?:19|20)\\d{{2}}|[〇零○一二三四五六七八九]{{4}})年(?:(?P<month>{_NUMBER})月(?:(?P<day>{_NUMBER})日)?)?")
_DAY = re.compile(f"(?P<month>{_NUMBER})月(?P<day>{_NUMBER})日")
_ISO = re.compile(r"(?P<year>(?:19|20)\d{2})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})")
_SHARE = re.compile(f"百分之(?P<value>{_NUMBER})")
_FRACTION = re.compile(f"(?P<below>{_NUMBER})分之(?P<above>{_NUMBER})")
_ORDINAL = re.compile(f"第(?P<value>{_NUMBER})(?P<unit>[一-鿿]?)")
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True, slots=True)
class Fact:
    """`key` is equal for equal facts; `kind` is what it may be mistaken for (its unit); [start, end) in the normalised text."""

    key: str
    kind: str
    start: int
    end: int


def plain(text: str) -> str:
    """Full width to half width, no white space: the text in which facts and words are looked for."""
    return "".join(unicodedata.normalize("NFKC", text).split())


class FactReader:
    """Built once from the rules; holds no state. Expects text that went through `plain`."""

    def __init__(self, rules: FactRules) -> None:
        units = "|".join(sorted(map(re.escape, rules.units), key=len, reverse=True))
        bounds = "|".join(sorted(map(re.escape, rules.bounds), key=len, reverse=True))
        self._counted = re.compile(
            f"(?P<value>{_NUMBER})(?P<scale>(?:[十百千万亿](?![米克]))*)(?P<loose>[余多几]?)(?P<unit>{units})?(?P<bound>{bounds})?"
        )
        self._units, self._bounds = dict(rules.units), dict(rules.bounds)
        self._no_numbers = re.compile("|".join(sorted(map(re.escape, rules.no_numbers), key=len, reverse=True)))

    def facts(self, text: str) -> tuple[Fact, ...]:
        """In the order in which they stand."""
        return tuple(sorted(self._facts(text), key=lambda fact: fact.start))

    def _facts(self, text: str) -> Iterator[Fact]:
        for name, pattern in (("link", _LINK), ("number", _DOCUMENT_NUMBER)):
            for match in pattern.finditer(text):
                yield Fact(f"{name}:{_bare(match.group())}", name, *match.span())
            text = _blanked(pattern, text)
        for pattern in (_ISO, _DATE, _DAY):
            for match in pattern.finditer(text):
                yield Fact(_date_key(match), "date", *match.span())
            text = _blanked(pattern, text)
        for name, pattern in (("clock", _CLOCK), ("phone", _PHONE)):
            for match in pattern.finditer(text):
                yield Fact(f"{name}:{_bare(match.group())}", name, *match.span())
            text = _blanked(pattern, text)
        for match in _SHARE.finditer(text):
            yield Fact(f"{_value(match['value']):g}%", "%", *match.span())
        text = _blanked(_SHARE, text)
        for match in _FRACTION.finditer(text):
            yield Fact(f"{_value(match['above']):g}/{_value(match['below']):g}", "/", *match.span())
        text = _blanked(self._no_numbers, _blanked(_FRACTION, text))
        for match in _ORDINAL.finditer(text):
            yield Fact(f"第{_value(match['value']):g}{match['unit']}", f"第{match['unit']}", *match.span())
        yield from self._counts(_blanked(_ORDINAL, text))

    def _counts(self, text: str) -> Iterator[Fact]:
        for match in self._counted.finditer(text):
            value = _value(match["value"])
            for scale in match["scale"]:
                value *= _SCALES[scale]
            unit = self._units.get(match["unit"] or "", "")
            bound = self._bounds.get(match["bound"] or "", "")
            yield Fact(f"{value:.12g}{match['loose']}{unit}{bound}", unit, *match.span())


def _value(words: str) -> float:
    if words == "半":
        return 0.5
    if words[0].isdigit():
        return float(words.replace(",", ""))
    value = read_number(words)
    # Characters such as 万 alone are no number to count with, but still have to be the same ones: a value nothing else has.
    return float(value) if value is not None else -float(sum(ord(char) for char in words))


def _date_key(match: re.Match[str]) -> str:
    named = match.groupdict()
    year = named.get("year") or ""
    if year and not year.isdigit():
        year = "".join(str("〇一二三四五六七八九".index(char.replace("零", "〇").replace("○", "〇"))) for char in year)
    parts = [year, *(f"{_value(named[part]):g}" if named.get(part) else "" for part in ("month", "day"))]
    return "date:" + "-".join(parts)


def _bare(text: str) -> str:
    return re.sub(r"[\s〔〕\[\]【】()（）第+–—－-]", "", text).casefold().rstrip(".,/")


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Places stay where they are."""
    return pattern.sub(lambda match: "□" * len(match.group()), text)
