"""What a document says of itself: 文号, 发文机关, jurisdiction, dates, term, what it repeals. Every value found comes with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge_base import issuing_authorities
from knowledge_base.document_dates import EffectiveRule, add_months, find_effective_rules, find_term, read_date
from knowledge_base.document_frame import DocumentFrame, HistoryEvent, history, labelled_fields, printed_on, read_frame, signature_date
from knowledge_base.document_numbers import FoundNumber, find_document_numbers, normalise_document_number
from knowledge_base.document_titles import clean_title, guess_title
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import NATION_CODE, DocumentMetadata, Region, RepealNotice
from knowledge_base.regions import RegionDirectory
from knowledge_base.repeal_sentences import find_repeals

_DATE_FIELDS = ("signed_on", "published_on", "effective_on", "expires_on")
_TRUE = frozenset({"true", "1", "yes", "是"})
_PUBLISHES = re.compile(r"[ \u3000]*(?:公布|发布|颁布)")
_NOW_PUBLISHED = re.compile(r"现予?(?:以)?(?:公布|发布)|现将[^。，；\n]{1,80}?(?:公布|发布)")
_BESIDE_NUMBER = 30


@dataclass(frozen=True, slots=True)
class MetadataEvidence:
    """The words [start, end) of the text on which a field of DocumentMetadata rests. `value` is the field's value as text."""

    field: str
    value: str
    start: int
    end: int


def extract_metadata(
    text: str, regions: RegionDirectory, title: str | None = None, hints: Mapping[str, str] | None = None
) -> DocumentMetadata:
    """See read_metadata; without the evidence."""
    return read_metadata(text, regions, title, hints)[0]


def read_metadata(
    text: str, regions: RegionDirectory, title: str | None = None, hints: Mapping[str, str] | None = None
) -> tuple[DocumentMetadata, tuple[MetadataEvidence, ...]]:
    """Metadata and the words it rests on. Hints (named like the fields) win over anything found; a hint that cannot be read as the date
    or region it should be raises UnreadableDocument. `effective_on` falls back to the amendment, publication or signing date, inferred.
    """
    return _Reader(text, regions, title, hints or {}).read()


class _Reader:
    def __init__(self, text: str, regions: RegionDirectory, title: str | None, hints: Mapping[str, str]) -> None:
        self._text, self._regions = text, regions
        self._hints = {key: str(value).strip() for key, value in hints.items() if str(value).strip()}
        self._title = clean_title(self._hints.get("title") or title or guess_title(text))
        self._frame: DocumentFrame = read_frame(text)
        self._evidence: list[MetadataEvidence] = []
        self._labels = {field: (value, start, end) for field, value, start, end in reversed(list(labelled_fields(text)))}

    def read(self) -> tuple[DocumentMetadata, tuple[MetadataEvidence, ...]]:
        self._note_title()
        number = self._own_number()
        authorities = self._authorities(number)
        signed, published, amended = self._event_dates()
        effective, inferred = self._effective(signed, published, amended)
        metadata = DocumentMetadata(
            title=self._title,
            document_number=self._number_text(number),
            issuing_authorities=authorities,
            jurisdiction=self._jurisdiction(authorities),
            signed_on=signed,
            published_on=published,
            effective_on=effective,
            effective_on_inferred=inferred,
            expires_on=self._expires(effective),
            repeals=self._repeals(),
            topics=_listed(self._hints.get("topics", "")),
            source_url=self._hints.get("source_url"),
            is_demonstration=self._hints.get("is_demonstration", "").lower() in _TRUE,
        )
        return metadata, tuple(self._evidence)

    def _note_title(self) -> None:
        """A title is often broken over lines and set with spaces between its characters."""
        spread = r"\s*".join(map(re.escape, "".join(self._title.split())))
        if "title" not in self._hints and spread and (place := re.search(spread, self._text)):
            self._note("title", self._title, place.start(), place.end())

    def _repeals(self) -> tuple[RepealNotice, ...]:
        notices = tuple(find_repeals(self._text))
        for start, end in dict.fromkeys((notice.start, notice.end) for notice in notices):
            self._note("repeals", "、".join(n.title for n in notices if (n.start, n.end) == (start, end)), start, end)
        return notices

    # 文号

    def _own_number(self) -> FoundNumber | None:
        """The number in the head that stands by itself, that publishes the text, or that the title carries."""
        if "document_number" in self._labels:
            value, start, end = self._labels["document_number"]
            if number := normalise_document_number(value):
                return FoundNumber(number, start, end)
        found = [n for n in find_document_numbers(self._text, 0, self._frame.head_end) if not _is_reference(self._text, n)]
        alone = [n for n in found if self._stands_alone(n)]
        publishing = [n for n in found if _PUBLISHES.match(self._text, n.end)]
        return next(iter((*alone, *publishing)), None)

    def _stands_alone(self, number: FoundNumber) -> bool:
        begin = self._text.rfind("\n", 0, number.start) + 1
        end = self._text.find("\n", number.end)
        line = self._text[begin : end if end >= 0 else len(self._text)].strip()
        if line.startswith("|"):
            return True
        beside = len("".join(line.split())) - len("".join(self._text[number.start : number.end].split()))
        if beside <= _BESIDE_NUMBER and not line.endswith(("。", "；")):
            return True
        # Text flattened to one line: the number stands between spaces near its beginning.
        around = self._text[max(0, number.start - 1) : number.start] + self._text[number.end : number.end + 1]
        return number.end < 300 and len(around.split()) == 0 and len(around) > 0

    def _number_text(self, number: FoundNumber | None) -> str | None:
        if stated := self._hints.get("document_number"):
            return normalise_document_number(stated) or stated
        if number is not None:
            self._note("document_number", number.number, number.start, number.end)
            return number.number
        own = (found for found in find_document_numbers(self._title) if not _is_reference(self._title, found))
        return next((found.number for found in own), None)

    # 发文机关 and jurisdiction

    def _authorities(self, number: FoundNumber | None) -> tuple[str, ...]:
        if stated := self._hints.get("issuing_authorities"):
            return _listed(stated)
        if "issuing_authorities" in self._labels:
            value, start, end = self._labels["issuing_authorities"]
            self._note("issuing_authorities", value, start, end)
            return _listed(value)
        if names := issuing_authorities.from_title(self._title, self._regions):
            place = self._text.find(names[0])
            if place >= 0:
                self._note("issuing_authorities", "、".join(names), place, place + len(names[0]))
            return names
        signature = self._frame.signature
        found = (
            (number and issuing_authorities.from_order(number, self._regions))
            or (signature and issuing_authorities.from_signature(self._text, *signature, self._regions))
            or issuing_authorities.from_adoption(self._text[: self._frame.head_end], self._regions)
        )
        if not found:
            return ()
        self._note("issuing_authorities", "、".join(found.names), found.start, found.end)
        return found.names

    def _jurisdiction(self, authorities: tuple[str, ...]) -> str:
        if stated := self._hints.get("jurisdiction"):
            region = self._regions.resolve(stated)
            if region is None:
                raise UnreadableDocument(self._title, f"注明的适用地区“{stated}”无法识别，请写六位行政区划代码或规范全称。")
            return region.code
        for name in authorities:
            if region := self._regions.resolve(name):
                self._note_region_of_authorities(region)
                return region.code
        if self._title.startswith("中华人民共和国"):
            return NATION_CODE
        zone = re.match(r"中国[（(]([\u3400-\u9fff]{2,6})[）)]", self._title)
        region = self._regions.resolve(zone[1] if zone else self._title) or self._region_at_start(self._title)
        region = region or issuing_authorities.place_of_assembly(self._text[: self._frame.head_end], self._regions)
        return region.code if region else NATION_CODE

    def _note_region_of_authorities(self, region: Region) -> None:
        found = next((item for item in self._evidence if item.field == "issuing_authorities"), None)
        if found is not None:
            self._note("jurisdiction", region.code, found.start, found.end)

    def _region_at_start(self, title: str) -> Region | None:
        """上海口岸服务条例, 北京市实施《…》办法: a title that begins with a place."""
        found = self._regions.find_in_text(title[:12])
        return found[0] if found and title.startswith(found[0].name[:2]) else None

    # Dates

    def _event_dates(self) -> tuple[date | None, date | None, date | None]:
        """(signed, published, last amended)"""
        events = history(self._text, self._frame)
        amended = max((e for e in events if e.kind == "amended"), key=lambda e: read_date(e.words) or date.min, default=None)
        adopted = next((e for e in reversed(events) if e.kind == "adopted"), None)
        # The first text's publication says nothing of a text amended since.
        published_event = next((e for e in reversed(events) if e.kind == "published"), None)
        if amended is not None and published_event is not events[-1]:
            published_event = None
        signed = self._date("signed_on", signature_date(self._text, self._frame) or _place(amended or adopted))
        published = self._date("published_on", printed_on(self._text) or _place(published_event))
        amended_on = read_date(amended.words) if amended else None
        now = _NOW_PUBLISHED.search(self._text, 0, self._frame.head_end)
        if published is None and signed is not None and now is not None:
            published = signed
            self._note("published_on", signed.isoformat(), *now.span())
        return signed, published, amended_on

    def _date(self, field: str, found: tuple[str, int, int] | None) -> date | None:
        if (stated := self._stated_date(field)) is not None:
            return stated
        found = self._labels.get(field) or found
        on = read_date(found[0]) if found else None
        if on is not None and found is not None:
            self._note(field, on.isoformat(), found[1], found[2])
        return on

    def _stated_date(self, field: str) -> date | None:
        stated = self._hints.get(field)
        if not stated:
            return None
        if (on := read_date(stated[:10]) or read_date(stated)) is None:
            raise UnreadableDocument(self._title, f"注明的日期“{field}: {stated}”无法识别，请写成 2024-03-01 的样子。")
        return on

    def _effective(self, signed: date | None, published: date | None, amended: date | None) -> tuple[date | None, bool]:
        """A text that was amended later than its first 施行日期 cannot bind, as it now reads, before the amendment."""
        if (stated := self._date("effective_on", None)) is not None:
            return stated, False
        base, rule = published or signed, self._effective_rule()
        on, inferred = base, True
        if rule is not None and (rule.on or base):
            on = rule.on or add_months((base or date.min) + timedelta(days=rule.days_after), rule.months_after)
            inferred = rule.on is None and published is None
            self._note("effective_on", on.isoformat(), rule.start, rule.end)
        if amended is not None and (on is None or amended > on):
            return amended, True
        return on, inferred and on is not None

    def _effective_rule(self) -> EffectiveRule | None:
        """The best-matching sentence; of equals the last, where 附则 stands."""
        rules = sorted(find_effective_rules(self._text, self._frame.head_end), key=lambda rule: rule.start)
        return max(rules, key=lambda rule: (rule.score, rule.start), default=None)

    def _expires(self, effective: date | None) -> date | None:
        if (stated := self._date("expires_on", None)) is not None:
            return stated
        term = find_term(self._text)
        if term is None or (term.ends_on is None and effective is None):
            return None
        on = term.ends_on or add_months(effective or date.min, term.months)
        self._note("expires_on", on.isoformat(), term.start, term.end)
        return on

    def _note(self, field: str, value: str, start: int, end: int) -> None:
        self._evidence.append(MetadataEvidence(field, value, start, end))


def _is_reference(text: str, number: FoundNumber) -> bool:
    """《…》（…号） names another document."""
    before = text[max(0, number.start - 2) : number.start]
    return before in ("》（", "》(") or before.endswith("》")


def _place(event: HistoryEvent | None) -> tuple[str, int, int] | None:
    return (event.words, event.start, event.end) if event else None


def _listed(words: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[、,，;；\s]+", words.strip()) if part)
