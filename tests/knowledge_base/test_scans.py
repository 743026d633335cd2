"""Scans: pages without a text layer are recognised, laid out like printed ones, and marked as read by machine."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from knowledge_base.adapters.parsers.limits import load_limits
from knowledge_base.adapters.parsers.page_recognition import RecognisedLine, RecognitionUnavailable, in_rows
from knowledge_base.adapters.parsers.pdf import PdfParser
from knowledge_base.adapters.parsers.pictures import PictureParser
from knowledge_base.adapters.parsers.rapid_recogniser import RapidRecogniser
from knowledge_base.adapters.reading.process_reader import ProcessReader
from knowledge_base.errors import MissingReader, UnreadableDocument
from knowledge_base.models import ParsedText
from tests.knowledge_base.office_files import raw

pytest.importorskip("rapidocr", reason="没有安装 rapidocr")
Image = pytest.importorskip("PIL.Image")
ImageDraw = pytest.importorskip("PIL.ImageDraw")
ImageFont = pytest.importorskip("PIL.ImageFont")

FONTS = sorted(Path("/usr/share/fonts").rglob("NotoSerifCJK-Regular.ttc")) + sorted(
    Path("/usr/share/fonts").rglob("NotoSansCJK-Regular.ttc")
)
LINES = (
    "　　　　　　　示范市居住证管理办法",
    "　　第一条　为了规范居住证管理工作，保障居民合法权益，",
    "根据《居住证暂行条例》和有关法律法规，结合本市实际，制定",
    "本办法。",
    "　　第二条　公民离开常住户口所在地，在本市居住半年以上，",
    "有合法稳定就业、合法稳定住所、连续就读条件之一的，可以依",
    "照本办法的规定申领居住证。",
    "　　第三条　申领居住证，应当自到达之日起30日内提交材料，",
    "公安机关应当自受理之日起15日内制作发放居住证。",
)
TITLE = LINES[0].strip()
ARTICLES = tuple("".join(part).replace("　", "") for part in (LINES[1:4], LINES[4:7], LINES[7:]))


@pytest.fixture(scope="module")
def font() -> str:
    if not FONTS:
        pytest.skip("没有安装 Noto CJK 字体")
    return str(FONTS[0])


def picture_of(lines: Sequence[str], font: str, size: int = 36) -> object:
    """A page of 150 dots per inch; grey paper, as scanners give it."""
    page = Image.new("L", (1240, 900), 236)
    drawn = ImageDraw.Draw(page)
    for place, line in enumerate(lines):
        drawn.text((140, 140 + place * 70), line, font=ImageFont.truetype(font, size, index=2), fill=30)
    return page


def scan_of(pages: Sequence[Sequence[str]], font: str, printed: str = "") -> bytes:
    """A PDF of pictures; `printed` is a page of real text in front."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    if printed:
        canvas.drawString(100, 700, printed)
        canvas.showPage()
    for lines in pages:
        canvas.drawImage(ImageReader(picture_of(lines, font)), 0, 400, width=A4[0], height=A4[0] * 900 / 1240)
        canvas.showPage()
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def read_pdf(content: bytes, heard: list[tuple[int, int]] | None = None) -> ParsedText:
    limits = load_limits()
    tell = (lambda done, total: heard.append((done, total))) if heard is not None else (lambda _done, _total: None)
    (text,) = PdfParser(limits, RapidRecogniser(limits, lambda _pages: None), tell).parse(raw("扫描.pdf", content))
    return text


def test_a_scanned_page_is_read_in_order_with_its_paragraphs_and_marked(tmp_path: Path, font: str) -> None:
    path = tmp_path / "original"
    path.write_bytes(scan_of([LINES], font))
    heard: list[tuple[int, int]] = []
    (text,) = ProcessReader().read(path, "扫描.pdf", lambda done, total: heard.append((done, total)))
    assert text.read_by_machine
    assert "第1页" in text.warnings[0]
    assert "请对照原件核对" in text.warnings[0]
    lines = text.text.replace(" ", "").split("\n")
    assert len(lines) == 1 + len(ARTICLES)
    assert SequenceMatcher(None, "".join(lines), TITLE + "".join(ARTICLES)).ratio() > 0.98
    assert [line[:3] for line in lines[1:]] == ["第一条", "第二条", "第三条"]
    assert heard[-2:] == [(2, 2), (1, 0)]


def test_printed_pages_stay_as_printed_beside_scanned_ones(font: str) -> None:
    text = read_pdf(scan_of([LINES[:1]], font, printed="Printed page of text"))
    assert text.text.replace("\n", "") == "Printed page of text" + TITLE
    assert "第2页（共1页）" in text.warnings[0]


def test_a_picture_is_read_too(font: str) -> None:
    stream = io.BytesIO()
    picture_of(LINES[:1], font).save(stream, "JPEG")  # type: ignore[attr-defined]
    limits = load_limits()
    parser = PictureParser(limits, RapidRecogniser(limits, lambda _pages: None), lambda _done, _total: None)
    (text,) = parser.parse(raw("扫描.jpg", stream.getvalue()))
    assert text.text == TITLE
    assert text.read_by_machine


def test_too_many_scanned_pages_are_refused_before_the_first_is_read(font: str) -> None:
    limits = replace(load_limits(), max_recognised_pages=1)
    begun: list[int] = []
    parser = PdfParser(limits, RapidRecogniser(limits, begun.append), lambda _done, _total: None)
    with pytest.raises(UnreadableDocument, match=r"2页是扫描件.*请拆成"):
        parser.parse(raw("扫描.pdf", scan_of([LINES[:1]] * 2, font)))
    assert not begun


def test_without_the_extra_a_person_is_told_how_to_install_it(font: str) -> None:
    parser = PdfParser(load_limits(), RecognitionUnavailable(), lambda _done, _total: None)
    with pytest.raises(MissingReader, match=r"pip install 'zhengwen\[ocr\]'"):
        parser.parse(raw("扫描.pdf", scan_of([LINES[:1]], font)))


def test_without_the_extra_printed_pages_are_read_and_the_others_named(font: str) -> None:
    parser = PdfParser(load_limits(), RecognitionUnavailable(), lambda _done, _total: None)
    (text,) = parser.parse(raw("扫描.pdf", scan_of([LINES[:1]], font, printed="Printed page of text")))
    assert text.text == "Printed page of text"
    assert "第2页没有读取" in text.warnings[0]
    assert not text.read_by_machine


def test_pieces_on_one_height_become_one_line_from_left_to_right() -> None:
    def piece(text: str, left: float, top: float) -> RecognisedLine:
        return RecognisedLine(text, left, top, left + 50, top + 20, 0.9)

    rows = in_rows([piece("右", 300, 103), piece("下", 100, 140), piece("左", 100, 100)])
    assert [row.text for row in rows] == ["左  右", "下"]
