"""Files that attack their reader are refused in Chinese, by a process that stays small, while the service goes on."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge_base.adapters.parsers.limits import load_limits
from knowledge_base.adapters.reading.process_limits import load_process_limits
from knowledge_base.adapters.reading.process_reader import ProcessReader
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText
from tests.knowledge_base import hostile_files as hostile
from tests.knowledge_base.office_files import ARTICLES, TITLE, gzipped, jsonl_of, locked_pdf, pdf_of, plain_docx, zip_of

Keep = Callable[[bytes], Path]
READER = ProcessReader()
PAGE = f"<html><body><h1>{TITLE}</h1>{''.join(f'<p>{article}</p>' for article in ARTICLES)}</body></html>"
GIF_SCRIPT = b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(document.domain)//"
SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><text>第一条</text></svg>'

REFUSED = {
    "docx of 64 MB of one letter": ("办法.docx", lambda: hostile.docx_with(hostile.ZEROS), "异常庞大"),
    "docx whose parts are small and many": ("办法.docx", lambda: hostile.with_parts(600), "异常庞大"),
    "docx of 30,000 parts": ("办法.docx", lambda: hostile.with_parts(30000, 1), "数量异常"),
    "docx with expanding entities": ("办法.docx", lambda: hostile.docx_declaring(hostile.LAUGHS, "j"), "实体声明"),
    "entities after a long comment": (
        "办法.docx",
        lambda: hostile.docx_declaring(hostile.LAUGHS, "j", f"<!--{'<a>' * 3000}-->"),
        "实体声明",
    ),
    "docx that reads a file": (
        "办法.docx",
        lambda: hostile.docx_declaring('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "f"),
        "实体声明",
    ),
    "docx in an encoding that hides": (
        "办法.docx",
        lambda: hostile.docx_with('<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x>'),
        "实体声明",
    ),
    "xlsx with expanding entities": ("表.xlsx", lambda: hostile.xlsx_declaring(hostile.LAUGHS), "实体声明"),
    "10,000-page PDF": ("办法.pdf", lambda: hostile.pdf_of_pages(10000), "10000页.*拆成"),
    "gzip bomb": ("办法.jsonl.gz", hostile.gzip_bomb, "过长"),
    "YAML with expanding aliases": ("办法.md", hostile.yaml_laughs, "YAML"),
    "picture that claims 40 gigapixels": ("扫描.png", lambda: hostile.png_claiming(200000, 200000), "像素|损坏"),
    "PDF and zip at once": ("办法.pdf", lambda: pdf_of() + zip_of({"a.txt": b"a"}), "几种格式"),
    "page and PDF at once": ("办法.html", lambda: b"<html><script>1</script>" + pdf_of(), "几种格式"),
    "picture and zip at once": ("扫描.png", lambda: hostile.png_claiming(10, 10) + zip_of({"a.txt": b"a"}), "几种格式"),
    "docx that begins a PDF": ("办法.pdf", hostile.docx_that_begins_a_pdf, "几种格式"),
    "picture that is a script": ("办法.txt", lambda: GIF_SCRIPT, "图片"),
    "script in SVG": ("图.html", SVG.encode, "SVG"),
    "script in SVG called text": ("图.txt", SVG.encode, "SVG"),
    "page that is only script": ("办法.html", lambda: b"<script>document.write('x')</script>" * 10, "没有正文"),
    "program called PDF": ("办法.pdf", lambda: b"MZ\x90\x00" + os.urandom(3000), "扩展名与内容不符"),
    "PDF with a password": ("办法.pdf", locked_pdf, "密码"),
    "Word with a password": ("办法.docx", lambda: hostile.PASSWORD_STREAM, "密码"),
    "half a PDF": ("办法.pdf", lambda: pdf_of()[:700], "损坏"),
    "half a docx": ("办法.docx", lambda: plain_docx()[:5000], "损坏"),
    "half a gzip": ("办法.jsonl.gz", lambda: gzipped(jsonl_of([{"text": os.urandom(999).hex()}]))[:300], "损坏"),
    "zero bytes": ("办法.txt", lambda: b"\x00" * 5000, "空"),
    "noise with zero bytes": ("办法.txt", lambda: b"\x00\x01\xfe\x80" * 5000, "编码"),
    "nothing": ("办法.pdf", lambda: b"", "空"),
}


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    def kept(content: bytes) -> Path:
        path = tmp_path / "original"
        path.write_bytes(content)
        return path

    return kept


def read(path: Path, name: str) -> ParsedText:
    (text,) = READER.read(path, name)
    return text


@pytest.mark.parametrize("attack", REFUSED)
def test_it_is_refused_and_a_person_is_told_what_to_do(attack: str, keep: Keep) -> None:
    name, make, reason = REFUSED[attack]
    with pytest.raises(UnreadableDocument, match=reason) as refusal:
        READER.read(keep(make()), name)
    assert refusal.value.reason.endswith("。")
    assert any(advice in refusal.value.reason for advice in ("请", "可以"))


ARCHIVES = {
    "64 MB of one letter": (lambda: zip_of({"a.txt": hostile.ZEROS}), "异常庞大"),
    "a false size": (hostile.zip_with_false_size, "损坏"),
    "a bomb inside": (lambda: hostile.nested_zip(2, hostile.ZEROS), "异常庞大"),
    "archives in archives in archives": (lambda: hostile.nested_zip(3), "套了"),
    "too many files": (lambda: hostile.crowded_zip(2001, 1), "2000个"),
    "a name that climbs out": (lambda: hostile.zip_with_name("../../etc/cron.d/x.txt"), "危险的文件名"),
    "a name that climbs in between": (lambda: hostile.zip_with_name("a/../../x.txt"), "危险的文件名"),
    "a name that climbs as on Windows": (lambda: hostile.zip_with_name("a\\..\\..\\x.txt"), "危险的文件名"),
    "an absolute name": (lambda: hostile.zip_with_name("/etc/passwd.txt"), "危险的文件名"),
    "an absolute name as on Windows": (lambda: hostile.zip_with_name("\\\\server\\share\\x.txt"), "危险的文件名"),
    "a drive letter": (lambda: hostile.zip_with_name("C:\\Windows\\x.txt"), "危险的文件名"),
    "a zero byte in a name": (lambda: hostile.zip_with_name("办法.txt").replace(b".txt", b"\x00.sh"), "危险的文件名"),
    "a link": (lambda: hostile.zip_with_name("办法.txt", stat.S_IFLNK | 0o777), "链接"),
    "a device": (lambda: hostile.zip_with_name("办法.txt", stat.S_IFCHR | 0o666), "设备"),
    "a password": (hostile.locked_zip, "密码"),
    "half an archive": (lambda: zip_of({"a.txt": os.urandom(5000)})[:3000], "损坏"),
}


@pytest.mark.parametrize("attack", ARCHIVES)
def test_an_archive_is_refused_before_any_of_it_is_given(attack: str, keep: Keep) -> None:
    make, reason = ARCHIVES[attack]
    with pytest.raises(UnreadableDocument, match=reason) as refusal:
        next(READER.members(keep(make()), "政策.zip"))
    assert "请" in refusal.value.reason


def test_script_in_a_page_never_becomes_text(keep: Keep) -> None:
    script = "<script>alert('xss')</script><svg onload=alert(2)><script>alert(3)</script></svg><style>p{}</style>"
    page = PAGE.replace("<h1>", f"{script}<h1 onclick='alert(4)'>").replace("</body>", f"{script}</body>")
    for name in ("办法.html", "办法.txt", "办法.md"):
        text = read(keep(page.encode()), name)
        assert "alert" not in text.text + str(text.title) + str(text.hints)
        assert ARTICLES[2] in text.text


def test_script_in_markdown_never_becomes_text(keep: Keep) -> None:
    block = "<script>alert(1)</script>\n\n<div><script>alert(2)</script>第二条</div>"
    source = f"# {TITLE}\n\n{block}\n\n{ARTICLES[0]}<img src=x onerror=alert(3)>甲<script>alert(4)</script>乙\n"
    text = read(keep(source.encode()), "办法.md")
    assert "alert" not in text.text
    assert f"{ARTICLES[0]}甲乙" in text.text


def test_a_page_nested_a_hundred_thousand_deep_does_no_harm(keep: Keep) -> None:
    page = "<html><body>" + "<div>" * 100_000 + ARTICLES[0] + "</body></html>"
    with pytest.raises(UnreadableDocument, match="请"):
        read(keep(page.encode()), "办法.html")


def test_time_is_bounded(keep: Keep) -> None:
    limits = load_process_limits()
    hurried = ProcessReader(replace(limits, process=replace(limits.process, wall_s=0)))
    with pytest.raises(UnreadableDocument, match=r"0秒内没有读完.*请拆成"):
        hurried.read(keep(hostile.pdf_of_pages(2000)), "办法.pdf")


def test_processor_time_is_bounded(keep: Keep) -> None:
    limits = load_process_limits()
    hurried = ProcessReader(replace(limits, process=replace(limits.process, cpu_s=1)))
    with pytest.raises(UnreadableDocument, match=r"没有读完.*请拆成"):
        hurried.read(keep((ARTICLES[0] * 200 + "\n").encode() * 2000), "办法.txt")


def test_memory_is_bounded(keep: Keep) -> None:
    limits = load_process_limits()
    small = ProcessReader(replace(limits, process=replace(limits.process, memory_mb=160)))
    with pytest.raises(UnreadableDocument, match=r"内存超过上限.*请拆成"):
        small.read(keep((ARTICLES[0] + "\n").encode() * 300_000), "办法.txt")


def test_what_comes_back_is_bounded(keep: Keep) -> None:
    limits = load_process_limits()
    short = ProcessReader(replace(limits, process=replace(limits.process, result_mb=1)))
    with pytest.raises(UnreadableDocument, match="1兆字节的上限"):
        short.read(keep((ARTICLES[0] + "\n").encode() * 10_000), "办法.txt")


def test_what_a_gzip_unpacks_to_is_bounded(keep: Keep) -> None:
    tight = ProcessReader(reading=replace(load_limits(), max_unpacked_bytes=100_000))
    lines = jsonl_of({"_id": f"a{n}", "title": "办法", "text": ARTICLES[0]} for n in range(2000))
    with pytest.raises(UnreadableDocument, match="异常庞大"):
        tight.read(keep(gzipped(lines)), "办法.jsonl.gz")


def test_a_process_killed_from_outside_is_a_refusal(keep: Keep) -> None:
    def kill(_done: int, _total: int) -> None:
        for child in children():
            os.kill(child, signal.SIGKILL)

    with pytest.raises(UnreadableDocument, match="内存超过上限"):
        READER.read(keep(hostile.pdf_of_pages(3000)), "办法.pdf", kill)


def test_the_process_is_gone_when_the_reading_ends_however_it_ends(keep: Keep) -> None:
    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        READER.read(keep(hostile.pdf_of_pages(3000)), "办法.pdf", interrupt)
    assert not reading_children()


def test_the_process_knows_none_of_the_settings(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGWEN_CONTACT_KEYS", "very-secret")
    seen: list[bytes] = []

    def look(_done: int, _total: int) -> None:
        seen.extend(Path(f"/proc/{child}/environ").read_bytes() for child in reading_children())

    READER.read(keep(pdf_of()), "办法.pdf", look)
    assert seen
    assert not any(b"very-secret" in environment for environment in seen)


CONFINED = """
import socket, subprocess, sys
from knowledge_base.adapters.reading.confinement import confine
from knowledge_base.adapters.reading.process_limits import load_process_limits
limits = load_process_limits()
confine(limits.process, limits.recognition)
{act}
"""


@pytest.mark.parametrize(
    "act",
    [
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.getaddrinfo('www.shifan.example', 80)",
        "subprocess.run(['/bin/sh', '-c', 'true'])",
        "__import__('os').system('true')",
        "open('/tmp/zhengwen-too-large', 'wb').write(b'0' * (600 << 20))",
        "open('/dev/zero', 'rb').read(3 << 30)",
    ],
)
def test_a_confined_process_cannot(act: str, tmp_path: Path) -> None:
    act = act.replace("/tmp", str(tmp_path))  # noqa: S108 - stands for the folder of this test
    done = subprocess.run([sys.executable, "-c", CONFINED.format(act=act)], capture_output=True, timeout=60, check=False)
    assert done.returncode != 0
    assert b"PermissionError" in done.stderr or b"MemoryError" in done.stderr or b"File too large" in done.stderr


MEASURED = """
import resource, sys
from pathlib import Path
from knowledge_base.adapters.reading.process_reader import ProcessReader
from knowledge_base.errors import UnreadableDocument
reader = ProcessReader()
def own(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before = own()
for path in map(Path, sys.argv[1:]):
    for attempt in (lambda: reader.read(path, path.name), lambda: list(reader.members(path, path.name))):
        try:
            attempt()
        except UnreadableDocument:
            pass
print(own() - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def test_the_reader_stays_small_and_the_service_does_not_grow(tmp_path: Path) -> None:
    attacks = ("docx of 64 MB of one letter", "docx with expanding entities", "10,000-page PDF", "gzip bomb")
    files = []
    for number, attack in enumerate(attacks):
        name, make, _ = REFUSED[attack]
        files.append(tmp_path / f"{number}-{name}")
        files[-1].write_bytes(make())
    for number, (make, _) in enumerate(ARCHIVES[attack] for attack in ("64 MB of one letter", "a false size", "a bomb inside")):
        files.append(tmp_path / f"{number}.zip")
        files[-1].write_bytes(make())
    done = subprocess.run([sys.executable, "-c", MEASURED, *map(str, files)], capture_output=True, text=True, timeout=120, check=True)
    grown, largest = map(int, done.stdout.split())
    assert grown < 20
    assert largest < 250


def children() -> list[int]:
    return [int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]


def reading_children() -> list[int]:
    return [pid for pid in children() if b"knowledge_base.adapters.reading.child" in Path(f"/proc/{pid}/cmdline").read_bytes()]
