"""Finds the files of an import and reads their bytes. Knows nothing of what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import RawDocument
from knowledge_base.ports import DocumentParser


@dataclass(frozen=True, slots=True)
class FoundFile:
    """`name` is how the file is called in reports: its path inside the folder that was named, or the file name."""

    name: str
    path: Path


def find_files(paths: Sequence[Path]) -> tuple[FoundFile, ...]:
    """Files named outright, and all files below the folders named, each once, in order of name. Hidden files are left out."""
    found: dict[Path, FoundFile] = {}
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                inside = file.relative_to(path)
                if file.is_file() and not _is_left_out(inside):
                    found.setdefault(file.resolve(), FoundFile(inside.as_posix(), file))
        else:
            found.setdefault(path.resolve(), FoundFile(path.name, path))
    return tuple(found.values())


def read_raw(file: FoundFile, max_bytes: int) -> RawDocument:
    """Raises UnreadableDocument where the file is missing, forbidden or larger than `max_bytes`."""
    try:
        size = file.path.stat().st_size
        if size > max_bytes:
            raise UnreadableDocument(file.name, f"文件有{size >> 20}兆字节，超过{max_bytes >> 20}兆字节的上限。请拆分后重新导入。")
        return RawDocument(file.path.name, file.path.read_bytes(), str(file.path))
    except FileNotFoundError as error:
        raise UnreadableDocument(file.name, "没有找到这个文件或文件夹。请检查路径。") from error
    except PermissionError as error:
        raise UnreadableDocument(file.name, "没有读取权限。请修改文件权限后重新导入。") from error
    except OSError as error:
        raise UnreadableDocument(file.name, f"磁盘读取出错（{error.strerror}）。请检查磁盘或重新复制文件。") from error


def parser_for(name: str, parsers: Sequence[DocumentParser]) -> DocumentParser:
    """The parser of the longest suffix the name ends with (".jsonl.gz" before ".gz"). Raises UnreadableDocument."""
    by_suffix = {suffix: parser for parser in parsers for suffix in parser.suffixes}
    matching = [suffix for suffix in by_suffix if name.lower().endswith(suffix)]
    if not matching:
        readable = "、".join(sorted(by_suffix))
        raise UnreadableDocument(name, f"不认识这种文件（{Path(name).suffix or '没有扩展名'}）。可以导入：{readable}。")
    return by_suffix[max(matching, key=len)]


def _is_left_out(inside: Path) -> bool:
    # "~$" begins the lock file that Word leaves beside an open document.
    return any(part.startswith((".", "~$")) for part in inside.parts)
