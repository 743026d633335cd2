"""文号: find them in text and bring them to one form, 示政发〔2024〕12号, 第12号令, 公告2024年第3号."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge_base.chinese_numbers import NUMERALS, read_number

_D = "0-9０-９"
_S = r"[ \t\u3000\n]"
_SERIAL = re.compile(
    rf"(?P<mark>[\u3400-\u9fff]{{1,8}}[（(][\u3400-\u9fff]{{1,3}}[）)][\u3400-\u9fff]{{1,4}}|[\u3400-\u9fffA-Z]{{2,14}}){_S}*[〔［\[（(【﹝]{_S}*(?P<year>[{_D}]{{4}}){_S}*年?{_S}*[〕］\]）)】﹞]{_S}*"
    rf"第?{_S}*(?P<number>[{_D}]{{1,5}}){_S}*号"
)
_ORDER = re.compile(
    rf"(?:(?P<issuer>[\u3400-\u9fff、]{{0,30}})令{_S}*(?:[〔\[（(]?(?P<year>[{_D}]{{4}})[〕\])）年]{_S}*)?第{_S}*(?P<a>[{NUMERALS}{_D}]{{1,6}}){_S}*号"
    rf"|第{_S}*(?P<b>[{NUMERALS}{_D}]{{1,6}}){_S}*号{_S}*令)"
)
_NOTICE = re.compile(
    rf"公{_S}*告{_S}*[（(]?"
    rf"(?:[〔\[（(]?(?P<year>[{_D}]{{4}})[〕\])）]?{_S}*年?{_S}*)?第?{_S}*(?P<number>[{NUMERALS}{_D}]{{1,5}}){_S}*号"
)
_LEAD_IN = re.compile(r"^(?:根据|依据|按照|依照|遵照|参照|以及|关于|文号|发文字号|字号|号|见|和|与|及|经|以|由|的|原|已|在|对)+")
_DATE_BEFORE = re.compile(r"[〇零○一二三四五六七八九十年月]*日")
_DISTINCT = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A 文号 in normal form and its place [start, end). `issuer` is what stands before 令, "" elsewhere."""

    number: str
    start: int
    end: int
    issuer: str = ""


def normalise_document_number(words: str) -> str | None:
    """The normal form of a 文号, None where `words` holds none. Accepts 〔〕 [] （） 【】, full-width digits, "第" before the serial.

    Orders are named by their number alone ("国务院令第707号" and "国令第707号" give 第707号令); who issued them is another field.
    """
    found = next(find_document_numbers(words), None)
    return found.number if found else None


def find_document_numbers(text: str, start: int = 0, end: int | None = None) -> Iterator[FoundNumber]:
    """Every 文号 in text[start:end], in order of appearance."""
    stop = len(text) if end is None else end
    found = [_serial(match) for match in _SERIAL.finditer(text, start, stop)]
    found += [order for match in _ORDER.finditer(text, start, stop) if (order := _order(match))]
    found += [notice for match in _NOTICE.finditer(text, start, stop) if (notice := _notice(match))]
    yield from sorted(found, key=lambda number: (number.start, -number.end))


def _serial(match: re.Match[str]) -> FoundNumber:
    mark = match["mark"]
    lead = _LEAD_IN.match(mark)
    skipped = lead.end() if lead and lead.end() < len(mark) - 1 else 0
    number = f"{mark[skipped:]}〔{_digits(match['year'])}〕{_digits(match['number'])}号"
    return FoundNumber(number, match.start() + skipped, match.end())


def _order(match: re.Match[str]) -> FoundNumber | None:
    serial = read_number(_DISTINCT.sub("", match["a"] or match["b"]))
    if serial is None:
        return None
    year = f"{_digits(match['year'])}年" if match["year"] else ""
    issuer = match["issuer"] or ""
    after_date = _DATE_BEFORE.match(issuer)
    skipped = after_date.end() if after_date and (after_date.end() > 1 or match.string[: match.start()][-1:].isdigit()) else 0
    return FoundNumber(f"{year}第{serial}号令", match.start() + skipped, match.end(), issuer[skipped:])


def _notice(match: re.Match[str]) -> FoundNumber | None:
    serial = read_number(_DISTINCT.sub("", match["number"]))
    if serial is None:
        return None
    year = f"{_digits(match['year'])}年" if match["year"] else ""
    return FoundNumber(f"公告{year}第{serial}号", match.start(), match.end())


def _digits(words: str) -> str:
    return str(int(words))
