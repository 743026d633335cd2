"""Make small real files of every format for the parser tests."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Sequence

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl import Workbook
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from knowledge_base.models import RawDocument

TITLE = "示范市居住证管理办法"
ARTICLES = (
    "第一条 为了规范居住证管理工作，保障居民合法权益，根据《居住证暂行条例》，制定本办法。",
    "第二条 公民离开常住户口所在地，在本市居住半年以上，有合法稳定就业、合法稳定住所、连续就读条件之一的，可以依照本办法的规定申领居住证。",
    "第三条 本办法自2024年7月1日起施行。",
)
FONT = "STSong-Light"


def raw(name: str, content: bytes) -> RawDocument:
    return RawDocument(name, content, f"/上传/{name}")


def docx_bytes(document: Document) -> bytes:  # type: ignore[valid-type]
    stream = io.BytesIO()
    document.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def plain_docx(paragraphs: Sequence[str] = (TITLE, *ARTICLES)) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return docx_bytes(document)


def numbered_docx(levels: Sequence[tuple[str, str]], paragraphs: Iterable[tuple[int, str]]) -> bytes:
    """`levels` are (number format, pattern) of one list; `paragraphs` are (level, text), level -1 for an ordinary one."""
    document = Document()
    numbering = document.part.numbering_part.element
    xml = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for depth, (form, pattern) in enumerate(levels)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{xml}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in paragraphs:
        paragraph = document.add_paragraph(text)
        if level >= 0:
            reference = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'
            paragraph._p.get_or_add_pPr().append(parse_xml(reference))
    return docx_bytes(document)


def with_body(xml: str) -> bytes:
    """A document whose body holds this WordprocessingML."""
    document = Document()
    for element in parse_xml(f"<w:body {nsdecls('w')}>{xml}</w:body>"):
        document.element.body.insert_element_before(element, "w:sectPr")
    return docx_bytes(document)


def pdf_of(paragraphs: Sequence[str] = (TITLE, *ARTICLES), pages: int = 1, footer: str = "— {page} —") -> bytes:
    """The same paragraphs on every page, wrapped by the layout engine, with a page number below."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    style = ParagraphStyle("body", fontName=FONT, fontSize=16, leading=28, firstLineIndent=32, wordWrap="CJK")
    story: list[object] = []
    for page in range(pages):
        story += [Paragraph(text, style) for text in paragraphs] + ([PageBreak()] if page < pages - 1 else [])

    def number(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont(FONT, 10)
        canvas.drawCentredString(A4[0] / 2, 30, footer.format(page=document.page))

    stream = io.BytesIO()
    SimpleDocTemplate(stream, pagesize=A4).build(story, onFirstPage=number, onLaterPages=number)
    return stream.getvalue()


def scanned_pdf() -> bytes:
    """A page that carries a drawing and no text."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    canvas.rect(100, 100, 300, 500, fill=1)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def locked_pdf() -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, encrypt="secret")
    canvas.drawString(100, 500, "locked")
    canvas.save()
    return stream.getvalue()


def xlsx_of(rows: Sequence[Sequence[object]], title: str = "Sheet1") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_of(rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode(encoding)


def jsonl_of(records: Iterable[object]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content)


def zip_of(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_member(archive: bytes, name: str, content: bytes) -> bytes:
    """The same archive with one member replaced or added."""
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        members = {member: source.read(member) for member in source.namelist()}
    return zip_of({**members, name: content})
