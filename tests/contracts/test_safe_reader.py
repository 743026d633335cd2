"""What a SafeReader and an ArchiveReader promise, run on the one with a process of its own and on the fake."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge_base.adapters.reading.process_reader import ProcessReader
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText
from tests.contracts.test_document_parser import SAMPLES
from tests.fakes.safe_reader import InProcessReader
from tests.knowledge_base.office_files import ARTICLES, jsonl_of, pdf_of, plain_docx, xlsx_of, zip_of

Reader = ProcessReader | InProcessReader
Keep = Callable[[bytes], Path]
SAID = "第三条 本办法自2024年7月1日起施行。"


@pytest.fixture(scope="module", params=[ProcessReader, InProcessReader], ids=["process", "fake"])
def reader(request: pytest.FixtureRequest) -> Reader:
    made: Reader = request.param()
    return made


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Files lie under the digest of their content, without a suffix."""

    def kept(content: bytes) -> Path:
        path = tmp_path / f"{zlib.crc32(content):08x}"
        path.write_bytes(content)
        return path

    return kept


def contents(reader: Reader, path: Path, name: str = "政策.zip") -> dict[str, bytes]:
    return {inside: file.read_bytes() for inside, file in reader.members(path, name)}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_of_every_family_is_read(reader: Reader, keep: Keep, name: str) -> None:
    (text,) = reader.read(keep(SAMPLES[name]), name)
    assert isinstance(text, ParsedText)
    assert [line for line in text.text.split("\n") if line.startswith("第")] == list(ARTICLES)


def test_the_texts_are_those_that_the_parser_gives(reader: Reader, keep: Keep) -> None:
    path = keep(SAMPLES["办法.jsonl"])
    assert reader.read(path, "办法.jsonl") == InProcessReader().read(path, "办法.jsonl")


def test_the_content_decides_and_the_wrong_suffix_is_noted(reader: Reader, keep: Keep) -> None:
    (text,) = reader.read(keep(pdf_of()), "办法.docx")
    assert SAID in text.text
    assert "扩展名与内容不符" in text.warnings[0]


def test_pages_are_reported_while_they_are_read(reader: Reader, keep: Keep) -> None:
    heard: list[tuple[int, int]] = []
    reader.read(keep(pdf_of(pages=3)), "办法.pdf", lambda done, total: heard.append((done, total)))
    assert heard[:3] == [(1, 3), (2, 3), (3, 3)]


def test_documents_are_counted_where_a_file_holds_many(reader: Reader, keep: Keep) -> None:
    heard: list[tuple[int, int]] = []
    path = keep(jsonl_of({"_id": f"a{n}", "title": f"办法{n}", "text": SAID} for n in range(3)))
    assert len(reader.read(path, "办法.jsonl", lambda done, total: heard.append((done, total)))) == 3
    assert heard == [(1, 0), (2, 0), (3, 0)]


def test_good_lines_survive_a_bad_one_which_is_named(reader: Reader, keep: Keep) -> None:
    good = jsonl_of([{"_id": "a1", "title": "办法", "text": SAID}])
    (text,) = reader.read(keep(good + b"not json\n"), "办法.jsonl")
    assert "第2行" in text.warnings[0]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("办法.txt", b"", "空"),
        ("办法.docx", plain_docx()[:900], "损坏"),
        ("办法.exe", b"MZ" + b"\x00" * 40, "不认识"),
        ("办法.docx", zip_of({"a.txt": b"a"}), "压缩包"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(reader: Reader, keep: Keep, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason) as refusal:
        reader.read(keep(content), name)
    assert refusal.value.name == name


def test_a_file_that_is_gone_is_refused(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="重新上传"):
        reader.read(tmp_path / "gone", "办法.txt")
    assert not reader.is_archive(tmp_path / "gone", "政策.zip")


def test_the_suffixes_are_those_of_the_parsers(reader: Reader) -> None:
    assert {".pdf", ".docx", ".jsonl.gz", ".png"} <= reader.suffixes
    assert ".zip" not in reader.suffixes


@pytest.mark.parametrize(
    ("content", "is_archive"),
    [
        (zip_of({"办法.txt": b"a"}), True),
        (plain_docx(), False),
        (xlsx_of([("a",)]), False),
        (pdf_of(), False),
        (b"PK\x03\x04" + b"\x01" * 40, False),
        (b"", False),
    ],
    ids=["zip", "docx", "xlsx", "pdf", "damaged", "empty"],
)
def test_only_a_zip_of_files_is_an_archive(reader: Reader, keep: Keep, content: bytes, is_archive: bool) -> None:
    assert reader.is_archive(keep(content), "政策.zip") is is_archive


def test_the_files_of_an_archive_come_with_their_folders(reader: Reader, keep: Keep) -> None:
    inside = {"2024/办法.txt": b"one", "通知.docx": plain_docx(("通知",))}
    assert contents(reader, keep(zip_of(inside))) == inside


def test_an_archive_inside_is_opened_too(reader: Reader, keep: Keep) -> None:
    inner = zip_of({"办法.txt": b"inner"})
    assert contents(reader, keep(zip_of({"内层.zip": inner, "外.txt": b"outer"}))) == {"内层.zip/办法.txt": b"inner", "外.txt": b"outer"}


def test_what_systems_leave_behind_is_left_out(reader: Reader, keep: Keep) -> None:
    left = {"__MACOSX/._办法.txt": b"x", ".DS_Store": b"x", "2024/Thumbs.db": b"x", "~$办法.docx": b"x", "空/": b""}
    assert contents(reader, keep(zip_of(left | {"办法.txt": b"one"}))) == {"办法.txt": b"one"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_without_a_mark_are_read_as_written_on_chinese_systems(reader: Reader, keep: Keep, encoding: str) -> None:
    content = zip_with_raw_name("居住证办法（试行）.txt".encode(encoding))
    assert list(contents(reader, keep(content))) == ["居住证办法（试行）.txt"]


def test_a_name_stated_in_unicode_beside_the_old_one_counts(reader: Reader, keep: Keep) -> None:
    old = "办法.txt".encode("gb18030")
    stated = "办法〇号.txt".encode()
    field = struct.pack("<HHBL", 0x7075, 5 + len(stated), 1, zlib.crc32(old)) + stated
    assert list(contents(reader, keep(zip_with_raw_name(old, field)))) == ["办法〇号.txt"]


def test_an_archive_may_be_left_half_read(reader: Reader, keep: Keep) -> None:
    walk = reader.members(keep(zip_of({"a.txt": b"a", "b.txt": b"b"})), "政策.zip")
    _, first = next(walk)
    walk.close()  # type: ignore[attr-defined]
    assert not first.exists()


def test_an_archive_without_files_is_refused(reader: Reader, keep: Keep) -> None:
    with pytest.raises(UnreadableDocument, match="没有文件"):
        contents(reader, keep(zip_of({"空/": b""})))


def zip_with_raw_name(name: bytes, extra: bytes = b"") -> bytes:
    """An archive of one file whose name is these bytes, as Windows writes it: without the mark for UTF-8."""
    stand_in = "a" * len(name)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        member = zipfile.ZipInfo(stand_in)
        member.extra = extra
        archive.writestr(member, b"content")
    return stream.getvalue().replace(stand_in.encode(), name)
