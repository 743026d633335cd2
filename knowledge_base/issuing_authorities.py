"""发文机关: from the signature, the title, an order's heading, or the sentence that tells who adopted a law."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_base.document_numbers import FoundNumber
from knowledge_base.models import Region
from knowledge_base.regions import RegionDirectory

_BEFORE_MATTER = re.compile(r"^(.{2,60}?)(?:关于|印发|转发|批转|对[^外]|令|公告)")
_SPLIT = re.compile(r"[、\s\u3000]+|(?<=[厅局委部会院府])和(?=[\u3400-\u9fff]{2})")
_OFFICE = re.compile(r"(?:府|厅|局|委|会|办|部|院|署|军委|总队|支队|兵团|中心|公室|银行|海关|党组|法院|检察院|组|处|所)$")
_PERSON = re.compile(r"^(?:总理|部长|局长|主席|省长|市长|区长|县长|主任|厅长|署长|行长|院长|检察长|委员长|会长|代理)")
_NOT_NAME = re.compile(r"[，。；：:（）()《》\d]")
_ADOPTED = re.compile(
    r"(?:第[〇零一二三四五六七八九十]{1,4}届)?(?P<place>[\u3400-\u9fff]{2,14}?)(?:第[〇零一二三四五六七八九十百\d]{1,4}届)?(?P<body>人民代表大会(?:常务委员会)?|人大(?:常委会)?)"
    r"(?:第[〇零一二三四五六七八九十百\d]{1,4}次)?(?:主席团)?会议"
)
_COURT = re.compile(r"(最高人民法院|最高人民检察院)(?:审判委员会|(?:第[\u3400-\u9fff]{1,4}届)?检察委员会)")
_FULL_BODY = {"人大": "人民代表大会", "人大常委会": "人民代表大会常务委员会"}


@dataclass(frozen=True, slots=True)
class FoundAuthorities:
    """Names in order and the words [start, end) that give them; start == end where they come from a title outside the text."""

    names: tuple[str, ...]
    start: int
    end: int


def from_title(title: str, regions: RegionDirectory) -> tuple[str, ...]:
    """国务院办公厅、中央军委办公厅关于… → both; () where the title does not begin with an authority."""
    match = _BEFORE_MATTER.match(title)
    return split_authorities(match[1], regions) if match else ()


def split_authorities(words: str, regions: RegionDirectory) -> tuple[str, ...]:
    """Names in a list of authorities, () if any part is no authority's name."""
    names = [part for part in _SPLIT.split(words.strip()) if part]
    if names and all(_is_authority(name, regions) for name in names):
        return tuple(dict.fromkeys(names))
    return ()


def from_signature(text: str, start: int, end: int, regions: RegionDirectory) -> FoundAuthorities | None:
    """Lines of a signature block before its date; the names of persons who sign are left out."""
    names: list[str] = []
    for line in text[start:end].splitlines():
        words = re.split(r"[〇零○一二三四五六七八九十\d]{4}\s*年", line)[0].strip(" \t\u3000")
        if not words or _PERSON.match(words) or _NOT_NAME.search(words):
            continue
        names += split_authorities(words, regions) or (["".join(words.split())] if _is_authority(words, regions) else [])
    return FoundAuthorities(tuple(dict.fromkeys(names)), start, end) if names else None


def from_order(number: FoundNumber, regions: RegionDirectory) -> FoundAuthorities | None:
    """中华人民共和国国务院令第707号 → 国务院."""
    names = tuple(name.removeprefix("中华人民共和国") for name in split_authorities(number.issuer, regions))
    return FoundAuthorities(names, number.start, number.end) if names else None


def from_adoption(preamble: str, regions: RegionDirectory) -> FoundAuthorities | None:
    """2011年11月17日 上海市第十三届人民代表大会常务委员会第三十次会议通过 → 上海市人民代表大会常务委员会."""
    courts = list(_COURT.finditer(preamble))
    if courts:
        return FoundAuthorities(tuple(dict.fromkeys(court[1] for court in courts)), courts[0].start(), courts[-1].end())
    for match in _ADOPTED.finditer(preamble):
        if re.match(r"[^\n]{0,12}批准", preamble[match.end() :][:20]):
            continue
        place = match["place"].removeprefix("经")
        if place in ("全国", "中华人民共和国") or regions.resolve(place):
            body = _FULL_BODY.get(match["body"], match["body"])
            return FoundAuthorities((("全国" if place == "中华人民共和国" else place) + body,), match.start(), match.end())
    return None


def place_of_assembly(preamble: str, regions: RegionDirectory) -> Region | None:
    """The region of any people's congress named, that which merely approved included: for places that no longer exist."""
    return next((region for match in _ADOPTED.finditer(preamble) if (region := regions.resolve(match["place"].removeprefix("经")))), None)


def _is_authority(name: str, regions: RegionDirectory) -> bool:
    if not 2 <= len(name) <= 40 or _NOT_NAME.search(name):
        return False
    return bool(_OFFICE.search(name)) and (len(name) >= 3 or regions.resolve(name) is not None)
