"""Read JSON Lines in BEIR shape (`_id`, `title`, `text`, `metadata`), plain or gzip, one document a line, streamed."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge_base.adapters.parsers.layout import clean
from knowledge_base.adapters.parsers.limits import ReadingLimits
from knowledge_base.adapters.parsers.metadata_hints import HintNames, stated_fields
from knowledge_base.errors import PartlyReadable, UnreadableDocument
from knowledge_base.models import ParsedText, RawDocument

_GZIP_MARK = b"\x1f\x8b"
_SHOWN_LINES = 10


@dataclass(frozen=True, slots=True)
class JsonLinesParser:
    """Yields every good line first, then raises UnreadableDocument naming the bad ones, so that one bad line costs only itself."""

    limits: ReadingLimits
    names: HintNames
    suffixes: frozenset[str] = frozenset({".jsonl", ".jsonl.gz"})

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        bad: list[str] = []
        good = 0
        for number, line in self._lines(raw):
            parsed = self._record(line)
            if isinstance(parsed, str):
                bad.append(f"第{number}行{parsed}")
            else:
                good += 1
                yield parsed
        if bad or not good:
            raise (PartlyReadable if good else UnreadableDocument)(raw.name, _summary(bad, good))

    def _lines(self, raw: RawDocument) -> Iterator[tuple[int, bytes]]:
        """Non-empty lines with their number, never holding more than one."""
        stream = io.BytesIO(raw.content)
        source = gzip.GzipFile(fileobj=stream) if raw.content.startswith(_GZIP_MARK) else stream
        number = unpacked = 0
        try:
            while line := source.readline(self.limits.max_record_bytes):
                number, unpacked = number + 1, unpacked + len(line)
                if unpacked > self.limits.max_unpacked_bytes:
                    raise UnreadableDocument(raw.name, "解压后的内容异常庞大，可能是恶意文件，没有读取。请核对文件来源，或拆成几个文件。")
                if len(line) == self.limits.max_record_bytes:
                    raise UnreadableDocument(raw.name, f"第{number}行过长，没有读取。每行应是一份文件的 JSON，请核对后重新导入。")
                if line.strip():
                    yield number, line
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableDocument(raw.name, "压缩文件已损坏或没有下载完整，请重新下载。") from error

    def _record(self, line: bytes) -> ParsedText | str:
        """The text, or what is wrong with the line in Chinese."""
        try:
            record = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return "不是有效的 JSON"
        if not isinstance(record, dict):
            return "不是一个 JSON 对象"
        text = clean(str(record.get("text") or "")).strip("\n")
        if not text.strip():
            return "没有正文（text）"
        return self._parsed(record, text)

    def _parsed(self, record: dict[str, object], text: str) -> ParsedText:
        metadata = record.get("metadata")
        outer = {key: value for key, value in record.items() if key not in {"metadata", "text"}}
        stated = stated_fields({**outer, **(metadata if isinstance(metadata, dict) else {})}, self.names)
        hints = {key: value for key, value in stated.hints.items() if value}
        return ParsedText(text, hints.get("title"), hints.get("id"), hints, stated.warnings)


def _summary(bad: list[str], good: int) -> str:
    if not bad:
        return "文件里没有内容。"
    more = f"等{len(bad)}行" if len(bad) > _SHOWN_LINES else ""
    return f"{'；'.join(bad[:_SHOWN_LINES])}{more}有问题，其余{good}条已读取。请改正这些行后重新导入。"
