"""Which changes of a document make sense. Each refusal is an ImpossibleChange that says what to do instead."""

from __future__ import annotations

from datetime import date

from knowledge_base.errors import ImpossibleChange
from knowledge_base.models import DocumentRevision, ParsedDocument


def is_later(day: date | None, other: date | None) -> bool:
    """False where either is unknown."""
    return day is not None and other is not None and day > other


def says_nothing_new(document: ParsedDocument, history: tuple[DocumentRevision, ...]) -> bool:
    """The same as the present edition in text, metadata and outline, or the text of an earlier edition once more."""
    latest = history[-1]
    if (document.text, document.metadata) == (latest.text, latest.metadata) and document.outline == latest.outline:
        return True
    earlier = (revision for revision in history if revision.edition < latest.edition)
    return any((document.text, document.metadata.effective_on) == (r.text, r.metadata.effective_on) for r in earlier)


def refuse_unusable(document: ParsedDocument) -> None:
    """A document without text or title, or with days that contradict each other."""
    metadata = document.metadata
    if not document.text.strip():
        raise ImpossibleChange(document.document_id, "文件没有正文。请检查原文件是否为空或只有图片。")
    if not metadata.title.strip():
        raise ImpossibleChange(document.document_id, "文件没有标题。请在文件开头补上标题。")
    if "\x00" in f"{document.text}{metadata.title}{metadata.document_number}{document.document_id}":
        raise ImpossibleChange(document.document_id, "文件含有无法保存的空字符，原文件可能已损坏。请重新另存后再导入。")
    if (
        metadata.expires_on
        and metadata.effective_on
        and not metadata.effective_on_inferred
        and metadata.expires_on <= metadata.effective_on
    ):
        raise ImpossibleChange(document.document_id, "失效日期不晚于施行日期。请核对这两个日期。")


def refuse_impossible_amendment(document: ParsedDocument, latest: DocumentRevision) -> None:
    """An amendment is another text that takes effect later than the present one, while the document still binds."""
    day, present = document.metadata.effective_on, latest.metadata.effective_on
    if document.text == latest.text:
        raise ImpossibleChange(document.document_id, "新文本与现行文本完全相同。如只改标题、日期等，请使用“更正”。")
    if not is_later(day, present):
        raise ImpossibleChange(document.document_id, f"新文本的施行日期（{day}）必须晚于现行文本（{present}）。更正原文请使用“更正”。")
    if latest.repealed_on is not None and day is not None and day >= latest.repealed_on:
        raise ImpossibleChange(document.document_id, f"它已于{latest.repealed_on.isoformat()}废止，不能再修改。如废止有误，请先恢复。")


def refuse_impossible_correction(document: ParsedDocument, history: tuple[DocumentRevision, ...]) -> None:
    """A correction changes something and leaves the edition later than the one before it."""
    latest = history[-1]
    if (document.text, document.metadata, document.outline) == (latest.text, latest.metadata, latest.outline):
        raise ImpossibleChange(document.document_id, "更正后的内容与现有内容完全相同，没有需要保存的改动。")
    before = [revision.metadata.effective_on for revision in history if revision.edition == latest.edition - 1]
    if before and not is_later(document.metadata.effective_on, before[-1]):
        raise ImpossibleChange(
            document.document_id,
            f"更正后的施行日期（{document.metadata.effective_on}）不晚于上一版文本（{before[-1]}）。请核对日期，或确认导入的不是旧文本。",
        )


def refuse_hiding_what_is_shown(document: ParsedDocument, latest: DocumentRevision, today: date) -> None:
    """A text that citizens see cannot be corrected from a later day on: there would be two readings of one edition."""
    later, present = document.metadata.release_on, latest.metadata.release_on
    if later is not None and later > today and (present is None or present <= today):
        raise ImpossibleChange(
            document.document_id,
            "现行文本已经公开，对它的更正不能定在以后公开。请选择立即发布；如果是以后施行的新文本，请填写它的施行日期。",
        )
