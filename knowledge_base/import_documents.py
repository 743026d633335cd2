"""Takes files and folders into the catalogue, one document after the other; what cannot be read is reported and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from knowledge_base.change_rules import is_later
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.document_files import FoundFile, find_files, parser_for, read_raw
from knowledge_base.document_reader import read_document
from knowledge_base.errors import ImpossibleChange, KnowledgeBaseError, RevisionConflict, StoreUnavailable, UnreadableDocument
from knowledge_base.models import ParsedDocument, ParsedText, RawDocument
from knowledge_base.ports import DocumentParser, OriginalStore, Progress, silent
from knowledge_base.regions import RegionDirectory

DEFAULT_MAX_BYTES = 200 << 20


@dataclass(frozen=True, slots=True)
class FailedFile:
    """`name` is the file (and the document in it, where it holds many); `reason` a Chinese sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts of documents, except `files`. `duplicates` are further files of a document already taken from this import."""

    files: int
    imported: int
    unchanged: int
    duplicates: int
    repealed: int
    failed: tuple[FailedFile, ...]
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        parts = [f"共处理{self.files}个文件：收录或更新{self.imported}份政策文件", f"内容未变{self.unchanged}份"]
        if self.duplicates:
            parts.append(f"同一文件的其他格式{self.duplicates}份（只收录一次）")
        if self.repealed:
            parts.append(f"登记废止{self.repealed}份")
        failures = f"有{len(self.failed)}项没有读成，原因见下，改正后可重新导入" if self.failed else "没有失败"
        return f"{'，'.join(parts)}；{failures}。"


def import_documents(  # noqa: PLR0913, PLR0917 - the pieces are chosen by the caller, one by one
    paths: Sequence[Path],
    parsers: Sequence[DocumentParser],
    regions: RegionDirectory,
    catalog: DocumentCatalog,
    by: str,
    progress: Progress | None = None,
    *,
    originals: OriginalStore | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> ImportReport:
    """Every document is committed by itself: stopped half way, what was reported stays, and a second run skips it as unchanged.

    `progress` is called with (file name, files done, files in all), after each document and each file. Raises StoreUnavailable.
    """
    files = find_files(paths)
    tally = _Tally(len(files))
    run = _ImportRun(tuple(parsers), regions, catalog, by, originals, max_bytes, tally)
    report_progress = progress or silent
    for done, file in enumerate(files):
        for title in run.take_in(file):
            report_progress(f"{file.name}：{title}", done, len(files))
        report_progress(file.name, done + 1, len(files))
    return tally.report()


@dataclass(slots=True)
class _Tally:
    files: int
    imported: int = 0
    unchanged: int = 0
    duplicates: int = 0
    repealed: int = 0
    failed: list[FailedFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def report(self) -> ImportReport:
        return ImportReport(
            self.files, self.imported, self.unchanged, self.duplicates, self.repealed, tuple(self.failed), tuple(self.warnings)
        )


@dataclass(slots=True)
class _ImportRun:
    parsers: tuple[DocumentParser, ...]
    regions: RegionDirectory
    catalog: DocumentCatalog
    by: str
    originals: OriginalStore | None
    max_bytes: int
    tally: _Tally
    seen: dict[str, tuple[str, date | None]] = field(default_factory=dict)

    def take_in(self, file: FoundFile) -> Iterable[str]:
        """Yields the title of each document once it is committed, or known not to be new."""
        try:
            raw = read_raw(file, self.max_bytes)
            parser = parser_for(raw.name, self.parsers)
            reason = f"导入自“{raw.name}”"
            for position, parsed in enumerate(parser.parse(raw)):
                if position == 0 and self.originals is not None:
                    # Before the first document of the file: nothing stands in the catalogue without its original.
                    reason += f"（原件 {self.originals.keep(raw)[:12]}）"
                yield from self._take_in_one(file, raw, parsed, reason)
        except StoreUnavailable:
            raise
        except UnreadableDocument as error:
            self.tally.failed.append(FailedFile(file.name, error.reason))
        except Exception as error:
            # Whatever a library stumbles over in one file must not stop the other files.
            self.tally.failed.append(FailedFile(file.name, _unexpected(error)))

    def _take_in_one(self, file: FoundFile, raw: RawDocument, parsed: ParsedText, reason: str) -> Iterable[str]:
        name = parsed.title or parsed.document_id or raw.name
        try:
            document = read_document(parsed, self.regions)
            self._publish(file, document, reason)
        except StoreUnavailable:
            raise
        except (ImpossibleChange, UnreadableDocument) as error:
            self.tally.failed.append(FailedFile(f"{file.name}（{name}）", error.reason))
        except KnowledgeBaseError as error:
            self.tally.failed.append(FailedFile(f"{file.name}（{name}）", str(error)))
        except Exception as error:
            # Nor must one document of a file stop the others in it.
            self.tally.failed.append(FailedFile(f"{file.name}（{name}）", _unexpected(error)))
        yield name

    def _publish(self, file: FoundFile, document: ParsedDocument, reason: str) -> None:
        effective_on = document.metadata.effective_on
        if document.document_id in self.seen and not is_later(effective_on, self.seen[document.document_id][1]):
            self.tally.duplicates += 1
            first = self.seen[document.document_id][0]
            self.tally.warnings.append(
                f"{file.name}：与“{first}”是同一份文件《{document.metadata.title}》，以“{first}”为准，没有重复收录。"
            )
            return
        try:
            outcome = self.catalog.publish(document, self.by, reason)
        except RevisionConflict:
            # Someone changed it at this very moment; what a file says can simply be said again on top.
            outcome = self.catalog.publish(document, self.by, reason)
        self.seen[document.document_id] = (file.name, effective_on)
        self.tally.imported += outcome.changed
        self.tally.unchanged += not outcome.changed
        self.tally.repealed += len(outcome.repealed)
        # What was said of a document when it was taken in need not be said again.
        warnings = (*(document.warnings if outcome.changed else ()), *outcome.warnings)
        self.tally.warnings.extend(f"{file.name}《{document.metadata.title}》：{warning}" for warning in warnings)


def _unexpected(error: Exception) -> str:
    return f"读取时出现意外错误（{type(error).__name__}）。请把文件另存为其他格式（如 .docx 或 .txt）后重试，仍不行请联系技术人员。"
