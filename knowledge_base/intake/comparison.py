"""What separates two states of a document: fields in words, the text by whole lines with the provision each lies in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher

from knowledge_base.intake.models import Comparison, FieldChange, TextChange, TextChangeKind
from knowledge_base.models import DocumentMetadata, Provision, ProvisionLevel, RepealNotice
from knowledge_base.regions import RegionDirectory

FIELD_LABELS = {
    "title": "标题",
    "document_number": "发文字号",
    "issuing_authorities": "发文机关",
    "jurisdiction": "适用地区",
    "signed_on": "成文日期",
    "published_on": "发布日期",
    "effective_on": "施行日期",
    "expires_on": "有效期至",
    "repeals": "写明废止的文件",
    "topics": "主题",
    "source_url": "来源网址",
    "is_demonstration": "演示文件",
    "release_on": "公开日期",
    "read_by_machine": "机器识别",
}
_CITED = frozenset(
    {ProvisionLevel.ARTICLE, ProvisionLevel.HEADING, ProvisionLevel.ATTACHMENT, ProvisionLevel.PARAGRAPH, ProvisionLevel.ITEM}
)


@dataclass(frozen=True, slots=True)
class ComparedText:
    """One side of a comparison."""

    text: str
    outline: Provision
    metadata: DocumentMetadata


def compare_texts(before: ComparedText | None, after: ComparedText, regions: RegionDirectory) -> Comparison:
    """`before` None: a new document, of which everything is added."""
    fields = tuple(_field_changes(before.metadata if before else None, after.metadata, regions))
    text = tuple(_text_changes(before, after))
    return Comparison(fields, () if all(change.kind is TextChangeKind.SAME for change in text) else text)


def field_words(metadata: DocumentMetadata, field: str, regions: RegionDirectory) -> str:
    """The value as a person reads it; "" for nothing."""
    value = getattr(metadata, field)
    if field == "jurisdiction":
        region = regions.resolve(value)
        return regions.full_name(region.code) if region else str(value)
    if field == "effective_on" and value is not None and metadata.effective_on_inferred:
        return f"{value.isoformat()}（推断）"
    if field == "expires_on" and value is not None:
        # The first day that no longer binds is nobody's way of saying it.
        return str((value - timedelta(days=1)).isoformat())
    return _words(value)


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else ""
    if isinstance(value, tuple):
        return "、".join(_words(item) for item in value)
    if isinstance(value, RepealNotice):
        return f"《{value.title}》" + (f"（{value.document_number}）" if value.document_number else "")
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _field_changes(before: DocumentMetadata | None, after: DocumentMetadata, regions: RegionDirectory) -> Iterator[FieldChange]:
    for field, label in FIELD_LABELS.items():
        was = field_words(before, field, regions) if before else ""
        now = field_words(after, field, regions)
        if was != now:
            yield FieldChange(field, label, was, now)


def _text_changes(before: ComparedText | None, after: ComparedText) -> Iterator[TextChange]:
    old, new = (_Lines.of(before) if before else _Lines.none()), _Lines.of(after)
    for tag, old_start, old_end, new_start, new_end in _opcodes(old.lines, new.lines):
        if tag == "equal":
            yield new.change(TextChangeKind.SAME, new_start, new_end)
            continue
        if old_end > old_start:
            yield old.change(TextChangeKind.REMOVED, old_start, old_end)
        if new_end > new_start:
            yield new.change(TextChangeKind.ADDED, new_start, new_end)


def _opcodes(old: list[str], new: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """As difflib, over numbers for lines. Lines that occur again and again (cells of a table) are matched only beside others: comparing
    each with each takes minutes in a long text.
    """
    numbers: dict[str, int] = {}
    first = [numbers.setdefault(line.strip(), len(numbers)) for line in old]
    second = [numbers.setdefault(line.strip(), len(numbers)) for line in new]
    yield from SequenceMatcher(None, first, second, autojunk=True).get_opcodes()


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines with their ends and the empty lines after them; where each begins; the innermost citable provisions in order."""

    lines: list[str]
    starts: list[int]
    provisions: list[Provision]

    @classmethod
    def none(cls) -> _Lines:
        return cls([], [], [])

    @classmethod
    def of(cls, side: ComparedText) -> _Lines:
        lines: list[str] = []
        starts, at = [], 0
        for line in side.text.splitlines(keepends=True):
            if lines and not line.strip():
                lines[-1] += line
            else:
                lines.append(line)
                starts.append(at)
            at += len(line)
        provisions = [node for node in side.outline.walk() if node.citation and node.level in _CITED]
        return cls(lines, starts, provisions)

    def change(self, kind: TextChangeKind, first: int, last: int) -> TextChange:
        return TextChange(kind, "".join(self.lines[first:last]), self._citation(self.starts[first]))

    def _citation(self, at: int) -> str:
        """That of the last provision to begin at or before this place and to reach beyond it."""
        index = bisect_right(self.provisions, at, key=lambda node: node.start) - 1
        while index >= 0 and self.provisions[index].end <= at:
            index -= 1
        return self.provisions[index].citation if index >= 0 else ""
