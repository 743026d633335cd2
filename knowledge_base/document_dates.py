"""Dates in public documents: 2024年3月1日, 二〇二四年三月一日, 2024-03-01; when a document takes effect and when it lapses."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge_base.chinese_numbers import read_number

_S = r"[ \t\u3000]*"
_N = "0-9０-９〇零○ＯO一二三四五六七八九十"
DATE = (
    rf"(?:[{_N}]{{4}}{_S}年{_S}[{_N}]{{1,3}}{_S}月{_S}[{_N}]{{1,3}}{_S}日"
    r"|(?<![\d.])(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:3[01]|[12]\d|0?[1-9])(?![\d.]))"
)
"""Regular expression of one written date, without groups."""

_DATE = re.compile(DATE)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_PARTS = re.compile(r"[-/.年月日\s\u3000]+")
_BINDS = r"(?:施行|实施|执行|生效|试行|起效)"
_SELF = re.compile(
    r"本[\u3400-\u9fff]{1,10}?(?:自|从|于|有效)|本[\u3400-\u9fff]{1,8}由[\u3400-\u9fff、]{2,60}解释[，,]\s*(?:并)?(?:自|从)|现予?(?:公布|发布)|^[\s（(]*(?:(?:上述|以上|此)[\u3400-\u9fff]{1,4})?(?:自|从)"
)
_ON_DATE = re.compile(rf"(?:自|从|于){_S}(?P<date>{DATE}){_S}(?:零时)?起?{_S}(?:正式|开始)?{_BINDS}")
_SPAN = re.compile(
    rf"自{_S}(?P<first>{DATE}){_S}起?{_S}(?:{_BINDS})?[，,]?{_S}(?:至|到){_S}(?P<last>{DATE}){_S}(?:有效|止|{_BINDS}|[。；，])"
)
_HEAD_DATE = re.compile(rf"(?P<date>{DATE}){_S}起?{_S}(?:施行|实施|执行)")
_ON_PUBLICATION = re.compile(
    rf"(?:自|从)?(?:公布|发布|印发|颁布|下发|签署|通过|批准)之日起{_S}(?:满|后)?"
    rf"(?:(?P<days>[{_N}百]{{1,4}}){_S}(?P<unit>个?月|日|天)(?:之?后|起))?(?:开始|正式)?{_BINDS}"
)
_TERM = re.compile(
    rf"(?:有效期|有效期限|试行期|试行期限|执行期|执行期限|试行|暂定){_S}(?:限)?(?:为|暂定为|是)?{_S}(?P<count>[{_N}两]{{1,3}}){_S}(?P<unit>年|个月)"
)
_UNTIL = re.compile(rf"(?:有效期|有效期限|执行期|执行期限|试行期|执行|有效|实施|施行)(?:截)?{_S}(?:至|到|截止到|截至){_S}(?P<date>{DATE})")
_OF_THIS = re.compile(rf"本[\u3400-\u9fff]{{1,10}}|{_BINDS}|现予?(?:公布|发布)")
_OWN_CLAUSE = re.compile(rf"^(?:本[\u3400-\u9fff]{{1,10}}|并|且|其)?$|{_BINDS}$")
# A form in an annex speaks of itself, not of the document that carries it.
_OF_A_FORM = re.compile(r"本(?:协议|合同|承诺|责任书|保证书|委托书|授权书)")
_SENTENCE = re.compile(r"[^。；;\n]+[。；;]?")
_FULL_WIDTH_O = str.maketrans("ＯO○零", "〇〇〇〇")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date and the words [start, end) that give it."""

    on: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EffectiveRule:
    """When a document takes effect: on a date, or some days or months after its publication. `score` ranks competing sentences."""

    start: int
    end: int
    score: int
    on: date | None = None
    days_after: int = 0
    months_after: int = 0


@dataclass(frozen=True, slots=True)
class TermRule:
    """When it lapses: `ends_on`, the first day it no longer binds, or `months` after taking effect."""

    start: int
    end: int
    ends_on: date | None = None
    months: int = 0


def read_date(words: str) -> date | None:
    """The one date in `words`; None where it is none that exists, or of a century in which nothing in force can have been issued."""
    parts = [part for part in _PARTS.split(words.strip().translate(_FULL_WIDTH_O)) if part]
    numbers = [read_number(part) for part in parts]
    if len(numbers) != 3 or None in numbers or not _FIRST_YEAR <= (numbers[0] or 0) <= _LAST_YEAR:
        return None
    try:
        return date(*(number or 0 for number in numbers))
    except ValueError:
        return None


def find_dates(text: str, start: int = 0, end: int | None = None) -> Iterator[FoundDate]:
    for match in _DATE.finditer(text, start, len(text) if end is None else end):
        if on := read_date(match.group()):
            yield FoundDate(on, match.start(), match.end())


def find_effective_rules(text: str, body_start: int) -> Iterator[EffectiveRule]:
    """Sentences that say when this document takes effect. Before `body_start` a bare "2014年5月1日 施行" counts as well."""
    for start, sentence in _sentences(text):
        own = 2 if _SELF.search(sentence) else 1
        for match in _ON_DATE.finditer(sentence):
            if _inside_title(sentence, match.start()):
                continue
            if on := read_date(match["date"]):
                yield EffectiveRule(start + match.start(), start + match.end(), own, on=on)
        for match in _SPAN.finditer(sentence):
            if own == 2 and (on := read_date(match["first"])):
                yield EffectiveRule(start + match.start(), start + match.end(), own, on=on)
        for match in _ON_PUBLICATION.finditer(sentence):
            count = (read_number(match["days"]) or 0) if match["days"] else 0
            months = count if match["unit"] and match["unit"].endswith("月") else 0
            yield EffectiveRule(start + match.start(), start + match.end(), own, days_after=count - months, months_after=months)
    for match in _HEAD_DATE.finditer(text, 0, body_start):
        if on := read_date(match["date"]):
            yield EffectiveRule(match.start(), match.end(), 1, on=on)


def find_term(text: str) -> TermRule | None:
    """The last sentence that limits how long this document holds; terms of permits and cards ("居住证有效期为1年") do not count."""
    found: TermRule | None = None
    for start, sentence in _sentences(text):
        if not _OF_THIS.search(sentence) or not re.search(rf"{_BINDS}|本[\u3400-\u9fff]{{1,8}}有效", sentence):
            continue
        found = _term_in(sentence, start) or found
    return found


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _term_in(sentence: str, start: int) -> TermRule | None:
    for pattern, group in ((_SPAN, "last"), (_UNTIL, "date")):
        match = pattern.search(sentence)
        if match and (last := read_date(match[group])):
            return TermRule(start + match.start(), start + match.end(), ends_on=last + timedelta(days=1))
    match = _TERM.search(sentence)
    if match and _speaks_of_this(sentence, match.start()) and (count := read_number(match["count"])):
        return TermRule(start + match.start(), start + match.end(), months=count * (12 if match["unit"] == "年" else 1))
    return None


def _speaks_of_this(sentence: str, position: int) -> bool:
    """The clause of 有效期 names this document or nothing: "…起施行，有效期5年", "本办法有效期5年", not "许可证有效期5年"."""
    clause = re.split(r"[，,（(]", sentence[:position])[-1].strip()
    return bool(_OWN_CLAUSE.search(clause)) and bool(clause.startswith("本") or _SELF.search(sentence))


def _inside_title(sentence: str, position: int) -> bool:
    return sentence.count("《", 0, position) > sentence.count("》", 0, position)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Sentences that could matter, with their place: nearly all are skipped by one cheap look."""
    for match in _SENTENCE.finditer(text):
        sentence = match.group()
        if ("起" in sentence or "期" in sentence or "至" in sentence or "试行" in sentence) and len(sentence) < 600:
            if _OF_A_FORM.search(sentence):
                continue
            yield match.start(), sentence
