"""A SafeReader and ArchiveReader that work in the test's own process: quick, and without protection."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.adapters.parsers.limits import load_limits
from knowledge_base.adapters.parsers.page_recognition import RecognitionUnavailable
from knowledge_base.adapters.parsers.signatures import FileKind, detect_kind
from knowledge_base.adapters.reading.archive_members import unpack
from knowledge_base.adapters.reading.process_limits import load_process_limits
from knowledge_base.document_files import parser_for
from knowledge_base.errors import PartlyReadable, UnreadableDocument
from knowledge_base.intake.ports import ReadProgress
from knowledge_base.models import ParsedText, RawDocument


class InProcessReader:
    @property
    def suffixes(self) -> frozenset[str]:
        return frozenset(suffix for parser in default_parsers() for suffix in parser.suffixes)

    def read(self, path: Path, name: str, progress: ReadProgress | None = None) -> tuple[ParsedText, ...]:
        tell = progress or (lambda _done, _total: None)
        parser = parser_for(name, default_parsers(None, RecognitionUnavailable(), tell))
        texts: list[ParsedText] = []
        try:
            for text in parser.parse(RawDocument(name, _content(path, name), name)):
                texts.append(text)
                tell(len(texts), 0)
        except PartlyReadable as error:
            texts[0] = replace(texts[0], warnings=(error.reason, *texts[0].warnings))
        return tuple(texts)

    def is_archive(self, path: Path, name: str) -> bool:
        try:
            return detect_kind(_content(path, name)) is FileKind.ZIP
        except UnreadableDocument:
            return False

    def members(self, path: Path, name: str) -> Iterator[tuple[str, Path]]:
        _content(path, name)
        with tempfile.TemporaryDirectory() as folder, path.open("rb") as stream:
            found = list(unpack(name, stream, Path(folder), load_process_limits().archive, load_limits()))
            for inside, file in found:
                yield inside, Path(folder) / file
                (Path(folder) / file).unlink()


def _content(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableDocument(name, "原件已经不在了。请重新上传。") from error
